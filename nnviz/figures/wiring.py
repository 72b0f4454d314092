"""The network as a picture: the input, every neuron as a circle, and the lines between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, BROKEN, GAP, GREY, NEGATIVE, POSITIVE, Part, assemble, broken, grey, hidden_axis
from nnviz.network import IMAGE_SHAPE, Trace
from nnviz.surgery import Lines

# Where the first column of neurons stands and how far apart the columns are, in pixels of the input.
FIRST, APART = 46.0, 14.5
MIDDLE, TALL, GAP_MOST = (IMAGE_SHAPE[0] - 1) / 2, 39.0, 2.9  # the columns' middle, height, and widest step
STROKES = ((0.8, 0.35), (1.8, 0.6), (3.4, 0.9))  # width and opacity of weak, middling and strong lines
DIM = 0.22
WINNER = 27  # pixels across the ring around the answer


def wiring(
    trace: Trace,
    lines: Sequence[Lines],
    step: int | None = None,
    answer: int | None = None,
    chosen: tuple[int, int] | None = None,
    lost: Collection[tuple[int, int]] = (),
    height: int = 380,
    meta: Mapping[str, Any] | None = None,
) -> go.Figure:
    """Draw the network with the signal as far as it has come.

    Parameters
    ----------
    trace : Trace
        Of one picture (784,).
    lines : Lines per layer of weights
        Those to draw; thick and opaque by their share of the largest of their layer, in thirds.
    step : int, optional
        0: only the input; 2n - 1: layer n has its sums, each ringed by its sign; 2n: layer n is squashed; one more
        marks the answer, as None does.
    answer : int, optional
        The output neuron to mark in the end.
    chosen, lost : a pair (layer, neuron), and several
        Ringed, and crossed out.
    meta : mapping, optional
        Kept in `layout.meta`, for whoever goes on drawing the figure where it is shown; beside it the names of traces:
        `layers`, the input and each layer's circles, and `lines`, for each layer of weights the six of its lines.

    Returns
    -------
    Figure
        A heatmap `input`; a trace per layer, sign and third, `hidden 1 positive 0`; a scatter per layer, `hidden 1`, to
        `output`, whose customdata are layer, neuron, z and activation; `digits`; `winner` when it is time.
    """
    end = 2 * len(trace.zs) + 1
    step = end if step is None else step
    sizes = [a.size for a in trace.activations]
    strokes = [
        _strokes(_name(layer, sizes), layer, drawn, sizes, reached=step >= 2 * layer - 1)
        for layer, drawn in enumerate(lines, start=1)
    ]
    traces = [_input(trace.activations[0]), *chain(*strokes)]
    traces += [_neurons(trace, layer, step, chosen, lost) for layer in range(1, len(sizes))]
    marked = answer if step >= end else None
    traces.append(_digits(sizes, marked))
    if marked is not None:
        traces.append(_winner(sizes, marked))
    titles = [_title(layer, sizes) for layer in range(len(sizes))]
    axes = {
        "xaxis": hidden_axis(range=[-1, FIRST + APART * (len(sizes) - 2) + 8], constrain="domain"),
        "yaxis": hidden_axis(range=[MIDDLE + 23, MIDDLE - 26], scaleanchor="x", constrain="domain"),
    }
    names = {
        "layers": [_name(layer, sizes) for layer in range(len(sizes))],
        "lines": [[trace["name"] for trace in of_layer] for of_layer in strokes],
    }
    return assemble(traces, axes, height, top=0, bottom=0, annotations=titles, meta={**(meta or {}), **names})


def _name(layer: int, sizes: Sequence[int]) -> str:
    return "input" if layer == 0 else "output" if layer == len(sizes) - 1 else f"hidden {layer}"


def _places(layer: int, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Say where the neurons of a layer stand: x and y, in pixels of the input, whose own are its columns and rows."""
    k = np.arange(sizes[layer])
    if layer == 0:
        row, column = np.divmod(k, IMAGE_SHAPE[1])
        return column, row
    gap = min(GAP_MOST, TALL / max(k.size - 1, 1))
    return np.full(k.size, FIRST + APART * (layer - 1)), MIDDLE + (k - (k.size - 1) / 2) * gap


def _input(a: np.ndarray) -> Part:
    hover = "input (layer 0)<br>row %{y}, column %{x}<br>activation %{z:.3f}<extra></extra>"
    return grey(a.reshape(IMAGE_SHAPE), name="input", hovertemplate=hover)


