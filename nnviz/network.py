"""The network: layers of weights and biases, an activation after each, and one forward pass through them.

Layers and neurons count from 0: layer 0 is the input, so the weights of ``network.layers[0]`` lead into layer 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from nnviz import activations
from nnviz.activations import sigmoid as sigmoid  # also found here
from nnviz.preparation import MNIST, Preparation
from nnviz.sentences import capped

IMAGE_SHAPE = (28, 28)
SURE = 0.5  # an output neuron whose activation is above this says "yes"


@dataclass(frozen=True, eq=False)
class Layer:
    """The connections into one layer, and what its neurons make of their sums.

    Attributes
    ----------
    W : array (n_out, n_in)
        One row a neuron.
    b : array (n_out,)
        The biases.
    activation : str
        "sigmoid", "tanh", "relu", "leaky relu", "identity" or "softmax".
    leak : float
        What a "leaky relu" lets through below 0; means nothing for the others.
    """

    W: np.ndarray
    b: np.ndarray
    activation: str = "sigmoid"
    leak: float = activations.LEAK

    @cached_property
    def function(self) -> activations.Activation:
        """The activation itself: its value, slope and range."""
        return activations.find(self.activation, self.leak)

    @property
    def parameter_count(self) -> int:
        return self.W.size + self.b.size

    def __reduce__(self) -> tuple[type[Layer], tuple[np.ndarray, np.ndarray, str, float]]:
        """Let a layer go to another process: without its function, which is found again by name."""
        return Layer, (self.W, self.b, self.activation, self.leak)


@dataclass(frozen=True, eq=False)
class Trace:
    """Every value of one forward pass.

    Attributes
    ----------
    activations : tuple of float32 arrays
        One per layer, the input first: (784,), (16,), (16,), (10,), or each with a leading axis of n pictures. After a
        sigmoid 0..1; `Layer.function` tells the range of each.
    zs : tuple of float32 arrays
        The weighted sums plus bias of every layer but the input.
    lost : tuple of int
        Outputs that were knocked out, which are never the answer unless all are.
    """

    activations: tuple[np.ndarray, ...]
    zs: tuple[np.ndarray, ...]
    lost: tuple[int, ...] = ()

    @property
    def output(self) -> np.ndarray:
        """The last layer's activations, one per class; ten sigmoids do not sum to 1, a softmax's ten do."""
        return self.activations[-1]

    @property
    def prediction(self) -> np.ndarray:
        """The class, such as the digit, whose output neuron is brightest: an integer, or (n,) of them.

        Several may round to the same activation, to 1 above all; then the largest z tells which would be brightest.
        """
        output = self.output
        if self.lost:
            output = output.copy()
            output[..., list(self.lost)] = -np.inf
        brightest = output == output.max(axis=-1, keepdims=True)
        return np.where(brightest, self.zs[-1], -np.inf).argmax(axis=-1)


@dataclass(frozen=True, eq=False)
class Network:
    """A function of a picture, such as 784 numbers into 10: layers one after the other.

    Attributes
    ----------
    layers : tuple of Layer
    shape : (rows, columns)
        Of the picture it reads. If it is not said: the square of as many pixels, or one row.
    classes : tuple of str
        What each output stands for. If it is not said: "0", "1", "2" and so on.
    preparation : Preparation
        How a drawing becomes that picture.

    Raises
    ------
    ValueError
        If a layer's shapes do not fit its neighbours, a number is NaN or infinite, an activation is unknown, softmax
        stands elsewhere than last, or shape or classes are not as many as inputs or outputs.
    """

    layers: tuple[Layer, ...]
    shape: tuple[int, int] = (0, 0)
    classes: tuple[str, ...] = ()
    preparation: Preparation = MNIST

    def __post_init__(self) -> None:
        previous = None
        for number, layer in enumerate(self.layers, start=1):
            _check_layer(number, layer, previous, last=number == len(self.layers))
            previous = layer.W.shape[0]
        if self.layers:
            object.__setattr__(self, "shape", self.shape if any(self.shape) else guessed_shape(self.sizes[0]))
            object.__setattr__(self, "classes", self.classes or tuple(map(str, range(self.sizes[-1]))))
            _check_ends(self)

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
            One picture or several, each row by row from the top; 0 is black, 1 white. For a network with another
            preparation than MNIST's: as that leaves it.

        Returns
        -------
        Trace
            ``a[0] = x``, ``z[l] = W[l] a[l-1] + b[l]``, ``a[l] = f[l](z[l])``, f the layer's activation.

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
        every, zs = [a], []
        for layer in self.layers:
            z = a @ layer.W.T + layer.b
            a = layer.function.value(z)
            zs.append(z)
            every.append(a)
        return Trace(tuple(every), tuple(zs))

    def with_layers(self, layers: Iterable[Layer]) -> Network:
        """Return a network like this one in all but its layers."""
        return replace(self, layers=tuple(layers))

    def folded(self) -> Network:
        """Return the same function of the picture itself, 0..1 with 1 = ink: inversion, mean and deviation folded in.

        For whatever hands a network the plain picture. ``W ((x - mean) / deviation) + b`` is
        ``(W / deviation) x + (b - sum(W) mean / deviation)``.
        """
        black, white = self.preparation.scaled(np.array([0, 1], np.float32)).astype(np.float64)
        if (black, white) == (0, 1):
            return self
        first = self.layers[0]
        W = first.W.astype(np.float64)
        b = (first.b + black * W.sum(axis=1)).astype(np.float32)
        as_one = replace(first, W=(W * (white - black)).astype(np.float32), b=b)
        return replace(self, layers=(as_one, *self.layers[1:]), preparation=Preparation(self.preparation.place))

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
        from nnviz.files import arrays  # which knows this module

        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"There is no network file {path.name}. `make networks` trains the shipped ones.")
        try:
            return arrays.read(path.read_bytes())
        except (ValueError, OSError) as error:
            raise ValueError(capped(f"{path.name} is not a network nnviz can use: {error}")) from error

    def save(self, path: str | Path) -> None:
        """Write the network as an .npz file that `load` reads."""
        from nnviz.files import arrays

        np.savez_compressed(path, **arrays.of(self))  # type: ignore[arg-type]


def guessed_shape(pixels: int) -> tuple[int, int]:
    """Guess the rows and columns of a picture from its number of pixels: a square, or else one row."""
    side = math.isqrt(pixels)
    return (side, side) if side * side == pixels else (1, pixels)


def _check_ends(network: Network) -> None:
    rows, columns = network.shape
    if rows * columns != network.sizes[0] or min(rows, columns) < 0:
        raise ValueError(f"its pictures are of {rows} x {columns} pixels, but it has {network.sizes[0]} inputs")
    if len(network.classes) != network.sizes[-1]:
        raise ValueError(f"it names {len(network.classes)} classes, but has {network.sizes[-1]} outputs")


def _check_layer(number: int, layer: Layer, n_in: int | None, last: bool) -> None:
    W, b = layer.W, layer.b
    if layer.function.name == "softmax" and not last:
        raise ValueError(f"layer {number} has a softmax, which nnviz knows on the last layer only")
    if W.ndim != 2 or b.shape != W.shape[:1]:
        raise ValueError(f"W{number} has shape {W.shape} and b{number} {b.shape}; expected (n_out, n_in) and (n_out,)")
    if n_in is not None and W.shape[1] != n_in:
        raise ValueError(f"W{number} takes {W.shape[1]} inputs, but the layer before has {n_in} neurons")
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise ValueError(f"W{number} or b{number} holds NaN or infinite numbers")
