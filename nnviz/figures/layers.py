"""The layers of one forward pass, and the drawing before and after preparation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from nnviz.figures.style import (
    ACCENT,
    GAP,
    MINUS_SIGNS,
    Part,
    Range,
    assemble,
    axis,
    grey,
    hidden_axis,
    label,
    limits,
    minus_signs,
    numbers,
    picture_axes,
    plain,
    shaded,
)
from nnviz.network import IMAGE_SHAPE, Network, Trace, guessed_shape

INPUT = 0.63  # the most of the figure's width that the input takes
RIGHT = 0.929  # where the output's column ends, if its classes have names of one letter
CELL, BETWEEN = 0.052, 0.11  # the width of a column of neurons; what is between two, where the browser draws lines
WIDEST = 0.6  # of all columns together
TALL = 64  # neurons in a column; a layer of more becomes a grid of several
PARTED = 32  # cells in a column that still have a line between them
LONGEST = 9  # letters of a class's name
ABOVE, BELOW = 2.7, 2.1  # the columns, in sizes of type: room for two lines, and for one, should the page enlarge them


def activations(
    trace: Trace,
    answer: int | None = None,
    height: int = 436,
    edition: int = 0,
    type_size: int = 14,
    network: Network | None = None,
) -> go.Figure:
    """Draw every layer of one forward pass: the input as a picture, the neurons of each layer as a column.

    Parameters
    ----------
    trace : Trace
        Of one picture (n_in,).
    answer : int or None
        The output neuron to mark as the network's answer.
    height : int, pixels
    edition : int
        Another number makes it another figure, which the browser draws again although it shows the same.
    type_size : int, pixels
        Of the titles.
    network : Network, optional
        Whose pass it is: tells the shape of the picture, what is ink in it, the names of the classes, and how far
        activations may go. Without it that is guessed from the numbers.

    Returns
    -------
    Figure
        Heatmaps named `input`, `hidden 1`, ..., `output`; neuron 0 on top. A layer of more than 64 neurons is a grid,
        row by row. Ink is white, whatever the network reads for it; activations that cannot be negative run from black
        0 to white, the others from red to blue with minus signs. One shape parts the neurons and frames their columns,
        another the input; the one called `answer` marks it, unseen while there is none, and `layout.meta.answer` says
        where it stands; `layout.meta.layers` names the heatmaps, `ranges` says what their scales run to (None: as far
        as the layer's own numbers), and `signs` names the traces of minus signs, None where there is none.
    """
    classes = network.classes if network else tuple(map(str, range(trace.output.size)))
    ends, names = ranges(trace, network), layer_names(len(trace.zs))
    places = _places([z.size for z in trace.zs], max(map(len, classes)))
    shape = network.shape if network else guessed_shape(trace.activations[0].size)
    width = min(INPUT, places[0].left - BETWEEN + 0.001)
    traces, axes = [_input(trace.activations[0], shape, ends[0])], picture_axes(1, shape, (0, width), (0, 1))
    notes = _input_titles(trace.activations[0].size, shape, type_size)
    signs: list[str | None] = [None]
    for count, (place, z, a) in enumerate(zip(places, trace.zs, trace.activations[1:], strict=True), start=2):
        name, low_high = names[count - 1], limits(ends[count - 1], a)
        said = classes if name == "output" and classes != tuple(map(str, range(len(classes)))) else ()
        traces.append(_column(name, count, place, z, a, low_high, said))
        signs.append(f"{MINUS_SIGNS}, {name}" if low_high[0] < 0 else None)
        axes |= _column_axes(count, place)
        notes += _titles(name.removeprefix("hidden "), a.size, place.middle, type_size)
    notes += _hidden(places, type_size)
    last, tall = axis("y", len(places) + 1), height - round((ABOVE + BELOW) * type_size)
    return assemble(
        [*traces, *(_signs(trace, name) for trace, name in zip(traces, signs, strict=True) if name)],
        axes,
        height,
        top=round(ABOVE * type_size),
        bottom=round(BELOW * type_size),
        annotations=[*notes, *_classes(classes, places[-1], last, answer, tall, type_size)],
        shapes=[_gaps(places), _mark(places[-1], last, answer, trace.output.size), frame(shape)],
        meta={"answer": answer, "edition": edition, "layers": names, "ranges": ends, "signs": signs},
    )


def ranges(trace: Trace | None = None, network: Network | None = None) -> list[Range]:
    """Say how far each layer's numbers may go, the input first: black and white of the picture, then low and high."""
    if network:
        black, white = network.preparation.scaled(np.array([0, 1], np.float32)).tolist()
        return [(black, white), *((_end(f.low), _end(f.high)) for f in (layer.function for layer in network.layers))]
    every = trace.activations if trace else ()
    return [(0.0 if a.min() >= 0 else None, 1.0 if a.min() >= 0 and a.max() <= 1 else None) for a in every]


def _end(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def layer_names(count: int) -> list[str]:
    """Name the heatmaps of a network with so many layers of weights: input, hidden 1, ..., output."""
    return ["input", *(f"hidden {number}" for number in range(1, count)), "output"]


def preparation(drawn: np.ndarray, prepared: np.ndarray, height: int = 138) -> go.Figure:
    """Draw the drawing merely shrunk to 28 x 28 beside the picture the network gets; both (28, 28), 0..1."""
    traces, notes = [], []
    axes: Part = {}
    for count, (name, image, x) in enumerate(
        (("as drawn", drawn, (0, 0.47)), ("prepared", prepared, (0.53, 1))), start=1
    ):
        hover = f"{name}<br>row %{{y}}, column %{{x}}<br>ink %{{z:.3f}}<extra></extra>"
        traces.append(grey(image, name=name, xaxis=axis("x", count), yaxis=axis("y", count), hovertemplate=hover))
        axes |= picture_axes(count, image.shape, x, (0, 1))
        own = {"xref": axis("x", count), "yref": axis("y", count), "xanchor": "center", "yanchor": "bottom"}
        notes.append(label(name, (image.shape[1] - 1) / 2, -0.5, **own, font={"size": 13}))
    return assemble(traces, axes, height, top=24, bottom=2, annotations=notes)


# ---- where everything stands


@dataclass(frozen=True)
class _Place:
    """Where a layer's neurons stand: from `left`, in shares of the figure's width, row by row in so many columns."""

    left: float
    width: float
    rows: int
    columns: int

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def right(self) -> float:
        return self.left + self.width


def _places(sizes: list[int], letters: int) -> list[_Place]:
    """Place the layers side by side, up to the room for the names of classes, the longest of so many letters."""
    columns = [math.ceil(size / TALL) for size in sizes]
    widths = [CELL * (1 + 0.1 * (count - 1)) for count in columns]
    right = RIGHT - 0.016 * max(0, min(letters, LONGEST) - 2)
    whole = sum(widths) + BETWEEN * (len(sizes) - 1)
    share = min(1.0, (WIDEST + right - RIGHT) / whole)
    places = []
    left = right - share * whole
    for size, count, width in zip(sizes, columns, widths, strict=True):
        places.append(_Place(round(left, 4), round(share * width, 4), math.ceil(size / count), count))
        left += share * (width + BETWEEN)
    return places


def _column_axes(count: int, place: _Place) -> Part:
    return {
        axis("xaxis", count): hidden_axis((place.left, place.right), range=[-0.5, place.columns - 0.5]),
        axis("yaxis", count): hidden_axis(range=[place.rows - 0.5, -0.5], anchor=axis("x", count)),
    }


# ---- the layers


def _input(a: np.ndarray, shape: tuple[int, int], ends: Range) -> Part:
    hover = "input (layer 0)<br>pixel in row %{y}, column %{x}<br>activation %{z:.4f}<extra></extra>"
    black, white = limits(ends, a)
    return grey(a.reshape(shape), black, white, name="input", hovertemplate=hover)


def _column(
    name: str, count: int, place: _Place, z: np.ndarray, a: np.ndarray, ends: tuple[float, float], said: tuple[str, ...]
) -> Part:
    low, high = ends
    alone = place.columns == 1
    neuron = ("%{y}: %{text}" if said else "%{y}") if alone else "%{customdata[1]}"
    scale = "" if ends == (0, 1) else f"<br>the scale runs from {low:.4g} to {high:.4g}".replace("-", "−")
    more: Part = {"text": [[plain(each)] for each in said]} if said and alone else {}
    if place.rows * place.columns > a.size:
        more["hoverongaps"] = False
    return shaded(
        a[:, None],
        low,
        high,
        name=name,
        xaxis=axis("x", count),
        yaxis=axis("y", count),
        customdata=_rows(numbers(z if alone else np.stack([z, np.arange(z.size)], axis=1)), place),
        hovertemplate=f"{name} (layer {count - 1})<br>neuron {neuron}"
        f"<br>sum z %{{customdata{'' if alone else '[0]'}:.4f}}<br>activation %{{z:.4f}}{scale}<extra></extra>",
        **more,
    ) | {"z": _rows(numbers(a), place)}


def _rows(values: list, place: _Place) -> list[list]:
    """Break a list into the rows of a layer's place; the last one may hold None."""
    values = [*values, *[None] * (place.rows * place.columns - len(values))]
    return [values[start : start + place.columns] for start in range(0, len(values), place.columns)]


def _signs(heatmap: Part, name: str) -> Part:
    """Draw the minus signs of a layer."""
    cells = np.array(heatmap["z"], float)  # None is NaN, and not below anything
    return minus_signs(cells, heatmap["zmax"]) | {"name": name, "xaxis": heatmap["xaxis"], "yaxis": heatmap["yaxis"]}


def _titles(name: str, size: int, x: float, type_size: int) -> list[Part]:
    """Name a layer above its column, and count its neurons below."""
    return [
        label(name, x, 1, xanchor="center", yanchor="bottom", font={"size": type_size}),
        label(f"<b>{size}</b>", x, 0, xanchor="center", yanchor="top", font={"size": type_size}),
    ]


def _input_titles(size: int, shape: tuple[int, ...], type_size: int) -> list[Part]:
    """Write the same above and below the picture itself, wherever in its place it has room."""
    rows, columns = shape
    own, middle = {"xref": "x", "yref": "y", "xanchor": "center", "font": {"size": type_size}}, (columns - 1) / 2
    return [
        label("input", middle, -0.5, **own, yanchor="bottom"),
        label(f"<b>{size}</b>", middle, rows - 0.5, **own, yanchor="top"),
    ]


def _hidden(places: list[_Place], type_size: int) -> list[Part]:
    """Write "hidden" once over the numbers of all hidden layers: a phone, and a stage, have no room for more."""
    if len(places) < 2:
        return []
    x = (places[0].middle + places[-2].middle) / 2
    above = {"xanchor": "center", "yanchor": "bottom", "yshift": 1.25 * type_size, "font": {"size": type_size}}
    return [label("hidden", x, 1, **above)]


def _classes(
    names: tuple[str, ...], place: _Place, last: str, answer: int | None, tall: int, type_size: int
) -> list[Part]:
    """Name the output neurons: all of them, or as many as there is room for, and the answer."""
    every = math.ceil(len(names) * type_size / tall)
    size = min(20 if max(map(len, names)) < 3 else 12, round(0.8 * every * tall / len(names)))
    near = -every if answer is None else answer
    shown = [k for k in range(len(names)) if k == answer or (k % every == 0 and abs(k - near) >= every)]
    said = {k: plain(names[k], round(LONGEST * min(1, 14 / type_size))) for k in shown}
    align = {"align": "left"} if max(map(len, names)) > 2 else {}  # where the style sheet enlarges them
    return [
        label(
            f"<b>{said[k]}</b>" if k == answer else said[k],
            place.right + 0.012,
            k,
            yref=last,
            xanchor="left",
            font={"size": size},
            **align,
        )
        for k in shown
    ]


def _gaps(places: list[_Place]) -> Part:
    """Draw lines around columns, and between neurons where there is room: one shape, in shares of the figure."""
    lines = [
        f"M {place.left},{row / place.rows} L {place.right},{row / place.rows}"
        for place in places
        for row in (range(place.rows + 1) if place.columns == 1 and place.rows <= PARTED else (0, place.rows))
    ]
    lines += [f"M {x},0 L {x},1" for place in places for x in (place.left, place.right)]
    return {
        "type": "path", "name": "gaps", "path": " ".join(lines), "xref": "paper", "yref": "paper",
        "line": {"color": GAP, "width": 2},
    }  # fmt: skip


def frame(shape: tuple[int, ...] = IMAGE_SHAPE) -> Part:
    """Frame an input of (rows, columns) pixels, on a figure's first axes: on a stage its black is the page's own."""
    rows, columns = shape
    return {
        "type": "rect", "name": "frame", "x0": -0.5, "x1": columns - 0.5, "y0": -0.5, "y1": rows - 0.5,
        "xref": "x", "yref": "y", "line": {"color": GAP, "width": 1},
    }  # fmt: skip


def _mark(place: _Place, last: str, answer: int | None, count: int) -> Part:
    """Mark the answer by a frame and an arrow: one shape, so that the live part can move it."""
    y, left, right = answer or 0, place.left, place.right
    tip, end, half = 0.983, 0.999, round(0.02 * count, 2)
    return {
        "type": "path",
        "name": "answer",
        "path": f"M {left},{y - 0.5} L {right},{y - 0.5} L {right},{y + 0.5} L {left},{y + 0.5} Z "
        f"M {tip},{y} L {end},{y - half} L {end},{y + half} Z",
        "xref": "paper",
        "yref": last,
        "opacity": 0 if answer is None else 1,
        "line": {"color": ACCENT, "width": 3},
    }
