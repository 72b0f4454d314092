"""The figures by their traces: what stands where, on which scale, and what a click or a hover reports."""

import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.figures import style
from nnviz.figures.maps import RING
from nnviz.network import Layer, Network
from nnviz.study.tuning import Tuning

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(16, 28, 28))
CAPTIONS = [f"caption {k}" for k in range(16)]
IMAGE = np.triu(RNG.random((28, 28)))  # not the same upside down, nor turned
NETWORK = Network(
    (
        Layer(RNG.normal(size=(16, 784)) / 28, RNG.normal(size=16)),
        Layer(RNG.normal(size=(16, 16)), RNG.normal(size=16)),
        Layer(RNG.normal(size=(10, 16)), RNG.normal(size=10)),
    )
)
TRACE = NETWORK.forward(IMAGE.ravel())

STRIP = figures.Strip(
    "one",
    explained=np.array([0.6, 0.2, 0.4]),
    half=np.array([0.1, 0.15, 0.3]),
    most=np.array([0.3, 0.35, 0.5]),
    ahead=np.array([True, False, False]),
)


def heatmaps(figure):
    return [trace for trace in figure.data if trace.type == "heatmap"]


def y_axis(figure, trace):
    return figure.layout[(trace.yaxis or "y").replace("y", "yaxis", 1)]


def named(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


ALL = {
    "activations": figures.activations(TRACE, 3),
    "preparation": figures.preparation(IMAGE, IMAGE.T),
    "weight_maps": figures.weight_maps(MAPS, CAPTIONS, 4.0, chosen=2),
    "weight_map": figures.weight_map(MAPS[0], 4.0, "weights"),
    "incoming": figures.incoming(MAPS[0, 0, :16], 4.0, "weights", "hidden 1"),
    "pictures": figures.pictures(IMAGE[None].repeat(3, axis=0), CAPTIONS[:3]),
    "sigmoid": figures.sigmoid(1.5, -0.5),
    "tuning": figures.tuning(Tuning(np.arange(0, 180, 5.0), RNG.normal(size=36), 45.0, "a bright bar", True), -0.5),
    "beside_noise": figures.beside_noise(0.7, RNG.random(100), 0.9),
    "by_digit": figures.by_digit(RNG.random(10), "mean activation"),
    "strips": figures.strips([STRIP, replace(STRIP, name="other")]),
    "separation": figures.separation(
        np.array([[0.6, 0.8, 0.7], [0.55, 0.5, 0.95]]),
        np.array([[[0.5, 0.65]] * 3] * 2),
        np.array([0.72, 0.6]),
        np.array([[False, True, False], [False, False, False]]),
        ["a loop", "a stroke"],
        "hidden 1",
    ),
}
every_figure = pytest.mark.parametrize("figure", ALL.values(), ids=ALL.keys())


# ---- what holds for all of them


@every_figure
def test_row_0_is_on_top(figure):
    for trace in heatmaps(figure):
        bottom, top = y_axis(figure, trace).range
        assert bottom > top


@every_figure
def test_signed_scales_are_symmetric_and_grey_ones_run_from_0_to_1(figure):
    for trace in heatmaps(figure):
        assert (trace.zmin, trace.zmax) == (0, 1) or trace.zmin == -trace.zmax


@every_figure
def test_nothing_can_be_zoomed_or_dragged_away(figure):
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    assert all(axis.fixedrange for axis in axes)
    assert figure.layout.dragmode is False


@every_figure
def test_the_page_shines_through_and_text_has_no_colour_of_its_own(figure):
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None


# ---- the two colour scales


def test_zero_is_transparent_in_the_signed_scale():
    middle = [colour for place, colour in style.SIGNED if place == pytest.approx(0.5)]
    assert middle
    assert all(re.fullmatch(r"rgba\(\d+, \d+, \d+, 0(\.0)?\)", colour) for colour in middle)


def test_positive_is_blue_and_negative_red():
    red, _, blue = (int(c) for c in re.findall(r"\d+", style.SIGNED[-1][1])[:3])
    assert blue > red
    red, _, blue = (int(c) for c in re.findall(r"\d+", style.SIGNED[0][1])[:3])
    assert red > blue


def test_the_signed_scale_is_as_opaque_on_both_sides():
    opacity = [float(re.findall(r"[\d.]+", colour)[3]) for _, colour in style.SIGNED]
    assert opacity == opacity[::-1]


def test_no_ink_is_black_and_ink_is_white():
    assert style.GREY == [[0.0, "rgb(0,0,0)"], [1.0, "rgb(255,255,255)"]]


# ---- the gallery


def test_the_gallery_shows_every_map_on_one_scale():
    traces = heatmaps(figures.weight_maps(MAPS, CAPTIONS, 4.0))
    np.testing.assert_allclose([trace.z for trace in traces], MAPS, atol=1e-7)
    assert {(trace.zmin, trace.zmax) for trace in traces} == {(-4.0, 4.0)}


def test_the_gallery_is_sorted_as_asked():
    order = RNG.permutation(16).tolist()
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=order)
    assert [trace.name for trace in heatmaps(figure)] == [f"neuron {k}" for k in order]
    places = [(trace.y0, trace.x0) for trace in heatmaps(figure)]
    assert places == sorted(places)  # in reading order


