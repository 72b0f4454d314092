"""The layers of one forward pass, and the drawing before and after preparation."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, GAP, Part, assemble, axis, grey, hidden_axis, label, numbers, picture_axes
from nnviz.network import IMAGE_SHAPE, Trace

INPUT = (0.0, 0.63)  # the input's share of the figure's width
COLUMNS = (0.70, 0.90)  # the columns of neurons lie between these
CELL = 0.058  # width of a column of neurons


def activations(
    trace: Trace, answer: int | None = None, height: int = 436, edition: int = 0, type_size: int = 14
) -> go.Figure:
    """Draw every layer of one forward pass: the input as a picture, the neurons of each layer as a column.

    Parameters
    ----------
    trace : Trace
        Of one picture (784,).
    answer : int or None
        The output neuron to mark as the network's answer.
    height : int, pixels
    edition : int
        Another number makes it another figure, which the browser draws again although it shows the same.
    type_size : int, pixels
        Of the titles.

    Returns
    -------
    Figure
        Heatmaps named `input`, `hidden 1`, ..., `output`; neuron 0 on top; black 0 to white 1. One shape parts the
        neurons and frames their columns, another the input; the one called `answer` marks it, unseen while there is
        none, and `layout.meta.answer` says where it stands; `layout.meta.layers` names the heatmaps.
    """
    traces, axes = [_input(trace.activations[0])], picture_axes(1, IMAGE_SHAPE, INPUT, (0, 1))
    notes = _titles("input", trace.activations[0].size, sum(INPUT) / 2, type_size)
    lefts = np.linspace(*COLUMNS, len(trace.zs)) - CELL / 2
    for count, (z, a, left) in enumerate(zip(trace.zs, trace.activations[1:], lefts.tolist(), strict=True), start=2):
        name = "output" if count == len(trace.activations) else f"hidden {count - 1}"
        traces.append(_column(name, count, z, a))
        axes |= _column_axes(count, a.size, left)
        notes += _titles(name.removeprefix("hidden "), a.size, left + CELL / 2, type_size)
    notes += _hidden(lefts, type_size)
    right, last = float(lefts[-1]) + CELL, axis("y", len(traces))
    return assemble(
        traces,
        axes,
        height,
        top=round(2.7 * type_size),
        bottom=round(1.7 * type_size),
        annotations=[*notes, *_digits(trace.output.size, right, last, answer)],
        shapes=[_gaps(trace, lefts), _mark(right, last, answer), _frame()],
        meta={"answer": answer, "edition": edition, "layers": [trace["name"] for trace in traces]},
    )


def preparation(drawn: np.ndarray, prepared: np.ndarray, height: int = 138) -> go.Figure:
    """Draw the drawing merely shrunk to 28 x 28 beside the picture the network gets; both (28, 28), 0..1."""
    traces, notes = [], []
    axes: Part = {}
    for count, (name, image, x) in enumerate(
        (("as drawn", drawn, (0, 0.47)), ("prepared", prepared, (0.53, 1))), start=1
    ):
        hover = f"{name}<br>row %{{y}}, column %{{x}}<br>ink %{{z:.3f}}<extra></extra>"
        traces.append(grey(image, name=name, xaxis=axis("x", count), yaxis=axis("y", count), hovertemplate=hover))
        axes |= picture_axes(count, image.shape, x, (0, 1))
        notes.append(label(name, sum(x) / 2, 1, xanchor="center", yanchor="bottom", font={"size": 13}))
    return assemble(traces, axes, height, top=24, bottom=2, annotations=notes)


def pixels(image: np.ndarray, height: int = 420) -> go.Figure:
    """Draw a picture (28, 28), 0..1, with the number of each pixel in it, to one decimal; 0 where there is no ink."""
    hover = "row %{y}, column %{x}<br>activation %{z:.4f}<extra></extra>"
    text = [["0" if not a else "1" if a >= 0.95 else f"{a:.1f}".removeprefix("0") for a in row] for row in image]
    written = {"text": text, "texttemplate": "%{text}", "textfont": {"size": 9}}
    traces = [grey(image, name="input", hovertemplate=hover, **written)]
    return assemble(traces, picture_axes(1, image.shape, (0, 1), (0, 1)), height, shapes=[_frame()])


def _input(a: np.ndarray) -> Part:
    hover = "input (layer 0)<br>pixel in row %{y}, column %{x}<br>activation %{z:.4f}<extra></extra>"
    return grey(a.reshape(IMAGE_SHAPE), name="input", hovertemplate=hover)


def _column(name: str, count: int, z: np.ndarray, a: np.ndarray) -> Part:
    return grey(
        a[:, None],
        name=name,
        xaxis=axis("x", count),
        yaxis=axis("y", count),
        customdata=numbers(z[:, None]),
        hovertemplate=f"{name} (layer {count - 1})<br>neuron %{{y}}<br>z %{{customdata:.4f}}"
        "<br>activation %{z:.4f}<extra></extra>",
    )


def _column_axes(count: int, size: int, left: float) -> Part:
    return {
        axis("xaxis", count): hidden_axis((left, left + CELL), range=[-0.5, 0.5]),
        axis("yaxis", count): hidden_axis(range=[size - 0.5, -0.5], anchor=axis("x", count)),
    }


def _titles(name: str, size: int, x: float, type_size: int) -> list[Part]:
    """Name a layer above its column, and count its neurons below."""
    return [
        label(name, x, 1, xanchor="center", yanchor="bottom", font={"size": type_size}),
        label(f"<b>{size}</b>", x, 0, xanchor="center", yanchor="top", font={"size": type_size}),
    ]


def _hidden(lefts: np.ndarray, type_size: int) -> list[Part]:
    """Write "hidden" once over the numbers of all hidden layers: a phone, and a stage, have no room for more."""
    if len(lefts) < 2:
        return []
    x = float(lefts[:-1].mean()) + CELL / 2
    above = {"xanchor": "center", "yanchor": "bottom", "yshift": 1.25 * type_size, "font": {"size": type_size}}
    return [label("hidden", x, 1, **above)]


def _digits(count: int, right: float, last: str, answer: int | None) -> list[Part]:
    """Number the output neurons."""
    return [
        label(
            f"<b>{digit}</b>" if digit == answer else str(digit),
            right + 0.012,
            digit,
            yref=last,
            xanchor="left",
            font={"size": 20},
        )
        for digit in range(count)
    ]


def _gaps(trace: Trace, lefts: np.ndarray) -> Part:
    """Draw lines between and around the neurons: one shape, in shares of the figure."""
    lines = [
        f"M {left},{row / a.size} L {left + CELL},{row / a.size}"
        for a, left in zip(trace.activations[1:], lefts.tolist(), strict=True)
        for row in range(a.size + 1)
    ]
    lines += [f"M {x},0 L {x},1" for left in lefts.tolist() for x in (left, left + CELL)]
    return {
        "type": "path", "name": "gaps", "path": " ".join(lines), "xref": "paper", "yref": "paper",
        "line": {"color": GAP, "width": 2},
    }  # fmt: skip


def _frame() -> Part:
    """Frame the input, whose black is else the page's own on a stage."""
    rows, columns = IMAGE_SHAPE
    return {
        "type": "rect", "name": "frame", "x0": -0.5, "x1": columns - 0.5, "y0": -0.5, "y1": rows - 0.5,
        "xref": "x", "yref": "y", "line": {"color": GAP, "width": 1},
    }  # fmt: skip


def _mark(right: float, last: str, answer: int | None) -> Part:
    """Mark the answer by a frame and an arrow: one shape, so that the live part can move it."""
    y, tip, end = answer or 0, right + 0.054, right + 0.07
    return {
        "type": "path",
        "name": "answer",
        "path": f"M {right - CELL},{y - 0.5} L {right},{y - 0.5} L {right},{y + 0.5} L {right - CELL},{y + 0.5} Z "
        f"M {tip},{y} L {end},{y - 0.2} L {end},{y + 0.2} Z",
        "xref": "paper",
        "yref": last,
        "opacity": 0 if answer is None else 1,
        "line": {"color": ACCENT, "width": 3},
    }
