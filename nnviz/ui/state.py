"""A visitor's whole state, declared in one place, and how it goes into the link and comes out of it.

| key | what | in the link |
|---|---|---|
| `x` | the prepared picture, (784,) float32, 0..1 | `drawing` |
| `drawn` | the drawing merely shrunk, (28, 28) float32, 0..1 | |
| `objects` | the strokes and pictures on the canvas, as the canvas describes them | |
| `network`, `layer`, `neuron` | which network; which neuron is examined, counted from 0 | the same |
| `sort` | the order of the gallery | |
| `yours` | the visitor's own networks (`nnviz.ui.yours`) | of the chosen one `turned`, as 1.4.b:2.5 |
| `out` | the neurons knocked out, a list of pairs (layer, neuron) | `out`, as 1.4,2.0 |
| `talk_step` | the step of the talk, counted from 1 | `step` |
| `stage` | whether pages have the look for a stage | `stage`, as 1 |
| `kiosk` | after how many seconds alone digits are replayed; 0 never | the same |
| `painted`, `painted_bias` | a neuron made by hand: weights (28, 28) in thousandths, and its bias | `painted` |
| `start_from` | the pattern it was started from, which shows where the probes belong | `pattern`, as bar,9,13.5,45 |
| `place_row`, `place_column`, `place_turn` | the pattern's centre, and how it is turned, in degrees | the same |
"""

from __future__ import annotations

import html
from collections.abc import MutableMapping
from typing import Any

import numpy as np
import streamlit as st

from nnviz import build, link
from nnviz.ink import SIDE
from nnviz.sentences import capped, listed, quoted
from nnviz.ui import data, yours

DEFAULTS: dict[str, Any] = {
    "network": data.NETWORKS[0], "layer": 1, "neuron": 0, "sort": "by number", "talk_step": 1,
    "stage": False, "kiosk": 0,
    "place_row": build.ROW, "place_column": build.COLUMN, "place_turn": 0, "copied": 0,
}  # fmt: skip
STEPS = 17  # of the talk
KIOSK = (5, 3600)  # seconds, the fewest and the most
UNDERSTOOD = (  # in a link
    "drawing", "network", "turned", "layer", "neuron", "out", "painted", "pattern", "step", "stage", "kiosk", "v",
)  # fmt: skip
PLACED = tuple(name for name in build.PATTERNS if name != "zero")  # the patterns that stand somewhere
PLACES = (4.0, 23.0)  # rows and columns they can have
LONGEST_OUT = 400  # characters of a link's list of neurons knocked out; all 42 of a shipped network take 207


def start(page: str) -> None:
    """Put everything a page relies on into the session, the first time from the link; note that `page` is open."""
    session = st.session_state
    session["arrived"] = session.get("page") != page
    session["page"] = page
    if "x" not in session:
        session["notes"] = []
        _read_link(session)
    for key, value in DEFAULTS.items():
        session[key] = session.get(key, value)
    if "painted" not in session:
        set_neuron(build.zero(), 0.0)
    session["out"] = session.get("out", [])
    check_network()
    share()


def check_network() -> None:
    """Fall back to a network that can be read if the chosen one cannot, and keep the neuron inside it."""
    session = st.session_state
    for name in (session["network"], *data.NETWORKS):
        try:
            sizes = data.network(name).sizes
        except data.Unreadable as error:
            note(f"{error}")
            continue
        session["network"] = name
        session["layer"] = _within(session["layer"], 1, len(sizes) - 1)
        session["neuron"] = _within(session["neuron"], 0, sizes[session["layer"]] - 1)
        return
    show_notes()
    st.stop()


def _within(number: Any, lowest: int, highest: int) -> int:
    """Keep a widget's number inside its range; a browser may have sent anything instead, and then it is the lowest."""
    return min(max(number, lowest), highest) if type(number) is int else lowest


