"""The figures of a neuron made by hand, by their traces."""

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import build, figures

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
    "probes and terms": figures.probe_row(IMAGES, NAMES, TERMS, 1.0, 3),
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
    assert (figure.layout.margin.l, figure.layout.margin.r) == (24, 92)


def test_a_threshold_beside_the_edge_keeps_its_name_inside():
    notes = [figures.threshold(0.0, bias, LIMITS).layout.annotations[-1] for bias in (10.0, -20.0)]
    assert [note.xanchor for note in notes] == ["left", "right"]


def test_a_threshold_of_zero_has_no_sign():
    assert figures.threshold(0.0, 0.0, LIMITS).layout.annotations[-1].text == "threshold −b = 0.00"


def test_each_digit_has_a_row_of_bars_with_its_counts():
    rows = traces(sums_by_digit())
    assert [list(rows[f"digit {d}"].customdata) for d in (0, 1)] == [[1, 2, 0], [0, 4, 4]]
    assert [rows[f"digit {d}"].base for d in (0, 1)] == [1, 0]
    assert list(rows["digit 0"].x) == [2, 6, 10]
    heights = np.array(rows["digit 0"].y)
    np.testing.assert_allclose(heights / heights.max(), [0.5, 1, 0])
    assert heights.max() < 1


def test_bars_beyond_the_threshold_have_the_colour_of_those_who_fire():
    silent, firing, beyond = traces(sums_by_digit())["digit 1"].marker.color
    assert silent != firing == beyond


def test_the_numbers_beside_the_rows_say_how_many_fire():
    notes = [note.text for note in sums_by_digit().layout.annotations]
    assert "2 of 3" in notes
    assert "8 of 8" in notes


def test_a_digit_of_which_there_is_none_has_an_empty_row():
    counts = np.zeros((2, 3), int)
    figure = figures.sums_by_digit(np.arange(4.0), counts, 0.0, np.zeros(2, int), np.zeros(2, int), LIMITS)
    assert not np.any(traces(figure)["digit 0"].y)


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
