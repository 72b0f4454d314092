"""Weight maps: a layer's in one gallery, one neuron's large, and what it makes of the present input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import (
    ACCENT,
    CLICKED,
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
GAP_X, GAP_Y = 3 / 28, 11 / 28  # between two maps, as shares of their longer side; the caption stands in that below
TALL = 64  # numbers in a column with words; more become a grid
RING = (155, 172)  # of a ring, in 28ths of a map: neurons.css puts the middle's map there
TARGET, SMALL = 66, 44  # pixels of a map that take clicks, in a gallery of 4 columns, and of more


def weight_maps(
    maps: np.ndarray,
    captions: Sequence[str],
    limit: float,
    chosen: int | None = None,
    order: Sequence[int] | None = None,
    columns: int = COLUMNS,
    row_height: int = 132,
    ring: bool = False,
    details: Sequence[str] | None = None,
) -> go.Figure:
    """Draw a layer's weight maps in one gallery on one common scale.

    Parameters
    ----------
    maps : array (n, rows, columns)
        One signed map a neuron.
    captions : n strings
        What stands below each map.
    limit : float
        Blue is +limit, red -limit, and zero is the page's own colour.
    chosen : int or None
        The neuron to frame.
    order : n ints or None
        The neurons to show, in that order; all by number when None.
    columns : int
        Maps in a row.
    row_height : int, pixels
        Of a row of square maps with its captions.
    ring : bool
        Up to 16 maps around an empty middle, `RING` wide and high in 28ths of a map, instead of rows of columns; they
        are to be clicked.
    details : n strings, optional
        What is said of each map when the mouse is on it, if not its caption.

    Returns
    -------
    Figure
        Heatmaps `neuron 0`, `neuron 1`, ...; `signs`, a + and a − in each where it is most positive and most negative;
        and, for clicks, a scatter `neurons` with `customdata` the number.
    """
    order = list(range(len(maps)) if order is None else order)
    side, rows = places(maps.shape[1:]), -(-len(order) // columns)
    spots = [(side.pitch_x * (i % columns), side.pitch_y * (i // columns)) for i in range(len(order))]
    across = [-1.5 * side.unit, side.pitch_x * columns - (side.pitch_x - side.columns) + 0.5 * side.unit]
    down = [side.pitch_y * rows - 0.5 * side.unit, -1.5 * side.unit]
    if ring:
        spots = _around(len(order), side)
        across, down = ([-2 * side.unit, (RING[0] - 2) * side.unit], [(RING[1] - 2) * side.unit, -2 * side.unit])
    no_margin: Part = {"margin": dict.fromkeys("lrtb", 0)} if ring else {}
    traces = [
        signed(maps[neuron], limit, name=f"neuron {neuron}", x0=x, y0=y, hoverinfo="skip")
        for neuron, (x, y) in zip(order, spots, strict=True)
    ]
    return assemble(
        [
            *traces,
            _captions(order, spots, captions, side, ring),
            signs(maps[order], spots),
            _targets(order, spots, details or captions, side, TARGET if columns <= COLUMNS else SMALL),
        ],
        {
            "xaxis": hidden_axis(range=across, constrain="domain"),
            "yaxis": hidden_axis(range=down, scaleanchor="x", constrain="domain", constraintoward="top"),
        },
        round(row_height * rows * side.pitch_y / (39 * side.unit)),
        **no_margin,
        shapes=[framed(*spot, side, chosen == neuron) for neuron, spot in zip(order, spots, strict=True)],
        **(CLICKED if ring else {}),
    )


def weight_map(
    image: np.ndarray, limit: float, name: str, outline: np.ndarray | None = None, height: int = 240
) -> go.Figure:
    """Draw signed numbers per pixel (rows, columns) large; `outline` (n, 2) of x, y is drawn over them.

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
    frame = framed(0, 0, places(image.shape), False)
    meta = {"cells": name, "signs": MINUS_SIGNS}
    edge: Part = {"margin": dict.fromkeys("lrtb", 1)}  # room for the frame's line
    return assemble(traces, picture_axes(1, image.shape, (0, 1), (0, 1)), height, shapes=[frame], meta=meta, **edge)