def share() -> None:
    """Write the state into the address, so that it survives a reload and can be sent to somebody."""
    session = st.session_state
    wanted = yours.in_link(session["network"]) if session["network"] != DEFAULTS["network"] else {}
    wanted |= {key: str(session[key]) for key in ("layer", "neuron") if session[key] != DEFAULTS[key]}
    if session["out"]:
        wanted["out"] = ",".join(f"{layer}.{neuron}" for layer, neuron in sorted(session["out"]))
    if session["x"].any():
        wanted["drawing"] = link.encode(session["x"])
    if session["talk_step"] != DEFAULTS["talk_step"]:
        wanted["step"] = str(session["talk_step"])
    if session["stage"]:
        wanted["stage"] = "1"
    if session["kiosk"]:
        wanted["kiosk"] = str(session["kiosk"])
    if session["painted"].any() or session["painted_bias"]:
        wanted["painted"] = link.encode_neuron(session["painted"], session["painted_bias"])
    if session.get("start_from") in PLACED:
        place = (f"{session[key]:g}" for key in ("place_row", "place_column", "place_turn"))
        wanted["pattern"] = ",".join([session["start_from"], *place])
    # The browser may not have heard of the last change yet when it sends its address along, so that is asked, too.
    if wanted != session.get("written", wanted) or wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    session["written"] = wanted


def set_picture(x: np.ndarray, drawn: np.ndarray | None = None) -> None:
    """Make `x` (784,) or (28, 28), 0..1, the network's input; `drawn` (28, 28) is what it was prepared from."""
    st.session_state["x"] = np.array(x, np.float32).reshape(-1)  # a copy: a view would keep alive all it is a view of
    st.session_state["drawn"] = st.session_state["x"].reshape(SIDE, SIDE) if drawn is None else drawn


def set_neuron(weights: np.ndarray, bias: float) -> None:
    """Make weights (28, 28) and a bias the neuron made by hand; ValueError, and no change, if they are out of range."""
    weights, bias = build.quantize(weights), build.check_bias(bias)
    link.encode_neuron(weights, bias)  # what cannot go into the address is not taken over either
    st.session_state["painted"], st.session_state["painted_bias"] = weights, bias


def note(sentence: str) -> None:
    """Keep a sentence about something that could not be used, to be shown on the page; it may hold foreign words."""
    notes = st.session_state.setdefault("notes", [])
    sentence = capped(sentence)
    if sentence not in notes:
        notes.append(sentence)


def show_notes() -> None:
    """Show the sentences kept by `note`, once: as text, for Streamlit's own boxes would take them for Markdown."""
    for sentence in st.session_state.get("notes", []):
        st.html(f'<p class="note" role="alert">{html.escape(sentence)}</p>')
    st.session_state["notes"] = []


def _read_link(session: MutableMapping[Any, Any]) -> None:
    set_picture(np.zeros(SIDE * SIDE))
    session["objects"] = []
    _read_version_and_names()
    _read_showing(session)
    if text := st.query_params.get("drawing"):
        try:
            set_picture(link.decode(text))
        except ValueError as error:
            note(f"The drawing in this link cannot be read: {error}. The canvas starts empty.")
    if text := st.query_params.get("painted"):
        try:
            set_neuron(*link.decode_neuron(text))
        except ValueError as error:
            note(f"The painted neuron in this link cannot be read: {error}. The grid starts empty.")
    _read_pattern(session)
    name = st.query_params.get("network", DEFAULTS["network"])
    if name in data.NETWORKS:
        session["network"] = name
        _read_turned(name)
    elif name == yours.WORD:
        note(
            f"A network from a file, or with more than {link.MOST_KNOBS} knobs turned, does not fit into a link or "
            f"outlive a reload; save it as a file and load that. Showing {DEFAULTS['network']}."
        )
    else:
        note(
            f"There is no network {quoted(name)}; there are {', '.join(data.NETWORKS)}. Showing {DEFAULTS['network']}."
        )
    try:
        sizes = data.network(session.get("network", DEFAULTS["network"])).sizes
    except data.Unreadable:  # `check_network` says so
        return
    _read_out(session, sizes)
    _read_number(session, "layer", 1, len(sizes))
    _read_number(session, "neuron", 0, sizes[session.get("layer", DEFAULTS["layer"])])


