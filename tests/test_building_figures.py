"""The figures of a neuron made by hand, by their traces."""

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.study import build

LIMITS = (-10.0, 20.0)
IMAGES, NAMES = np.stack(list(build.probes().values())), list(build.probes())
TERMS = IMAGES * build.bar()


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def sums_by_digit(bias=-5.0):
    counts = np.array([[1, 2, 0], [0, 4, 4]])
    return figures.sums_by_digit(
        np.array([0.0, 4.0, 8.0, 12.0]), counts, bias, np.array([2, 8]), np.array([3, 8]), LIMITS
    )


FIGURES = {
    "threshold": figures.threshold(3.0, -5.0, LIMITS),
    "sums_by_digit": sums_by_digit(),
    "probes": figures.probe_row(IMAGES, NAMES),
    "probes and terms": figures.probe_row(IMAGES, NAMES, TERMS, 1.0, NAMES[3:4]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_the_figure(name):
    go.Figure(FIGURES[name].to_dict())


def test_the_curve_passes_one_half_at_the_threshold():
    curve = traces(FIGURES["threshold"])["sigmoid"]
    assert np.interp(5.0, curve.x, curve.y) == pytest.approx(0.5)
    assert np.all(np.diff(curve.y) >= 0)


def test_the_point_is_the_weighted_sum_and_its_activation():
    point = traces(FIGURES["threshold"])["neuron"]
    assert point.x[0] == 3.0
    assert point.y[0] == pytest.approx(1 / (1 + np.exp(2)))


@pytest.mark.parametrize("figure", [FIGURES["threshold"], FIGURES["sums_by_digit"]])
def test_curve_and_histogram_mark_the_threshold_on_the_same_axis(figure):
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1) == (5.0, 5.0)
    assert tuple(figure.layout.xaxis.range) == LIMITS
    assert figure.layout.margin.l == 24


def test_the_histogram_says_where_its_bins_end():
    assert list(FIGURES["sums_by_digit"].layout.meta["edges"]) == [0, 4, 8, 12]


def test_a_threshold_beside_the_edge_keeps_its_name_inside():
    notes = [figures.threshold(0.0, bias, LIMITS).layout.annotations[-1] for bias in (10.0, -20.0)]
    assert [note.xanchor for note in notes] == ["left", "right"]


def test_a_threshold_of_zero_has_no_sign():
    assert figures.threshold(0.0, 0.0, LIMITS).layout.annotations[-1].text == "threshold −b = 0.00"


def rows(trace):
    """Split a trace of steps at its gaps: x, y and what is under the pointer, row by row."""
    ends = [k for k, x in enumerate(trace.x) if x is None]
    for start, end in zip([0, *(k + 1 for k in ends)], ends, strict=False):
        yield [np.array(list(of[start:end]), object) for of in (trace.x, trace.y, trace.customdata)]


def test_each_digit_has_a_row_of_steps_as_high_as_its_counts():
    upper, lower = rows(traces(sums_by_digit(bias=-12.0))["silent"])
    for (x, y, _), floor, heights in ((upper, 1, [0.5, 1, 0]), (lower, 0, [0, 1, 1])):
        assert list(x) == [0, 0, 4, 8, 12]
        assert (y[0], y[-1]) == (floor, floor)
        np.testing.assert_allclose((y[1:-1] - floor).astype(float) / (y.max() - floor), heights)
        assert y.max() < floor + 1


def test_under_the_pointer_are_digit_count_and_the_ends_of_the_bin():
    _, _, about = next(rows(traces(sums_by_digit(bias=-12.0))["silent"]))
    assert list(about[1:-1]) == [[0, 1, 0.0, 4.0], [0, 2, 4.0, 8.0], [0, 0, 8.0, 12.0]]


def test_the_colour_changes_exactly_at_the_threshold_and_not_the_height():
    silent, fires = (traces(sums_by_digit(bias=-5.0))[name] for name in ("silent", "fires"))
    assert silent.fillcolor != fires.fillcolor
    for (left, left_y, _), (right, right_y, _) in zip(rows(silent), rows(fires), strict=True):
        assert (left[-1], right[0]) == (5, 5)
        assert left_y[-2] == right_y[1]


def test_a_sum_on_the_threshold_is_of_those_that_stay_silent():
    counts = np.array([[0, 7, 0]])
    figure = figures.sums_by_digit(np.array([-1.0, 0.0, 1.0, 2.0]), counts, 0.0, np.array([0]), np.array([7]), LIMITS)
    assert not traces(figure)["fires"].x


def test_the_numbers_beside_the_rows_say_how_many_fire():
    beside = traces(sums_by_digit())
    assert [text.strip() for text in beside["counts"].text] == ["fires for", "2 of 3", "8 of 8"]
    assert list(beside["counts"].y[1:]) == list(beside["digits"].y)


def test_a_digit_of_which_there_is_none_has_an_empty_row():
    counts = np.array([[0, 0, 0], [1, 1, 1]])
    figure = figures.sums_by_digit(np.arange(4.0), counts, 0.0, np.array([0, 3]), np.array([0, 3]), LIMITS)
    assert {about[0] for _, _, row in rows(traces(figure)["fires"]) for about in row if about} == {1}


def test_few_shapes_make_the_histogram_however_many_bins_there_are():
    counts = np.ones((10, 400), int)
    figure = figures.sums_by_digit(np.linspace(-9, 9, 401), counts, 0.0, counts[:, 0], counts[:, 0], LIMITS)
    assert len(figure.data) == 4
    assert not figure.layout.annotations


def test_the_probes_are_shown_without_any_sum_at_first():
    assert list(traces(FIGURES["probes"])) == NAMES


def test_the_contributions_share_one_symmetric_scale():
    shown = traces(FIGURES["probes and terms"])
    for name, image, terms in zip(NAMES, IMAGES, TERMS, strict=True):
        np.testing.assert_allclose(shown[name].z, image, atol=1e-6)
        below = shown[f"weights × {name}"]
        np.testing.assert_allclose(below.z, terms, atol=1e-6)
        assert (below.zmin, below.zmax) == (-1.0, 1.0)


def test_the_probe_that_excites_most_is_marked():
    marked = [note.text for note in FIGURES["probes and terms"].layout.annotations if "◀" in note.text]
    assert marked == [f"<b>{NAMES[3]} ◀</b>"]
