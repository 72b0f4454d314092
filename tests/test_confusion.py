"""What a network makes of many pictures: against scikit-learn, and cases worked by hand."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import NearestNeighbors

from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import confusion

RNG = np.random.default_rng(5)


def test_the_matrix_is_scikit_learns():
    labels, answers = RNG.integers(0, 7, 500), RNG.integers(0, 7, 500)
    np.testing.assert_array_equal(confusion.matrix(labels, answers, 7), confusion_matrix(labels, answers))


def test_the_matrix_has_a_row_for_a_class_that_never_came():
    np.testing.assert_array_equal(confusion.matrix(np.array([0]), np.array([2]), 3), [[0, 0, 1], [0, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize(("labels", "answers"), [([0, 3], [0, 1]), ([0, 1], [0, -1]), ([0, 1], [0]), ([[0]], [[0]])])
def test_what_is_no_class_is_refused(labels, answers):
    with pytest.raises(ValueError, match=r"expected|outside"):
        confusion.matrix(np.array(labels), np.array(answers), 3)


def test_wrongness_is_the_lead_of_the_brightest_other_output():
    output = np.array([[0.9, 0.2, 0.4], [0.9, 0.2, 0.4]])
    np.testing.assert_allclose(confusion.wrongness(output, np.array([0, 1])), [-0.5, 0.7])


def test_sure_is_exactly_one_output_above_one_half():
    output = np.array([[0.9, 0.5], [0.9, 0.6], [0.5, 0.5]])
    assert confusion.sure(output).tolist() == [True, False, False]


def test_the_gap_is_between_the_two_brightest():
    np.testing.assert_allclose(confusion.gap(np.array([[0.1, 0.7, 0.4], [0.5, 0.5, 0.0]])), [0.3, 0])


def test_reliability_is_scikit_learns_curve():
    brightest = RNG.random(2000)
    right = RNG.random(2000) < brightest**2
    found = confusion.reliability(brightest, right)
    shares, means = calibration_curve(right, brightest, n_bins=10)
    np.testing.assert_allclose(found.right, shares)
    np.testing.assert_allclose(found.brightest, means)
    assert found.count.sum() == 2000


def test_the_calibration_error_of_four_pictures_by_hand():
    found = confusion.reliability(np.array([0.85, 0.85, 0.25, 1.0]), np.array([1, 0, 0, 1]))
    assert found.error == pytest.approx((2 * 0.35 + 0.25 + 0) / 4)
    assert found.count.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 2, 1]


def test_equally_sure_pictures_are_answered_together():
    share, right = confusion.answered(np.array([0.5, 0.9, 0.9, 0.1]), np.array([1, 1, 0, 0]))
    np.testing.assert_allclose(share, [0.5, 0.75, 1])
    np.testing.assert_allclose(right, [1 / 2, 2 / 3, 1 / 2])


def test_the_nearest_pictures_are_scikit_learns():
    activations, mine = RNG.random((300, 16)), RNG.random(16)
    which, distance = confusion.nearest(activations, mine, 12)
    distances, expected = NearestNeighbors(n_neighbors=12).fit(activations).kneighbors(mine[None])
    np.testing.assert_array_equal(which, expected[0])
    np.testing.assert_allclose(distance, distances[0])


def test_there_are_no_more_nearest_pictures_than_pictures():
    which, _ = confusion.nearest(RNG.random((3, 4)), RNG.random(4), 12)
    assert sorted(which.tolist()) == [0, 1, 2]


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_differences_add_up_to_that_of_z(layer):
    net = Network.load(ASSETS / "networks" / "smooth.npz")
    one, other = net.forward(RNG.random(784)), net.forward(RNG.random(784))
    found = confusion.differences(net, one, other, layer, 3)
    assert found.sum() == pytest.approx(float(other.zs[layer - 1][3]) - float(one.zs[layer - 1][3]), abs=1e-4)
