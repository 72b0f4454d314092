"""Preparation: cases with an obvious answer, Pillow's resampling, and what must not change the input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnviz import ink, pen
from nnviz.mnist import load


def stroke(points, width=20.0, offset=(0.0, 0.0), scale=1.0):
    return pen.render([np.asarray(points, float) * scale + offset], width * scale)


def drawings():
    point = st.tuples(st.integers(60, 160), st.integers(60, 160))
    return st.lists(st.lists(point, min_size=2, max_size=8), min_size=1, max_size=3)


def draw(strokes, **how):
    return np.max([stroke(points, **how) for points in strokes], axis=0)


def centre(image):
    rows, columns = np.indices(image.shape)
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def test_a_blank_drawing_gives_zeros():
    assert not ink.normalize(np.zeros((280, 280))).any()


def test_a_square_fills_twenty_by_twenty_pixels_in_the_middle():
    drawing = np.zeros((100, 100))
    drawing[5:45, 50:90] = 1
    expected = np.zeros((28, 28))
    expected[4:25, 4:25] = np.outer(*[np.r_[0.5, np.ones(19), 0.5]] * 2)  # the middle of index 14.0 is at 14.5
    assert ink.normalize(drawing) == pytest.approx(expected, abs=0.003)


def test_the_centre_of_mass_lies_at_index_14():
    assert centre(ink.normalize(stroke([(40, 40), (120, 50), (70, 200)]))) == pytest.approx((14, 14), abs=0.02)


def test_how_far_it_is_scaled_and_moved_is_what_a_ruler_finds():
    drawing = np.zeros((280, 280))
    drawing[60:210, 20:40] = 1  # 15 of 28 pixels long, its middle at 13.5 down and 3 across: index 13 and 2.5
    assert ink.moved(drawing) == pytest.approx((15.0, 1.0, 11.5))
    assert ink.moved(np.zeros((280, 280))) is None


@given(strokes=drawings())
@settings(max_examples=25, deadline=None)
def test_what_is_said_to_be_moved_leads_from_where_the_ink_was_to_where_it_is(strokes):
    drawing = draw(strokes)
    length, down, right = ink.moved(drawing)
    top, bottom, left, right_end = ink.box(drawing)
    assert length == max(bottom - top, right_end - left) / 10
    before, after = centre(ink.shrink(drawing)), centre(ink.normalize(drawing))
    assert np.subtract(after, before) == pytest.approx((down, right), abs=0.05)


def test_the_aspect_ratio_is_kept():
    drawing = np.zeros((280, 280))
    drawing[20:220, 100:150] = 1  # four times as high as wide
    prepared = ink.normalize(drawing) > 0.4
    assert (prepared.any(axis=1).sum(), prepared.any(axis=0).sum()) in {(20, 5), (21, 5), (20, 6), (21, 6)}


def test_a_lopsided_drawing_stays_whole_inside_the_field():
    drawing = np.zeros((280, 280))
    drawing[0:40, 0:40] = 1
    drawing[0:200, 0:4] = 1  # its centre of mass is so high that centring alone would push the foot out
    step = 200 / 20
    assert ink.normalize(drawing).sum() == pytest.approx(drawing.sum() / step**2, rel=0.01)


def test_every_output_is_one_of_256_grey_levels():
    levels = ink.normalize(stroke([(40, 40), (120, 90)])) * 255
    assert np.abs(levels - np.rint(levels)).max() < 1e-4


def test_pillow_resampling_the_same_area_agrees():
    drawing = stroke([(60, 50), (150, 80), (90, 200)])
    top, bottom, left, right = ink.box(drawing)
    step = max(bottom - top, right - left) / 20
    row, column = (c + 0.5 for c in centre(drawing))
    area = (column - 14.5 * step, row - 14.5 * step, column + 13.5 * step, row + 13.5 * step)
    pad = 280  # Pillow refuses areas outside the picture
    padded = Image.fromarray(np.pad(drawing, pad).astype(np.float32))
    other = np.asarray(padded.resize((28, 28), Image.Resampling.BOX, [c + pad for c in area]))
    # Pillow counts the pixels whose centres lie in the area, we their exact overlap: a border pixel in step of 8
    assert ink.normalize(drawing) == pytest.approx(other, abs=0.13)
    assert np.abs(ink.normalize(drawing) - other).mean() < 0.01


@settings(max_examples=40, deadline=None)
@given(drawings(), st.integers(-40, 100), st.integers(-40, 100))
def test_moving_a_drawing_changes_nothing(strokes, right, down):
    drawing = draw(strokes)
    moved = np.roll(drawing, (down, right), axis=(0, 1))  # drawn there anew, Pillow would round a corner otherwise
    assert np.abs(ink.normalize(moved) - ink.normalize(drawing)).max() < 1.5 / 255


@settings(max_examples=40, deadline=None)
@given(drawings(), *[st.integers(0, 60)] * 4)
def test_padding_a_drawing_changes_nothing(strokes, top, bottom, left, right):
    drawing = draw(strokes)
    padded = np.pad(drawing, ((top, bottom), (left, right)))
    assert np.abs(ink.normalize(padded) - ink.normalize(drawing)).max() < 1.5 / 255


@settings(max_examples=30, deadline=None)
@given(drawings(), st.integers(2, 4))
def test_enlarging_a_drawing_exactly_changes_nothing(strokes, times):
    drawing = draw(strokes)
    assert np.abs(ink.normalize(np.kron(drawing, np.ones((times, times)))) - ink.normalize(drawing)).max() < 1.5 / 255


@settings(max_examples=40, deadline=None)
@given(drawings(), st.floats(0.6, 1.6))
def test_drawing_the_same_smaller_or_larger_changes_little(strokes, scale):
    other = ink.normalize(draw(strokes, scale=scale))
    assert np.abs(other - ink.normalize(draw(strokes))).mean() < 0.025  # jagged borders of a one-bit pen


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_picture_of_any_shape_gives_28_by_28_in_range(height, width, random):
    drawing = np.array([[random.random() for _ in range(width)] for _ in range(height)])
    prepared = ink.normalize(drawing)
    assert prepared.shape == (28, 28)
    assert prepared.min() >= 0
    assert prepared.max() <= 1


def test_a_single_pixel_of_ink_becomes_a_square_not_an_error():
    drawing = np.zeros((280, 280))
    drawing[7, 9] = 1
    assert ink.normalize(drawing).sum() == pytest.approx(400, rel=0.01)


def test_a_drawing_that_fills_the_canvas_is_a_full_square():
    assert ink.normalize(np.ones((280, 280))).sum() == pytest.approx(400, rel=0.01)


def test_shrinking_averages_ten_by_ten_blocks():
    drawing = stroke([(40, 40), (120, 90)])
    blocks = drawing.reshape(28, 10, 28, 10).mean(axis=(1, 3))
    assert ink.shrink(drawing) == pytest.approx(np.rint(blocks * 255) / 255, abs=1.5 / 255)


@pytest.mark.parametrize(
    ("drawing", "says"),
    [
        (np.full((28, 28), np.nan), "NaN or infinite"),
        (np.full((28, 28), np.inf), "NaN or infinite"),
        (np.full((28, 28), 2.0), r"run from 2 to 2; expected 0\.\.1"),
        (np.zeros(784), r"shape \(784,\); expected \(height, width\)"),
        (np.zeros((0, 5)), r"shape \(0, 5\)"),
    ],
)
def test_a_picture_of_the_wrong_kind_is_refused_with_what_was_met(drawing, says):
    with pytest.raises(ValueError, match=says):
        ink.normalize(drawing)


@pytest.mark.parametrize(("shape", "share"), [((28, 28), 20 / 28), ((8, 8), 1.0), ((5, 11), 0.6)])
def test_many_drawings_are_prepared_at_once_as_each_alone(shape, share):
    drawings = np.concatenate([load("test").images[:60] / 255, np.zeros((1, 28, 28))])
    together = ink.normalize_all(drawings, shape, share)
    alone = np.stack([ink.normalize(drawing, shape, share) for drawing in drawings])
    np.testing.assert_allclose(together, alone, atol=1.01 / 255)
    assert (together == alone).mean() > 0.999
