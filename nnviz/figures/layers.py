"""The layers of one forward pass, and the drawing before and after preparation."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, MUTED, axis, bare, grey, hidden_axis, label, picture_axes
from nnviz.network import IMAGE_SHAPE, Trace

INPUT = (0.0, 0.63)  # the input's share of the figure's width
COLUMNS = (0.70, 0.91)  # the columns of neurons lie between these
CELL = 0.058  # width of a column of neurons


def activations(trace: Trace, answer: int | None = None, height: int = 446) -> go.Figure:
    """Draw every layer of one forward pass: the input as a picture, the neurons of each layer as a column.

    Parameters
    ----------
    trace : Trace
        Of one picture (784,).
    answer : int or None
        The output neuron to mark as the network's answer.
    height : int, pixels

    Returns
    -------
    Figure
        Heatmaps named `input`, `hidden 1`, ..., `output`; neuron 0 on top; black 0 to white 1.
    """
    figure = go.Figure(layout=bare(height, top=38, bottom=24, plot_bgcolor=MUTED))
    columns = np.linspace(*COLUMNS, len(trace.zs)) - CELL / 2
    figure.update_layout(picture_axes(1, IMAGE_SHAPE, INPUT, (0, 1)))
    figure.add_trace(_input(trace.activations[0]))
    titles = _titles("input", trace.activations[0].size, sum(INPUT) / 2)
    for number, (z, a, left) in enumerate(zip(trace.zs, trace.activations[1:], columns, strict=True), start=1):
        name = "output" if number == len(trace.zs) else f"hidden {number}"
        figure.add_trace(_column(name, number + 1, z, a))
        figure.update_layout(
            {
                axis("xaxis", number + 1): hidden_axis((left, left + CELL)),
                axis("yaxis", number + 1): hidden_axis(
                    (0, 1), range=(a.size - 0.5, -0.5), anchor=axis("x", number + 1)
                ),
            }
        )
        titles += _titles(name, a.size, left + CELL / 2)
    figure.update_layout(annotations=titles)
    _mark_outputs(figure, trace.output.size, columns[-1] + CELL, answer)
    return figure


def preparation(drawn: np.ndarray, prepared: np.ndarray, height: int = 150) -> go.Figure:
    """Draw the drawing merely shrunk to 28 x 28 beside the picture the network gets; both (28, 28), 0..1."""
    figure = go.Figure(layout=bare(height, top=24, bottom=2))
    for count, (name, image, x) in enumerate(
        (("as drawn", drawn, (0, 0.47)), ("prepared", prepared, (0.53, 1))), start=1
    ):
        figure.add_trace(
            grey(
                image,
                name=name,
                xaxis=axis("x", count),
                yaxis=axis("y", count),
                hovertemplate=f"{name}<br>row %{{y}}, column %{{x}}<br>ink %{{z:.3f}}<extra></extra>",
            )
        )
        figure.update_layout(picture_axes(count, image.shape, x, (0, 1)))
        figure.add_annotation(**label(name, sum(x) / 2, 1, xanchor="center", yanchor="bottom", font={"size": 13}))
    return figure


def _input(a: np.ndarray) -> go.Heatmap:
    return grey(
        a.reshape(IMAGE_SHAPE),
        name="input",
        hovertemplate="input (layer 0)<br>pixel in row %{y}, column %{x}<br>activation %{z:.4f}<extra></extra>",
    )


def _column(name: str, count: int, z: np.ndarray, a: np.ndarray) -> go.Heatmap:
    return grey(
        a[:, None],
        name=name,
        xaxis=axis("x", count),
        yaxis=axis("y", count),
        ygap=3,
        customdata=z[:, None].tolist(),
        hovertemplate=f"{name} (layer {count - 1})<br>neuron %{{y}}<br>z %{{customdata:.4f}}"
        "<br>activation %{z:.4f}<extra></extra>",
    )


def _titles(name: str, size: int, x: float) -> list[dict]:
    """Name the layer above its column, a word a line so that a phone has room, and count its neurons below."""
    return [
        label(name.replace(" ", "<br>"), x, 1, xanchor="center", yanchor="bottom", font={"size": 14}),
        label(f"<b>{size}</b>", x, 0, xanchor="center", yanchor="top", font={"size": 14}),
    ]


def _mark_outputs(figure: go.Figure, count: int, right: float, answer: int | None) -> None:
    """Number the output neurons, and mark the answer by a frame and an arrow; unseen, but there, while there is none.

    The mark is one shape, and `layout.meta.answer` says where it stands, so that the live part can move it.
    """
    last = axis("y", len(figure.data))
    for digit in range(count):
        figure.add_annotation(
            text=f"<b>{digit}</b>" if digit == answer else str(digit),
            x=right + 0.012,
            y=digit,
            xref="paper",
            yref=last,
            xanchor="left",
            showarrow=False,
            font={"size": 20},
        )
    y, tip, end = answer or 0, right + 0.04, right + 0.056
    figure.add_shape(
        type="path",
        path=f"M {right - CELL},{y - 0.5} L {right},{y - 0.5} L {right},{y + 0.5} L {right - CELL},{y + 0.5} Z "
        f"M {tip},{y} L {end},{y - 0.2} L {end},{y + 0.2} Z",
        xref="paper",
        yref=last,
        opacity=0 if answer is None else 1,
        line={"color": ACCENT, "width": 3},
        name="answer",
    )
    figure.update_layout(meta={"answer": answer})
