"""The network: layers of weights and biases, a sigmoid after each, and one forward pass through them.

Layers and neurons count from 0: layer 0 is the input, so the weights of ``network.layers[0]`` lead into layer 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.archives import unpack_arrays
from nnviz.sentences import capped, listed

IMAGE_SHAPE = (28, 28)
SURE = 0.5  # an output neuron whose activation is above this says "yes"


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash any real number into 0..1: ``1 / (1 + exp(-z))``."""
    return 1 / (1 + np.exp(-np.maximum(z, -80)))  # below -80 float32 overflows on the way to 1e-35


@dataclass(frozen=True, eq=False)
class Layer:
    """The connections into one layer: ``W`` (n_out, n_in), one row a neuron, and its biases ``b`` (n_out,)."""

    W: np.ndarray
    b: np.ndarray

    @property
    def parameter_count(self) -> int:
        return self.W.size + self.b.size


@dataclass(frozen=True, eq=False)
class Trace:
    """Every value of one forward pass.

    Attributes
    ----------
    activations : tuple of float32 arrays, 0..1
        One per layer, the input first: (784,), (16,), (16,), (10,), or each with a leading axis of n pictures.
    zs : tuple of float32 arrays
        The weighted sums plus bias of every layer but the input.
    """

    activations: tuple[np.ndarray, ...]
    zs: tuple[np.ndarray, ...]

    @property
    def output(self) -> np.ndarray:
        """The last layer's activations, one per digit; ten sigmoids, which do not sum to 1."""
        return self.activations[-1]

    @property
    def prediction(self) -> np.ndarray:
        """The digit whose output neuron is brightest: an integer, or (n,) of them.

        Several may round to the same activation, to 1 above all; then the largest z tells which would be brightest.
        """
        brightest = self.output == self.output.max(axis=-1, keepdims=True)
        return np.where(brightest, self.zs[-1], -np.inf).argmax(axis=-1)


@dataclass(frozen=True, eq=False)
class Network:
    """A function of 784 numbers into 10: sigmoid layers one after the other.

    Raises
    ------
    ValueError
        If a layer's shapes do not fit its neighbours, or a number is NaN or infinite.
    """

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        previous = None
        for number, layer in enumerate(self.layers, start=1):
            _check_layer(number, layer, previous)
            previous = layer.W.shape[0]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of neurons in each layer, the input first: (784, 16, 16, 10)."""
        return (self.layers[0].W.shape[1], *(layer.W.shape[0] for layer in self.layers))

    @cached_property
    def parameter_count(self) -> int:
        """How many weights and biases there are."""
        return sum(layer.parameter_count for layer in self.layers)

    def forward(self, x: np.ndarray) -> Trace:
        """Run pictures through the network.

        Parameters
        ----------
        x : array (784,) or (n, 784), 0..1
            One picture or several, each row by row from the top; 0 is black, 1 white.

        Returns
        -------
        Trace
            ``a[0] = x``, ``z[l] = W[l] a[l-1] + b[l]``, ``a[l] = sigmoid(z[l])``.

        Raises
        ------
        ValueError
            If the last axis is not as long as the input layer.

        References
        ----------
        Nielsen, Neural Networks and Deep Learning (2015), chapter 2, equation 25.
        """
        a = np.asarray(x, dtype=np.float32)
        if a.ndim not in (1, 2) or a.shape[-1] != self.sizes[0]:
            raise ValueError(f"x has shape {a.shape}; expected ({self.sizes[0]},) or (n, {self.sizes[0]})")
        activations, zs = [a], []
        for layer in self.layers:
            z = a @ layer.W.T + layer.b
            a = sigmoid(z)
            zs.append(z)
            activations.append(a)
        return Trace(tuple(activations), tuple(zs))

    @classmethod
    def load(cls, path: str | Path) -> Network:
        """Read a network from an .npz file of float arrays W1, b1, W2, b2, ...; pickled objects are refused.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not a readable .npz, an array is missing, wrongly shaped, not of numbers, or not finite.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"There is no network file {path.name}. `make networks` trains the shipped ones.")
        try:
            return cls(_read_layers(unpack_arrays(path.read_bytes())))
        except (ValueError, OSError) as error:
            raise ValueError(capped(f"{path.name} is not a network nnviz can use: {error}")) from error

    def save(self, path: str | Path) -> None:
        """Write the network as an .npz file that `load` reads."""
        arrays: dict[str, Any] = {}
        for number, layer in enumerate(self.layers, start=1):
            arrays[f"W{number}"], arrays[f"b{number}"] = layer.W, layer.b
        np.savez_compressed(path, **arrays)


def _read_layers(arrays: Mapping[str, Any]) -> tuple[Layer, ...]:
    count = sum(name.startswith("W") for name in arrays)
    expected = [f"{kind}{number}" for number in range(1, count + 1) for kind in "Wb"]
    if not count or sorted(expected) != sorted(arrays):
        raise ValueError(f"it holds the arrays {listed(arrays)}; expected W1, b1, W2, b2 and so on")
    found = {name: arrays[name] for name in expected}
    if any(not isinstance(array, np.ndarray) or array.dtype.kind != "f" for array in found.values()):
        raise ValueError("it holds something else than arrays, or its arrays are not of floating-point numbers")
    as_stored = {name: np.ascontiguousarray(array, np.float32) for name, array in found.items()}
    return tuple(Layer(as_stored[f"W{number}"], as_stored[f"b{number}"]) for number in range(1, count + 1))


def _check_layer(number: int, layer: Layer, n_in: int | None) -> None:
    W, b = layer.W, layer.b
    if W.ndim != 2 or b.shape != W.shape[:1]:
        raise ValueError(f"W{number} has shape {W.shape} and b{number} {b.shape}; expected (n_out, n_in) and (n_out,)")
    if n_in is not None and W.shape[1] != n_in:
        raise ValueError(f"W{number} takes {W.shape[1]} inputs, but the layer before has {n_in} neurons")
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise ValueError(f"W{number} or b{number} holds NaN or infinite numbers")