def incoming(values: np.ndarray, limit: float, name: str, sender: str, height: int = 270) -> go.Figure:
    """Draw one signed number per neuron of the layer before (n,) as a column of labelled cells; of many, as a grid.

    `layout.meta` is that of `weight_map`; in a column no trace has the minus signs, which are in the labels.
    """
    if len(values) > TALL:
        return _grid(values, limit, name, sender, height)
    size = {"size": 15 if height >= 16 * len(values) else 12}  # pixels
    column = signed(
        values[:, None],
        limit,
        name=name,
        ygap=2 if len(values) <= TALL / 2 else 0,
        text=[[f"{v:+z.3f}".replace("-", "−")] for v in values],
        texttemplate="%{text}",
        textfont=size,
        hovertemplate=f"{sender}, neuron %{{y}}<br>{name} %{{z:.4f}}<extra></extra>",
    )
    every = max(1, -(-len(values) // 16))  # a number beside each, every second, ...: as many as there is room for
    rows = {
        "range": [len(values) - 0.5, -0.5], "tickmode": "array", "tickvals": list(range(0, len(values), every)),
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "", "tickfont": size,
    }  # fmt: skip
    meta = {"cells": name, "signs": None}
    return assemble([column], {"xaxis": hidden_axis((0.2, 0.8)), "yaxis": rows}, height, meta=meta)


def _grid(values: np.ndarray, limit: float, name: str, sender: str, height: int) -> go.Figure:
    """Draw one signed number per neuron (n,) row by row, about as many rows as columns."""
    columns = math.ceil(math.sqrt(len(values)))
    cells = np.full((-(-len(values) // columns), columns), np.nan)
    cells.ravel()[: len(values)] = values
    hover = f"{sender}, neuron %{{customdata}}<br>{name} %{{z:.4f}}<extra></extra>"
    known = np.nan_to_num(cells)
    traces = [signed(cells, limit, name=name, hovertemplate=hover, hoverongaps=False), minus_signs(known, limit)]
    traces[0]["z"] = [[None if value != value else value for value in row] for row in traces[0]["z"]]
    traces[0]["customdata"] = np.arange(cells.size).reshape(cells.shape).tolist()
    frame, meta = framed(0, 0, places(cells.shape), False), {"cells": name, "signs": MINUS_SIGNS}
    return assemble(traces, picture_axes(1, cells.shape, (0, 1), (0, 1)), height, shapes=[frame], meta=meta)


def pictures(images: np.ndarray, captions: Sequence[str], height: int = 110) -> go.Figure:
    """Draw pictures (n, rows, columns), 0..1, in a row, each with a caption below."""
    traces, notes = [], []
    axes: Part = {}
    for i, (image, caption) in enumerate(zip(images, captions, strict=True)):
        gap = 0.03 if len(images) > 1 else 0
        x = ((i + gap) / len(images), (i + 1 - gap) / len(images))
        traces.append(grey(image, name=caption, xaxis=axis("x", i + 1), yaxis=axis("y", i + 1), hoverinfo="skip"))
        axes |= picture_axes(i + 1, image.shape, x, (0, 1))
        notes.append(label(caption, sum(x) / 2, 0, yanchor="top", xanchor="center", font={"size": 12}))
    return assemble(traces, axes, height, top=4, bottom=22 if any(captions) else 4, annotations=notes)


@dataclass(frozen=True)
class Side:
    """The size of a map, and how far it is to the next; `unit` is 1 in a map of 28 x 28, and grows with the map."""

    rows: int
    columns: int
    pitch_x: float
    pitch_y: float
    unit: float


def places(shape: tuple[int, ...], gap: float | None = None) -> Side:
    """Say how far maps of this shape stand apart: with room for captions below, or `gap` of their longer side."""
    rows, columns = shape
    longer = max(shape)
    across, down = (GAP_X, GAP_Y) if gap is None else (gap, gap)
    return Side(rows, columns, columns + across * longer, rows + down * longer, longer / 28)


def _around(many: int, side: Side) -> list[tuple[float, float]]:
    """Say where up to 16 maps stand around the middle, in the order one reads: above, at the sides, below."""
    if not 1 <= many <= 16:
        raise ValueError(f"there are {many} maps; expected 1 to 16 around the middle")
    above = min(5, -(-many // 2))
    below = min(5, many - above)
    sides = [(4 * (i % 2), 1 + i // 2) for i in range(many - above - below)]
    spots = [
        *((i + (5 - above) / 2, 0) for i in range(above)), *sides, *((i + (5 - below) / 2, 4) for i in range(below)),
    ]  # fmt: skip
    left, top = (28 - side.columns / side.unit) / 2, (28 - side.rows / side.unit) / 2
    return [((31 * column + left) * side.unit, (34 * row + top) * side.unit) for column, row in spots]


def framed(x: float, y: float, side: Side, chosen: bool) -> Part:
    """Frame the map whose upper left cell stands at x and y."""
    gap = 0.5 + 0.5 * side.unit * chosen
    line = {"color": ACCENT, "width": 3} if chosen else {"color": MUTED, "width": 1}
    return {
        "type": "rect", "x0": x - gap, "x1": x + side.columns - 1 + gap, "y0": y - gap, "y1": y + side.rows - 1 + gap,
        "line": line,
    }  # fmt: skip


def _captions(
    order: list[int], spots: list[tuple[float, float]], captions: Sequence[str], side: Side, ring: bool
) -> Part:
    """Write below each map; in a ring, where type may be large, in the middle between two maps and clear of both."""
    return {
        "type": "scatter",
        "name": "captions",
        "x": [x + side.columns / 2 - 0.5 for x, _ in spots],
        "y": [y + side.rows + (2.6 if ring else 0.7) * side.unit for _, y in spots],
        "text": [captions[neuron] for neuron in order],
        "mode": "text",
        "textposition": "middle center" if ring else "bottom center",
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }


def signs(maps: np.ndarray, spots: list[tuple[float, float]], always: bool = False) -> Part:
    """Write + and − where each map (n, rows, columns), averaged over 3 x 3 cells, is largest and smallest.

    With `always`, there are two for each map, blank where it has no such place, for a script that moves them.
    """
    padded = np.pad(np.asarray(maps, float), ((0, 0), (1, 1), (1, 1)))
    rows, columns = maps.shape[1:]
    shifted = [padded[:, r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
    smooth = np.sum(shifted, axis=0).reshape(len(maps), -1)
    most = np.stack([smooth.argmax(axis=1), smooth.argmin(axis=1)], axis=1)
    row, column = np.divmod(most, columns)
    there = np.take_along_axis(smooth, most, axis=1) * [1, -1] > 0
    corner = np.array(spots)[:, None, :]
    text = np.where(there, ["<b>+</b>", "<b>−</b>"], " ")
    there = there | always
    return {
        "type": "scatter", "name": "signs", "mode": "text", "hoverinfo": "skip", "textfont": {"size": 15},
        "x": (column + corner[..., 0])[there].tolist(), "y": (row + corner[..., 1])[there].tolist(),
        "text": text[there].tolist(),
    }  # fmt: skip


def _targets(
    order: list[int], spots: list[tuple[float, float]], captions: Sequence[str], side: Side, size: int
) -> Part:
    """Make one invisible square over each map that takes clicks and hovers, which heatmap cells cannot."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "name": "neurons",
        "x": [x + side.columns / 2 - 0.5 for x, _ in spots],
        "y": [y + side.rows / 2 - 0.5 for _, y in spots],
        "customdata": order,
        "text": [captions[neuron] for neuron in order],
        "mode": "markers",
        "marker": {"size": size, "symbol": "square", "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "hovertemplate": "neuron %{customdata}<br>%{text}<extra></extra>",
    }
