"""The network taken apart: neurons lost and replaced, knobs turned, lines chosen to draw.

Nothing here assumes two hidden layers, 16 neurons or ten digits. Layers count from 0, and layer 0 is the input. A
network is never changed: every function that changes one returns another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from nnviz.network import Layer, Network, Trace
from nnviz.study import build
from nnviz.study.attribution import largest_terms, mean_by_digit

SLIGHT = 1e-3  # a direction of a least-squares problem this weak, against the strongest, counts as none
MOST_FIRST, MOST_BEHIND = 64, 2000  # neurons of the first layer, and weights behind it, where browsers count too


@dataclass(frozen=True, eq=False)
class Cost:
    """What losing neurons costs.

    Attributes
    ----------
    neurons : tuple of pairs (layer, neuron)
    before, after : float, 0..1
        The accuracy with and without them.
    before_by_digit, after_by_digit : arrays (digits,), 0..1
        The same for the pictures of each digit; NaN where there is none.
    """

    neurons: tuple[tuple[int, int], ...]
    before: float
    after: float
    before_by_digit: np.ndarray
    after_by_digit: np.ndarray

    @property
    def drop(self) -> float:
        """The loss of accuracy, -1..1; below 0 if the network is better without them."""
        return self.before - self.after

    @property
    def drop_by_digit(self) -> np.ndarray:
        return self.before_by_digit - self.after_by_digit


@dataclass(frozen=True, eq=False)
class Lines:
    """Connections into one layer: from neuron `source` (m,) of the layer before, `target` (m,), signed `value` (m,)."""

    source: np.ndarray
    target: np.ndarray
    value: np.ndarray


def without(network: Network, trace: Trace, neurons: Iterable[tuple[int, int]]) -> Trace:
    """Take neurons out of a pass already made; only the layers after them are computed again.

    Parameters
    ----------
    network : Network
    trace : Trace
        Its pass over one picture or several.
    neurons : pairs (layer, neuron)
        Hidden ones or outputs, so that ``1 <= layer <= number of layers of weights``; else ValueError.

    Returns
    -------
    Trace
        With their activations 0, and everything after them computed so. Their own z stays what it would be, and so do
        the activations beside them, in a softmax too. Its `lost` are the outputs among them.
    """
    lost = _by_layer(network, neurons)
    activations, zs, changed = list(trace.activations), list(trace.zs), False
    for number, layer in enumerate(network.layers, start=1):
        if changed:
            zs[number - 1] = activations[number - 1] @ layer.W.T + layer.b
            activations[number] = layer.function.value(zs[number - 1])
        if lost[number]:
            activations[number] = activations[number].copy()
            activations[number][..., lost[number]] = 0
            changed = True
    return Trace(tuple(activations), tuple(zs), tuple(lost[-1]))


def cost_of_losing(
    network: Network,
    x: np.ndarray,
    labels: np.ndarray,
    neurons: Iterable[tuple[int, int]],
    first: np.ndarray | None = None,
) -> Cost:
    """Measure what losing neurons, all at once, costs in accuracy on pictures x (n, 784) with labels (n,).

    Neurons are pairs (layer, neuron), hidden ones or outputs. An output that is lost is never the answer, and without
    any output there is none. `first` are the `first_sums` on x, if they are known. ValueError if there is no such
    neuron, or x and labels do not fit.
    """
    trace = to_count(network, x, first)
    return _cost(network, trace, labels, tuple(neurons), accuracy(trace.zs[-1], labels))


def counted_twice(network: Network) -> bool:
    """Say whether browsers count, too, how many digits a network of this size reads, while one plays with it."""
    behind = sum(layer.W.size for layer in network.layers[1:])
    return network.sizes[1] <= MOST_FIRST and behind <= MOST_BEHIND


def to_count(network: Network, x: np.ndarray, first: np.ndarray | None = None) -> Trace:
    """Run pictures (n, n_in) through a network to count its right answers.

    Where the browser counts, too, in double precision as it does (count.js): in single precision, about one count in a
    thousand would differ by one picture. `first` are the `first_sums`, if they are known.
    """
    if not counted_twice(network):
        return network.forward(x)
    z = first_sums(network, x) if first is None else first
    activations, zs = [np.asarray(x), network.layers[0].function.value(z)], [z]
    for layer in network.layers[1:]:
        zs.append(activations[-1] @ layer.W.T + layer.b)
        activations.append(layer.function.value(zs[-1]))
    return Trace(tuple(activations), tuple(zs))


def first_sums(network: Network, x: np.ndarray, at_once: int = 1000) -> np.ndarray:
    """Return the first layer's z on pictures x (n, n_in), in double precision: (n, n_out)."""
    x, layer = np.asarray(x), network.layers[0]
    if x.ndim != 2 or x.shape[1] != network.sizes[0]:
        raise ValueError(f"x has shape {x.shape}; expected (n, {network.sizes[0]})")
    W = layer.W.T.astype(np.float64)
    parts = [x[k : k + at_once].astype(np.float64) @ W for k in range(0, len(x), at_once)]
    return np.concatenate(parts) + layer.b


