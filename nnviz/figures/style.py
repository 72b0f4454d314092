"""What all figures share: two colour scales, square pixels with row 0 on top, and a bare layout.

Signed numbers have one diverging scale whose zero is transparent, so that zero is neutral on a dark and on a light
page; ink, and activations that cannot be negative, run from black to white. Nothing else has a colour scale, and no
figure knows the theme.
Sign is never told by colour alone: clearly negative cells hold a minus sign, and negative lines are broken.

Traces and axes are plain dicts in Plotly's own words, and `assemble` makes the figure: building it piece by piece from
Plotly's objects takes twenty times as long, and a figure is made after every stroke.
"""

from __future__ import annotations

import html
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio

from nnviz.sentences import quoted

BLUE, RED = (47, 129, 247), (235, 76, 62)
POSITIVE, NEGATIVE = f"rgb{BLUE}", f"rgb{RED}"
ACCENT = "rgb(240,165,0)"  # the answer, the chosen neuron, the current point
MUTED = "rgba(128,132,145,0.55)"  # frames, zero lines and grids, visible on dark and on light
POWER = 0.7
SIGNED = [  # opacity grows as |value| ** POWER, so that small weights are seen to be there
    *[[0.5 - share / 20, f"rgba{(*RED, round((share / 10) ** POWER, 3))}"] for share in range(10, 0, -1)],
    *[[0.5 + share / 20, f"rgba{(*BLUE, round((share / 10) ** POWER, 3))}"] for share in range(11)],
]
CLASSES = (  # ten colours for ten classes, wherever many are told apart; never without their names
    "#4f8df7", "#f2a33a", "#3fb56f", "#e2504a", "#9a7bf0", "#b07a4e", "#ef86c8", "#8a919e", "#bcbf36", "#27bfd0",
)  # fmt: skip
CLEAR = 0.15  # the share of the scale from which on a negative cell holds a minus sign
BROKEN = "6px,3px"  # the dash of negative lines
GAP = "rgb(128,132,145)"  # the same, where it parts what is black from what is white
GREY = [[0.0, "rgb(0,0,0)"], [1.0, "rgb(255,255,255)"]]
SHOWN = {"displayModeBar": False, "responsive": True}
# What Streamlit 1.67 makes of a layout where points are to be clicked: given at once, the figure is not drawn again.
CLICKED: dict[str, Any] = {"dragmode": "pan", "clickmode": "event+select", "hovermode": "closest"}
Part = dict[str, Any]  # a trace, an axis, a shape or a note, as Plotly spells it


def assemble(
    traces: list[Part],
    axes: Part,
    height: int,
    top: int = 4,
    bottom: int = 4,
    sides: tuple[int, int] = (8, 8),
    **layout: Any,
) -> go.Figure:
    """Make a figure of traces and axes, `height` pixels high, without grid, legend or background of its own.

    `top`, `bottom` and the left and right of `sides` are pixels. Where an axis needs more, Plotly makes room, and draws
    the whole figure a second time.
    """
    common = {
        "height": height,
        "margin": {"l": sides[0], "r": sides[1], "t": top, "b": bottom, "pad": 0},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"align": "left"},
        "dragmode": False,
    }
    # Unchecked here, for speed; tests/test_figures.py has Plotly check every figure.
    return Figure({"data": traces, "layout": {**common, **axes, **layout}})


class Figure(go.Figure):
    """A Plotly figure from its spec, whose objects Plotly makes only when somebody asks for one of them.

    Streamlit asks for the spec alone, and making the objects and copying them back was half the time of a figure.
    """

    def __init__(self, spec: Part) -> None:
        self.__dict__["_spec"] = spec

    def __getattr__(self, name: str) -> Any:
        """Make the objects when the first is missed; a name that even then is missing is an AttributeError."""
        if "_spec" not in self.__dict__:
            raise AttributeError(f"a figure has no {name}")
        super().__init__(self.__dict__.pop("_spec"), _validate=False)
        return getattr(self, name)

    def to_dict(self) -> Part:
        """Return the spec, with the template in force, as Plotly does; its parts are the figure's own, not copies."""
        if "_spec" not in self.__dict__ or not isinstance(pio.templates.default, str):
            return super().to_dict()
        spec = self.__dict__["_spec"]
        return {"data": list(spec["data"]), "layout": {**spec["layout"], "template": _template(pio.templates.default)}}


@cache
def _template(name: str) -> Part:
    """Return a layout's template as a dict; it is the same in every figure."""
    return pio.templates[name].to_plotly_json()


def hidden_axis(domain: tuple[float, float] = (0, 1), **more: Any) -> Part:
    """Describe an axis without line, ticks or zoom: axes that are not drawn also redraw twice as fast."""
    return {"domain": list(domain), "visible": False, "fixedrange": True, **more}


