"""The networks that training shipped: their shapes, how many digits they read, how smooth they are, and made again."""

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from nnviz import augment, ink, mnist, pen, training
from nnviz.mnist import ASSETS
from nnviz.network import Network
from tests.test_training import roughness

NAMES = ("smooth", "rough", "plain", "untrained")


@pytest.fixture(scope="module")
def test_digits():
    return mnist.load("test")


@pytest.fixture(scope="module")
def pen_digits():
    digits = augment.writers(held_out=True)[::3]  # a third of them, for speed
    x = np.stack([ink.normalize(pen.render(pen.place(digit.strokes))).ravel() for digit in digits])
    return x, np.array([digit.label for digit in digits])


def shipped(name):
    return Network.load(ASSETS / "networks" / f"{name}.npz")


def share_right(network, x, labels):
    return (network.forward(x).prediction == labels).mean()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_network_has_13002_parameters(name):
    assert shipped(name).parameter_count == 13002


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_file_holds_float32_arrays_of_the_promised_shapes(name):
    with np.load(ASSETS / "networks" / f"{name}.npz", allow_pickle=False) as arrays:
        found = {key: (arrays[key].shape, arrays[key].dtype.name) for key in arrays.files}
    shapes = {"W1": (16, 784), "b1": (16,), "W2": (16, 16), "b2": (16,), "W3": (10, 16), "b3": (10,)}
    assert found == {key: (shape, "float32") for key, shape in shapes.items()}


@pytest.mark.parametrize(
    ("name", "low", "high"), [("smooth", 0.965, 1), ("rough", 0.96, 1), ("plain", 0.935, 1), ("untrained", 0, 0.2)]
)
def test_a_shipped_network_reads_as_many_test_digits_as_promised(name, low, high, test_digits):
    assert low <= share_right(shipped(name), test_digits.x, test_digits.labels) <= high


@pytest.mark.parametrize(("name", "low"), [("smooth", 0.965), ("wide", 0.98)])
def test_a_shipped_network_reads_pen_digits_of_writers_it_never_met(name, low, pen_digits):
    assert share_right(shipped(name), *pen_digits) >= low


def test_wide_has_at_most_110000_parameters_and_the_layers_of_its_recipe():
    network, recipe = shipped("wide"), training.RECIPES["wide"]
    assert network.parameter_count == 108_560
    assert network.sizes == recipe.sizes
    assert [layer.activation for layer in network.layers] == ["relu", "relu", "relu", "softmax"]
    assert {part.dtype.name for layer in network.layers for part in (layer.W, layer.b)} == {"float32"}


def test_wide_reads_as_many_test_digits_as_promised(test_digits):
    assert share_right(shipped("wide"), test_digits.x, test_digits.labels) >= 0.985


def test_smooth_and_rough_are_made_alike_but_for_the_laplacian():
    smooth, other = training.RECIPES["smooth"], training.RECIPES["rough"]
    assert {key for key, value in vars(smooth).items() if value != vars(other)[key]} == {"smoothness"}
    assert other.smoothness == 0
    assert training.PENS["smooth"] == training.PENS["rough"]


@pytest.mark.parametrize("other", ["rough", "plain"])
def test_smooths_maps_are_smoother_than(other):
    assert roughness(shipped("smooth")) < roughness(shipped(other)) / 10


def test_scikit_learn_finds_the_same_output_from_the_same_weights(test_digits):
    network, x = shipped("smooth"), test_digits.x[:500]
    other = MLPClassifier((16, 16), activation="logistic")
    other.partial_fit(x[:10], range(10), classes=range(10))  # so that it knows its shapes
    other.coefs_ = [layer.W.T for layer in network.layers]
    other.intercepts_ = [layer.b for layer in network.layers]
    exp = np.exp(network.forward(x).zs[-1])  # its last layer is a softmax, over the same sums
    np.testing.assert_allclose(other.predict_proba(x), exp / exp.sum(axis=1, keepdims=True), atol=1e-5)


def test_the_command_rebuilds_the_shipped_untrained_network(tmp_path):
    command = [sys.executable, "-m", "nnviz.training", "--only", "untrained", "--out", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ASSETS.parent, env=os.environ | {"PYTHONPATH": str(ASSETS.parent)})
    rebuilt = Network.load(tmp_path / "untrained.npz")
    np.testing.assert_allclose(
        training.flatten(rebuilt.layers), training.flatten(shipped("untrained").layers), atol=1e-6
    )


@pytest.fixture(scope="module", params=training.COURSES)
def course(request):
    data = training.course_file(request.param).read_bytes()
    assert len(data) <= training.COURSES[request.param]
    return request.param, training.Course.from_bytes(data)


def test_a_shipped_course_is_of_the_shipped_recipe_and_its_marks_are_measured(course, test_digits):
    name, found = course
    assert (found.recipe, found.held) == (training.RECIPES[name], "test")
    for moment in (found.moments[0], found.moments[-1]):
        assert moment.right_validation == pytest.approx(
            share_right(moment.network, test_digits.x, test_digits.labels), abs=2e-3 if name == "wide" else 1e-3
        )  # the first is kept in 8 or 16 bits a weight


def test_a_shipped_course_begins_untrained_and_ends_in_its_network(course):
    name, found = course
    recipe = found.recipe
    untrained = training.initial(np.random.default_rng(recipe.seed), recipe.sizes, recipe.hidden, recipe.output)
    W = untrained.layers[0].W
    fine = 254 if name == "wide" else 65_000  # steps of 8 or of 16 bits
    assert np.abs(found.network(0).layers[0].W - W).max() <= np.abs(W).max() / fine
    assert found.moments[-1].step == found.steps
    assert np.array_equal(training.flatten(found.network(-1).layers), training.flatten(shipped(name).layers))
