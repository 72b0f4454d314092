"""All weights and biases in one row, as an optimiser sees them, and where they start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from nnviz.network import Layer, Network

PIXELS = 2.0  # gain of the weights from pixels, and below of those from neurons
GAINS = {"sigmoid": 4.0, "tanh": 1.0, "identity": 1.0, "relu": 2**0.5, "leaky relu": 2**0.5}


def initial(
    rng: np.random.Generator, sizes: Sequence[int], hidden: str = "sigmoid", output: str = "sigmoid"
) -> Network:
    """Make an untrained network: normal weights of standard deviation gain over ``sqrt(n_in)``, biases 0.

    The gain undoes what the activation below does to a sum: a sigmoid's slope is at most 1/4, and half of what comes to
    a relu does not get through.

    Parameters
    ----------
    rng : Generator
    sizes : sequence of int
        Neurons in each layer, the input first.
    hidden, output : str
        The activations; of the hidden layers any but softmax, which has no gain (KeyError).

    References
    ----------
    LeCun, Bottou, Orr, Müller: Efficient BackProp (1998), section 4.6, on keeping sums within a sigmoid's slope.
    He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015), equation 10, on relus.
    """
    layers: list[Layer] = []
    kinds = [hidden] * (len(sizes) - 2) + [output]
    for (n_in, n_out), kind in zip(pairwise(sizes), kinds, strict=True):
        spread = (GAINS[hidden] if layers else PIXELS) / np.sqrt(n_in)
        W = rng.normal(0, spread, (n_out, n_in)).astype(np.float32)
        layers.append(Layer(W, np.zeros(n_out, np.float32), kind))
    return Network(tuple(layers))


def flatten(layers: Sequence[Layer]) -> np.ndarray:
    """All weights and biases in one row: W1, b1, W2, b2, ..."""
    return np.concatenate([part.ravel() for layer in layers for part in (layer.W, layer.b)])


def unflatten(vector: np.ndarray, sizes: Sequence[int], kinds: Sequence[str] = ()) -> tuple[Layer, ...]:
    """Undo `flatten`; the layers share the vector's memory. Without `kinds` all activations are sigmoids."""
    layers, start = [], 0
    for k, (n_in, n_out) in enumerate(pairwise(sizes)):
        middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
        kind = kinds[k] if kinds else "sigmoid"
        layers.append(Layer(vector[start:middle].reshape(n_out, n_in), vector[middle:end], kind))
        start = end
    return tuple(layers)


def fold(layers: Sequence[Layer], centres: Sequence[np.ndarray]) -> Network:
    """Rewrite ``W (a - centre) + b`` as ``W a + (b - W centre)``."""
    return Network(tuple(replace(layer, b=layer.b - layer.W @ c) for layer, c in zip(layers, centres, strict=True)))
