"""Pictures that are no digits, and how sure a network is of noise: by symmetries, and networks made by hand."""

import numpy as np
import pytest

from nnviz.mnist import load
from nnviz.network import Layer, Network
from nnviz.study import nonsense

TEST = load("test")


def test_nonsense_is_six_pictures_and_the_same_for_the_same_seed():
    first, again = (nonsense.pictures(np.random.default_rng(5)) for _ in range(2))
    assert list(first) == ["noise", "dim noise", "letter", "scribble", "blank", "inverted"]
    for name, picture in first.items():
        assert picture.shape == (28, 28)
        assert picture.min() >= 0
        assert picture.max() <= 1
        assert (picture == again[name]).all()
    assert first["blank"].max() == 0
    assert abs(first["noise"].mean() - 0.5) < 0.05


def test_dim_noise_has_as_much_ink_as_the_test_digits_have_on_average():
    dim = [nonsense.pictures(np.random.default_rng(seed))["dim noise"] for seed in range(100)]
    assert np.mean(dim) == pytest.approx(TEST.x.mean(), rel=0.01)


def test_the_letter_is_an_a_with_a_peak_two_feet_and_a_crossbar():
    a = nonsense.pictures(np.random.default_rng(0))["letter"] > 0.5

    def strokes_in(row):
        return np.count_nonzero(np.diff(a[row].astype(int)) == 1)

    top, bottom = np.flatnonzero(a.any(axis=1))[[0, -1]]
    assert (strokes_in(top), strokes_in(bottom - 1)) == (1, 2)
    assert max(a.sum(axis=1)[top + 8 : bottom - 3]) > 8  # the crossbar
    assert a[:, 14].sum() < 10  # not filled in


def test_an_inverted_digit_is_the_digit_on_white():
    digit = TEST.x[0].reshape(28, 28)
    assert (nonsense.pictures(np.random.default_rng(0), digit)["inverted"] == 1 - digit).all()


def test_scribbles_differ():
    one, other = (nonsense.pictures(np.random.default_rng(seed))["scribble"] for seed in (1, 2))
    assert abs(one - other).max() > 0.5


@pytest.mark.parametrize(("bias", "share"), [(1, 1), (-1, 0)])
def test_outputs_that_ignore_the_picture_are_above_one_half_always_or_never(bias, share):
    network = Network((Layer(np.zeros((10, 784)), np.full(10, float(bias))),))
    assert nonsense.noise_confidence(network, np.random.default_rng(0), 50) == share


@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky relu", "identity"])
def test_outputs_that_do_not_say_how_sure_they_are_are_not_asked(activation):
    with pytest.raises(ValueError, match="expected sigmoid or softmax"):
        nonsense.noise_confidence(Network((Layer(np.zeros((10, 784)), np.zeros(10), activation),)), np.random)


def test_noise_is_uniform_and_counted_in_full():
    W = np.zeros((10, 784))
    W[4, 100] = 1  # this output is above one half where that pixel is above 0.75: one noise picture in four
    network = Network((Layer(W, np.where(np.arange(10) == 4, -0.75, -1.0)),))
    assert nonsense.noise_confidence(network, np.random.default_rng(0), 4000) == pytest.approx(0.25, abs=0.025)


def test_noise_dimmed_to_a_quarter_never_reaches_what_noise_reaches_one_time_in_four():
    W = np.zeros((10, 784))
    W[4, 100] = 1
    network = Network((Layer(W, np.where(np.arange(10) == 4, -0.75, -1.0)),))
    assert nonsense.noise_confidence(network, np.random.default_rng(0), 4000, grey=0.125) == 0
