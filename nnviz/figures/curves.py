"""Curves and bars: the sigmoid with the present point, tuning curves, scores beside noise, means by digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, MUTED, POSITIVE, Part, assemble, horizontal, numbers, vertical
from nnviz.network import sigmoid as squash
from nnviz.tuning import Tuning

THICK = {"width": 3, "color": POSITIVE}


def sigmoid(z: float, b: float, reach: float = 10.0, height: int = 240) -> go.Figure:
    """Draw the sigmoid over the weighted sum, with the present point and the threshold -b.

    Parameters
    ----------
    z, b : float
        The neuron's weighted sum plus bias, and its bias; its weighted sum is z - b.
    reach : float
        How far the axis runs to both sides of the threshold; further if the point lies outside.
    height : int, pixels

    Returns
    -------
    Figure
        Traces `sigmoid` (the curve over z) and `neuron` (the one point z, a); a line at z = 0, where the weighted sum
        just reaches -b.
    """
    reach = max(reach, 1.15 * abs(z))
    over = np.linspace(-reach, reach, 161)
    a = float(squash(np.array(z, float)))
    guide = {"width": 1, "dash": "dot", "color": ACCENT}
    point = {"mode": "markers", "marker": {"size": 13, "color": ACCENT}}
    return assemble(
        [
            _curve("sigmoid", over, squash(over), mode="lines", line=THICK, hoverinfo="skip"),
            _curve("guide", [z, z, -reach], [0, a, a], mode="lines", line=guide, hoverinfo="skip"),
            _curve("neuron", [z], [a], **point, hovertemplate="z %{x:.4f}<br>activation %{y:.4f}<extra></extra>"),
        ],
        {
            "xaxis": _axis("z = weighted sum + b", range=[-reach, reach]),
            "yaxis": _axis("", range=[-0.03, 1.06], tickvals=[0, 0.5, 1]),
        },
        height,
        top=26,
        bottom=46,
        shapes=[vertical(0, width=1, dash="dash", color=MUTED)],
        annotations=[_above(0, f"weighted sum = −b = {signed_text(-b)}")],
    )


def tuning(found: Tuning, b: float, height: int = 270) -> go.Figure:
    """Draw z for a bar or a half-bright disc at every angle, the blank picture's z = b beside it, the best fit dotted.

    The curve is closed: at its right end the picture is again what it was at 0 degrees.
    """
    full = 360 if found.angles[-1] >= 180 else 180
    what = "the bar's orientation, degrees" if full == 180 else "where the bright half points, degrees"
    lines = [
        horizontal(0, width=1, color=MUTED),
        horizontal(b, width=1, dash="dash", color=MUTED),
        vertical(found.best, width=2, dash="dot", color=ACCENT),
    ]
    blank = {"x": full, "y": b, "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    hover = "%{x:.0f}°<br>z %{y:.4f}<extra></extra>"
    angles, z = np.append(found.angles, full), np.append(found.z, found.z[0])
    return assemble(
        [_curve("tuning", angles, z, mode="lines", line=THICK, hovertemplate=hover)],
        {
            "xaxis": _axis(what, range=[0, full], tickvals=[0, full / 4, full / 2, 3 * full / 4, full]),
            "yaxis": _axis("z"),
        },
        height,
        top=10,
        bottom=46,
        shapes=lines,
        annotations=[{**blank, "text": f"nothing there: z = b = {signed_text(b)}"}],
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
            "xaxis": _axis("share of the weights explained", range=[0, 1], tickformat=".0%"),
            "yaxis": {"visible": False, "fixedrange": True},
        },
        height,
        top=26,
        bottom=40,
        shapes=lines,
        annotations=[_above(score, f"<b>this neuron {100 * score:.0f} %</b>")],
    )


def by_digit(means: np.ndarray, name: str, height: int = 200) -> go.Figure:
    """Draw one activation (0..1) for each of the ten digits as bars."""
    digits = list(range(len(means)))
    bars = {
        "type": "bar",
        "name": name,
        "x": digits,
        "y": numbers(means),
        "marker": {"color": POSITIVE},
        "text": [f"{mean:.2f}" for mean in means],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": f"digit %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
    }
    axes = {"xaxis": _axis("", tickvals=digits), "yaxis": _axis("", range=[0, 1], tickvals=[0, 0.5, 1])}
    return assemble([bars], axes, height, top=18, bottom=30)


def _curve(name: str, x: np.ndarray | list, y: np.ndarray | list, **more: Any) -> Part:
    return {"type": "scatter", "name": name, "x": numbers(np.asarray(x)), "y": numbers(np.asarray(y)), **more}


def _axis(title: str, **more: Any) -> Part:
    return {
        "title": {"text": title, "standoff": 4}, "showgrid": False, "zeroline": False, "fixedrange": True,
        "ticks": "outside", "showline": True, "linecolor": MUTED, **more,
    }  # fmt: skip


def _above(x: float, text: str) -> Part:
    return {"x": x, "y": 1.02, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": text}


def signed_text(value: float) -> str:
    """Write a number with two decimals, a real minus sign and no minus zero."""
    return f"{value:z.2f}".replace("-", "−")
