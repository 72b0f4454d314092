"""A penalty on rough and on large weight maps, which makes the maps of `smooth` what they are."""

from __future__ import annotations

import numpy as np

from nnviz.network import IMAGE_SHAPE


def laplacian(maps: np.ndarray) -> np.ndarray:
    """Sum of each pixel's four neighbours minus four times itself, (n, rows, columns); outside is 0."""
    padded = _padded(maps)
    return _laplacian(padded)[:, 1:-1, 1:-1]


def _padded(maps: np.ndarray) -> np.ndarray:
    """Put a border of 0 around each map."""
    n, rows, columns = maps.shape
    padded = np.zeros((n, rows + 2, columns + 2), maps.dtype)
    padded[:, 1:-1, 1:-1] = maps
    return padded


def _laplacian(padded: np.ndarray) -> np.ndarray:
    """Do so for maps with a border of 0; what then stands in the border means nothing.

    With the border, all maps are one row of numbers, in which a neighbour is always as far away.
    """
    result = -4 * padded
    flat, summed = padded.ravel(), result.ravel()
    for distance in (1, padded.shape[2]):
        summed[distance:] += flat[:-distance]
        summed[:-distance] += flat[distance:]
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
    once = _laplacian(_padded(_maps(W)))
    once[:, [0, -1], :] = 0
    once[:, :, [0, -1]] = 0
    result = np.multiply(_laplacian(once)[:, 1:-1, 1:-1], 2 * smoothness)
    result += np.multiply(np.sign(_maps(W)), sparsity)
    return result.reshape(W.shape)


def _maps(W: np.ndarray) -> np.ndarray:
    return W.reshape(-1, *IMAGE_SHAPE)
