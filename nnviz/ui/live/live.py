"""The Python face of the live part (live.js), which lets the figures follow the pen: hands it the weights."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from nnviz import ink
from nnviz.activations import LEAK
from nnviz.figures import building, style
from nnviz.figures.layers import ranges
from nnviz.figures.wiring import BESIDE, WINNER
from nnviz.network import SURE, Network
from nnviz.study import build
from nnviz.ui.live import words
from nnviz.ui.live.bundle import bundle
from nnviz.ui.session import data, measured
from nnviz.web import digits

# What both languages know: constants.js, which is in no file (constants.d.ts says what is in it).
CONSTANTS = {
    "SIDE": ink.SIDE,
    "BOX": ink.BOX,
    "CENTRE": ink.CENTRE,
    "FAINT": ink.FAINT,
    "PEN": ink.PEN_WIDTH / ink.CANVAS,
    "STEPS": build.STEPS,
    "SURE": SURE,
    "LEAK": LEAK,
    "BLUE": style.BLUE,
    "RED": style.RED,
    "ACCENT": style.ACCENT,
    "MUTED": style.MUTED,
    "GAP": style.GAP,
    "BROKEN": [float(length.removesuffix("px")) for length in style.BROKEN.split(",")],
    "POWER": style.POWER,
    "CLEAR": style.CLEAR,
    "NEAR": building.NEAR,
    "ROW": building.ROW,
    "WINNER": WINNER,
    "MANY": words.MANY,
    "FEW": words.FEW,
    "SHORT": words.SHORT,
    "LONGEST": words.LONGEST,
    "BESIDE": BESIDE,
    "TEST_DIGITS": digits.ADDRESS,
}
MOST_NUMBERS = 1_400_000  # weights and biases that travel to the browser: server.maxMessageSize has room for them


def script(name: str) -> str:
    """Return a module, named from this folder, with all it imports."""
    constants = "\n".join(f"export const {name} = {json.dumps(value)}" for name, value in CONSTANTS.items())
    return bundle(Path(__file__).parent / name, {"constants.js": constants})


_component = st.components.v2.component(
    "nnviz_live",
    html='<span data-live="wait"></span><output aria-live="polite"></output>',
    css="output { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }",
    js=script("live.js"),
)


class Wiring(TypedDict):
    """How the wiring is drawn: what wiring.js must know to go on drawing it, in the figure's `layout.meta`.

    Attributes
    ----------
    step : int
        How far the signal has come, as `figures.wiring` counts.
    out : list of pairs (layer, neuron)
        Those knocked out.
    by : "weight" or "signal"
        What the lines are chosen by.
    most : int
        How many into each neuron.
    only : pair, or None
        The neuron whose lines alone are drawn.
    focus : int
        How many then into it.
    neuron : pair
        The chosen one, whose sum may be shown below.
    edition : int
        Of what is on the canvas: another one makes the browser draw the figure again although it is the same.
    """

    step: int
    out: list[tuple[int, int]]
    by: str
    most: int
    only: tuple[int, int] | None
    focus: int
    neuron: tuple[int, int]
    edition: int


def follow_pen(
    name: str,
    x: np.ndarray | None,
    edition: int,
    layer: int = 0,
    neuron: int = 0,
    on_knock: Callable[[], None] | None = None,
) -> bool:
    """Let the page's figures follow the pen; return whether they cannot: the browser said so, or they are too large.

    Parameters
    ----------
    name : str
        The network to run in the browser. Its weights travel once, not with every stroke: while nothing of this
        changes, Streamlit sends its hash.
    x : array (n_in,), or None
        The input, prepared for this network, when Python last put something on the canvas (undo, clear, a test digit,
        an opened link) or chose the network. None: whatever the canvas then shows.
    edition : int
        Grows whenever Python puts something there.
    layer, neuron : int
        The neuron examined on the page; layer 0 where none is.
    on_knock : function, optional
        Called when a neuron of the wiring was knocked out or put back; `knocked` then says which are out. Only where
        there is one does the browser count how many test digits are read.
    """
    more = {"edition": edition, "layer": layer, "neuron": neuron}
    result = _component(
        key="live",
        data=message(_described(name), x, **more, told=bool(_said("trouble")), counts=on_knock is not None),
        default={"trouble": None, "stroke": 0, "narrow": False},
        on_trouble_change=lambda: None,
        on_stroke_change=lambda: None,
        on_narrow_change=lambda: None,
        on_knocked_change=on_knock or (lambda: None),
        height="content",
    )
    return bool(result.trouble) or data.network(name).parameter_count > MOST_NUMBERS


def message(network: tuple[dict[str, Any], bytes], x: np.ndarray | None, **more: int | bool) -> bytes:
    """Write down what message.js reads of a network, as `described` gives it, of its input, and whatever else.

    How long the header is (uint32), the header in JSON, the input if there is one, and each layer's weights and
    biases, the numbers as float32; all little-endian.
    """
    about, numbers = network
    header = json.dumps({"network": about, "input": 0 if x is None else x.size, **more}).encode()
    header += b" " * (-len(header) % 4)  # so that the numbers begin where a float32 may
    given = b"" if x is None else x.astype("<f4").tobytes()
    return b"".join((struct.pack("<I", len(header)), header, given, numbers))


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 4)
def _described(name: str) -> tuple[dict[str, Any], bytes]:
    about, numbers = described(name, data.network(name))
    return {**about, "counted": measured.counted_live(name)}, numbers


def described(name: str, net: Network) -> tuple[dict[str, Any], bytes]:
    """Describe a network, as `Network` in types.d.ts, and write down its weights; none if they are too many."""
    preparation = net.preparation
    about = {
        "name": name,
        "shape": net.shape,
        "classes": net.classes,
        "place": preparation.place,
        "inverted": preparation.inverted,
        "mean": preparation.mean,
        "deviation": preparation.deviation,
        "sizes": net.sizes,
        "activations": [layer.activation for layer in net.layers],
        "leaks": [layer.leak for layer in net.layers],
        "ranges": ranges(network=net),
    }
    arrays = [array for layer in net.layers for array in (layer.W, layer.b)]
    if net.parameter_count > MOST_NUMBERS:
        arrays = []
    return about, b"".join(array.astype("<f4").tobytes() for array in arrays)


def stroke() -> int:
    """Return when the live part last had the canvas send a stroke, in ms of the browser's clock; 0 if it has not."""
    said = _said("stroke")
    return said if type(said) is int and not _said("trouble") else 0


def narrow() -> bool:
    """Say whether the browser's window is a phone's."""
    return bool(_said("narrow"))


def knocked() -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Return which neurons (layer, neuron) are now to be out, and the last one pressed; ValueError if it says neither.

    Whether there are such neurons, whoever asks must find out.
    """
    sent = _said("knocked")
    out = sent.get("out") if isinstance(sent, dict) else None
    places = [*out, sent["neuron"]] if isinstance(out, list) and "neuron" in sent else []
    if not places or not all(isinstance(place, list) and [type(n) for n in place] == [int, int] for place in places):
        raise ValueError("it is damaged")
    *lost, last = [(layer, k) for layer, k in places]
    return lost, last


def _said(what: str) -> Any:
    """Return what the browser has said last: "trouble", that the figures cannot follow; "stroke", when it sent one."""
    return (st.session_state.get("live") or {}).get(what)
