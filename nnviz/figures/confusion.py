"""Many pictures at once: which label got which answer, and what certainty is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, CLICKED, GAP, POSITIVE, Part, assemble, numbers, plain, titled_axis
from nnviz.study.confusion import Reliability

WRONG = [[0.0, "rgba(240,165,0,0)"], [0.001, "rgba(240,165,0,0.12)"], [1.0, ACCENT]]


def _beside(stage: bool, left: int = 64) -> Part:
    """Leave room beside the axes for their words, which are larger on a stage."""
    return {"margin": {"l": left + 36 * stage, "r": 12 + 14 * stage, "t": 8 + 14 * stage, "b": 46 + 44 * stage}}


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
            "xaxis": {**side, "side": "top", "title": {"text": "read as", "standoff": 10}, "tickangle": 0},
            "yaxis": {**side, "range": [n - 0.5, -0.5], "title": {"text": "what it is (label)", "standoff": 14}},
            "margin": {"l": 60, "r": 4, "t": 58, "b": 4},  # a stage writes larger
        },
        height,
        shapes=_marked(chosen, n),
        **CLICKED,
    )


def reliability(found: Reliability, height: int = 280, *, stage: bool = False) -> go.Figure:
    """Draw how often a picture is read correctly where the brightest output is about so bright.

    A line `reliability`, x and y 0..1, a point for each bin that holds pictures; dotted and called `ideal`, as it
    should be. `height` is in pixels; `stage` says whether words will be as large as a stage has them.
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
        "yaxis": titled_axis("" if stage else "share right", range=[0, 1.02], tickformat=".0%"),
    }
    return assemble([ideal, points], axes | _beside(stage), height)


def answered(share: np.ndarray, right: np.ndarray, height: int = 280, *, stage: bool = False) -> go.Figure:
    """Draw the share read correctly (k,) against the share answered (k,), both 0..1, the least sure left out first.

    A line `answered`; `height` is in pixels, `stage` as in `reliability`.
    """
    line = {
        "type": "scatter", "mode": "lines", "name": "answered", "x": numbers(share), "y": numbers(right),
        "line": {"color": POSITIVE, "width": 3},
        "hovertemplate": "the surest %{x:.1%} answered<br>%{y:.2%} of them right<extra></extra>",
    }  # fmt: skip
    axes = {
        "xaxis": titled_axis("share answered", range=[0, 1.02], tickformat=".0%"),
        "yaxis": titled_axis(
            "" if stage else "right among them", range=[min(0.9, float(right.min())), 1.002], tickformat=".1%"
        ),
    }
    return assemble([line], axes | _beside(stage), height)


def convinced(names: Sequence[str], shares: Sequence[float], height: int = 280, *, stage: bool = False) -> go.Figure:
    """Draw which share (0..1) of each kind of pictures gets an output above one half: bars `convinced`.

    `height` and `stage` are as in `reliability`.
    """
    bars = {
        "type": "bar", "orientation": "h", "name": "convinced", "x": numbers(np.array(shares)), "y": list(names),
        "text": [f"{share:.0%}" for share in shares], "textposition": "auto", "textfont": {"size": 14},
        "marker": {"color": [POSITIVE, *[ACCENT] * (len(names) - 1)]}, "hoverinfo": "skip",
    }  # fmt: skip
    axes = {
        "xaxis": titled_axis(
            "output above ½" if stage else "share with an output above ½", range=[0, 1.02], tickformat=".0%"
        ),
        "yaxis": {"fixedrange": True, "autorange": "reversed", "ticks": ""},
    }
    no_bar = [  # none is drawn of 0 %, and so no text in it
        {"text": "0%", "x": 0, "y": name, "xanchor": "left", "xshift": 6, "showarrow": False, "font": {"size": 14}}
        for name, share in zip(names, shares, strict=True)
        if not share
    ]
    return assemble([bars], axes | _beside(stage, left=84), height, annotations=no_bar)


def _marked(chosen: tuple[int | None, int | None], n: int) -> list[Part]:
    label, answer = chosen
    if label is None and answer is None:
        return []
    x = (-0.5, n - 0.5) if answer is None else (answer - 0.5, answer + 0.5)
    y = (-0.5, n - 0.5) if label is None else (label - 0.5, label + 0.5)
    line = {"color": ACCENT, "width": 3}
    return [{"type": "rect", "name": "chosen", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": line}]
