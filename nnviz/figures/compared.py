"""Two pictures in one network, neuron by neuron."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, GAP, Part, assemble, axis, hidden_axis, label, minus_signs, signed

ACROSS = 20  # neurons in a row
CELL, BETWEEN = 30, 26  # pixels: a row's height, and what stands between layers for a name


def differences(
    ones: Sequence[np.ndarray],
    others: Sequence[np.ndarray],
    names: Sequence[str],
    most: Sequence[float | None],
    path: Sequence[int] = (),
) -> go.Figure:
    """Draw by how much each neuron's activation differs between two pictures, layer by layer.

    Parameters
    ----------
    ones, others : arrays (k,), one a layer
        The activations for the first picture and for the second.
    names : strings
        The layers'.
    most : numbers
        Where each layer's scale ends; None: at the largest difference.
    path : ints
        A neuron of each layer to frame, from the last layer back, as far as it leads.

    Returns
    -------
    Figure
        A heatmap for each layer, by its name: the second less the first, neurons from left to right in rows of 20;
        minus signs in what is clearly less; shapes called `path`.
    """
    rows, across = [-(-a.size // ACROSS) for a in ones], min(ACROSS, max(a.size for a in ones))
    height = sum(CELL * count + BETWEEN for count in rows) + 4
    traces: list[Part] = []
    axes: Part = {}
    notes, top = [], 0
    for at, (one, other, name, end, count) in enumerate(zip(ones, others, names, most, rows, strict=True), start=1):
        columns = min(one.size, ACROSS)
        z, hovers = _cells(np.asarray(other, float) - one, count, columns), _hovers(one, other, name, count, columns)
        limit = end or float(np.nanmax(np.abs(z))) or 1.0
        where = {"xaxis": axis("x", at), "yaxis": axis("y", at)}
        cells = signed(z, limit, name=name, xgap=2, ygap=2, text=hovers, hoverinfo="text", **where)
        cells["z"] = [[None if np.isnan(value) else value for value in row] for row in cells["z"]]
        traces += [cells, {**minus_signs(np.nan_to_num(z), limit, **where), "name": f"minus signs, {name}"}]
        low, high = 1 - (top + BETWEEN + CELL * count) / height, 1 - (top + BETWEEN) / height
        axes |= {
            axis("xaxis", at): hidden_axis(range=[-0.5, across - 0.5], anchor=axis("y", at)),
            axis("yaxis", at): hidden_axis((low, high), range=[count - 0.5, -0.5], anchor=axis("x", at)),
        }
        notes.append(label(name, 0, 1 - top / height, xanchor="left", yanchor="top"))
        top += BETWEEN + CELL * count
    frames = [_frame(at, one.size, count) for at, (one, count) in enumerate(zip(ones, rows, strict=True), start=1)]
    for layer, k in zip(range(len(ones), 0, -1), path, strict=False):
        row, column = divmod(k, min(ones[layer - 1].size, ACROSS))
        frames.append(
            {
                "type": "rect", "name": "path", "xref": axis("x", layer), "yref": axis("y", layer), "x0": column - 0.5,
                "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5, "line": {"color": ACCENT, "width": 3},
            }
        )  # fmt: skip
    return assemble(traces, axes, height, top=0, bottom=0, annotations=notes, shapes=frames)


def _cells(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Lay numbers (k,) out in rows (rows, columns); NaN where there is none."""
    return np.r_[values, np.full(rows * columns - values.size, np.nan)].reshape(rows, columns)


def _hovers(one: np.ndarray, other: np.ndarray, name: str, rows: int, columns: int) -> list[list[str]]:
    said = [f"{name}, neuron {k}<br>{a:.3f} → {b:.3f}" for k, (a, b) in enumerate(zip(one, other, strict=True))]
    said += [""] * (rows * columns - len(said))
    return [said[row * columns : (row + 1) * columns] for row in range(rows)]


def _frame(at: int, count: int, rows: int) -> Part:
    across = min(count, ACROSS)
    return {
        "type": "rect", "xref": axis("x", at), "yref": axis("y", at), "x0": -0.5, "x1": across - 0.5, "y0": -0.5,
        "y1": rows - 0.5, "line": {"color": GAP, "width": 1},
    }  # fmt: skip
