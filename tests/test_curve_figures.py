"""Curves, strips and dots: the sigmoid, tuning, scores beside noise, what neurons tell apart."""

import numpy as np
import pytest

from nnviz import figures
from nnviz.figures.curves import signed_text
from nnviz.study.tuning import Tuning
from tests.test_figures import ALL, named

# ---- curves


@pytest.mark.parametrize(("z", "a"), [(0, 0.5), (2, 0.8807971), (-30, 0), (60, 1)])
def test_the_point_stands_on_the_sigmoid_inside_the_window(z, a):
    figure = figures.sigmoid(z, 1.0)
    point = named(figure, "neuron")
    assert (point.x[0], point.y[0]) == pytest.approx((z, a), abs=1e-7)
    low, high = figure.layout.xaxis.range
    assert low < z < high


def test_the_curve_passes_one_half_at_zero():
    curve = named(figures.sigmoid(1.0, 0.5), "sigmoid")
    assert np.interp(0, curve.x, curve.y) == pytest.approx(0.5)


def test_the_threshold_is_written_as_minus_b():
    assert any("−1.25" in note.text for note in figures.sigmoid(0.0, 1.25).layout.annotations)


def test_the_tuning_curve_marks_the_blank_picture_and_the_best_orientation():
    found = Tuning(np.array([0.0, 90.0]), np.array([1.0, 2.0]), 30, "a bright bar", True)
    figure = figures.tuning(found, -0.5)
    lines = {(line.x0, line.y0, line.x1, line.y1) for line in figure.layout.shapes}
    assert {(0, -0.5, 1, -0.5), (30, 0, 30, 1)} <= lines


def test_a_score_stands_among_the_scores_of_noise():
    figure = figures.beside_noise(0.7, np.array([0.1, 0.2]), 0.5)
    assert list(named(figure, "noise").x) == [0.1, 0.2]
    assert {line.x0 for line in figure.layout.shapes} == {0.7, 0.5}
    assert figure.layout.xaxis.range == (0, 1)


def test_means_by_digit_are_bars_on_a_fixed_scale():
    means = np.linspace(0, 1, 10)
    figure = figures.by_digit(means, "mean activation")
    (bars,) = figure.data
    assert list(bars.x) == list(range(10))
    np.testing.assert_allclose(bars.y, means, atol=1e-6)
    assert figure.layout.yaxis.range == (0, 1)


@pytest.mark.parametrize(("value", "says"), [(-0.001, "0.00"), (-0.0, "0.00"), (-0.006, "−0.01"), (1.5, "1.50")])
def test_a_number_is_written_with_a_real_minus_sign_and_zero_without_one(value, says):
    assert signed_text(value) == says


def test_a_neuron_without_a_bias_has_its_threshold_at_plain_zero():
    assert "z = 0: weighted sum = 0.00" in str(figures.sigmoid(1.0, 0.0).layout.annotations)


# ---- strips


def test_a_strip_shows_the_least_explained_neuron_first_and_names_each():
    dots = named(ALL["strips"], "one")
    assert list(dots.y) == [0.2, 0.4, 0.6]
    assert list(dots.customdata) == [1, 2, 0]


def test_dots_are_full_only_where_ahead_of_noise():
    assert list(named(ALL["strips"], "one").marker.symbol) == ["circle-open", "circle-open", "circle"]


def test_a_neurons_noise_stands_where_its_dot_does():
    noise = named(ALL["strips"], "noise one")
    assert list(noise.x) == [0, 0, None, 1, 1, None, 2, 2, None]
    assert list(noise.y) == [0.15, 0.35, None, 0.3, 0.5, None, 0.1, 0.3, None]


def test_strips_share_one_scale_of_shares_and_say_their_medians():
    figure = ALL["strips"]
    assert {trace.yaxis for trace in figure.data} == {"y"}
    low, high = figure.layout.yaxis.range
    assert low <= 0 < 1 <= high
    assert [note.text for note in figure.layout.annotations] == [
        f"<b>{name}</b>: half of its maps above 40%" for name in ("one", "other")
    ]
    first, second = figure.layout.xaxis.domain, figure.layout.xaxis2.domain
    assert first[1] < second[0]


# ---- what neurons tell apart


def test_each_dot_stands_at_its_neurons_share_the_best_on_top():
    dots = named(ALL["separation"], "neurons")
    assert list(dots.customdata) == [1, 2, 0, 2, 0, 1]
    assert list(dots.x) == [0.8, 0.7, 0.6, 0.95, 0.55, 0.5]
    assert list(dots.y) == sorted(dots.y)
    low, high = ALL["separation"].layout.yaxis.range
    assert low > max(dots.y) > min(dots.y) > high  # row 0 on top, and nothing cut off


def test_a_neuron_ahead_is_marked_by_its_shape():
    assert list(named(ALL["separation"], "neurons").marker.symbol) == ["diamond"] + ["circle"] * 5


def test_shuffles_lie_behind_their_own_neuron_and_the_single_one_beside_its_own_feature():
    figure = ALL["separation"]
    dots, lines, single = (named(figure, name) for name in ("neurons", "shuffled", "single"))
    assert list(lines.x) == [0.5, 0.65, None] * 6
    assert [y for y in lines.y if y is not None] == [y for y in dots.y for _ in range(2)]
    assert list(single.x) == [0.72, 0.72, None, 0.6, 0.6, None]
    assert single.y[0] < dots.y[0] < dots.y[2] < single.y[1] < single.y[3] < dots.y[3] < dots.y[5] < single.y[4]
    assert list(named(figure, "shares").text) == ["best of hidden 1: 72%", "best of hidden 1: 60%"]


def test_shares_beyond_the_usual_ones_widen_the_axis():
    args = np.array([[[0.3, 0.6]]]), np.array([0.6]), np.array([[False]]), ["a loop"], "hidden 1"
    low, high = figures.separation(np.array([[0.97]]), *args).layout.xaxis.range
    assert low < 0.3
    assert high > 0.97