def _read_version_and_names() -> None:
    """Say so if the link is another version's, or holds what nobody understands."""
    if (version := st.query_params.get("v", link.VERSION)) != link.VERSION:
        note(
            f"This link is of version {quoted(version, 10)}; this nnviz reads version {link.VERSION} and shows what it "
            "can."
        )
    if unknown := [name for name in st.query_params if name not in UNDERSTOOD]:
        note(f"This link holds {listed(unknown)}, which nnviz does not know. Left out.")


def _read_showing(session: MutableMapping[Any, Any]) -> None:
    text = st.query_params.get("step", "1")
    step = _whole(text)
    if step is not None and 1 <= step <= STEPS:
        session["talk_step"] = step
    else:
        note(f"The talk has no step {quoted(text, 20)}; its steps run from 1 to {STEPS}. Showing the first.")
    stage, kiosk = st.query_params.get("stage", "0"), st.query_params.get("kiosk", "0")
    if stage in ("0", "1"):
        session["stage"] = stage == "1"
    else:
        note(f"There is no stage look {quoted(stage, 20)}; it is 0 or 1. Showing the usual look.")
    low, high = KIOSK
    seconds = _whole(kiosk)
    if seconds is not None and (seconds == 0 or low <= seconds <= high):
        session["kiosk"] = seconds
    else:
        note(f"The kiosk cannot wait {quoted(kiosk, 20)} seconds; it waits {low} to {high}. It is off.")


def _read_pattern(session: MutableMapping[Any, Any]) -> None:
    """Take over the pattern the painted neuron was started from, with its place and turn: all or none."""
    text = st.query_params.get("pattern", "")
    try:
        name, row, column, turn = text.split(",", 4)
        place = {"place_row": float(row), "place_column": float(column), "place_turn": int(turn)}
    except ValueError:
        name, place = "", {}
    within = place and all(PLACES[0] <= place[key] <= PLACES[1] for key in ("place_row", "place_column"))
    if name in PLACED and within and 0 <= place["place_turn"] <= 175:
        session.update({"start_from": name, **place})
    elif text:
        note(
            f"There is no pattern {quoted(text)}; bar,9,13.5,45 is one: name, row, column and turn. "
            "The probes stand where they usually do."
        )


def _read_turned(name: str) -> None:
    """Turn the link's knobs of a shipped network, all or none."""
    if text := st.query_params.get("turned"):
        try:
            yours.turn(name, data.network(name), text)
        except ValueError as error:
            note(f"The turned knobs in this link cannot be used: {error}. Showing {name} as it is.")
        except data.Unreadable:  # `check_network` says so
            return


def _read_number(session: MutableMapping[Any, Any], key: str, lowest: int, end: int) -> None:
    text = st.query_params.get(key, str(DEFAULTS[key]))
    number = _whole(text)
    if number is not None and lowest <= number < end:
        session[key] = number
    else:
        note(f"There is no {key} {quoted(text)}; they run from {lowest} to {end - 1}. Showing {DEFAULTS[key]}.")


def _whole(text: str) -> int | None:
    """Read a number without a sign, 0012 as 12; None for anything else, or more digits than anything here has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _read_out(session: MutableMapping[Any, Any], sizes: tuple[int, ...]) -> None:
    """Take over the neurons knocked out; each that does not exist is named and left out."""
    every = {f"{layer}.{k}": (layer, k) for layer, size in enumerate(sizes) if layer for k in range(size)}
    text = st.query_params.get("out", "")
    if len(text) > LONGEST_OUT:
        note(f"This link knocks out more neurons than there are: {quoted(text)}. None is knocked out.")
        text = ""
    asked = dict.fromkeys(filter(None, text.split(",")))
    session["out"] = [every[place] for place in asked if place in every]
    if unknown := [place for place in asked if place not in every]:
        note(f"There is no neuron {listed(unknown)} to knock out; 1.4 is neuron 4 of layer 1. Left out.")
