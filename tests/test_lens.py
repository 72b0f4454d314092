"""One step under the lens: every part of it against finite differences, and its numbers against each other."""

import numpy as np
import pytest

from nnviz import training
from nnviz.network import Layer, Network
from tests.test_training import FUNCTIONS, differences

SIZES = (6, 4, 3, 2)
COUNT = 28 + 15 + 8


def exactly(vector, kinds, x, y):
    """The loss, worked out in float64 from the definition."""
    a = x
    for layer in training.unflatten(vector, SIZES, kinds):
        a = FUNCTIONS[layer.activation](a @ layer.W.T + layer.b)
    return -(y * np.log(a) + (kinds[-1] == "sigmoid") * (1 - y) * np.log(1 - a)).sum() / len(y)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "leaky relu", "identity"])
def test_the_gradient_of_one_picture_matches_finite_differences(hidden, output):
    rng, kinds = np.random.default_rng(1), (hidden, hidden, output)
    vector, x, y = rng.normal(size=COUNT), rng.random((1, 6)), np.array([[0.0, 1.0]])
    found = training.lens(Network(training.unflatten(vector, SIZES, kinds)), x[0], y[0], rate=0.1)
    expected = differences(lambda v: exactly(v, kinds, x, y), vector)
    np.testing.assert_allclose(training.flatten(found.of_loss), expected, atol=1e-7)
    assert found.loss_before == pytest.approx(exactly(vector, kinds, x, y), rel=1e-9)
    assert found.loss_after == pytest.approx(exactly(vector - 0.1 * expected, kinds, x, y), rel=1e-6)


def test_the_step_is_the_rate_times_the_gradient():
    network = training.initial(np.random.default_rng(2), (784, 5, 10))
    x, y = np.random.default_rng(3).random(784, dtype=np.float32), np.eye(10)[3]
    found = training.lens(network, x, y, rate=0.5, smoothness=1e-3, sparsity=1e-3)
    for before, gradient, after in zip(found.before.layers, found.gradient, found.after.layers, strict=True):
        assert np.array_equal(after.W, before.W - 0.5 * gradient.W)
        assert np.array_equal(after.b, before.b - 0.5 * gradient.b)
    assert np.array_equal(found.before.layers[0].W, network.layers[0].W)  # float32's numbers, exactly


def test_the_penaltys_part_is_the_penaltys_gradient():
    network = training.initial(np.random.default_rng(4), (784, 2, 10))
    x, y = np.random.default_rng(5).random(784), np.eye(10)[0]
    with_it, without = (training.lens(network, x, y, 0.1, smoothness=s, sparsity=s / 2) for s in (0.2, 0.0))
    W = with_it.before.layers[0].W
    assert np.array_equal(with_it.of_loss[0].W, without.of_loss[0].W)
    assert np.array_equal(with_it.gradient[0].W, without.gradient[0].W + with_it.of_penalty)
    for neuron, pixel in ((0, 400), (1, 27), (1, 783)):
        step = np.zeros_like(W)
        step[neuron, pixel] = 1e-6
        up, down = (training.penalty(W + sign * step, 0.2, 0.1) for sign in (1, -1))
        assert with_it.of_penalty[neuron, pixel] == pytest.approx((up - down) / 2e-6, abs=1e-5)
    assert with_it.penalty_before == training.penalty(W, 0.2, 0.1)
    assert with_it.penalty_after == training.penalty(with_it.after.layers[0].W, 0.2, 0.1)
    assert (without.penalty_before, without.of_penalty.any()) == (0, False)


def test_of_one_picture_each_weights_gradient_is_its_neurons_times_the_activation_below():
    network = training.initial(np.random.default_rng(6), (784, 5, 4, 10))
    x = np.random.default_rng(7).random(784)
    found = training.lens(network, x, np.eye(10)[3], rate=0.1)
    for gradient, below in zip(found.of_loss, network.forward(x).activations, strict=False):
        np.testing.assert_allclose(gradient.W, np.outer(gradient.b, below), atol=1e-6)


def test_a_small_step_makes_the_loss_smaller():
    network = training.initial(np.random.default_rng(8), (784, 5, 10))
    found = training.lens(network, np.random.default_rng(9).random(784), np.eye(10)[1], rate=1e-3)
    assert found.loss_after < found.loss_before


def test_an_answer_surer_than_numbers_can_say_has_a_finite_loss():
    layer = Layer(np.array([[2000.0], [-2000.0]]), np.zeros(2))
    found = training.lens(Network((layer,)), np.array([1.0]), np.array([0.0, 1.0]), rate=1e-3)
    assert found.loss_before == 4000
