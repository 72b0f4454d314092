"""The network as a picture: the input, every neuron as a circle, and the lines between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.layers import frame, ranges
from nnviz.figures.style import (
    ACCENT,
    BROKEN,
    GAP,
    GREY,
    NEGATIVE,
    POSITIVE,
    SIGNED,
    Part,
    Range,
    assemble,
    broken,
    grey,
    hidden_axis,
    limits,
    plain,
)
from nnviz.network import Network, Trace, guessed_shape
from nnviz.study.surgery import Lines


@dataclass(frozen=True)
class Room:
    """What there is room for in a figure. Lengths are 28ths of the input's longer side, but for those in pixels.

    Attributes
    ----------
    first, across : float
        Where the first column of neurons stands, and how far it is from there to the last.
    tall, step : float
        How tall columns are, and the widest step within one.
    drop, beside : float
        How far below the columns' middle the input's is, which leaves the corner above it free; and what is free to
        the right of the outputs' names.
    circle, type, title, pitch : float, pixels
        Of a circle and a name with room around them, of a layer's title, and of a 28th.
    """

    first: float
    across: float
    tall: float
    step: float
    drop: float
    beside: float
    circle: float
    type: float
    title: float
    pitch: float


WIDE = Room(62, 70, tall=60, step=4, drop=17, beside=14, circle=23, type=20, title=15, pitch=7.6)
NARROW = Room(40, 28, tall=63, step=4.2, drop=0, beside=0, circle=15, type=15, title=14, pitch=4.7)  # a phone's
# How far apart columns are at least, and those of a grid; where the lines begin, beside the input.
APART, LEAST, BESIDE = 13.0, 0.8, 0.6
ROWS = 64  # neurons in a column; a layer of more becomes a grid of several
NAMED = 32  # outputs whose names stand below one another; those of more stand to the right by turns
LONGEST = 10  # letters of a class's name
STROKES = ((0.8, 0.35), (1.8, 0.6), (3.4, 0.9))  # width and opacity of weak, middling and strong lines
DIM, THIN = 0.22, 0.4
WINNER = 1.42  # across the ring around the answer, in circles


def wiring(
    trace: Trace,
    lines: Sequence[Lines],
    step: int | None = None,
    answer: int | None = None,
    chosen: tuple[int, int] | None = None,
    lost: Collection[tuple[int, int]] = (),
    height: int = 380,
    meta: Mapping[str, Any] | None = None,
    network: Network | None = None,
    narrow: bool = False,
) -> go.Figure:
    """Draw the network with the signal as far as it has come.

    Parameters
    ----------
    trace : Trace
        Of one picture (n_in,).
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
        `layers`, the input and each layer's circles, and `lines`, for each layer of weights the six of its lines;
        and `narrow`.
    network : Network, optional
        Whose pass it is, as in `layers.activations`.
    narrow : bool
        For a phone: with the layers nearer to each other, and taller.

    Returns
    -------
    Figure
        A heatmap `input`, beside which lines begin at the height of their pixels; a trace per layer, sign and third,
        `hidden 1 positive 0`; a scatter per layer, `hidden 1`, to `output`, whose
        customdata are layer, neuron, z and activation; `digits`; `winner` when it is time.
    """
    end = 2 * len(trace.zs) + 1
    step = end if step is None else step
    stand = _Stand(trace, network, narrow)
    sizes = stand.sizes
    strokes = [
        _strokes(_name(layer, sizes), layer, drawn, stand, reached=step >= 2 * layer - 1)
        for layer, drawn in enumerate(lines, start=1)
    ]
    traces = [_input(trace.activations[0], stand), *chain(*strokes)]
    traces += [_neurons(trace, layer, step, chosen, lost, stand) for layer in range(1, len(sizes))]
    marked = answer if step >= end else None
    traces.append(_digits(stand, marked))
    if marked is not None:
        traces.append(_winner(stand, marked))
    titles = [_title(layer, stand) for layer in range(len(sizes))]
    wide = stand.x(len(sizes) - 1) + 5.5 + stand.names_width + stand.room.beside
    half = stand.room.tall / 2
    down = [stand.middle + (half + 1.8) * stand.unit, stand.middle - (half + 5) * stand.unit]
    axes = {
        "xaxis": hidden_axis(range=[-stand.unit, wide * stand.unit], constrain="domain", constraintoward="left"),
        "yaxis": hidden_axis(range=down, scaleanchor="x", constrain="domain", constraintoward="top"),
    }
    names = {
        "layers": [_name(layer, sizes) for layer in range(len(sizes))],
        "lines": [[trace["name"] for trace in of_layer] for of_layer in strokes],
        "narrow": narrow,
    }
    margin = {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0}
    return assemble(
        traces,
        axes,
        height,
        margin=margin,
        annotations=titles,
        shapes=[frame(stand.shape)],
        meta={**(meta or {}), **names},
    )


class _Stand:
    """Where all neurons stand, in pixels of the input, `unit` of which are a 28th of its longer side."""

    def __init__(self, trace: Trace, network: Network | None, narrow: bool) -> None:
        self.sizes = [a.size for a in trace.activations]
        self.narrow = narrow
        self.room = NARROW if narrow else WIDE
        self.apart = max(APART, self.room.across / max(len(self.sizes) - 2, 1))
        self.shape = network.shape if network else guessed_shape(self.sizes[0])
        self.ends: list[Range] = ranges(trace, network)
        self.classes = [plain(name, LONGEST) for name in network.classes] if network else None
        self.unit = max(self.shape) / 28
        self.middle = (self.shape[0] - 1) / 2 - self.room.drop * self.unit  # of the columns

    def names(self) -> list[str]:
        return self.classes or [str(k) for k in range(self.sizes[-1])]

    @property
    def names_width(self) -> float:
        letters = max(map(len, self.names()))
        return 1.4 * max(0, letters - 1) + (self.sizes[-1] > NAMED) * (2 + 1.4 * letters)

    def x(self, layer: int) -> float:
        """Say where the middle of a layer's column stands, in 28ths of the input's longer side."""
        alone = len(self.sizes) == 2  # a column that is first and last stands where the last does
        return self.room.first + self.apart * (layer - 1 + alone)

    def step(self, layer: int) -> float:
        """Return how far it is from one neuron of a layer to the one below, in 28ths of the input's longer side."""
        rows = -(-self.sizes[layer] // self.columns(layer))
        return min(self.room.step, self.room.tall / max(rows - 1, 1))

    def crowded(self, layer: int) -> bool:
        """Say whether the neurons of a layer stand closer than circles of the usual size."""
        return self.step(layer) < 0.84 * self.room.step

    def circle(self, layer: int) -> float:
        """Return the pixels across a circle."""
        return max(3.5, 0.85 * self.step(layer) * self.room.pitch) if self.crowded(layer) else self.room.circle

    def columns(self, layer: int) -> int:
        return -(-self.sizes[layer] // ROWS)

    def places(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Say where the neurons of a layer stand: x and y; the input's lines begin beside it, at its rows' heights."""
        k = np.arange(self.sizes[layer])
        if layer == 0:
            return np.full(k.size, self.shape[1] - 0.5 + BESIDE * self.unit), k // self.shape[1]
        columns, step = self.columns(layer), self.step(layer)
        row, column = np.divmod(k, columns)
        x = self.x(layer) + (column - (columns - 1) / 2) * max(step, LEAST)
        return x * self.unit, self.middle + (row - row.max(initial=0) / 2) * step * self.unit


def _name(layer: int, sizes: Sequence[int]) -> str:
    return "input" if layer == 0 else "output" if layer == len(sizes) - 1 else f"hidden {layer}"


def _input(a: np.ndarray, stand: _Stand) -> Part:
    hover = "input (layer 0)<br>row %{y}, column %{x}<br>activation %{z:.3f}<extra></extra>"
    black, white = limits(stand.ends[0], a) if None in stand.ends[0] else stand.ends[0]
    return grey(a.reshape(stand.shape), black or 0, 1 if white is None else white, name="input", hovertemplate=hover)


def _strokes(name: str, layer: int, lines: Lines, stand: _Stand, reached: bool) -> list[Part]:
    """Draw the lines into a layer, one trace for each sign and third of the strongest."""
    size, thin = abs(lines.value), 1 if stand.columns(layer) == 1 else THIN  # hundreds of lines would hide one another
    third = np.minimum((size / (size.max(initial=0) or 1) * 3).astype(int), 2)
    (from_x, from_y), (to_x, to_y) = stand.places(layer - 1), stand.places(layer)
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
                "line": {"color": color, "width": width * thin, "dash": dash},
                "opacity": opacity * thin if reached else opacity * thin * DIM,
            })  # fmt: skip
    return traces


def _neurons(
    trace: Trace,
    layer: int,
    step: int,
    chosen: tuple[int, int] | None,
    lost: Collection[tuple[int, int]],
    stand: _Stand,
) -> Part:
    sizes = stand.sizes
    z, a = trace.zs[layer - 1].tolist(), trace.activations[layer].tolist()
    x, y = stand.places(layer)
    low, high = limits(stand.ends[layer], trace.activations[layer])
    summed, squashed = step >= 2 * layer - 1, step >= 2 * layer
    thin = 0.5 if stand.crowded(layer) else 1  # rings of small circles
    rings = [_ring((layer, k) == chosen, z[k], summed and not squashed) for k in range(len(a))]
    known = "<br>sum z %{customdata[2]:.3f}" * summed + "<br>activation %{customdata[3]:.3f}" * squashed
    fill: Any = {"color": [round(value, 7) for value in a], "colorscale": SIGNED if low < 0 else GREY}
    fill |= {"cmin": low, "cmax": high}
    return {
        "type": "scatter", "mode": "markers", "name": _name(layer, sizes), "x": x.tolist(), "y": y.tolist(),
        "opacity": 1 if summed else DIM * 2,
        "marker": {
            "size": stand.circle(layer), "opacity": 1,
            "symbol": ["x" if (layer, k) in lost else "circle" for k in range(len(a))],
            "line": {"color": [color for color, _ in rings], "width": [width * thin for _, width in rings]},
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


def _digits(stand: _Stand, marked: int | None) -> Part:
    """Name the output neurons, beside them."""
    x, y = stand.places(len(stand.sizes) - 1)
    names, turns = stand.names(), 2 if len(x) > NAMED else 1
    aside = np.arange(len(x)) % turns * (2 + 1.4 * max(map(len, names)))
    size = min(stand.room.type, round(turns * stand.step(len(stand.sizes) - 1) * stand.room.pitch, 1))
    return {
        "type": "scatter", "mode": "text", "name": "digits", "x": (x + (2.2 + aside) * stand.unit).tolist(),
        "y": y.tolist(), "text": [f"<b>{name} ◀</b>" if k == marked else name for k, name in enumerate(names)],
        "textposition": "middle right", "textfont": {"size": size}, "hoverinfo": "skip",
    }  # fmt: skip


def _winner(stand: _Stand, marked: int) -> Part:
    size = WINNER * stand.circle(len(stand.sizes) - 1)
    x, y = stand.places(len(stand.sizes) - 1)
    return {
        "type": "scatter", "mode": "markers", "name": "winner", "x": [float(x[marked])], "y": [float(y[marked])],
        "hoverinfo": "skip",
        "marker": {"symbol": "circle-open", "size": size, "color": ACCENT, "line": {"width": 4}},
    }  # fmt: skip


def _title(layer: int, stand: _Stand) -> Part:
    x = (stand.shape[1] - 1) / 2 if layer == 0 else stand.x(layer) * stand.unit
    title = _name(layer, stand.sizes) + f": <b>{stand.sizes[layer]}</b>" * (not stand.narrow)
    above = -0.5 - 0.4 * stand.unit if stand.room.drop else stand.middle - (stand.room.tall / 2 + 1.6) * stand.unit
    y = above if layer == 0 else stand.middle - (stand.room.tall / 2 + 1.6) * stand.unit
    return {
        "text": title, "showarrow": False, "font": {"size": stand.room.title}, "x": x, "y": y, "yanchor": "bottom",
    }  # fmt: skip
