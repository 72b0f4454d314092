"""Axes along which a layer's gradients vary independently, for an optimiser that goes along them."""

from __future__ import annotations

import math

import numpy as np

from nnviz.network import IMAGE_SHAPE

REMEMBERED = 0.998  # of the running covariances, at each step


class Axes:
    """The axes of one layer's weights.

    A gradient G (n_out, n_in) is turned into ``out.T G into``. `out` holds the eigenvectors of the running mean of
    ``G G.T``, and `into` those of ``G.T G``. For weights from a picture's 784 pixels `into` are waves instead, products
    of two sines: along them the penalty on roughness acts on each number alone, and fine ones need not wait for broad.

    Parameters
    ----------
    n_out, n_in : int
        Neurons of the layer, and those below it.
    kind : dtype
        Of the weights, and of all that is kept here.

    Notes
    -----
    A row is the layer's ``W.ravel()``: an array (n_out * n_in,). Until `renew`, `out` is the identity, and so is `into`
    if it is not waves.
    """

    def __init__(self, n_out: int, n_in: int, kind: np.dtype) -> None:
        self._shape = n_out, n_in
        self._of_out, self._out = np.zeros((n_out, n_out), kind), np.eye(n_out, dtype=kind)
        self._sines = [waves(side).astype(kind) for side in IMAGE_SHAPE] if n_in == math.prod(IMAGE_SHAPE) else []
        if not self._sines:
            self._of_in, self._in = np.zeros((n_in, n_in), kind), np.eye(n_in, dtype=kind)

    def meet(self, gradient: np.ndarray) -> None:
        """Let the running covariances know a gradient, in one row."""
        G = gradient.reshape(self._shape)
        _remember(self._of_out, G @ G.T)
        if not self._sines:
            _remember(self._of_in, G.T @ G)

    def renew(self) -> None:
        """Make the eigenvectors of the running covariances the axes; what was along the old ones is not turned."""
        self._out = _eigenvectors(self._of_out)
        if not self._sines:
            self._in = _eigenvectors(self._of_in)

    def along(self, row: np.ndarray) -> np.ndarray:
        """Turn numbers of the weights, in one row, into numbers along the axes, in one row."""
        return self._waved(self._out.T @ row.reshape(self._shape), back=False).ravel()

    def back(self, row: np.ndarray) -> np.ndarray:
        """Undo `along`."""
        return (self._out @ self._waved(row.reshape(self._shape), back=True)).ravel()

    def _waved(self, numbers: np.ndarray, back: bool) -> np.ndarray:
        if not self._sines:
            return numbers @ (self._in.T if back else self._in)
        down, across = self._sines  # each of which is its own inverse
        return (down @ numbers.reshape(-1, *IMAGE_SHAPE) @ across).reshape(numbers.shape)


def waves(side: int) -> np.ndarray:
    """Sines that are 0 just outside, as many as pixels in a row: an array (side, side), symmetric, its own inverse.

    Along them the second difference of a row that is 0 outside is diagonal: ``2 cos(pi k / (side + 1)) - 2``.
    """
    k = np.arange(1, side + 1)
    return np.sqrt(2 / (side + 1)) * np.sin(np.pi * np.outer(k, k) / (side + 1))


def _remember(mean: np.ndarray, new: np.ndarray) -> None:
    mean *= REMEMBERED
    new *= 1 - REMEMBERED
    mean += new


def _eigenvectors(covariance: np.ndarray) -> np.ndarray:
    """Return them as columns; those of no axes at all where gradients have overflowed, which training finds itself."""
    if not np.isfinite(covariance).all():
        return np.eye(len(covariance), dtype=covariance.dtype)
    return np.linalg.eigh(covariance.astype(np.float64))[1].astype(covariance.dtype)