def change(network: Network, layer: int, neuron: int, source: int | Literal["bias"], value: float) -> Network:
    """Turn one knob.

    Parameters
    ----------
    network : Network
    layer, neuron : int
        Which neuron's incoming weight or bias; layer is 1 or more.
    source : int or "bias"
        The neuron of the layer before (a pixel, for layer 1), or the bias.
    value : float

    Raises
    ------
    ValueError
        If there is no such neuron or source, or the value is not finite.
    """
    _by_layer(network, [(layer, neuron)])
    if not abs(value) <= float(np.finfo(np.float32).max):
        raise ValueError(f"the value is {value:g}; expected a finite number that float32 can hold")
    W, b = network.layers[layer - 1].W, network.layers[layer - 1].b
    if source == "bias":
        b = b.copy()
        b[neuron] = value
    elif isinstance(source, int | np.integer) and 0 <= source < W.shape[1]:
        W = W.copy()
        W[neuron, source] = value
    else:
        raise ValueError(f'source is {source!r}; expected "bias" or 0 to {W.shape[1] - 1}')
    turned = replace(network.layers[layer - 1], W=W, b=b)
    return network.with_layers((*network.layers[: layer - 1], turned, *network.layers[layer:]))


def put_in(
    network: Network, neuron: int, weights: np.ndarray, bias: float, refit: bool = False, x: np.ndarray | None = None
) -> Network:
    """Put a neuron made by hand in place of one of the first hidden layer.

    Parameters
    ----------
    network : Network
    neuron : int
        Which one it replaces.
    weights, bias : array (28, 28), float
    refit : bool
        False: its outgoing weights stay those of the neuron it replaces. True: they and the next layer's biases are
        chosen by least squares so that the next layer's z on the pictures x is as near as can be to what it was, that
        is, they are the v and c with the smallest ``sum((a_old * v_old - (a_new * v + c)) ** 2)``. All other
        weights stay, so that whatever the network can still do is the new neuron's doing and not a repair by others.
        A neuron that hardly ever changes on x (a standard deviation under about 0.001) carries nothing: the fit then
        only makes up for the old one's mean. `build.zero()` refitted is thus what any painted one must beat.
    x : array (n, 784), 0..1
        Needed to refit; training digits, say.

    Raises
    ------
    ValueError
        If there is no hidden layer of 784 inputs or no such neuron, or no pictures to refit with.
    """
    first, w = network.layers[0], build.quantize(weights).ravel()
    if len(network.layers) < 2 or network.sizes[0] != w.size:
        raise ValueError(f"the network's layers are of {network.sizes}; expected 784 inputs and a hidden layer")
    if not 0 <= neuron < network.sizes[1]:
        raise ValueError(f"neuron is {neuron}; expected 0 to {network.sizes[1] - 1}")
    W, b = first.W.copy(), first.b.copy()
    W[neuron], b[neuron] = w, build.check_bias(bias)
    after = network.layers[1]
    if refit:
        both = Network((replace(first, W=np.stack([first.W[neuron], w]), b=np.stack([first.b[neuron], b[neuron]])),))
        after = _refitted(after, neuron, *np.atleast_2d(both.forward(np.asarray(x)).output).T.astype(np.float64))
    return network.with_layers((replace(first, W=W, b=b), after, *network.layers[2:]))