def test_a_click_in_the_middle_of_any_map_reports_the_neuron_shown_there():
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=RNG.permutation(16).tolist())
    targets = named(figure, "neurons")
    for trace in heatmaps(figure):
        hit = np.argmin(np.hypot(np.subtract(targets.x, trace.x0 + 13.5), np.subtract(targets.y, trace.y0 + 13.5)))
        assert trace.name == f"neuron {targets.customdata[hit]}"


def test_targets_are_unseen_and_yet_take_clicks():
    targets = named(figures.weight_maps(MAPS, CAPTIONS, 4.0), "neurons")
    assert (targets.marker.opacity, targets.selected.marker.opacity, targets.unselected.marker.opacity) == (0, 0, 0)
    assert targets.hoverinfo != "skip"  # what takes no hover takes no click in Plotly


def test_each_caption_stands_below_its_own_map():
    order = RNG.permutation(16).tolist()
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=order)
    captions = named(figure, "captions")
    for trace, text, x, y in zip(heatmaps(figure), captions.text, captions.x, captions.y, strict=True):
        assert text == f"caption {trace.name.split()[1]}"
        assert x == trace.x0 + 13.5
        assert trace.y0 + 28 <= y < trace.y0 + 29  # the first row below the map


def test_only_the_chosen_map_has_the_frame_of_the_chosen():
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, chosen=2)
    framed = [shape for shape in figure.layout.shapes if shape.line.color == style.ACCENT]
    (frame,), chosen = framed, named(figure, "neuron 2")
    assert (frame.x0 + frame.x1) / 2 == chosen.x0 + 13.5
    assert (frame.y0 + frame.y1) / 2 == chosen.y0 + 13.5


@pytest.mark.parametrize("many", [1, 7, 10, 13, 16])
def test_maps_around_the_middle_leave_it_free_and_do_not_overlap(many):
    order = RNG.permutation(16)[:many].tolist()
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=order, ring=True)
    spots = [(trace.x0, trace.y0) for trace in heatmaps(figure)]
    apart = [max(abs(x - u), abs(y - v)) for i, (x, y) in enumerate(spots) for u, v in spots[:i]]
    assert min(apart, default=29) > 28
    assert all(x < 3.5 or x > 120 or y < 1 or y > 135 for x, y in spots)
    across, down = figure.layout.xaxis.range, figure.layout.yaxis.range
    assert (across[1] - across[0], down[0] - down[1]) == RING
    assert all(across[0] < x < across[1] - 28 and down[1] < y < down[0] - 28 for x, y in spots)


def test_maps_do_not_overlap():
    places = [(trace.x0, trace.y0) for trace in heatmaps(figures.weight_maps(MAPS, CAPTIONS, 4.0))]
    apart = [max(abs(x - u), abs(y - v)) for i, (x, y) in enumerate(places) for u, v in places[:i]]
    assert min(apart) > 28


# ---- one neuron


def test_weights_and_contributions_given_one_limit_share_one_scale():
    both = [figures.weight_map(image, 0.8, "weights").data[0] for image in (MAPS[0], MAPS[0] * IMAGE)]
    assert {(trace.zmin, trace.zmax) for trace in both} == {(-0.8, 0.8)}


