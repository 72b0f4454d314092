"""Labelled pictures for networks of other classes: what is taken, and one sentence for whatever is not."""

import io

import numpy as np
import pytest

from nnviz.archives import pack_arrays
from nnviz.files import pictures
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation

RNG = np.random.default_rng(6)
NET = Network(
    (Layer(RNG.normal(size=(3, 8)).astype(np.float32), np.zeros(3, np.float32), "softmax"),),
    (2, 4), ("cat", "dog", "eel"), Preparation(mean=0.5, deviation=0.25),
)  # fmt: skip
X = RNG.integers(0, 256, (5, 2, 4), np.uint8)
Y = np.array([0, 2, 1, 1, 0])


def read(**arrays):
    return pictures.read(pack_arrays(**arrays), NET)


@pytest.mark.parametrize(
    "x", [X, X[..., None], X.reshape(5, 8), X.astype(np.int64), X / 255, (X / 255).astype(np.float16), X.astype(">u2")]
)
def test_pictures_are_taken_in_each_usual_form(x):
    np.testing.assert_allclose(read(x=x, y=Y).images, X, atol=1)


@pytest.mark.parametrize("y", [Y, Y[:, None], Y.astype(np.uint8), np.array(["cat", "eel", "dog", "dog", "cat"])])
def test_labels_are_numbers_or_names(y):
    assert read(x=X, y=y).labels.tolist() == Y.tolist()


def test_numbers_that_are_names_of_classes_are_those_classes():
    net = Network(NET.layers, (2, 4), ("7", "8", "9"))
    assert pictures.read(pack_arrays(x=X, y=Y + 7), net).labels.tolist() == Y.tolist()


def test_black_and_white_is_black_and_white():
    assert set(np.unique(read(x=X > 99, y=Y).images)) == {0, 255}


def test_the_network_gets_them_less_its_mean_and_by_its_deviation():
    np.testing.assert_allclose(read(x=X, y=Y).x(NET), (X.reshape(5, 8) / 255 - 0.5) / 0.25, atol=1e-6)


def test_they_fit_networks_of_their_shape_and_classes_alone():
    own = read(x=X, y=Y)
    assert own.fit(NET)
    assert not own.fit(Network(NET.layers, (4, 2), NET.classes))
    assert not own.fit(Network(NET.layers, (2, 4), ("a", "b", "c")))


def test_other_labels_make_another_digest():
    assert read(x=X, y=Y).digest == read(x=X, y=Y).digest != read(x=X, y=Y[::-1]).digest


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x": X}, "expected x, the pictures, and y"),
        ({"x": X[:, :, :3], "y": Y}, r"of shape \(5, 2, 3\); expected \(n, 2, 4\)"),
        ({"x": X[0, 0, 0], "y": Y}, r"of shape \(\)"),
        ({"x": X[:0], "y": Y[:0]}, "holds 0 pictures"),
        ({"x": np.zeros((10_001, 2, 4), np.uint8), "y": Y}, "10,001 pictures; expected 1 to 10,000"),
        ({"x": X.astype(int) + 200, "y": Y}, "runs from"),
        ({"x": X / 255 - 0.5, "y": Y}, "runs from -0"),
        ({"x": np.where(X > 9, np.nan, 0.5), "y": Y}, "runs from nan"),
        ({"x": X.astype("U3"), "y": Y}, "expected numbers"),
        ({"x": X.astype(complex), "y": Y}, "expected numbers"),
        ({"x": X, "y": Y[:4]}, r"y is of shape \(4,\); expected \(5,\)"),
        ({"x": X, "y": Y + 1}, "y runs from 1 to 3; the network's classes are 0 to 2"),
        ({"x": X, "y": Y - 1}, "y runs from -1"),
        ({"x": X, "y": np.array(["cat", "eel", "dog", "fox", "cat"])}, 'names "fox", which the network does not know'),
        ({"x": X, "y": Y / 2}, "expected names of classes"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(arrays, says):
    with pytest.raises(ValueError, match=says) as error:
        read(**arrays)
    assert len(str(error.value)) <= 200


def test_a_pickle_is_not_opened():
    file = io.BytesIO()
    np.savez(file, x=np.array([{}], object), y=Y)
    with pytest.raises(ValueError, match="pickled objects"):
        pictures.read(file.getvalue(), NET)