def parameter_counts(network: Network) -> list[tuple[int, int]]:
    """Count each layer's weights and biases; together they are ``network.parameter_count``."""
    return [(layer.W.size, layer.b.size) for layer in network.layers]


def strongest_lines(
    network: Network, trace: Trace, per_neuron: int, by: Literal["weight", "signal"] = "weight"
) -> list[Lines]:
    """Choose the connections worth drawing: each neuron's strongest incoming ones.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of one picture.
    per_neuron : int
        How many of each neuron.
    by : "weight" or "signal"
        The value that is ranked, by its absolute size, and returned: the weight, or weight x activation.

    Returns
    -------
    list of Lines
        One per layer of weights; by target, each one's strongest first. A value of zero is no line.
    """
    if by not in ("weight", "signal") or trace.output.ndim != 1:
        raise ValueError(f'by is {by!r}, the trace of shape {trace.output.shape}; expected "weight" or "signal", (n,)')
    pairs = zip(network.layers, trace.activations[:-1], strict=True)
    return [_strongest(layer.W * a if by == "signal" else layer.W, per_neuron) for layer, a in pairs]


def _by_layer(network: Network, neurons: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Sort pairs (layer, neuron) into one list of neurons per layer, after checking that each exists."""
    by_layer: list[list[int]] = [[] for _ in network.sizes]
    for layer, neuron in neurons:
        if not 1 <= layer < len(network.sizes):
            raise ValueError(f"layer is {layer}; expected 1 to {len(network.layers)}")
        if not 0 <= neuron < network.sizes[layer]:
            raise ValueError(f"neuron is {neuron}; expected 0 to {network.sizes[layer] - 1} in layer {layer}")
        by_layer[layer].append(neuron)
    return by_layer


def _cost(
    network: Network,
    trace: Trace,
    labels: np.ndarray,
    neurons: tuple[tuple[int, int], ...],
    before: tuple[float, np.ndarray],
) -> Cost:
    z = without(network, trace, neurons).zs[-1]
    if silenced := _by_layer(network, neurons)[-1]:
        z = z.copy()
        z[:, silenced] = -np.inf
    after = accuracy(z, labels)
    return Cost(neurons, before[0], after[0], before[1], after[1])


def accuracy(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Share of right answers, overall and (digits,) by digit."""
    return shares(right_answers(z, labels), labels, z.shape[1])


def right_answers(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Say which answers are right (n,); an output of z -inf is never the answer.

    The largest z is the answer, for no activation falls as z rises, and in float32 several activations may round to 1.
    """
    return (z.argmax(axis=1) == labels) & (z.max(axis=1) > -np.inf)


def shares(right: np.ndarray, labels: np.ndarray, digits: int) -> tuple[float, np.ndarray]:
    """Return the share that is right (n,), of all and of each label's, (digits,)."""
    return float(right.mean()), mean_by_digit(right, labels, digits)


def _strongest(values: np.ndarray, per_neuron: int) -> Lines:
    chosen = [largest_terms(terms, per_neuron) for terms in values]
    target = np.repeat(np.arange(len(chosen)), [places.size for places, _ in chosen])
    return Lines(np.concatenate([places for places, _ in chosen]), target, np.concatenate([v for _, v in chosen]))


def _refitted(after: Layer, neuron: int, old: np.ndarray, new: np.ndarray) -> Layer:
    """Replace what `after` hears from one neuron, old (n,), by the nearest it can hear from the new one, (n,)."""
    columns = np.stack([new, np.ones_like(new)], axis=1)
    slope, shift = np.linalg.lstsq(columns, old, rcond=SLIGHT)[0]
    v = after.W[:, neuron].astype(np.float64)  # every target is a multiple of the old activation, so one fit does
    W = after.W.copy()
    W[:, neuron] = v * slope
    return replace(after, W=W, b=(after.b + v * shift).astype(after.b.dtype))
