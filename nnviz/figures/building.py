"""Figures of a neuron made by hand: its threshold on the sigmoid, who passes it, and what it makes of the probes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.curves import signed_text
from nnviz.figures.style import (
    ACCENT,
    GAP,
    MUTED,
    POSITIVE,
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
    vertical,
)
from nnviz.network import sigmoid

EDGE, COUNTS = 24, 116  # pixels beside the axis of sums; to the right of the histogram stand counts (build.css)
NEAR = 0.2  # the share of the axis at each end where a note would leave the figure if it were anchored in its middle
ROW = 0.86  # height of the highest bar in a row


def threshold(
    weighted_sum: float, bias: float, limits: tuple[float, float], step: float = 0.1, height: int = 160
) -> go.Figure:
    """Draw the sigmoid over the weighted sum before the bias, the threshold -b and the present point.

    Parameters
    ----------
    weighted_sum, bias : float
        The present picture's sum, without the bias.
    limits : floats
        Of the axis; the same as those of `sums_by_digit`.
    step : float
        To which the browser rounds a threshold dragged in the figure; in `layout.meta`.

    Returns
    -------
    Figure
        Traces `sigmoid` (the curve) and `neuron` (the one point); at the threshold a line and its name
        in a note, both called `threshold`.
    """
    over = np.union1d(np.linspace(*limits, 121), np.clip(np.linspace(-8, 8, 81) - bias, *limits))
    a = float(sigmoid(np.array(weighted_sum + bias)))
    curve = {"x": numbers(over), "y": numbers(sigmoid(over + bias)), "mode": "lines", "hoverinfo": "skip"}
    point = {"x": [weighted_sum], "y": [a], "mode": "markers", "marker": {"size": 13, "color": ACCENT}}
    levels = [label(text, 0, y, yref="y", xanchor="right") for y, text in ((0, "0"), (0.5, "½"), (1, "1"))]
    beside = {"name": "threshold", "xref": "x", "yanchor": "bottom", "xanchor": _side(-bias, limits)}
    return assemble(
        [
            {"type": "scatter", "name": "sigmoid", "line": {"width": 3, "color": POSITIVE}, **curve},
            {
                "type": "scatter", "name": "neuron", "cliponaxis": False,
                "hovertemplate": "weighted sum %{x:.3f}<br>activation %{y:.4f}<extra></extra>", **point,
            },
        ],
        {"xaxis": _sums(limits, showticklabels=False), "yaxis": hidden_axis(range=[-0.06, 1.06])},
        height,
        margin=_margin(24, 4, EDGE),
        meta={"step": step},
        shapes=[_line(-bias)],
        annotations=[*levels, label(f"threshold −b = {signed_text(0 - bias)}", -bias, 1, **beside)],
    )  # fmt: skip


def sums_by_digit(
    edges: np.ndarray,
    counts: np.ndarray,
    bias: float,
    fires: np.ndarray,
    totals: np.ndarray,
    limits: tuple[float, float],
    height: int = 290,
) -> go.Figure:
    """Draw the histogram of the weighted sums, a row of steps for each digit, and how many pass the threshold.

    Parameters
    ----------
    edges, counts : arrays (bins + 1,), (digits, bins)
    bias : float
    fires, totals : int arrays (digits,)
        For how many pictures of each digit the neuron fires, and of how many.
    limits : floats
        Of the axis.

    Returns
    -------
    Figure
        Traces `silent` and `fires`, on the two sides of the threshold, each one shape of all rows: hundreds of bars
        take several times as long to draw. Digit 0 on top, each digit with its own scale; at the left end of a bin
        `customdata` holds digit, count and the bin's ends. The line at the threshold is called `threshold`; in
        `layout.meta` stand the `edges` of the bins.
    """
    digits = len(counts)
    heights = ROW * counts / np.maximum(1, counts.max(axis=1, keepdims=True))
    cut = float(np.clip(-bias, edges[0], edges[-1])) if fires.any() else edges[-1]  # a sum on the line does not fire
    sides = [
        _steps(name, colour, np.clip(edges, *between), edges, counts, heights)
        for name, colour, between in (("silent", GAP, (edges[0], cut)), ("fires", POSITIVE, (cut, edges[-1])))
    ]
    middles = digits - 0.6 - np.arange(digits)
    beside = [
        _words("digits", [f"<b>{digit}</b> " for digit in range(digits)], limits[0], middles, "middle left"),
        _words(
            "counts", ["  fires for", *(f"  {n:,} of {total:,}" for n, total in zip(fires, totals, strict=True))],
            limits[1], np.array([digits + 0.25, *middles]), "middle right",
        ),
    ]  # fmt: skip
    return assemble(
        [*sides, *beside],
        {
            "xaxis": _sums(
                limits, title={"text": "weighted sum, before the bias", "standoff": 6}, tickfont={"size": 14}
            ),
            "yaxis": hidden_axis(range=[-0.1, digits + 0.55]),
        },
        height,
        margin=_margin(2, 48, COUNTS),
        shapes=[_line(-bias)],
        meta={"edges": numbers(edges)},
    )


def probe_row(
    images: np.ndarray,
    names: Sequence[str],
    terms: np.ndarray | None = None,
    limit: float = 1,
    most: Collection[str] = (),
) -> go.Figure:
    """Draw probes (n, 28, 28), 0..1, in a row, and below each what the neuron makes of it.

    Parameters
    ----------
    images : array (n, 28, 28), 0..1
    names : n strings
    terms : array (n, 28, 28), optional
        The contributions, signed, on one scale from -limit to limit.
    limit : float
    most : strings
        The names of those to mark.

    Returns
    -------
    Figure
        Heatmaps named as the probes, then, with `terms`, one `weights × NAME` for each.
    """
    traces, signs, notes = [], [], []
    axes: Part = {}
    rows = [(0.0, 1.0)] if terms is None else [(0.52, 1.0), (0.0, 0.48)]
    for count, (row, i) in enumerate(product(range(len(rows)), range(len(names))), start=1):
        across = ((i + 0.03) / len(names), (i + 0.97) / len(names))
        place: Part = {"xaxis": axis("x", count), "yaxis": axis("y", count)}
        axes |= picture_axes(count, images[i].shape, across, rows[row])
        if row == 0:
            traces.append(grey(images[i], name=names[i], hoverinfo="skip", **place))
            text = f"<b>{names[i]} ◀</b>" if names[i] in most else names[i]
            notes.append(label(text, sum(across) / 2, 1, yanchor="bottom", xanchor="center", font={"size": 14}))
        elif terms is not None:
            hover = f"{names[i]}: row %{{y}}, column %{{x}}<br>weight × input %{{z:.3f}}<extra></extra>"
            traces.append(signed(terms[i], limit, name=f"weights × {names[i]}", hovertemplate=hover, **place))
            signs.append(minus_signs(terms[i], limit, **place))
    frames = [_frame(count + 1, images.shape[1:]) for count in range(len(traces))]
    height = 34 + 152 * len(rows)
    return assemble([*traces, *signs], axes, height, top=34, bottom=4, annotations=notes, shapes=frames)


def _steps(name: str, colour: str, at: np.ndarray, edges: np.ndarray, counts: np.ndarray, heights: np.ndarray) -> Part:
    """Draw a row of steps for each digit over the bins' ends `at`, which are `edges` cut off at one side."""
    bins = np.flatnonzero(np.diff(at))
    ends = np.round(np.stack([edges[:-1], edges[1:]], axis=1), 2)[bins].tolist()
    over = numbers(at[[*bins[:1], *bins, *(bins[-1:] + 1)]])
    x: list[float | None] = []
    y: list[float | None] = []
    about: list[list[float] | None] = []
    for digit in np.flatnonzero(counts[:, bins].any(axis=1)):
        floor = len(counts) - 1 - int(digit)
        x += [*over, None]  # None: a gap between two rows
        y += [floor, *numbers(floor + heights[digit, bins]), floor, None]
        found = zip(counts[digit, bins].tolist(), ends, strict=True)
        about += [None, *([int(digit), count, *span] for count, span in found), None, None]
    return {
        "type": "scatter", "name": name, "x": x, "y": y, "customdata": about, "mode": "none", "fill": "toself",
        "fillcolor": colour, "line": {"shape": "hv"}, "hoveron": "points",
        "hovertemplate": "digit %{customdata[0]}<br>%{customdata[1]} with a sum of %{customdata[2]:.2f} to "
        "%{customdata[3]:.2f}<extra></extra>",
    }  # fmt: skip


