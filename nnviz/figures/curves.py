"""Curves and bars: an activation with the present point, tuning curves, scores beside noise, means by digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from nnviz.activations import ACTIVATIONS, Activation
from nnviz.figures.style import (
    ACCENT,
    MUTED,
    POSITIVE,
    Part,
    assemble,
    horizontal,
    numbers,
    plain,
    titled_axis,
    vertical,
)
from nnviz.network import sigmoid as squash
from nnviz.study.tuning import Tuning

THICK = {"width": 3, "color": POSITIVE}
SIGMOID = ACTIVATIONS["sigmoid"]
TYPE = 14  # pixels, of the activation's curve: a page scales it as a whole
MOST_NUMBERS = 26  # bars with their numbers written above


def sigmoid(
    z: float, b: float, reach: float = 10.0, height: int = 240, function: Activation = SIGMOID, others: float = 0.0
) -> go.Figure:
    """Draw a neuron's activation, such as the sigmoid, over its z, with the present point and the threshold -b.

    Parameters
    ----------
    z, b : float
        The neuron's weighted sum plus bias, and its bias; its weighted sum is z - b.
    reach : float
        How far the axis runs to both sides of the threshold; further if the point lies outside.
    height : int, pixels
    function : Activation
    others : float
        For a softmax ``log(sum(exp(z)))`` of the other outputs, which are held still: the curve is then a sigmoid, with
        one half where z equals this.

    Returns
    -------
    Figure
        Traces `sigmoid` (the curve over z) and `neuron` (the one point z, a); a line at z = 0, where the weighted sum
        just reaches -b.
    """
    reach = max(reach, 1.15 * abs(z), 1.15 * abs(others))
    over = np.linspace(-reach, reach, 161)
    curve, a = (_value(function, np.asarray(each, float), others) for each in (over, z))
    guide = {"width": 1, "dash": "dot", "color": ACCENT}
    point = {"mode": "markers", "marker": {"size": 13, "color": ACCENT}}
    return assemble(
        [
            _curve("sigmoid", over, curve, mode="lines", line=THICK, hoverinfo="skip"),
            _curve("guide", [z, z, -reach], [0, float(a), float(a)], mode="lines", line=guide, hoverinfo="skip"),
            _curve(
                "neuron", [z], [float(a)], **point, hovertemplate="sum z %{x:.4f}<br>activation %{y:.4f}<extra></extra>"
            ),
        ],
        {
            "xaxis": titled_axis("z = weighted sum + b", TYPE, range=[-reach, reach]),
            "yaxis": titled_axis("", TYPE, **_heights(function, reach)),
        },
        height,
        top=26,
        bottom=50,
        sides=(48, 16),
        font={"size": TYPE},
        shapes=[vertical(0, width=1, dash="dash", color=MUTED)],
        annotations=[_above(0, f"z = 0: weighted sum = {signed_text(-b)}")],
    )


def _value(function: Activation, z: np.ndarray, others: float) -> np.ndarray:
    return squash(z - others) if function.name == "softmax" else function.value(z)


def _heights(function: Activation, reach: float) -> Part:
    """Choose the axis of the activations: as far as they go, and where there is no end, as far as z."""
    low, high = max(function.low, -reach), min(function.high, reach)
    ends = {"range": [low - 0.03 * (high - low), high + 0.06 * (high - low)]}
    if (low, high) == (0, 1):
        return {"range": [-0.03, 1.06], "tickvals": [0, 0.5, 1]}
    return ends | {"tickvals": [-1, 0, 1]} if (low, high) == (-1, 1) else ends


def tuning(found: Tuning, b: float, height: int = 270, blank: str = "z = b") -> go.Figure:
    """Draw z for a bar or a half-bright disc at every angle, the blank picture's z = b beside it, the best fit dotted.

    `blank` is what the blank picture's z is called; it is not the bias if black is not read as 0.

    The curve is closed: at its right end the picture is again what it was at 0 degrees.
    """
    full = 360 if found.angles[-1] >= 180 else 180
    what = "the bar's orientation, degrees" if full == 180 else "where the bright half points, degrees"
    lines = [
        horizontal(0, width=1, color=MUTED),
        horizontal(b, width=1, dash="dash", color=MUTED),
        vertical(found.best, width=2, dash="dot", color=ACCENT),
    ]
    place = {"x": full, "y": b, "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    hover = "%{x:.0f}°<br>sum z %{y:.4f}<extra></extra>"
    angles, z = np.append(found.angles, full), np.append(found.z, found.z[0])
    return assemble(
        [_curve("tuning", angles, z, mode="lines", line=THICK, hovertemplate=hover)],
        {
            "xaxis": titled_axis(what, range=[0, full], tickvals=[0, full / 4, full / 2, 3 * full / 4, full]),
            "yaxis": titled_axis("sum z"),
        },
        height,
        top=10,
        bottom=46,
        sides=(48, 8),
        shapes=lines,
        annotations=[{**place, "text": f"nothing there: {blank} = {signed_text(b)}"}],
    )


def beside_noise(score: float, noise: np.ndarray, threshold: float, height: int = 130) -> go.Figure:
    """Draw the share explained (0..1) as a line among what noise reaches (n,), its 95th percentile dotted."""
    bars = {
        "type": "histogram",
        "name": "noise",
        "x": numbers(noise),
        "xbins": {"start": 0, "end": 1, "size": 0.02},
        "marker": {"color": MUTED},
        "hovertemplate": "%{y} random patterns at %{x}<extra></extra>",
    }
    lines = [vertical(threshold, width=2, dash="dot", color=MUTED), vertical(score, width=3, color=ACCENT)]
    return assemble(
        [bars],
        {
            "xaxis": titled_axis("share of the weights explained", range=[0, 1], tickformat=".0%"),
            "yaxis": {"visible": False, "fixedrange": True},
        },
        height,
        top=32,
        bottom=56,
        sides=(16, 8),
        shapes=lines,
        annotations=[_above(score, f"<b>this neuron {100 * score:.0f} %</b>")],
    )


def by_digit(
    means: np.ndarray,
    name: str,
    height: int = 200,
    classes: Sequence[str] | None = None,
    limits: tuple[float, float] = (0, 1),
) -> go.Figure:
    """Draw one number for each class, such as an activation for each of the ten digits, as bars between limits."""
    names = [plain(each) for each in classes or map(str, range(len(means)))]
    of = "digit" if classes is None else "class"
    ticks: Part = {"tickvals": [0, 0.5, 1]} if limits == (0, 1) else {}
    bars = {
        "type": "bar",
        "name": name,
        "x": list(range(len(means))),
        "y": numbers(means),
        "marker": {"color": POSITIVE},
        "text": [f"{mean:z.2f}".replace("-", "−") for mean in means] if len(means) <= MOST_NUMBERS else None,
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": names,
        "hovertemplate": f"{of} %{{customdata}}<br>{name} %{{y:.4f}}<extra></extra>",
    }
    axes = {
        "xaxis": titled_axis("", tickvals=list(range(len(means))), ticktext=names),
        "yaxis": titled_axis("", range=list(limits), **ticks),
    }
    return assemble([bars], axes, height, top=28, bottom=32)


def _curve(name: str, x: np.ndarray | list, y: np.ndarray | list, **more: Any) -> Part:
    return {"type": "scatter", "name": name, "x": numbers(np.asarray(x)), "y": numbers(np.asarray(y)), **more}


def _above(x: float, text: str) -> Part:
    return {"x": x, "y": 1.02, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": text}


def signed_text(value: float) -> str:
    """Write a number with two decimals, a real minus sign and no minus zero."""
    return f"{value:z.2f}".replace("-", "−")
