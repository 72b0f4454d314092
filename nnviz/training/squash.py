"""The activations once more, for training: each overwrites its sums, and its slope is found from what came of them.

They agree with `nnviz.activations`, but make no arrays. Far below 0 a sigmoid's exponential overflows on the way to 0;
whoever calls them lets it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _sigmoid(z: np.ndarray, leak: float) -> None:
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)


def _tanh(z: np.ndarray, leak: float) -> None:
    np.tanh(z, out=z)


def _relu(z: np.ndarray, leak: float) -> None:
    np.maximum(z, 0, out=z)


def _leaky(z: np.ndarray, leak: float) -> None:
    np.maximum(z, z * z.dtype.type(leak), out=z)


def _identity(z: np.ndarray, leak: float) -> None:
    pass


def _softmax(z: np.ndarray, leak: float) -> None:
    turned = z.T.copy()  # along the longer side, which the processor goes through many at a time
    turned -= turned.max(axis=0)
    np.exp(turned, out=turned)
    turned /= turned.sum(axis=0)
    z[...] = turned.T


def _bell(a: np.ndarray, slope: np.ndarray, middle: float, leak: float) -> None:
    """``s (1 - s)`` of ``s = a + middle``, which is ``m (1 - m) + (1 - 2 m) a - a a``."""
    np.square(a, out=slope)
    if middle == 0.5:
        np.subtract(0.25, slope, out=slope)
    else:
        np.subtract((1 - 2 * middle) * a, slope, out=slope)
        slope += middle * (1 - middle)


def _flat_bell(a: np.ndarray, slope: np.ndarray, middle: float, leak: float) -> None:
    np.square(a + middle, out=slope)
    np.subtract(1, slope, out=slope)


def _step(a: np.ndarray, slope: np.ndarray, middle: float, leak: float) -> None:
    np.greater(a, -middle, out=slope)


def _leaky_step(a: np.ndarray, slope: np.ndarray, middle: float, leak: float) -> None:
    np.greater(a, -middle, out=slope)
    slope *= 1 - leak
    slope += leak


def _ones(a: np.ndarray, slope: np.ndarray, middle: float, leak: float) -> None:
    slope[...] = 1


SQUASH: dict[str, Callable[[np.ndarray, float], None]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky relu": _leaky,
    "identity": _identity,
    "softmax": _softmax,
}
SLOPES: dict[str, Callable[[np.ndarray, np.ndarray, float, float], None]] = {
    "sigmoid": _bell,
    "tanh": _flat_bell,
    "relu": _step,
    "leaky relu": _leaky_step,
    "identity": _ones,
}