def _words(name: str, text: list[str], x: float, y: np.ndarray, position: str) -> Part:
    """Write words beside the rows, all at x: as a trace, which is drawn in half the time that notes take."""
    return {
        "type": "scatter", "name": name, "mode": "text", "text": text, "x": [x] * len(text), "y": numbers(y),
        "textposition": position, "cliponaxis": False, "hoverinfo": "skip",
    }  # fmt: skip


def _sums(limits: tuple[float, float], **more: object) -> Part:
    return {
        "range": list(limits), "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "outside",
        "showline": True, "linecolor": MUTED, "automargin": False, **more,
    }  # fmt: skip


def _line(at: float) -> Part:
    return {"name": "threshold", **vertical(at, width=2, dash="dash", color=GAP)}


def _margin(top: int, bottom: int, right: int) -> Part:
    return {"l": EDGE, "r": right, "t": top, "b": bottom, "pad": 0}


def _side(x: float, limits: tuple[float, float]) -> str:
    """Say which end of a note at x to anchor, so that it stays inside the figure."""
    share = (x - limits[0]) / (limits[1] - limits[0])
    return "left" if share < NEAR else "right" if share > 1 - NEAR else "center"


def _frame(count: int, shape: tuple[int, ...]) -> Part:
    rows, columns = shape
    return {
        "type": "rect", "x0": -0.5, "x1": columns - 0.5, "y0": -0.5, "y1": rows - 0.5,
        "xref": axis("x", count), "yref": axis("y", count), "line": {"color": MUTED, "width": 1},
    }  # fmt: skip
