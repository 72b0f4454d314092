"""How well neurons tell pictures apart, beside shuffled weights and beside one neuron of the layer before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import ACCENT, MUTED, POSITIVE, Part, assemble, broken, numbers, vertical

ABOVE = 6  # the room above a feature's neurons, for its name and the single neuron's share, in neurons
LOWEST, HIGHEST = 0.4, 0.9  # shares at the ends of the axis, or further where they lie outside


def separation(
    own: np.ndarray,
    shuffled: np.ndarray,
    single: np.ndarray,
    ahead: np.ndarray,
    names: Sequence[str],
    before: str,
    height: int = 390,
) -> go.Figure:
    """Draw for each feature and each neuron the share of pairs it tells apart.

    Parameters
    ----------
    own : array (f, n), 0..1
        The share of each neuron for each feature.
    shuffled : array (f, n, 2), 0..1
        Between which shares most shuffles of its weights lie.
    single : array (f,), 0..1
        The share of the best single neuron of the layer before.
    ahead : bool array (f, n)
        The neurons to mark as ahead of both.
    names : f strings
        The features.
    before : str
        The name of the layer before.
    height : int, pixels

    Returns
    -------
    Figure
        Scatters `shuffled` (a line each), `single` (one line a feature), `neurons` (a dot each, a diamond if it is
        ahead; `customdata` its number) and `names`. A feature's neurons stand below one another, the best on top.
    """
    features, count = own.shape
    order = np.argsort(-own, axis=1, kind="stable")
    top = (np.arange(features) * (count + ABOVE) + ABOVE)[:, None]
    y = (top + np.arange(count)).ravel()
    shares = np.take_along_axis(own, order, axis=1).ravel()
    chance = np.take_along_axis(shuffled, order[..., None], axis=1).reshape(-1, 2)
    marked = np.take_along_axis(ahead, order, axis=1).ravel()
    ends = broken(top.ravel() - 1.5, top.ravel() + count - 0.5)
    across = [min(LOWEST, float(min(own.min(), chance.min())) - 0.02), max(HIGHEST, float(own.max()) + 0.03)]
    header = top - 3.4
    best = [f"best of {before}: {share:.0%}" for share in single]
    traces = [
        _lines("shuffled", broken(chance[:, 0], chance[:, 1]), broken(y, y), color=MUTED, width=3),
        _lines("single", broken(single, single), ends, color=ACCENT, width=3, dash="dash"),
        {
            "type": "scatter", "name": "neurons", "mode": "markers", "x": numbers(shares), "y": y.tolist(),
            "customdata": order.ravel().tolist(),
            "marker": {
                "size": [12 if one else 8 for one in marked], "color": POSITIVE, "opacity": 1,
                "symbol": ["diamond" if one else "circle" for one in marked],
            },
            "hovertemplate": "neuron %{customdata}<br>%{x:.1%} of pairs<extra></extra>",
        },
        _texts("names", [across[0]] * features, header, [f"<b>{name}</b>" for name in names], "middle right"),
        _texts("shares", [across[1]] * features, header, best, "middle left"),
    ]  # fmt: skip
    axes: Part = {
        "xaxis": {
            "range": across, "tickformat": ".0%", "dtick": 0.1, "fixedrange": True, "showgrid": False,
            "zeroline": False, "ticks": "outside", "title": {"text": "pairs told apart; grey: shuffled", "standoff": 4},
        },
        "yaxis": {"range": [features * (count + ABOVE), 0], "visible": False, "fixedrange": True},
    }  # fmt: skip
    guess = vertical(0.5, width=1, dash="dot", color=MUTED)
    return assemble(traces, axes, height, bottom=44, shapes=[guess])


def _lines(name: str, x: list, y: list, **line: object) -> Part:
    return {"type": "scatter", "name": name, "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _texts(name: str, x: Sequence | np.ndarray, y: np.ndarray, text: list[str], position: str) -> Part:
    return {
        "type": "scatter", "name": name, "mode": "text", "x": numbers(np.asarray(x)), "y": y.ravel().tolist(),
        "text": text, "textposition": position, "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip
