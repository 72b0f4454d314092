"""Activations as points in a plane: against scikit-learn, and cases worked by hand."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from nnviz.mnist import load
from nnviz.study import plane

RNG = np.random.default_rng(8)
SPREAD = RNG.normal(size=(400, 12)) @ np.diag(np.arange(12, 0, -1)) + 5


@pytest.mark.parametrize("activations", [SPREAD, SPREAD[:8], load("test").x[:1500]], ids=["tall", "wide", "digits"])
def test_the_axes_and_what_they_hold_are_scikit_learns(activations):
    found = plane.principal(activations, 3)
    fitted = PCA(3, svd_solver="full").fit(activations)
    np.testing.assert_allclose(np.abs(np.sum(found.axes * fitted.components_, axis=1)), 1, atol=1e-4)
    np.testing.assert_allclose(found.held, fitted.explained_variance_ratio_, atol=1e-5)
    np.testing.assert_allclose(np.abs(found.points), np.abs(fitted.transform(activations)), atol=2e-2)


def test_a_picture_is_placed_where_its_point_is():
    found = plane.principal(SPREAD)
    np.testing.assert_allclose(found.place(SPREAD[7]), found.points[7], atol=1e-5)


def test_each_axis_points_where_another_layers_does():
    first = plane.principal(SPREAD)
    turned = plane.principal(SPREAD, beside=-first.points)
    np.testing.assert_allclose(turned.points, -first.points, atol=1e-5)


def test_pictures_that_are_all_the_same_lie_on_one_point():
    found = plane.principal(np.ones((5, 3)))
    assert not found.points.any()
    assert found.held.tolist() == [0, 0]


def test_axes_that_are_not_there_are_zero():
    found = plane.principal(np.array([[1.0], [3.0]]), 2)
    np.testing.assert_allclose(found.held, [1, 0])
    np.testing.assert_allclose(np.abs(found.points), [[1, 0], [1, 0]], atol=1e-6)


def test_two_classes_of_two_points_by_hand():
    # 0 and 2, 6 and 8: means 1 and 7 about 4, so between them 4 * 9 = 36 of 16 + 4 + 4 + 16 = 40
    assert plane.between(np.array([[0.0], [2], [6], [8]]), np.array([3, 3, 5, 5])) == pytest.approx(0.9)


def test_classes_of_one_point_each_hold_all_variance_and_equal_pictures_none():
    assert plane.between(np.array([[1.0, 2], [3, 4]]), np.array([0, 1])) == pytest.approx(1)
    assert plane.between(np.ones((4, 2)), np.array([0, 0, 1, 1])) == 0
