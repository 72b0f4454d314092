"""A penalty on rough and on large weight maps, which makes the maps of `smooth` what they are."""

from __future__ import annotations

import numpy as np

from nnviz.network import IMAGE_SHAPE


def laplacian(maps: np.ndarray) -> np.ndarray:
    """Sum of each pixel's four neighbours minus four times itself, (n, rows, columns); outside is 0."""
    result = -4 * maps
    result[:, 1:] += maps[:, :-1]
    result[:, :-1] += maps[:, 1:]
    result[:, :, 1:] += maps[:, :, :-1]
    result[:, :, :-1] += maps[:, :, 1:]
    return result


def penalty(W: np.ndarray, smoothness: float, sparsity: float) -> float:
    """Measure how rough and how large weight maps (n, 784) are.

    Returns
    -------
    float
        ``smoothness * sum(laplacian(W)**2) + sparsity * sum(|W|)``.
    """
    return float(smoothness * (laplacian(_maps(W)) ** 2).sum() + sparsity * np.abs(W).sum())


def penalty_gradient(W: np.ndarray, smoothness: float, sparsity: float) -> np.ndarray:
    """Differentiate `penalty` by every weight, (n, 784): the Laplacian is symmetric, so it is applied twice."""
    rough = laplacian(laplacian(_maps(W))).reshape(W.shape)
    return 2 * smoothness * rough + sparsity * np.sign(W)


def _maps(W: np.ndarray) -> np.ndarray:
    return W.reshape(-1, *IMAGE_SHAPE)
