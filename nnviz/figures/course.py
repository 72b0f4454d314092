"""The course of a training: its curves, and the weight maps that form meanwhile."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.maps import framed, places, signs
from nnviz.figures.style import (
    ACCENT,
    GAP,
    POSITIVE,
    Part,
    assemble,
    hidden_axis,
    numbers,
    signed,
    titled_axis,
    vertical,
)

BEGINNING = 0.5  # where step 0 stands on the logarithmic axis
MOST_MAPS = 36
HIGHEST = {"softmax": 3.0}  # of the losses shown; ten sigmoids' begin at 10 log 2 or so
USUAL_HIGHEST = 8.0
LINES: tuple[tuple[str, Part], ...] = (
    ("training", {"width": 2, "color": GAP, "dash": "4px,3px"}),
    ("validation", {"width": 3, "color": POSITIVE}),
)


def course(
    steps: Sequence[int],
    right: tuple[Sequence[float], Sequence[float]],
    loss: tuple[Sequence[float], Sequence[float]],
    total: int,
    at: int,
    output: str = "sigmoid",
    held: str = "validation",
    height: int = 220,
) -> go.Figure:
    """Draw how a network became better: the share of digits read correctly, and below it the loss, over the batches.

    Parameters
    ----------
    steps : n ints
        How many batches had been learned from.
    right, loss : pairs of n floats
        Of training digits, and of those held back; shares 0..1, and mean losses of a picture.
    total : int
        Batches of the whole training.
    at : int
        The batch to mark.
    output : str
        The last layer's activation, on which it depends how large losses are.
    held : str
        What the digits held back are called, "validation" or "test".

    Returns
    -------
    Figure
        Traces `training` and `validation` of the shares, `training loss` and `validation loss`; a line `moment`. The
        axis of the batches is logarithmic; 0 stands at one half.
    """
    x = [max(step, BEGINNING) for step in steps]
    traces = []
    for kind, values, axis, said in (
        ("", right, "y", "%{y:.1%} read correctly"),
        (" loss", loss, "y2", "loss %{y:.3f}"),
    ):
        for (name, line), y in zip(LINES, values, strict=True):
            digits = f"{held if name == 'validation' else name} digits"
            traces.append(
                {
                    "type": "scatter", "name": name + kind, "x": x, "y": numbers(np.asarray(y)), "yaxis": axis,
                    "mode": "lines", "line": line, "customdata": list(steps),
                    "hovertemplate": f"batch %{{customdata:,}}, {digits}<br>{said}<extra></extra>",
                }
            )  # fmt: skip
    powers = [10**k for k in range(math.floor(math.log10(max(total, 1))) + 1)]
    across = titled_axis(
        "batches learned from", type="log", range=[math.log10(BEGINNING), math.log10(max(total, 2))], anchor="y2",
        tickvals=[BEGINNING, *powers], ticktext=["0", *(f"{power:,}" for power in powers)],
    )  # fmt: skip
    shares = titled_axis("", range=[0, 1.02], domain=[0.46, 1], tickvals=[0, 0.5, 1], ticktext=["0 %", "50 %", "100 %"])
    highest = HIGHEST.get(output, USUAL_HIGHEST)
    losses = titled_axis("", range=[0, highest], domain=[0, 0.36], anchor="x", nticks=4)
    return assemble(
        traces,
        {"xaxis": across, "yaxis": shares, "yaxis2": losses},
        height,
        top=14,
        bottom=46,
        sides=(60, 8),
        shapes=[{**vertical(max(at, BEGINNING), width=2, color=ACCENT), "name": "moment"}],
        annotations=[
            _note("read correctly", 0.46 + 0.54 * 0.93),
            _note(f"<b>━ {held}</b>   ┅ training", 0.46 + 0.02, yanchor="bottom", x=0.96, xanchor="right"),
            _note("loss: how wrong it is", 0.36, x=0.96, xanchor="right"),
        ],
        meta={"beginning": BEGINNING},
    )


def _note(text: str, y: float, **more: object) -> Part:
    return {
        "text": text, "x": 0.03, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top",
        "showarrow": False, **more,
    }  # fmt: skip


def forming(maps: np.ndarray, limit: float, height: int = 455) -> go.Figure:
    """Draw the first layer's weight maps (n, rows, columns) close together, on one scale, the first 36 at most.

    Returns
    -------
    Figure
        Heatmaps `neuron 0`, `neuron 1`, ..., and `signs`, a + and a − in each where it is most positive and most
        negative. In `layout.meta` the names of the `maps`, their `corners`, the x and y of their upper left cells, and
        their `shape`.
    """
    maps = maps[:MOST_MAPS]
    columns = math.ceil(math.sqrt(len(maps)))
    rows = -(-len(maps) // columns)
    side = places(maps.shape[1:], gap=1.5 / 28)
    spots = [(side.pitch_x * (k % columns), side.pitch_y * (k // columns)) for k in range(len(maps))]
    names = [f"neuron {k}" for k in range(len(maps))]
    hover = "%{fullData.name}<br>weight %{z:.4f}<extra></extra>"
    traces = [
        signed(image, limit, name=name, x0=x, y0=y, hovertemplate=hover)
        for image, name, (x, y) in zip(maps, names, spots, strict=True)
    ]
    return assemble(
        [*traces, signs(maps, spots, always=True)],
        {
            "xaxis": hidden_axis(
                range=[-1, side.pitch_x * columns - (side.pitch_x - side.columns)], constrain="domain",
            ),
            "yaxis": hidden_axis(
                range=[side.pitch_y * rows - (side.pitch_y - side.rows), -1], scaleanchor="x", constrain="domain",
            ),
        },
        height,
        shapes=[framed(*spot, side, False) for spot in spots],
        meta={"maps": names, "corners": spots, "shape": maps.shape[1:]},
    )  # fmt: skip
