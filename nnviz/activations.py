"""What a neuron makes of its weighted sum: six functions, each with its slope and its range.

All but softmax look at one number at a time; softmax shares out 1 among a whole layer, so it may only stand last. In
float32 none of them overflows, warns, or gives NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnviz.sentences import quoted

LEAK = 0.01  # what PyTorch and ONNX let through below 0, if nothing else is said


@dataclass(frozen=True)
class Activation:
    """A function from weighted sums to activations.

    Attributes
    ----------
    name : str
        As `Layer.activation` says it: "relu".
    value : function of z (..., n)
        Gives a (..., n); it never falls as z rises, so that the largest z is also the largest a.
    slope : function of z and a (..., n)
        Gives da/dz; for softmax that of each neuron's own z, the others' held still.
    low, high : float
        Every a lies between them; -inf or inf where there is no end.
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray]
    low: float
    high: float


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash any real number into 0..1: ``1 / (1 + exp(-z))``."""
    return 1 / (1 + np.exp(-np.maximum(z, -80)))  # below -80 float32 overflows on the way to 1e-35


def softmax(z: np.ndarray) -> np.ndarray:
    """Share out 1 along the last axis: ``exp(z) / sum(exp(z))``.

    References
    ----------
    Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).
    """
    powers = np.exp(z - z.max(axis=-1, keepdims=True))  # the largest is exp(0), so nothing overflows
    return powers / powers.sum(axis=-1, keepdims=True)


def logsumexp(z: np.ndarray) -> float:
    """Return ``log(sum(exp(z)))`` of z (n,), in float64: what another z must reach for a half of softmax's 1.

    -inf if there are none.
    """
    z = np.asarray(z, np.float64)
    return float(z.max() + np.log(np.exp(z - z.max()).sum())) if z.size else -math.inf


def relu(z: np.ndarray) -> np.ndarray:
    """Let through what is above 0: ``max(z, 0)``."""
    return np.maximum(z, 0)


@lru_cache(maxsize=64)
def leaky(leak: float = LEAK) -> Activation:
    """Return "leaky relu", which lets through what is above 0, and of what is below only the share `leak`, 0..1."""
    if not 0 <= leak <= 1:
        raise ValueError(f"the leak is {leak:g}; expected 0 to 1")
    return Activation(
        "leaky relu", lambda z: np.where(z > 0, z, z * z.dtype.type(leak)), _step(leak), -math.inf, math.inf
    )


def _step(leak: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Slope 1 above 0, `leak` at 0 and below, as PyTorch has it."""
    return lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(leak))


def _bell(z: np.ndarray, a: np.ndarray) -> np.ndarray:
    return a * (1 - a)


ACTIVATIONS = {
    each.name: each
    for each in (
        Activation("sigmoid", sigmoid, _bell, 0, 1),
        Activation("tanh", np.tanh, lambda z, a: 1 - a * a, -1, 1),
        Activation("relu", relu, _step(0), 0, math.inf),
        leaky(),
        Activation("identity", lambda z: z, lambda z, a: np.ones_like(z), -math.inf, math.inf),
        Activation("softmax", softmax, _bell, 0, 1),
    )
}


def find(name: str, leak: float = LEAK) -> Activation:
    """Return an activation by name; ValueError if there is none of that name."""
    if name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"the activation {quoted(name, 20)} is not one nnviz knows; expected {known}")
    return leaky(leak) if name == "leaky relu" else ACTIVATIONS[name]
