"""nnviz.study.tuning against perfect edges and bars at all angles: the curve is extreme where they stand."""

import numpy as np
import pytest

from nnviz.study import edges, tuning

PLACES = [(13.5, 13.5), (10.0, 17.0), (17.5, 9.0)]


def perfect(kind, row, column, orientation, side):
    return edges.Edge(kind, row, column, orientation, 4.0, 11.0, side, explained=1.0, amplitude=1.0)


def apart(first, second, turn):
    return abs((first - second + turn / 2) % turn - turn / 2)


@pytest.mark.parametrize(("row", "column"), PLACES)
@pytest.mark.parametrize("orientation", range(0, 180, 5))
def test_an_edge_answers_most_where_its_bright_side_is(row, column, orientation):
    for sign in (1, -1):
        side = edges._side(False, orientation, sign)
        edge = perfect("edge", row, column, orientation, side)
        found = tuning.curve(edges.template(edge), -1.5, edge, step=1)
        towards = np.deg2rad(found.best)
        bright = edges.template(edge) * (
            (edges.COLUMNS.reshape(28, 28) - column) * np.cos(towards)
            - (edges.ROWS.reshape(28, 28) - row) * np.sin(towards)
        )
        assert bright.sum() > 0  # the weights are positive on the side that `best` names
        assert apart(found.angles[found.z.argmax()], found.best, 360) <= 5


@pytest.mark.parametrize(("row", "column"), PLACES)
@pytest.mark.parametrize("orientation", range(0, 180, 5))
@pytest.mark.parametrize(("side", "extreme"), [("bright", np.argmax), ("dark", np.argmin)])
def test_a_bar_is_extreme_along_its_own_line(row, column, orientation, side, extreme):
    bar = perfect("bar", row, column, orientation, side)
    found = tuning.curve(edges.template(bar), 0.5, bar, step=1)
    assert found.peak == (side == "bright")
    assert apart(found.angles[extreme(found.z)], orientation, 180) <= 5


def test_an_edge_says_nothing_to_a_bar_on_its_border_and_much_to_the_disc():
    edge = perfect("edge", 13.5, 13.5, 40, edges._side(False, 40, 1))
    weights = edges.template(edge)
    bars = [float((edges.stripe(13.5, 13.5, angle) * weights).sum()) for angle in range(0, 180, 10)]
    disc = tuning.curve(weights, 0.0, edge).z
    assert max(map(abs, bars)) < 0.2 * disc.max()


def test_for_uniform_weights_the_curve_is_the_inked_area_and_the_bias():
    half = perfect("edge", 13, 13, 0, "top")
    np.testing.assert_allclose(tuning.curve(np.full(784, 2.0), -10, half).z, np.pi * 5.5**2 - 10, rtol=0.03)
    bar = perfect("bar", 13, 13, 0, "bright")
    np.testing.assert_allclose(tuning.curve(np.full(784, 2.0), -10, bar).z, 2 * 44 - 10, atol=3)


@pytest.mark.parametrize("shape", [(8, 8), (12, 40), (64, 64)])
def test_a_stripe_in_a_map_of_any_shape_answers_most_to_a_bar_along_it(shape):
    middle = shape[0] // 2
    weights = -np.ones(shape)
    weights[middle - 1 : middle + 1] = 1
    found = tuning.curve(weights, 0.0, edges.fit(weights))
    assert found.turned == "a bright bar"
    assert found.angles[found.z.argmax()] in (0, 5, 175)


def test_weights_between_other_ends_make_of_0_to_1_what_the_neuron_makes_of_those():
    W, x = np.random.default_rng(3).normal(size=(2, 9, 9))
    x = (x - x.min()) / (x.max() - x.min())
    weights, bias = tuning.between(W, 0.7, (-0.5, 2.0))
    assert (weights * x).sum() + bias == pytest.approx((W * (-0.5 + 2.5 * x)).sum() + 0.7)
