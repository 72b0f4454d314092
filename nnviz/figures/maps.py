"""Weight maps: a layer's in one gallery, one neuron's large, and what it makes of the present input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import (
    ACCENT,
    MINUS_SIGNS,
    MUTED,
    Part,
    assemble,
    axis,
    grey,
    hidden_axis,
    label,
    minus_signs,
    numbers,
    picture_axes,
    signed,
)

COLUMNS = 4  # maps in a row of the gallery
PITCH_X, PITCH_Y = 31, 39  # from one map to the next, in weights; the caption stands in the gap below


def weight_maps(
    maps: np.ndarray,
    captions: Sequence[str],
    limit: float,
    chosen: int | None = None,
    order: Sequence[int] | None = None,
    columns: int = COLUMNS,
    row_height: int = 132,
) -> go.Figure:
    """Draw a layer's weight maps in one gallery on one common scale.

    Parameters
    ----------
    maps : array (n, 28, 28)
        One signed map a neuron.
    captions : n strings
        What stands below each map.
    limit : float
        Blue is +limit, red -limit, and zero is the page's own colour.
    chosen : int or None
        The neuron to frame.
    order : n ints or None
        The neurons in the order in which they are shown; by number when None.
    columns : int
        Maps in a row.
    row_height : int, pixels
        Of a row of maps with its captions.

    Returns
    -------
    Figure
        Heatmaps `neuron 0`, `neuron 1`, ...; `signs`, a + and a − in each where it is most positive and most negative;
        and, for clicks, a scatter `neurons` with `customdata` the number.
    """
    order = list(range(len(maps)) if order is None else order)
    side, rows = maps.shape[-1], -(-len(order) // columns)
    spots = [(PITCH_X * (i % columns), PITCH_Y * (i // columns)) for i in range(len(order))]
    traces = [
        signed(maps[neuron], limit, name=f"neuron {neuron}", x0=x, y0=y, hoverinfo="skip")
        for neuron, (x, y) in zip(order, spots, strict=True)
    ]
    across = [-1.5, PITCH_X * columns - (PITCH_X - side) + 0.5]
    down = [PITCH_Y * rows - 0.5, -1.5]
    return assemble(
        [
            *traces,
            _captions(order, spots, captions, side),
            _signs(maps[order], spots),
            _targets(order, spots, captions, side),
        ],
        {
            "xaxis": hidden_axis(range=across, constrain="domain"),
            "yaxis": hidden_axis(range=down, scaleanchor="x", constrain="domain", constraintoward="top"),
        },
        row_height * rows,
        shapes=[_frame(*spot, side, chosen == neuron) for neuron, spot in zip(order, spots, strict=True)],
    )


def weight_map(
    image: np.ndarray, limit: float, name: str, outline: np.ndarray | None = None, height: int = 240
) -> go.Figure:
    """Draw signed numbers per pixel (28, 28) large; `outline` (n, 2) of x, y is drawn over them.

    In `layout.meta` stand the names of two traces: `cells`, the numbers, and `signs`, the minus signs in them.
    """
    hover = f"row %{{y}}, column %{{x}}<br>{name} %{{z:.4f}}<extra></extra>"
    traces = [signed(image, limit, name=name, hovertemplate=hover), minus_signs(image, limit)]
    if outline is not None:
        traces.append(
            {
                "type": "scatter",
                "name": "best fit",
                "x": numbers(outline[:, 0]),
                "y": numbers(outline[:, 1]),
                "mode": "lines",
                "line": {"color": ACCENT, "width": 3},
                "hoverinfo": "skip",
            }
        )
    frame = _frame(0, 0, image.shape[1], False)
    meta = {"cells": name, "signs": MINUS_SIGNS}
    return assemble(traces, picture_axes(1, image.shape, (0, 1), (0, 1)), height, shapes=[frame], meta=meta)


def incoming(values: np.ndarray, limit: float, name: str, sender: str, height: int = 270) -> go.Figure:
    """Draw one signed number per neuron of the layer before (n,) as a column of labelled cells.

    `layout.meta` is that of `weight_map`; no trace has the minus signs here, which are in the labels.
    """
    column = signed(
        values[:, None],
        limit,
        name=name,
        ygap=2,
        text=[[f"{v:+z.3f}".replace("-", "−")] for v in values],
        texttemplate="%{text}",
        hovertemplate=f"{sender}, neuron %{{y}}<br>{name} %{{z:.4f}}<extra></extra>",
    )
    rows = {
        "range": [len(values) - 0.5, -0.5], "tickmode": "array", "tickvals": list(range(len(values))),
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "",
    }  # fmt: skip
    meta = {"cells": name, "signs": None}
    return assemble([column], {"xaxis": hidden_axis((0.2, 0.8)), "yaxis": rows}, height, meta=meta)


def pictures(images: np.ndarray, captions: Sequence[str], height: int = 110) -> go.Figure:
    """Draw pictures (n, 28, 28), 0..1, in a row, each with a caption below."""
    traces, notes = [], []
    axes: Part = {}
    for i, (image, caption) in enumerate(zip(images, captions, strict=True)):
        x = ((i + 0.03) / len(images), (i + 0.97) / len(images))
        traces.append(grey(image, name=caption, xaxis=axis("x", i + 1), yaxis=axis("y", i + 1), hoverinfo="skip"))
        axes |= picture_axes(i + 1, image.shape, x, (0, 1))
        notes.append(label(caption, sum(x) / 2, 0, yanchor="top", xanchor="center", font={"size": 12}))
    return assemble(traces, axes, height, top=2, bottom=22, annotations=notes)


def _frame(x: float, y: float, side: int, chosen: bool) -> Part:
    gap = 1.0 if chosen else 0.5
    line = {"color": ACCENT, "width": 3} if chosen else {"color": MUTED, "width": 1}
    return {
        "type": "rect", "x0": x - gap, "x1": x + side - 1 + gap, "y0": y - gap, "y1": y + side - 1 + gap, "line": line,
    }  # fmt: skip


def _captions(order: list[int], spots: list[tuple[int, int]], captions: Sequence[str], side: int) -> Part:
    return {
        "type": "scatter",
        "name": "captions",
        "x": [x + side / 2 - 0.5 for x, _ in spots],
        "y": [y + side + 0.7 for _, y in spots],
        "text": [captions[neuron] for neuron in order],
        "mode": "text",
        "textposition": "bottom center",
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }


def _signs(maps: np.ndarray, spots: list[tuple[int, int]]) -> Part:
    """Write + and − where each map (n, 28, 28), averaged over 3 x 3 cells, is largest and smallest."""
    padded = np.pad(np.asarray(maps, float), ((0, 0), (1, 1), (1, 1)))
    rows, columns = maps.shape[1:]
    shifted = [padded[:, r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
    smooth = np.sum(shifted, axis=0).reshape(len(maps), -1)
    most = np.stack([smooth.argmax(axis=1), smooth.argmin(axis=1)], axis=1)
    row, column = np.divmod(most, columns)
    there = np.take_along_axis(smooth, most, axis=1) * [1, -1] > 0
    corner = np.array(spots)[:, None, :]
    return {
        "type": "scatter", "name": "signs", "mode": "text", "hoverinfo": "skip", "textfont": {"size": 15},
        "x": (column + corner[..., 0])[there].tolist(), "y": (row + corner[..., 1])[there].tolist(),
        "text": np.broadcast_to(["<b>+</b>", "<b>−</b>"], there.shape)[there].tolist(),
    }  # fmt: skip


def _targets(order: list[int], spots: list[tuple[int, int]], captions: Sequence[str], side: int) -> Part:
    """Make one invisible square over each map that takes clicks and hovers, which heatmap cells cannot."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "name": "neurons",
        "x": [x + side / 2 - 0.5 for x, _ in spots],
        "y": [y + side / 2 - 0.5 for _, y in spots],
        "customdata": order,
        "text": [captions[neuron] for neuron in order],
        "mode": "markers",
        "marker": {"size": 66, "symbol": "square", "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "hovertemplate": "neuron %{customdata}<br>%{text}<extra></extra>",
    }
