"""Soap's axes: waves in which the Laplacian is diagonal, eigenvectors of the gradients' covariances, and its steps."""

import numpy as np
import pytest

from nnviz import training
from nnviz.training.axes import Axes, waves
from nnviz.training.optimiser import EVERY, RENEWED


def test_along_waves_the_laplacian_is_diagonal():
    sines, k = waves(28), np.arange(1, 29)
    np.testing.assert_allclose(sines @ sines, np.eye(28), atol=1e-12)
    maps = np.einsum("kr,lc->klrc", sines, sines)
    of_one = 2 * np.cos(np.pi * k / 29) - 2
    expected = np.add.outer(of_one, of_one)[..., None, None] * maps
    found = training.laplacian(maps.reshape(-1, 28, 28)).reshape(maps.shape)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("n_in", [7, 784])
def test_the_way_back_from_the_axes_is_the_way_there_undone(n_in):
    rng = np.random.default_rng(0)
    axes, row = Axes(5, n_in, np.dtype(float)), rng.normal(size=5 * n_in)
    axes.meet(rng.normal(size=5 * n_in))
    axes.renew()
    assert np.abs(axes.along(row) - row).max() > 0.1
    np.testing.assert_allclose(axes.back(axes.along(row)), row, atol=1e-10)


def test_along_the_axes_gradients_vary_independently():
    rng = np.random.default_rng(1)
    axes, mixed_out, mixed_in = Axes(4, 6, np.dtype(float)), rng.normal(size=(4, 4)), rng.normal(size=(6, 6))
    gradients = [mixed_out @ rng.normal(size=(4, 6)) @ mixed_in for _ in range(3000)]
    for gradient in gradients:
        axes.meet(gradient.ravel())
    axes.renew()
    seen = np.array([axes.along(gradient.ravel()).reshape(4, 6) for gradient in gradients[-1000:]])
    for together in (np.einsum("nok,npk->op", seen, seen), np.einsum("nko,nkp->op", seen, seen)):
        beside = together - np.diag(np.diag(together))
        assert np.abs(beside).max() < 0.1 * np.diag(together).max()


def test_before_its_axes_are_chosen_soap_steps_as_adam():
    rng = np.random.default_rng(2)
    start, gradients = rng.normal(size=21), rng.normal(size=(RENEWED - 1, 21))
    found, expected = start.copy(), start.copy()
    soap, adam = training.Soap(found, (6, 3)), training.Adam(expected)
    for gradient in gradients:
        soap.update(found, gradient, 0.1)
        adam.update(expected, gradient, 0.1)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_soap_finds_a_smooth_map_in_fewer_steps_than_adam():
    rng, left = np.random.default_rng(3), {}
    weight = 1 / np.add.outer(np.arange(1, 29), np.arange(1, 29))  # broad waves are steep, as pictures have them
    wanted = np.einsum("kr,okl,lc->orc", waves(28), rng.normal(size=(2, 28, 28)) * weight, waves(28))
    for name in ("soap", "adam"):
        row = np.zeros(2 * 784 + 2)
        optimiser = training.OPTIMISERS[name](row, (784, 2))
        for step in range(150):
            beside = waves(28) @ (row[:-2].reshape(2, 28, 28) - wanted) @ waves(28)
            gradient = waves(28) @ (weight**2 * beside) @ waves(28)
            optimiser.update(row, np.append(gradient.ravel(), [0, 0]), training.rate_at(step / 150, 0.1, 0.03))
        left[name] = np.square(weight * beside).sum()
    assert left["soap"] < left["adam"] / 3


def test_soap_steps_as_its_paper_says_with_its_axes_renewed_on_the_way():
    sizes, rate = (784, 5, 3), 0.01
    parts = [
        (slice(0, 3920), (5, 784)),
        (slice(3920, 3925), None),
        (slice(3925, 3940), (3, 5)),
        (slice(3940, 3943), None),
    ]
    rng = np.random.default_rng(4)
    spread = np.exp(rng.normal(size=3943))
    gradients = [spread * rng.normal(0.5, 1, 3943) for _ in range(2 * EVERY + 5)]
    found = rng.normal(size=3943)
    expected, soap = found.copy(), training.Soap(found, sizes)
    for gradient in gradients:
        soap.update(found, gradient, rate)
    for part, shape in parts:
        for change in _of_the_paper([gradient[part].reshape(shape or (1, -1)) for gradient in gradients], shape):
            expected[part] -= rate * change.ravel()
    np.testing.assert_allclose(found, expected, atol=1e-9)


def _of_the_paper(gradients, shape):
    """SOAP's algorithm 3, its mean kept in the weights' own axes; of biases, Adam."""
    n, m = gradients[0].shape
    left, right, of_left, of_right = np.eye(n), np.eye(m), np.zeros((n, n)), np.zeros((m, m))
    if m == 784:
        right = np.kron(waves(28), waves(28))
    mean, square = np.zeros((n, m)), np.zeros((n, m))
    for t, G in enumerate(gradients, start=1):
        of_left, of_right = (old + new for old, new in ((0.998 * of_left, G @ G.T), (0.998 * of_right, G.T @ G)))
        if shape and (t == RENEWED or t % EVERY == 0):
            left, right = np.linalg.eigh(of_left)[1], right if m == 784 else np.linalg.eigh(of_right)[1]
        mean, square = 0.9 * mean + 0.1 * G, 0.999 * square + 0.001 * (left.T @ G @ right) ** 2
        turned = left.T @ mean @ right / (1 - 0.9**t)
        yield left @ (turned / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)) @ right.T
