"""Where a neuron's number comes from: its sum taken apart, neurons switched off, and what it answers to.

Nothing here assumes two hidden layers, 16 neurons or ten digits. Layers count from 0, and layer 0 is the input.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from nnviz.network import Network, Trace


@dataclass(frozen=True)
class Sum:
    """One neuron's weighted sum in four numbers: ``z = positive + negative + bias``, a its activation.

    Attributes
    ----------
    positive, negative : float
        The contributions above zero, added up, and those below.
    bias : float
    z, a : float
        The network's own, computed in float32; the parts are added in float64 and may differ from z in the 6th digit.
    """

    positive: float
    negative: float
    bias: float
    z: float
    a: float

    def shown(self, digits: int = 2) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Round positive, negative, bias and z so that the first three, as shown, add up to the fourth exactly."""
        (positive, negative, bias), z = add_up((self.positive, self.negative, self.bias), self.z, digits)
        return positive, negative, bias, z


def contributions(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the share of each input in z: ``w * x``, as float64.

    Parameters
    ----------
    x : array (..., n_in)
        The previous layer's activations.
    w : array (n_in,)
        One neuron's weights.

    Raises
    ------
    ValueError
        If x and w are not equally long.
    """
    x, w = np.asarray(x, np.float64), np.asarray(w, np.float64)
    if w.ndim != 1 or x.shape[-1:] != w.shape:
        raise ValueError(f"x has shape {x.shape} and w {w.shape}; expected (..., n_in) and (n_in,)")
    return w * x


def take_apart(network: Network, trace: Trace, layer: int, neuron: int) -> Sum:
    """Take one neuron's sum apart.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of one picture.
    layer : int, 1..number of layers of weights
    neuron : int

    Raises
    ------
    ValueError
        If there is no such neuron, or the trace is of several pictures.
    """
    into = _weights_into(network, layer, neuron)
    if trace.zs[layer - 1].ndim != 1:
        raise ValueError(f"the trace is of {len(trace.zs[layer - 1])} pictures; expected one picture's")
    terms = contributions(trace.activations[layer - 1], into)
    return Sum(
        positive=float(terms[terms > 0].sum()),
        negative=float(terms[terms < 0].sum()),
        bias=float(network.layers[layer - 1].b[neuron]),
        z=float(trace.zs[layer - 1][neuron]),
        a=float(trace.activations[layer][neuron]),
    )


def add_up(parts: Iterable[float], total: float, digits: int = 2) -> tuple[tuple[Decimal, ...], Decimal]:
    """Round parts and their total to the digits shown, so that the shown parts add up to the shown total exactly.

    Parameters
    ----------
    parts : floats
        They add up to total, but for float32 rounding of less than half the last digit shown.
    total : float
    digits : int
        Decimal places.

    Returns
    -------
    parts, total : Decimals
        The total correctly rounded, half to even. Each part is rounded down, or up if it is one of those with the
        largest remainders, as many as it takes: it stays within one unit of the last digit.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, or there are no parts.

    References
    ----------
    Hamilton's method of largest remainders.
    """
    parts = [float(part) for part in parts]
    if not parts or not all(map(math.isfinite, (*parts, total))):
        raise ValueError(f"the parts are {parts} and the total {total}; expected at least one part, all finite")
    exact = [Fraction(part) * 10**digits for part in parts]
    units = [math.floor(part) for part in exact]
    shown = round(Fraction(float(total)) * 10**digits)
    for_all, missing = divmod(shown - sum(units), len(units))
    by_remainder = sorted(range(len(units)), key=lambda k: units[k] - exact[k])
    for place, k in enumerate(by_remainder):
        units[k] += for_all + (place < missing)
    return tuple(Decimal(f"{unit}E-{digits}") for unit in units), Decimal(f"{shown}E-{digits}")


def largest_terms(terms: np.ndarray, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Find the contributions that matter most.

    Parameters
    ----------
    terms : array of any shape, such as (n_in,) or (28, 28)
    n : int

    Returns
    -------
    places : int array (m,) for a flat array, or (m, 2) with row, column for a picture
        m is n, or fewer if fewer terms differ from zero. Largest absolute value first, equal ones in reading order.
    values : array (m,)
    """
    terms = np.asarray(terms)
    order = np.argsort(-abs(terms.ravel()), kind="stable")[: min(n, np.count_nonzero(terms))]
    places = order if terms.ndim == 1 else np.stack(np.unravel_index(order, terms.shape), axis=1)
    return places, terms.ravel()[order]


def ablate(network: Network, x: np.ndarray, neurons: Iterable[tuple[int, int]]) -> Trace:
    """Run pictures through the network with some hidden neurons switched off.

    Parameters
    ----------
    network : Network
    x : array (784,) or (n, 784), 0..1
    neurons : pairs (layer, neuron)
        Hidden ones, so that ``1 <= layer < number of layers of weights``.

    Returns
    -------
    Trace
        With their activations 0, and everything after them computed so. Their own z stays what it would be.

    Raises
    ------
    ValueError
        If there is no such hidden neuron, or x has the wrong shape.
    """
    neurons = list(neurons)
    outgoing = [layer.W.copy() for layer in network.layers]
    for layer, neuron in neurons:
        _weights_into(network, layer, neuron)
        if layer == len(network.layers):
            raise ValueError(f"layer {layer} is the output; expected a hidden layer, 1 to {layer - 1}")
        outgoing[layer][:, neuron] = 0
    cut = network.with_layers(replace(layer, W=W) for W, layer in zip(outgoing, network.layers, strict=True))
    trace = cut.forward(x)
    for layer, neuron in neurons:
        trace.activations[layer][..., neuron] = 0
    return trace


def saliency(network: Network, x: np.ndarray, layer: int, neuron: int) -> np.ndarray:
    """Measure how strongly each pixel moves a neuron, at one picture.

    Parameters
    ----------
    network : Network
    x : array (784,), 0..1
    layer : int, 1..number of layers of weights
    neuron : int

    Returns
    -------
    array of the network's shape, such as (28, 28)
        ``|dz/dx|``; in the first hidden layer the absolute weights, whatever the picture.

    References
    ----------
    Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks (2014), section 3.
    """
    return abs(pixel_pattern(network, network.forward(x), layer, neuron))


def pixel_pattern(network: Network, trace: Trace, layer: int, neuron: int) -> np.ndarray:
    """See through the layers between: the pattern of pixels that, on average, drives a neuron.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of the pictures to average over, such as the whole test set.
    layer : int, 1..number of layers of weights
    neuron : int

    Returns
    -------
    array of the network's shape, such as (28, 28), signed
        The mean of dz/dx over the pictures: how much z rises, on average, as a pixel brightens. For the first hidden
        layer that is the weight map itself; for the second ``sum_j W2[k, j] * mean(slope_j) * W1[j]``, the slope being
        ``a_j * (1 - a_j)`` for a sigmoid. Plain ``W2 @ W1`` would count a saturated neuron, which passes nothing on, as
        much as one in full swing.

    Raises
    ------
    ValueError
        If there is no such neuron.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 2, equations BP1 and BP2.
    """
    _weights_into(network, layer, neuron)
    return pixel_patterns(network, trace, layer, [neuron])[0]


def pixel_patterns(network: Network, trace: Trace, layer: int, neurons: Sequence[int] | None = None) -> np.ndarray:
    """Do as `pixel_pattern` for several neurons of a layer, all when None: (n, rows, columns) float64.

    For layers 1 to 3 that takes hardly longer than for one: the mean of ``slope_j * slope_i`` over the pictures, for
    every j of layer 2 and i of layer 1, is all that they need of them.
    """
    W = [each.W.astype(np.float64) for each in network.layers[:layer]]
    into = W[-1] if neurons is None else W[-1][list(neurons)]
    slopes = [_slopes(network, trace, below) for below in range(1, layer)]
    if layer == 2:
        into = into * slopes[0].mean(axis=0) @ W[0]
    elif layer == 3:
        into = into @ (slopes[1].T @ slopes[0] / len(slopes[0]) * W[1]) @ W[0]
    elif layer > 3:
        into = np.stack([_through(w, slopes, W) for w in into]) @ W[0]
    return into.reshape(-1, *network.shape)


def _slopes(network: Network, trace: Trace, layer: int) -> np.ndarray:
    z, a = (np.atleast_2d(np.asarray(each, np.float64)) for each in (trace.zs[layer - 1], trace.activations[layer]))
    return network.layers[layer - 1].function.slope(z, a)


def _through(w: np.ndarray, slopes: list[np.ndarray], W: list[np.ndarray]) -> np.ndarray:
    """Carry the weights into one neuron back to the first layer's sums, (n_1,), and average over the pictures there.

    The first layer is linear, so averaging before it is exact, and spares n x 784 numbers.
    """
    gradient = w * slopes[-1]
    for below in range(len(slopes) - 1, 0, -1):
        gradient = gradient @ W[below] * slopes[below - 1]
    return gradient.mean(axis=0)


def extremes(values: np.ndarray, count: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Find the pictures that excite a neuron most and least.

    Parameters
    ----------
    values : array (n,)
        Its z or activation for each picture. Prefer z: saturated activations are all alike.
    count : int

    Returns
    -------
    most, least : int arrays (count,), or (n,) if there are fewer pictures
        Indices, the most extreme first.
    """
    values = np.asarray(values)
    return np.argsort(-values, kind="stable")[:count], np.argsort(values, kind="stable")[:count]


def mean_by_digit(a: np.ndarray, labels: np.ndarray, digits: int = 10) -> np.ndarray:
    """Average a neuron's activations (n,) over the pictures of each digit: (digits,), NaN where there is none.

    Raises
    ------
    ValueError
        If there are not as many labels (n,) as activations.
    """
    a, labels = np.asarray(a, np.float64), np.asarray(labels)
    if a.ndim != 1 or a.shape != labels.shape:
        raise ValueError(f"the activations have shape {a.shape} and the labels {labels.shape}; expected (n,) for both")
    counts = np.bincount(labels, minlength=digits)
    return np.bincount(labels, a, minlength=digits) / np.where(counts, counts, np.nan)


@dataclass(frozen=True)
class Rise:
    """A neuron that one digit brightens: its activation `rest` on blank paper, and `half`, the digit's median."""

    neuron: int
    digit: int
    rest: float
    half: float


def steepest_rise(rest: np.ndarray, a: np.ndarray, labels: np.ndarray) -> Rise:
    """Find the neuron and the digit with the largest rise, from blank paper to the median of that digit's pictures.

    Parameters
    ----------
    rest : array (neurons,)
        The activations on blank paper.
    a : array (n, neurons)
        The activations on n pictures.
    labels : array (n,)
        Their digits.
    """
    digits = np.unique(labels)
    halves = np.stack([np.median(a[labels == digit], axis=0) for digit in digits])
    row, k = np.unravel_index(np.argmax(halves - rest), halves.shape)
    return Rise(int(k), int(digits[row]), float(rest[k]), float(halves[row, k]))


def _weights_into(network: Network, layer: int, neuron: int) -> np.ndarray:
    if not 1 <= layer <= len(network.layers):
        raise ValueError(f"layer is {layer}; expected 1 to {len(network.layers)}")
    W = network.layers[layer - 1].W
    if not 0 <= neuron < len(W):
        raise ValueError(f"neuron is {neuron}; expected 0 to {len(W) - 1} in layer {layer}")
    return W[neuron]
