"""Many pictures at once: which label got which answer, the pictures themselves, and what certainty is worth."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from nnviz.figures.style import ACCENT, GAP, POSITIVE, Part, assemble, hidden_axis, numbers, plain, titled_axis
from nnviz.study.confusion import Reliability

WRONG = [[0.0, "rgba(240,165,0,0)"], [0.001, "rgba(240,165,0,0.12)"], [1.0, ACCENT]]
COLUMNS, WORDS = 15, 12  # pictures in a row of the gallery, and the size of its captions, in pixels
BESIDE: Part = {"margin": {"l": 64, "r": 8, "t": 8, "b": 46}}


def confusion(
    matrix: np.ndarray, names: Sequence[str], chosen: tuple[int | None, int | None] = (None, None), height: int = 420
) -> go.Figure:
    """Draw how many pictures of each label (rows) got each answer (columns).

    Parameters
    ----------
    matrix : int array (n, n), [label, answer]
    names : n strings
    chosen : pair
        The label and the answer to mark: a cell, or if one of them is None a whole row or column.
    height : int, pixels

    Returns
    -------
    Figure
        A heatmap `confusion`, whose z are the counts; the right ones are covered by `right`, so that the wrong ones,
        few as they are, have the scale to themselves; and, for clicks, a scatter `cells` whose customdata are label
        and answer.
    """
    names, n, of = [plain(name) for name in names], len(names), matrix.sum(axis=1)
    wrong = np.where(np.eye(n, dtype=bool), 0, matrix)
    hovers = [
        f"label {names[label]}, read as {names[answer]}<br>{matrix[label, answer]:,} of {of[label]:,}: {share:.1%}"
        for (label, answer), share in np.ndenumerate(matrix / np.maximum(of, 1)[:, None])
    ]
    common: Part = {"type": "heatmap", "showscale": False, "xgap": 2, "ygap": 2}
    counts = {
        **common, "name": "confusion", "z": matrix.tolist(), "hoverinfo": "skip",
        "colorscale": WRONG, "zmin": 0, "zmax": int(wrong.max()) or 1,
    }  # fmt: skip
    right = {
        **common, "name": "right", "hoverinfo": "skip", "colorscale": [[0, GAP], [1, GAP]],
        "z": [[1 if row == column else None for column in range(n)] for row in range(n)],
    }  # fmt: skip
    cells = {
        "type": "scatter", "mode": "markers+text", "name": "cells", "hovertext": hovers, "hoverinfo": "text",
        "text": [str(value or "") for value in matrix.ravel().tolist()], "textfont": {"size": 12},
        "x": [answer for _ in names for answer in range(n)], "y": [label for label in range(n) for _ in names],
        "customdata": [[label, answer] for label in range(n) for answer in range(n)],
        "marker": {"symbol": "square", "size": 0.7 * height / n, "color": "rgba(0,0,0,0)"},
        "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip
    side: Part = {
        "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "", "range": [-0.5, n - 0.5],
        "tickvals": list(range(n)), "ticktext": list(names),
    }  # fmt: skip
    return assemble(
        [counts, right, cells],
        {
            "xaxis": {**side, "side": "top", "title": {"text": "read as", "standoff": 4}, "tickangle": 0},
            "yaxis": {**side, "range": [n - 0.5, -0.5], "title": {"text": "the label", "standoff": 4}},
            "margin": {"l": 52, "r": 4, "t": 52, "b": 4},
        },
        height,
        shapes=_marked(chosen, n),
    )


def gallery(
    images: np.ndarray,
    captions: Sequence[str],
    hovers: Sequence[str],
    which: Sequence[int],
    chosen: int | None = None,
    columns: int = COLUMNS,
) -> go.Figure:
    """Draw many pictures in rows.

    Parameters
    ----------
    images : uint8 array (n, H, W), 0 black to 255 white
    captions, hovers : n strings
        What stands below each, and what is said of it when the pointer is on it.
    which : n ints
        Their numbers: the customdata of the scatter `pictures`, for clicks.
    chosen : int or None
        The number of the one to frame.
    columns : int
        Pictures in a row.

    Returns
    -------
    Figure
        One image of them all; scatters `pictures`, a marker on each, and `captions`; a shape `chosen`.
    """
    n, (high, wide) = len(images), images.shape[1:]
    rows, across, down = max(1, -(-n // columns)), round(1.16 * wide), round(1.55 * high)
    sheet = np.zeros((rows * down, columns * across, 2), np.uint8)  # grey, and whether there is a picture at all
    left, top = (np.arange(n) % columns) * across, (np.arange(n) // columns) * down
    for image, x, y in zip(images, left, top, strict=True):
        sheet[y : y + high, x : x + wide] = np.stack([image, np.full_like(image, 255)], axis=-1)
    all_of_them = {
        "source": _png(sheet), "x": 0, "y": 0, "sizex": columns * across, "sizey": rows * down,
        "xref": "x", "yref": "y", "sizing": "stretch", "layer": "below",
    }  # fmt: skip
    middle = (left + wide / 2).tolist()
    traces: list[Part] = [
        {
            "type": "scatter", "mode": "markers", "name": "pictures", "x": middle, "y": (top + high / 2).tolist(),
            "customdata": [[int(k)] for k in which], "hovertext": list(hovers), "hoverinfo": "text",
            "marker": {"symbol": "square", "size": round(36 * COLUMNS / columns), "color": "rgba(0,0,0,0)"},
            "unselected": {"marker": {"opacity": 1}},
        },
        {
            "type": "scatter", "mode": "text", "name": "captions", "x": middle, "y": (top + 1.24 * high).tolist(),
            "text": list(captions), "textfont": {"size": WORDS}, "hoverinfo": "skip",
        },
    ]  # fmt: skip
    axes = {
        "xaxis": hidden_axis(range=[0, columns * across], constrain="domain"),
        "yaxis": hidden_axis(range=[rows * down, 0], scaleanchor="x", constrain="domain", constraintoward="top"),
    }
    line = {"color": ACCENT, "width": 3}
    frames = [
        {"type": "rect", "name": "chosen", "x0": x, "x1": x + wide, "y0": y, "y1": y + high, "line": line}
        for k, x, y in zip(which, left.tolist(), top.tolist(), strict=True)
        if k == chosen
    ]
    return assemble(
        traces, axes, round(57 * COLUMNS / columns) * rows, top=0, bottom=0, images=[all_of_them], shapes=frames
    )


def reliability(found: Reliability, height: int = 280) -> go.Figure:
    """Draw how often a picture is read rightly where the brightest output is about so bright.

    A line `reliability`, x and y 0..1, a point for each bin that holds pictures; dotted and called `ideal`, as it
    should be. `height` is in pixels.
    """
    here = found.count > 0
    points = {
        "type": "scatter", "mode": "lines+markers", "name": "reliability",
        "x": numbers(found.brightest[here]), "y": numbers(found.right[here]),
        "customdata": found.count[here].tolist(), "line": {"color": POSITIVE, "width": 3}, "marker": {"size": 8},
        "hovertemplate": "brightest output about %{x:.2f}<br>right %{y:.1%} of %{customdata:,}<extra></extra>",
    }  # fmt: skip
    ideal = {
        "type": "scatter", "mode": "lines", "name": "ideal", "x": [0, 1], "y": [0, 1], "hoverinfo": "skip",
        "line": {"color": GAP, "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    axes = {
        "xaxis": titled_axis("brightest output", range=[0, 1.02]),
        "yaxis": titled_axis("share of right answers", range=[0, 1.02], tickformat=".0%"),
    }
    return assemble([ideal, points], axes | BESIDE, height)


def answered(share: np.ndarray, right: np.ndarray, height: int = 280) -> go.Figure:
    """Draw the share read rightly (k,) against the share answered (k,), both 0..1, the least sure left out first.

    A line `answered`; `height` is in pixels.
    """
    line = {
        "type": "scatter", "mode": "lines", "name": "answered", "x": numbers(share), "y": numbers(right),
        "line": {"color": POSITIVE, "width": 3},
        "hovertemplate": "the surest %{x:.1%} answered<br>%{y:.2%} of them right<extra></extra>",
    }  # fmt: skip
    axes = {
        "xaxis": titled_axis("share of the pictures answered", range=[0, 1.02], tickformat=".0%"),
        "yaxis": titled_axis("right among them", range=[min(0.9, float(right.min())), 1.002], tickformat=".1%"),
    }
    return assemble([line], axes | BESIDE, height)


def convinced(names: Sequence[str], shares: Sequence[float], height: int = 280) -> go.Figure:
    """Draw which share (0..1) of each kind of pictures gets an output above one half: bars `convinced`."""
    bars = {
        "type": "bar", "orientation": "h", "name": "convinced", "x": numbers(np.array(shares)), "y": list(names),
        "text": [f"{share:.0%}" for share in shares], "textposition": "auto", "textfont": {"size": 14},
        "marker": {"color": [POSITIVE, *[ACCENT] * (len(names) - 1)]}, "hoverinfo": "skip",
    }  # fmt: skip
    axes = {
        "xaxis": titled_axis("share with an output above one half", range=[0, 1.02], tickformat=".0%"),
        "yaxis": {"fixedrange": True, "autorange": "reversed", "ticks": "", "automargin": True},
    }
    return assemble([bars], axes | BESIDE, height)


def _marked(chosen: tuple[int | None, int | None], n: int) -> list[Part]:
    label, answer = chosen
    if label is None and answer is None:
        return []
    x = (-0.5, n - 0.5) if answer is None else (answer - 0.5, answer + 0.5)
    y = (-0.5, n - 0.5) if label is None else (label - 0.5, label + 0.5)
    line = {"color": ACCENT, "width": 3}
    return [{"type": "rect", "name": "chosen", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": line}]


def _png(sheet: np.ndarray) -> str:
    """Write a picture (H, W, 2), grey and opacity, as an address that holds it; the style sheet keeps it sharp."""
    buffer = io.BytesIO()
    Image.fromarray(sheet, "LA").save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