def _strokes(name: str, layer: int, lines: Lines, sizes: Sequence[int], reached: bool) -> list[Part]:
    """Draw the lines into a layer, one trace for each sign and third of the strongest."""
    size = abs(lines.value)
    third = np.minimum((size / (size.max(initial=0) or 1) * 3).astype(int), 2)
    (from_x, from_y), (to_x, to_y) = _places(layer - 1, sizes), _places(layer, sizes)
    traces = []
    for sign, color, dash, of_sign in (
        ("negative", NEGATIVE, BROKEN, lines.value < 0),
        ("positive", POSITIVE, "solid", lines.value > 0),
    ):
        for strength, (width, opacity) in enumerate(STROKES):
            here = of_sign & (third == strength)
            traces.append({
                "type": "scatter", "mode": "lines", "name": f"{name} {sign} {strength}", "hoverinfo": "skip",
                "x": broken(from_x[lines.source[here]], to_x[lines.target[here]]),
                "y": broken(from_y[lines.source[here]], to_y[lines.target[here]]),
                "line": {"color": color, "width": width, "dash": dash},
                "opacity": opacity if reached else opacity * DIM,
            })  # fmt: skip
    return traces


def _neurons(
    trace: Trace, layer: int, step: int, chosen: tuple[int, int] | None, lost: Collection[tuple[int, int]]
) -> Part:
    sizes = [a.size for a in trace.activations]
    z, a = trace.zs[layer - 1].tolist(), trace.activations[layer].tolist()
    x, y = _places(layer, sizes)
    summed, squashed = step >= 2 * layer - 1, step >= 2 * layer
    rings = [_ring((layer, k) == chosen, z[k], summed and not squashed) for k in range(len(a))]
    known = "<br>z %{customdata[2]:.3f}" * summed + "<br>activation %{customdata[3]:.3f}" * squashed
    fill: Any = {"color": [round(value, 7) for value in a], "colorscale": GREY, "cmin": 0, "cmax": 1}
    return {
        "type": "scatter", "mode": "markers", "name": _name(layer, sizes), "x": x.tolist(), "y": y.tolist(),
        "opacity": 1 if summed else DIM * 2,
        "marker": {
            "size": 19, "opacity": 1, "symbol": ["x" if (layer, k) in lost else "circle" for k in range(len(a))],
            "line": {"color": [color for color, _ in rings], "width": [width for _, width in rings]},
            **(fill if squashed else {"color": "rgba(128,132,145,0.25)"}),
        },
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[layer, k, round(z[k], 7), round(a[k], 7)] for k in range(len(a))],
        "hovertemplate": f"{_name(layer, sizes)} (layer {layer})<br>neuron %{{customdata[1]}}{known}<extra></extra>",
    }  # fmt: skip


def _ring(chosen: bool, z: float, summed: bool) -> tuple[str, float]:
    if chosen:
        return ACCENT, 4
    return ((POSITIVE, 4) if z > 0 else (NEGATIVE, 2)) if summed else (GAP, 1.5)


def _digits(sizes: Sequence[int], marked: int | None) -> Part:
    x, y = _places(len(sizes) - 1, sizes)
    return {
        "type": "scatter", "mode": "text", "name": "digits", "x": (x + 2.2).tolist(), "y": y.tolist(),
        "text": [f"<b>{k} ◀</b>" if k == marked else str(k) for k in range(sizes[-1])],
        "textposition": "middle right", "textfont": {"size": 18}, "hoverinfo": "skip",
    }  # fmt: skip


def _winner(sizes: Sequence[int], marked: int) -> Part:
    x, y = _places(len(sizes) - 1, sizes)
    return {
        "type": "scatter", "mode": "markers", "name": "winner", "x": [float(x[marked])], "y": [float(y[marked])],
        "marker": {"symbol": "circle-open", "size": WINNER, "color": ACCENT, "line": {"width": 4}}, "hoverinfo": "skip",
    }  # fmt: skip


def _title(layer: int, sizes: Sequence[int]) -> Part:
    x = (IMAGE_SHAPE[1] - 1) / 2 if layer == 0 else FIRST + APART * (layer - 1)
    return {
        "text": f"{_name(layer, sizes)}: <b>{sizes[layer]}</b>", "showarrow": False,
        "x": x, "y": MIDDLE - TALL / 2 - 2.5, "yanchor": "bottom", "font": {"size": 13},
    }  # fmt: skip