def titled_axis(title: str, size: float | None = None, **more: Any) -> Part:
    """Describe an axis of numbers with its title, without grid or zoom; its type of `size` pixels, or as the page's."""
    font = {} if size is None else {"font": {"size": size}}
    if size is not None:
        more["tickfont"] = {"size": size}
    return {
        "title": {"text": title, "standoff": 4, **font}, "showgrid": False, "zeroline": False, "fixedrange": True,
        "ticks": "outside", "showline": True, "linecolor": MUTED, **more,
    }  # fmt: skip


def picture_axes(count: int, side: tuple[int, ...], x: tuple[float, float], y: tuple[float, float]) -> Part:
    """Describe the axes of the picture number `count` (from 1): square pixels, row 0 on top, hidden."""
    rows, columns = side
    return {
        axis("xaxis", count): hidden_axis(x, range=[-0.5, columns - 0.5], constrain="domain"),
        axis("yaxis", count): hidden_axis(
            y, range=[rows - 0.5, -0.5], scaleanchor=axis("x", count), constrain="domain", anchor=axis("x", count)
        ),
    }


def axis(kind: str, count: int) -> str:
    """Name an axis as Plotly does: x, x2, x3; xaxis, xaxis2."""
    return kind if count == 1 else f"{kind}{count}"


def signed(z: np.ndarray, limit: float, **more: Any) -> Part:
    """Draw signed numbers (rows, columns): blue above zero, red below, the same colours from -limit to limit."""
    return _heatmap(z, zmin=-limit, zmax=limit, colorscale=SIGNED, **more)


MINUS_SIGNS = "minus signs"  # the name of their trace


def minus_signs(z: np.ndarray, limit: float, **more: Any) -> Part:
    """Draw a minus sign into each clearly negative cell (rows, columns): one trace, one path, even if there is none."""
    rows, columns = np.nonzero(np.asarray(z) < -CLEAR * limit)
    line = {"color": GAP, "width": 1.5}
    return {
        "type": "scatter", "mode": "lines", "name": MINUS_SIGNS, "hoverinfo": "skip", "line": line,
        "x": [0, 0, None, *broken(columns - 0.25, columns + 0.25)], "y": [0, 0, None, *broken(rows, rows)], **more,
    }  # fmt: skip


def broken(starts: np.ndarray, ends: np.ndarray) -> list[float | None]:
    """Put line after line into one list, with a gap after each."""
    return [part for pair in zip(starts.tolist(), ends.tolist(), strict=True) for part in (*pair, None)]


def grey(z: np.ndarray, black: float = 0, white: float = 1, **more: Any) -> Part:
    """Draw activations or ink (rows, columns): black to white, whichever of the two is the larger number."""
    scale = GREY if black < white else [[0.0, GREY[1][1]], [1.0, GREY[0][1]]]
    return _heatmap(z, zmin=min(black, white), zmax=max(black, white), colorscale=scale, **more)


Range = tuple[float | None, float | None]  # of a layer's activations; None: as far as the values shown


def limits(ends: Range, values: np.ndarray) -> tuple[float, float]:
    """Return the ends of a layer's one scale; where there is none, the largest |value| makes it, or 1 if all are 0."""
    low, high = ends
    if high is None:
        high = float(np.abs(values).max()) or 1.0
    return -high if low is None else low, high


def shaded(z: np.ndarray, low: float, high: float, **more: Any) -> Part:
    """Draw activations (rows, columns): black to white if none can be negative, else as signed numbers."""
    return signed(z, high, **more) if low < 0 else grey(z, low, high, **more)


def label(text: str, x: float, y: float, **more: Any) -> Part:
    """Describe a note placed in shares of the figure (0..1 from the lower left corner)."""
    return {"text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False, **more}


def vertical(x: float, **line: Any) -> Part:
    """Describe a line over the whole height of the figure at x."""
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def horizontal(y: float, **line: Any) -> Part:
    """Describe a line over the whole width of the figure at y."""
    return {"type": "line", "x0": 0, "x1": 1, "y0": y, "y1": y, "xref": "paper", "line": line}


def plain(text: object, most: int = 20) -> str:
    """Write foreign text, such as the name of a class, so that Plotly shows it as it is, on one line and cut short."""
    return html.escape(quoted(text, most)[1:-1], quote=False)


def numbers(values: np.ndarray) -> list:
    """Return numbers as lists, to 7 decimals as float32 holds them: the browser's copy stays readable by its name."""
    return np.round(np.asarray(values, np.float64), 7).tolist()


def _heatmap(z: np.ndarray, **more: Any) -> Part:
    return {"type": "heatmap", "z": numbers(z), "showscale": False, **more}