def test_just_the_clearly_negative_weights_hold_a_minus_sign():
    image = np.full((28, 28), 0.9)
    image[3, 5], image[20, 7], image[20, 8] = -1, -0.5, -0.01  # the last is next to nothing
    signs = named(figures.weight_map(image, 1.0, "weights"), "minus signs")
    starts = [(y, (x0 + x1) / 2) for x0, x1, y in zip(signs.x[0::3], signs.x[1::3], signs.y[0::3], strict=True)]
    assert starts[1:] == [(3, 5), (20, 7)]  # the first is a path without length, for the live part to go on from
    assert (signs.x[0], signs.y[0]) == (signs.x[1], signs.y[1])


def test_the_gallery_marks_where_each_map_is_most_positive_and_most_negative():
    maps = np.zeros((2, 28, 28))
    maps[0, 4:7, 10:13], maps[0, 20:23, 3:6], maps[0, 0, 0] = 1, -2, 5  # the lone 5 adds up to less than nine ones
    signs = named(figures.weight_maps(maps, ["", ""], 2.0), "signs")
    assert list(zip(signs.text, signs.x, signs.y, strict=True)) == [("<b>+</b>", 11, 5), ("<b>−</b>", 4, 21)]


def test_a_weight_map_has_square_pixels():
    assert figures.weight_map(MAPS[0], 4.0, "weights").layout.yaxis.scaleanchor == "x"


def test_the_outline_is_drawn_over_the_map():
    corners = np.array([[3.0, 4.0], [20.0, 4.0], [20.0, 9.0]])
    outline = named(figures.weight_map(MAPS[0], 4.0, "weights", corners), "best fit")
    np.testing.assert_array_equal(np.c_[outline.x, outline.y], corners)


def test_incoming_weights_are_written_into_their_cells_with_their_sign():
    (column,) = figures.incoming(np.array([0.5, -0.25]), 1.0, "weights", "hidden 1").data
    assert np.ravel(column.z).tolist() == [0.5, -0.25]
    assert np.ravel(column.text).tolist() == ["+0.500", "−0.250"]


def test_pictures_stand_in_a_row_each_with_its_caption():
    figure = figures.pictures(MAPS[:3] ** 2 / 20, ["a", "b", "c"])
    assert [note.text for note in figure.layout.annotations] == ["a", "b", "c"]
    assert len(heatmaps(figure)) == 3


def test_drawn_and_prepared_stand_side_by_side():
    figure = figures.preparation(IMAGE, IMAGE.T)
    np.testing.assert_allclose(named(figure, "as drawn").z, IMAGE, atol=1e-7)
    np.testing.assert_allclose(named(figure, "prepared").z, IMAGE.T, atol=1e-7)
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]


# ---- what is larger, or of another shape, than the lesson's


def test_more_than_64_incoming_numbers_become_a_grid_row_by_row():
    values = RNG.normal(size=500)
    figure = figures.incoming(values, 4.0, "weights", "hidden 1")
    cells = named(figure, "weights")
    shown = [value for row in cells.z for value in row if value is not None]
    np.testing.assert_allclose(shown, values, atol=1e-6)
    assert max(np.shape(cells.z)) < 30
    assert [k for row in cells.customdata for k in row][:500] == list(range(500))
    go.Figure(figure.to_dict())


@pytest.mark.parametrize("shape", [(8, 8), (9, 30), (64, 20)])
def test_maps_of_any_shape_stand_side_by_side_without_touching(shape):
    figure = figures.weight_maps(RNG.normal(size=(6, *shape)), ["caption"] * 6, 4.0, chosen=5)
    corners = [(trace.x0, trace.y0) for trace in heatmaps(figure)]
    for n, (x, y) in enumerate(corners):
        assert all(abs(x - u) > shape[1] or abs(y - v) > shape[0] for u, v in corners[:n])
    frames = [(round(each.x1 - each.x0, 6), round(each.y1 - each.y0, 6)) for each in figure.layout.shapes[:5]]
    assert set(frames) == {(shape[1], shape[0])}


@pytest.mark.parametrize(("sizes", "across"), [((16, 10), 16), ((110, 10), 20)])
def test_differences_are_as_wide_as_the_longest_row_of_neurons(sizes, across):
    ones, others = ([np.full(size, level) for size in sizes] for level in (0.0, 1.0))
    figure = figures.differences(ones, others, ["hidden", "output"], [1.0, 1.0])
    assert [tuple(each.range) for each in figure.select_xaxes()] == [(-0.5, across - 0.5)] * 2
