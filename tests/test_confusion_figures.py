"""The confusion matrix and the two curves, by what stands in them."""

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.study import confusion

COUNTS = np.array([[90, 10, 0], [5, 80, 15], [0, 0, 0]])
NAMES = ("cat", "dog", "<b>")
RNG = np.random.default_rng(2)


def drawn_matrix(**more):
    return figures.confusion(COUNTS, NAMES, **more)


@pytest.mark.parametrize(
    "figure",
    [
        drawn_matrix(chosen=(1, None)),
        figures.reliability(confusion.reliability(RNG.random(50), np.ones(50))),
        figures.answered(np.array([0.5, 1.0]), np.array([1.0, 0.9])),
    ],
)
def test_plotly_finds_nothing_wrong_with_it(figure):
    go.Figure(figure.to_dict())


def test_the_confusion_heatmap_holds_the_counts():
    trace = next(trace for trace in drawn_matrix().data if trace.name == "confusion")
    np.testing.assert_array_equal(trace.z, COUNTS)


def test_names_from_outside_are_text_and_a_label_without_pictures_has_none():
    figure = drawn_matrix()
    assert figure.layout.xaxis.ticktext[2] == "&lt;b&gt;"
    cells = next(trace for trace in figure.data if trace.name == "cells")
    assert cells.hovertext[6] == "label &lt;b&gt;, read as cat<br>0 of 0: 0.0%"


def test_the_scale_is_the_mistakes_own():
    trace = next(trace for trace in drawn_matrix().data if trace.name == "confusion")
    assert (trace.zmin, trace.zmax) == (0, 15)


def test_right_answers_are_covered_by_a_neutral_grey():
    trace = next(trace for trace in drawn_matrix().data if trace.name == "right")
    assert [[cell is not None for cell in row] for row in trace.z] == np.eye(3, dtype=bool).tolist()


def test_a_cells_customdata_are_its_label_and_answer():
    trace = next(trace for trace in drawn_matrix().data if trace.name == "cells")
    places = {tuple(place): text for place, text in zip(trace.customdata, trace.text, strict=True)}
    assert places[1, 2] == "15"
    assert places[2, 0] == ""
    assert len(places) == 9


@pytest.mark.parametrize(
    ("chosen", "edges"),
    [((1, 2), (1.5, 2.5, 0.5, 1.5)), ((1, None), (-0.5, 2.5, 0.5, 1.5)), ((None, 0), (-0.5, 0.5, -0.5, 2.5))],
)
def test_what_is_chosen_is_framed(chosen, edges):
    (shape,) = drawn_matrix(chosen=chosen).layout.shapes
    assert (shape.x0, shape.x1, shape.y0, shape.y1) == edges


def test_nothing_is_framed_at_first():
    assert not drawn_matrix().layout.shapes


def test_an_empty_bin_is_left_out():
    figure = figures.reliability(confusion.reliability(np.array([0.05, 0.95]), np.array([0, 1])))
    points = next(trace for trace in figure.data if trace.name == "reliability")
    np.testing.assert_allclose([points.x, points.y], [[0.05, 0.95], [0, 1]])
