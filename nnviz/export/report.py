"""Every number of one forward pass as a table, to be opened in a spreadsheet or read by a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np

from nnviz.network import Layer, Network
from nnviz.study import surgery

COLUMNS = ("layer", "neuron", "source", "weight", "input", "contribution", "z", "activation", "knocked_out")
Row = tuple[object, ...]


def table(network: Network, x: np.ndarray, out: Iterable[tuple[int, int]] = ()) -> str:
    """Write what a network makes of a picture as CSV, one row per parameter: 13,002 for the shipped ones.

    Parameters
    ----------
    network : Network
    x : array (n_in,)
    out : pairs (layer, neuron)
        The neurons knocked out: they pass on 0.

    Returns
    -------
    str
        With a row of `COLUMNS` first. Layers and neurons count from 0, and `layer`, `neuron` is the receiving one.

        A weight's row: `source` is the pixel (columns * row + column) or neuron of the layer before it comes from,
        `input` that one's activation, and ``contribution = weight * input``.

        A neuron's row follows those of its weights: `source` is "bias", a weight whose `input` is always 1. So the
        contributions of a neuron's rows add up to its `z`, which stands here with its `activation` and whether it is
        `knocked_out` ("yes" or "no"); in a weight's row these three are empty.

        Numbers are float32 in as few digits as bring them back to the bit.

    Raises
    ------
    ValueError
        If x is not one picture, or a neuron knocked out does not exist.
    """
    if np.ndim(x) != 1:
        raise ValueError(f"x has shape {np.shape(x)}; expected one picture, ({network.sizes[0]},)")
    out = set(out)
    trace = surgery.without(network, network.forward(x), out)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for number, layer in enumerate(network.layers, start=1):
        z, a = trace.zs[number - 1], trace.activations[number]
        for k in range(len(layer.b)):
            result = (_shortest(z[k]), _shortest(a[k]), "yes" if (number, k) in out else "no")
            for row in _terms(layer, k, trace.activations[number - 1]):
                writer.writerow((number, k, *row))
            bias = _shortest(layer.b[k])
            writer.writerow((number, k, "bias", bias, "1.0", bias, *result))
    return file.getvalue()


def _terms(layer: Layer, k: int, given: np.ndarray) -> Iterator[Row]:
    """List a neuron's weights: source, weight, input, contribution, and three empty columns."""
    contributions = layer.W[k] * given + np.float32(0)  # adding 0 turns -0.0 into 0.0
    for source, numbers in enumerate(zip(layer.W[k], given, contributions, strict=True)):
        yield (source, *map(_shortest, numbers), "", "", "")


def _shortest(value: np.float32) -> str:
    return str(np.float32(value))
