"""Curves and bars: the sigmoid with the present point, tuning curves, scores beside noise, means by digit."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, MUTED, POSITIVE, bare
from nnviz.network import sigmoid as squash

THICK = {"width": 3, "color": POSITIVE}
AXIS = {
    "showgrid": False,
    "zeroline": False,
    "fixedrange": True,
    "ticks": "outside",
    "showline": True,
    "linecolor": MUTED,
}


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
    curve = np.linspace(-reach, reach, 161)
    a = float(squash(np.array(z, float)))
    figure = go.Figure(layout=bare(height, top=26, bottom=46))
    figure.add_scatter(x=curve, y=squash(curve), mode="lines", name="sigmoid", line=THICK, hoverinfo="skip")
    figure.add_scatter(
        x=[z, z, -reach], y=[0, a, a], mode="lines", name="guide", line={"width": 1, "dash": "dot", "color": ACCENT},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[z], y=[a], mode="markers", name="neuron", marker={"size": 13, "color": ACCENT},
        hovertemplate="z %{x:.4f}<br>activation %{y:.4f}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line={"width": 1, "dash": "dash", "color": MUTED})
    figure.add_annotation(
        x=0, y=1.02, yref="paper", yanchor="bottom", showarrow=False, text=f"weighted sum = −b = {signed_text(-b)}"
    )
    figure.update_xaxes(**AXIS, title={"text": "z = weighted sum + b", "standoff": 4}, range=(-reach, reach))
    figure.update_yaxes(**AXIS, range=(-0.03, 1.06), tickvals=[0, 0.5, 1])
    return figure


def tuning(
    orientations: np.ndarray, z: np.ndarray, b: float, best: float | None = None, height: int = 270
) -> go.Figure:
    """Draw z for a bright bar at every orientation (degrees, 0..180), the blank picture's z = b beside it."""
    figure = go.Figure(layout=bare(height, top=10, bottom=46))
    figure.add_hline(y=0, line={"width": 1, "color": MUTED})
    figure.add_hline(y=b, line={"width": 1, "dash": "dash", "color": MUTED})
    figure.add_annotation(
        x=180, y=b, xanchor="right", yanchor="bottom", showarrow=False, text=f"no bar: z = b = {signed_text(b)}"
    )
    figure.add_scatter(
        x=orientations, y=z, mode="lines", name="tuning", line=THICK,
        hovertemplate="orientation %{x:.0f}°<br>z %{y:.4f}<extra></extra>",
    )  # fmt: skip
    if best is not None:
        figure.add_vline(x=best, line={"width": 2, "dash": "dot", "color": ACCENT})
    figure.update_xaxes(
        **AXIS,
        title={"text": "orientation of the bar, degrees", "standoff": 4},
        range=(0, 180),
        tickvals=[0, 45, 90, 135, 180],
    )
    figure.update_yaxes(**AXIS, title={"text": "z", "standoff": 2})
    return figure


def beside_noise(score: float, noise: np.ndarray, threshold: float, height: int = 130) -> go.Figure:
    """Draw the share of energy explained (0..1) as a line among what noise reaches (n,), its 95th percentile dotted."""
    figure = go.Figure(layout=bare(height, top=26, bottom=40))
    figure.add_histogram(
        x=noise, name="noise", xbins={"start": 0, "end": 1, "size": 0.02}, marker={"color": MUTED},
        hovertemplate="%{y} noise maps explain %{x}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=threshold, line={"width": 2, "dash": "dot", "color": MUTED})
    figure.add_vline(x=score, line={"width": 3, "color": ACCENT})
    figure.add_annotation(
        x=score, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"<b>this neuron {100 * score:.0f} %</b>"
    )
    figure.update_xaxes(
        **AXIS, title={"text": "share of energy explained", "standoff": 4}, range=(0, 1), tickformat=".0%"
    )
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def by_digit(means: np.ndarray, name: str, height: int = 200) -> go.Figure:
    """Draw one activation (0..1) for each of the ten digits as bars."""
    figure = go.Figure(layout=bare(height, top=18, bottom=30))
    figure.add_bar(
        x=list(range(len(means))), y=means, name=name, marker={"color": POSITIVE},
        text=[f"{m:.2f}" for m in means], textposition="outside", cliponaxis=False,
        hovertemplate=f"digit %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**AXIS, tickvals=list(range(len(means))))
    figure.update_yaxes(**AXIS, range=(0, 1), tickvals=[0, 0.5, 1])
    return figure


def signed_text(value: float) -> str:
    """Write a number with a real minus sign and two decimals."""
    return f"{value:.2f}".replace("-", "−")
