"""What a whole layer reaches beside its noise: one strip a network, one dot a neuron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, MUTED, Part, assemble, axis, broken, hidden_axis, label, numbers

BETWEEN = 0.06  # the share of the figure between two strips


@dataclass(frozen=True, eq=False)
class Strip:
    """One network's neurons (n,), each beside random maps as smooth and as large as its own.

    Attributes
    ----------
    name : str
    explained : array (n,), 0..1
        The share of each weight map that the best edge or bar accounts for.
    half, most : arrays (n,), 0..1
        What half of its random maps reach, and what 95 % of them stay below.
    ahead : array (n,) of bool
        Which are ahead of their noise.
    """

    name: str
    explained: np.ndarray
    half: np.ndarray
    most: np.ndarray
    ahead: np.ndarray


def strips(shown: Sequence[Strip], height: int = 200) -> go.Figure:
    """Draw networks side by side on one scale: a dot a neuron, the least explained first, and a line for its noise.

    Returns
    -------
    Figure
        For each network a trace `noise NAME`, lines from `half` to `most`, and a trace NAME, dots at `explained` with
        `customdata` the neuron: full where it is ahead, hollow where not. Above each strip its name and its median.
    """
    traces: list[Part] = []
    notes: list[Part] = []
    axes: Part = {"yaxis": _shares()}
    wide = (1 - BETWEEN * (len(shown) - 1)) / len(shown)
    for count, strip in enumerate(shown, start=1):
        left = (count - 1) * (wide + BETWEEN)
        order = np.argsort(strip.explained, kind="stable")
        axes[axis("xaxis", count)] = hidden_axis((left, left + wide), range=[-0.8, order.size - 0.2])
        traces += [_noise(strip, order, axis("x", count)), _dots(strip, order, axis("x", count))]
        text = f"<b>{strip.name}</b>: half of its maps above {np.median(strip.explained):.0%}"
        notes.append(label(text, left + wide / 2, 1, xanchor="center", yanchor="bottom"))
    return assemble(traces, axes, height, top=30, bottom=8, annotations=notes)


def _noise(strip: Strip, order: np.ndarray, x: str) -> Part:
    places = np.arange(order.size)
    low, high = numbers(strip.half[order]), numbers(strip.most[order])
    return {
        "type": "scatter", "name": f"noise {strip.name}", "mode": "lines", "xaxis": x, "yaxis": "y",
        "x": broken(places, places), "y": broken(np.array(low), np.array(high)),
        "line": {"color": MUTED, "width": 9}, "hoverinfo": "skip",
    }  # fmt: skip


def _dots(strip: Strip, order: np.ndarray, x: str) -> Part:
    said = [
        f"{strip.explained[k]:.0%} explained; of its noise half reach {strip.half[k]:.0%}, 95 % stay below "
        f"{strip.most[k]:.0%}"
        for k in order
    ]
    symbols = np.where(strip.ahead[order], "circle", "circle-open").tolist()
    return {
        "type": "scatter", "name": strip.name, "mode": "markers", "xaxis": x, "yaxis": "y",
        "x": list(range(order.size)), "y": numbers(strip.explained[order]),
        "customdata": order.tolist(), "text": said,
        "marker": {"size": 12, "color": ACCENT, "symbol": symbols, "line": {"width": 2, "color": ACCENT}},
        "hovertemplate": f"{strip.name}, neuron %{{customdata}}<br>%{{text}}<extra></extra>",
    }  # fmt: skip


def _shares() -> Part:
    return {
        "range": [-0.06, 1.04], "tickvals": [0, 0.5, 1], "tickformat": ".0%", "fixedrange": True, "showgrid": True,
        "gridcolor": MUTED, "zeroline": False, "ticks": "",
    }  # fmt: skip
