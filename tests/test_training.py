"""Training: the mathematics of one step against cases worked by hand, the loop, and what is practised on."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nnviz import augment, pen, training
from nnviz.elastic import Warps
from nnviz.mnist import Digits
from nnviz.network import Layer, Network

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky relu": lambda z: np.maximum(z, 0.01 * z),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


def network_of(*layers):
    return Network(tuple(Layer(np.array(W, float), np.array(b, float)) for W, b in layers))


def random_network(rng, sizes):
    count = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    return Network(training.unflatten(rng.normal(size=count), sizes))


def differences(function, theta, h=1e-6):
    """The gradient by central finite differences."""
    steps = h * np.eye(len(theta))
    return np.array([(function(theta + step) - function(theta - step)) / (2 * h) for step in steps])


def bars(rng, n):
    """Digit k is a white bar in row 2 k + 4 of a noisy picture."""
    labels = rng.integers(0, 10, n).astype(np.uint8)
    images = rng.integers(0, 60, (n, 28, 28)).astype(np.uint8)
    images[np.arange(n), 2 * labels + 4] = 255
    return Digits(images, labels)


def roughness(network):
    W = network.layers[0].W
    return training.penalty(W, 1, 0) / (W**2).sum()


# ---- the loss and its gradients


def test_the_loss_of_a_half_lit_output_is_log_2_per_neuron():
    assert training.cross_entropy(np.full((3, 10), 0.5), np.eye(10)[:3]) == pytest.approx(10 * np.log(2))


def test_the_loss_of_a_right_answer_is_zero():
    assert training.cross_entropy(np.eye(10), np.eye(10)) == 0


def test_gradients_match_a_case_worked_by_hand():
    # z1 = 0, a1 = 1/2; z2 = 2 * 1/2 - 1 = 0, a2 = 1/2; y = 1: delta2 = -1/2, delta1 = -1/2 * 2 * 1/4 = -1/4
    network = network_of(([[0]], [0]), ([[2]], [-1]))
    first, second = training.gradients(network, np.array([[1.0]]), np.array([[1.0]]))
    assert (second.W.item(), second.b.item(), first.W.item(), first.b.item()) == (-0.25, -0.5, -0.25, -0.25)


def test_gradients_match_finite_differences():
    rng, sizes = np.random.default_rng(0), (5, 4, 3, 2)
    x, y = rng.random((7, 5)), rng.integers(0, 2, (7, 2)).astype(float)
    theta = training.flatten(random_network(rng, sizes).layers)

    def loss(vector):
        a = x
        for layer in training.unflatten(vector, sizes):
            a = 1 / (1 + np.exp(-(a @ layer.W.T + layer.b)))
        return training.cross_entropy(a, y)

    found = training.flatten(training.gradients(Network(training.unflatten(theta, sizes)), x, y))
    np.testing.assert_allclose(found, differences(loss, theta), atol=1e-8)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "leaky relu", "identity"])
def test_gradients_match_finite_differences_for_every_activation(hidden, output):
    rng, sizes, kinds = np.random.default_rng(11), (5, 4, 3, 2), (hidden, hidden, output)
    x, y = rng.normal(size=(7, 5)), np.eye(2)[np.arange(7) % 2]
    theta = rng.normal(size=24 + 15 + 8)

    def loss(vector):
        a = x
        for layer in training.unflatten(vector, sizes, kinds):  # in float64, which `Network.forward` is not
            a = FUNCTIONS[layer.activation](a @ layer.W.T + layer.b)
        return -(y * np.log(a) + (output == "sigmoid") * (1 - y) * np.log(1 - a)).sum() / len(y)

    found = training.flatten(training.gradients(Network(training.unflatten(theta, sizes, kinds)), x, y))
    np.testing.assert_allclose(found, differences(loss, theta), atol=1e-7)


@pytest.mark.parametrize(("output", "counted"), [("sigmoid", 0.7), ("softmax", 0.0)])
def test_a_contest_adds_the_softmaxs_question_to_ten_sigmoids(output, counted):
    rng, sizes, kinds = np.random.default_rng(13), (5, 4, 3), ("tanh", output)
    x, y = rng.normal(size=(7, 5)), np.eye(3)[np.arange(7) % 3]
    theta = rng.normal(size=24 + 15)

    def loss(vector):
        first, last = training.unflatten(vector, sizes, kinds)
        z = np.tanh(x @ first.W.T + first.b) @ last.W.T + last.b
        a, shares = FUNCTIONS[output](z), np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        asked = y * np.log(a) + (output == "sigmoid") * (1 - y) * np.log(1 - a)
        return -(asked.sum() + counted * (y * np.log(shares)).sum()) / len(y)

    net = Network(training.unflatten(theta, sizes, kinds))
    found = training.flatten(training.gradients(net, x, y, contest=0.7))
    np.testing.assert_allclose(found, differences(loss, theta), atol=1e-7)
    assert training.lens(net, x, y, 0.1, contest=0.7).loss_before == pytest.approx(loss(theta), rel=1e-9)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_the_loss_of_a_network_is_that_of_its_output(output):
    rng = np.random.default_rng(12)
    net = Network(training.unflatten(rng.normal(size=24 + 10), (5, 4, 2), ("relu", output)))
    x, y = rng.random((6, 5)).astype(np.float32), np.eye(2)[np.arange(6) % 2]
    a = net.forward(x).output.astype(float)
    right, wrong = np.log((a * y).sum(axis=1)), np.log(1 - (a * (1 - y)).sum(axis=1))
    expected = -right.mean() if output == "softmax" else -(right + wrong).mean()
    assert training.loss(net, x, y) == pytest.approx(expected, rel=1e-5)


def test_a_softmaxs_loss_of_shared_out_labels_is_worked_by_hand():
    loss = training.shared_cross_entropy(np.array([[0.5, 0.25, 0.25]]), np.array([[0.5, 0.5, 0.0]]))
    assert loss == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(4))


def test_a_right_answer_leaves_nothing_to_learn():
    network = network_of(([[100.0]], [0.0]))
    (layer,) = training.gradients(network, np.array([[1.0]]), np.array([[1.0]]))
    assert abs(layer.W.item()) < 1e-12


def test_gradients_of_two_pictures_are_the_mean_of_each():
    rng = np.random.default_rng(1)
    network, x, y = random_network(rng, (5, 4, 2)), rng.random((2, 5)), np.eye(2)
    both = training.flatten(training.gradients(network, x, y))
    each = [training.flatten(training.gradients(network, x[k : k + 1], y[k : k + 1])) for k in (0, 1)]
    np.testing.assert_allclose(both, np.mean(each, axis=0))


# ---- the penalty


def test_the_laplacian_of_one_bright_pixel_is_a_cross():
    maps = np.zeros((1, 5, 5))
    maps[0, 2, 2] = 1
    assert training.laplacian(maps)[0, 1:4, 1:4].tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def test_the_laplacian_of_a_slope_is_zero_inside():
    slope = np.add.outer(np.arange(6.0), 2 * np.arange(6.0))[None]
    assert not training.laplacian(slope)[0, 1:-1, 1:-1].any()


def test_the_penalty_of_one_weight_is_worked_by_hand():
    W = np.zeros((1, 784))
    W[0, 14 * 28 + 14] = -3  # squares of the Laplacian: 9 * (16 + 4); absolute values: 3
    assert training.penalty(W, smoothness=0.1, sparsity=2) == pytest.approx(0.1 * 180 + 2 * 3)


def test_the_penaltys_gradient_matches_finite_differences():
    W = np.random.default_rng(2).normal(size=(1, 784))
    found = training.penalty_gradient(W, 0.3, 0.2).ravel()
    expected = differences(lambda w: training.penalty(w.reshape(1, 784), 0.3, 0.2), W.ravel())
    np.testing.assert_allclose(found, expected, atol=1e-5)


# ---- the optimiser


def moved_by(adam, gradient, rate):
    parameters = np.zeros(1)
    adam.update(parameters, np.array([gradient]), rate)
    return parameters.item()


def test_adams_first_step_is_the_learning_rate_against_the_gradient():
    assert moved_by(training.Adam(np.zeros(1)), 2.0, rate=0.1) == pytest.approx(-0.1)


def test_adams_second_step_matches_numbers_worked_by_hand():
    # m = 0.9 * 0.2 - 0.1 = 0.08, over 0.19: 0.4210526; v = 0.999 * 0.004 + 0.001 = 0.004996, over 0.001999: 2.4992496
    adam = training.Adam(np.zeros(1))
    moved_by(adam, 2.0, rate=0.1)
    assert moved_by(adam, -1.0, rate=0.1) == pytest.approx(-0.1 * 0.4210526 / 1.5809015, rel=1e-6)


def test_adam_leaves_the_gradient_unchanged():
    gradient = np.array([2.0])
    training.Adam(np.zeros(1)).update(np.zeros(1), gradient, rate=0.1)
    assert gradient.item() == 2


@pytest.mark.parametrize(("progress", "expected"), [(0, 0), (0.015, 0.01), (0.5, 0.01), (1, 0)])
def test_the_learning_rate_rises_then_falls_as_a_cosine(progress, expected):
    assert training.rate_at(progress, highest=0.02, warm_up=0.03) == pytest.approx(expected)


# ---- the loop


def test_unflatten_undoes_flatten():
    layers = random_network(np.random.default_rng(3), (5, 4, 3)).layers
    for old, new in zip(layers, training.unflatten(training.flatten(layers), (5, 4, 3)), strict=True):
        assert np.array_equal(old.W, new.W)
        assert np.array_equal(old.b, new.b)


def test_folding_a_centre_into_the_bias_changes_no_sum():
    layer, x, centre = Layer(np.array([[1.0, -2.0]]), np.array([0.5])), np.array([0.25, 0.75]), np.array([0.5, 0.25])
    folded = training.fold([layer], [centre]).layers[0]
    assert folded.W @ x + folded.b == pytest.approx(layer.W @ (x - centre) + layer.b)


def test_the_gradient_of_centred_layers_matches_finite_differences():
    rng = np.random.default_rng(4)
    x, y, centre = rng.random((3, 4)), np.eye(3), rng.random(4)
    learner = training.Learner(training.Recipe(epochs=1, sizes=(4, 2, 3)), centre, rng)

    def loss(vector):
        first, second = training.unflatten(vector, (4, 2, 3))
        hidden = 1 / (1 + np.exp(-((x - centre) @ first.W.T + first.b)))
        output = 1 / (1 + np.exp(-((hidden - 0.5) @ second.W.T + second.b)))
        return training.cross_entropy(output, y)

    expected = differences(loss, learner.parameters.astype(float))
    np.testing.assert_allclose(learner.gradient(x, y), expected, atol=1e-5)


def test_every_digit_comes_once_in_an_epoch():
    lesson = bars(np.random.default_rng(5), 25)
    met = [image for x, _ in training.batches(lesson, 10, np.random.default_rng(0)) for image in np.rint(255 * x)]
    assert sorted(map(tuple, met)) == sorted(map(tuple, lesson.images.reshape(25, 784)))


def test_training_learns_bars_it_has_not_seen():
    rng = np.random.default_rng(6)
    lesson, unseen = bars(rng, 1000), bars(rng, 200)
    network = training.train(lambda epoch: lesson, training.Recipe(epochs=20, batch=20))
    assert (network.forward(unseen.x).prediction == unseen.labels).all()


def test_relus_and_a_softmax_learn_bent_bars_they_have_not_seen():
    rng = np.random.default_rng(13)
    lesson, unseen = bars(rng, 1000), bars(rng, 200)
    recipe = training.Recipe(
        epochs=30, batch=20, rate=0.005, sizes=(784, 20, 10), hidden="relu", output="softmax", warped=0.3
    )
    network = training.train(lambda epoch: lesson, recipe)
    assert [layer.activation for layer in network.layers] == ["relu", "softmax"]
    assert (network.forward(unseen.x).prediction == unseen.labels).mean() > 0.95


def test_only_the_share_to_be_bent_is_bent():
    lesson = bars(np.random.default_rng(14), 40)
    warps = Warps.random(np.random.default_rng(15), 10)
    recipe = training.Recipe(epochs=1, batch=40, warped=0.25)
    plain, bent = (
        next(training.practice(lesson, recipe, each, np.random.default_rng(16)))[0] for each in (None, warps)
    )
    assert (plain != bent).any(axis=1).tolist() == [True] * 10 + [False] * 30


def test_pictures_are_bent_as_strongly_as_the_recipe_says():
    lesson = bars(np.random.default_rng(17), 40)
    recipe = training.Recipe(epochs=1, batch=40, rate=1.0, average=0.0, optimiser="sgd")
    none, not_at_all, bent = (
        training.train(lambda epoch: lesson, replace(recipe, warped=share, bending=bending)).layers[0].W
        for share, bending in ((1e-9, 1.0), (1.0, 0.0), (1.0, 1.0))  # of the first, the batch is too small for one
    )
    np.testing.assert_allclose(not_at_all, none, atol=1e-6)
    assert np.abs(bent - none).max() > 1e-3


def test_training_twice_gives_the_same_bits():
    lesson = bars(np.random.default_rng(7), 200)
    runs = [training.train(lambda epoch: lesson, training.Recipe(epochs=2, smoothness=1e-3)) for _ in range(2)]
    assert training.flatten(runs[0].layers).tobytes() == training.flatten(runs[1].layers).tobytes()


def test_another_seed_gives_another_network():
    lesson = bars(np.random.default_rng(8), 100)
    first, second = (training.train(lambda epoch: lesson, training.Recipe(epochs=1, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(first.layers[0].W, second.layers[0].W)


def test_the_penalty_makes_maps_smoother():
    lesson = bars(np.random.default_rng(9), 300)
    rough, smooth = (
        training.train(lambda epoch: lesson, training.Recipe(epochs=10, smoothness=s)) for s in (0.0, 1e-2)
    )
    assert roughness(smooth) < roughness(rough) / 2


def test_each_epoch_is_reported():
    met, lesson = [], bars(np.random.default_rng(10), 50)
    training.train(lambda epoch: lesson, training.Recipe(epochs=3), report=lambda epoch, network: met.append(epoch))
    assert met == [0, 1, 2]


# ---- what is practised on


def test_six_of_the_thirty_writers_are_held_out():
    trained = {digit.writer for digit in augment.writers(held_out=False)}
    held_out = {digit.writer for digit in augment.writers(held_out=True)}
    assert (len(trained), len(held_out), trained & held_out) == (24, 6, set())


def test_a_redrawn_digit_is_prepared_as_mnist_was():
    image = augment.redraw([[[0, 0], [50, 80]], [[50, 0], [0, 80]]], np.random.default_rng(0)) / 255
    rows, columns = (np.average(axis, weights=image) for axis in np.indices((28, 28)))
    assert (rows, columns) == pytest.approx((14, 14), abs=0.1)


def test_redrawing_with_one_seed_gives_the_same_picture():
    strokes = pen.load()[0].strokes
    first, second = (augment.redraw(strokes, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)


def test_bending_keeps_every_point_near_its_place():
    stroke = [[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]]
    shifts = [np.subtract(augment.bend([stroke], np.random.default_rng(k))[0], stroke) for k in range(200)]
    assert np.abs(np.mean(shifts, axis=0)).max() < 5
