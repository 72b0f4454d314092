"""Files written by PyTorch, Keras and scikit-learn against what those say themselves; and what they leave to choose."""

from pathlib import Path

import numpy as np
import pytest

from nnviz import files
from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from tests.files.made import DATA, RNG, WRITTEN, npz, opened, weights

EXAMPLES = ASSETS / "examples"


@pytest.fixture(scope="module")
def said():
    with np.load(DATA / "said.npz") as arrays:
        return dict(arrays)


def test_every_kind_of_file_is_among_those_the_frameworks_wrote(said):
    assert {Path(name).suffix for name in WRITTEN} == {".safetensors", ".onnx", ".keras", ".h5"}
    assert sorted(said) == sorted([*WRITTEN, "pictures"])
    assert len(said["pictures"]) == 10


@pytest.mark.parametrize("name", WRITTEN)
def test_the_network_says_of_ten_pictures_what_the_framework_said_that_wrote_it(name, said):
    network = opened(name)
    output = network.forward(network.preparation.scaled(said["pictures"])).output
    assert output == pytest.approx(said[name], abs=1e-5)
    assert np.ptp(said[name], axis=0).max() > 0.01  # the ten are not all alike
    assert network.shape == (8, 8)


def test_a_file_of_nnvizs_own_gives_the_network_that_was_saved(tmp_path):
    layers = [Layer(*pair, name) for pair, name in zip(weights(12, 5, 3), ("relu", "softmax"), strict=True)]
    before = Network(tuple(layers), (3, 4), ("a", "b", "c"), Preparation("as drawn", True, 0.5, 0.25))
    before.save(tmp_path / "own.npz")
    after = files.read((tmp_path / "own.npz").read_bytes(), "own.npz")
    x = RNG.random((4, 12))
    assert (after.forward(x).output == before.forward(x).output).all()
    assert (after.shape, after.classes, after.preparation) == (before.shape, before.classes, before.preparation)


@pytest.mark.parametrize("name", ["smooth", "plain"])
def test_a_shipped_network_comes_through_the_door_as_it_comes_from_load(name):
    path = ASSETS / "networks" / f"{name}.npz"
    x = load("test").x[:50]
    network = files.read(path.read_bytes(), path.name)
    assert (network.forward(x).output == Network.load(path).forward(x).output).all()
    assert network.preparation == Preparation()


def test_scikit_learns_names_of_classes_are_kept():
    assert opened("sklearn_names.onnx").classes[:3] == ("eight", "five", "four")


def test_the_examples_open_and_read_what_they_were_trained_on():
    from sklearn.datasets import load_digits

    digits, test = load_digits(), load("test")
    small = files.read((EXAMPLES / "digits-8x8.onnx").read_bytes(), "digits-8x8.onnx")
    assert (small.forward(digits.data[1300:] / 16).prediction == digits.target[1300:]).mean() > 0.9
    for name, chosen in (("mnist.keras", None), ("mnist.safetensors", ["relu", "softmax"])):
        network = files.read((EXAMPLES / name).read_bytes(), name, chosen)
        assert (network.forward(test.x).prediction == test.labels).mean() > 0.92
        assert (network.shape, network.preparation) == ((28, 28), Preparation())


# ---- what must be chosen


def test_safetensors_ask_which_activations_and_take_the_answer():
    with pytest.raises(files.Unsaid, match="which activation follows each of its 2 layers") as asked:
        files.read((DATA / "torch.safetensors").read_bytes(), "torch.safetensors")
    assert (asked.value.what, asked.value.sizes) == ("activations", (64, 12, 10))
    chosen = files.read((DATA / "torch.safetensors").read_bytes(), "torch.safetensors", ["tanh", "identity"])
    assert [layer.activation for layer in chosen.layers] == ["tanh", "identity"]


def test_inputs_that_make_no_square_ask_for_rows_and_columns():
    (W, b), name = weights(15, 3)[0], "own.npz"
    with pytest.raises(files.Unsaid, match="15 inputs make up a picture") as asked:
        files.read(npz(W1=W, b1=b), name)
    assert asked.value.what == "shape"
    assert files.read(npz(W1=W, b1=b), name, shape=(3, 5)).shape == (3, 5)
    with pytest.raises(ValueError, match="4 x 5 pixels, but it has 15 inputs"):
        files.read(npz(W1=W, b1=b), name, shape=(4, 5))


def test_what_is_chosen_counts_whatever_the_file_says():
    network = opened("sklearn.onnx", preparation=Preparation("as drawn", True))
    assert network.preparation == Preparation("as drawn", True)
    data = (DATA / "sklearn.onnx").read_bytes()
    assert [each.activation for each in files.read(data, "a.onnx", ["tanh", "identity"]).layers] == ["tanh", "identity"]
    with pytest.raises(ValueError, match="has 2 layers, but"):
        files.read(data, "a.onnx", ["tanh"])
