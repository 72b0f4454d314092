"""How the pieces of the session that a link holds are read from it and written into it.

A reader takes the entry of the table and the link's text, and puts what that says into the session. What it cannot
use it refuses with a ValueError, whose message is the sentence for the page. A writer returns the text; empty, if the
link needs none because the piece is as it is at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from nnviz import served
from nnviz.export import link
from nnviz.export import recipe as recipes
from nnviz.sentences import listed, quoted
from nnviz.study import build
from nnviz.ui.session import data, yours
from nnviz.ui.session.inputs import set_neuron, set_picture
from nnviz.ui.session.notes import note
from nnviz.web import votes

STEPS = 17  # of the talk
KIOSK = (5, 3600)  # seconds, the fewest and the most
PLACED = tuple(name for name in build.PATTERNS if name != "zero")  # the patterns that stand somewhere
PLACES = (4.0, 23.0)  # rows and columns they can have
ANY = "any"
RIGHT = ("all", "right", "wrong")  # which digits
SURE = ("all", "sure", "unsure")
VIEWS = ("mistakes", "map", "compare", "sure")  # of all the digits
SORTS = ("number", "wrong", "sure", "torn", "fires", "silent")
USUAL_OUT, LONGEST_OUT = 400, 4000  # characters of the list of neurons knocked out; a shipped network's 42 take 207


@dataclass(frozen=True)
class Entry:
    """One piece of the session.

    Attributes
    ----------
    key : str
        Its name in `st.session_state`; that of the widget that sets it, if there is one.
    default : Any
        What it is at first, or a function that makes that.
    name : str
        Its name in the link; empty for what does not go into the link.
    read, write : functions
        Out of the link and into it; see above.
    """

    key: str
    default: Any = None
    name: str = ""
    read: Callable[[Entry, str], None] | None = None
    write: Callable[[Entry], str] | None = None

    def first(self) -> Any:
        """Return what it is at first."""
        return self.default() if callable(self.default) else self.default


# ---- which network, and what of it


def read_network(entry: Entry, text: str) -> None:
    if text in data.common():
        st.session_state[entry.key] = text
        return
    if text == yours.WORD:
        raise ValueError(
            f"A network from a file, or with more than {link.MOST_KNOBS} knobs turned, does not fit into a link or "
            f"outlive a reload; save it as a file and load that. Showing {entry.default}."
        )
    there_are = ", ".join([*data.NETWORKS, *map(quoted, served.networks())][:10])
    raise ValueError(f"There is no network {quoted(text)}; there are {there_are}. Showing {entry.default}.")


def write_network(entry: Entry) -> str:
    chosen = st.session_state[entry.key]
    return yours.base_in_link(chosen) if chosen != entry.default else ""


def read_turned(entry: Entry, text: str) -> None:
    """Turn the link's knobs of a network that it names, all or none."""
    base = st.session_state["network"]
    if not text or st.query_params.get("network", base) != base:  # it was refused
        return
    try:
        yours.turn(base, data.network(base), text)
    except ValueError as error:
        raise ValueError(f"The turned knobs in this link cannot be used: {error}. Showing {base} as it is.") from error


def write_turned(entry: Entry) -> str:
    return yours.turned_in_link(st.session_state["network"])


def read_layer(entry: Entry, text: str) -> None:
    _read_place(entry, text, 1, len(_sizes()))


def read_layer_of_map(entry: Entry, text: str) -> None:
    _read_place(entry, text, 0, len(_sizes()))


def read_neuron(entry: Entry, text: str) -> None:
    _read_place(entry, text, 0, _sizes()[st.session_state["layer"]])


def _read_place(entry: Entry, text: str, lowest: int, end: int) -> None:
    number = _whole(text)
    if number is None or not lowest <= number < end:
        raise ValueError(
            f"There is no {entry.name} {quoted(text)}; they run from {lowest} to {end - 1}. Showing {entry.default}."
        )
    st.session_state[entry.key] = number


def read_class(entry: Entry, text: str) -> None:
    """Take over one of the network's classes."""
    read_word((ANY, *data.network(st.session_state["network"]).classes))(entry, text)


def read_word(words: Sequence[str]) -> Callable[[Entry, str], None]:
    """Make a reader of one of these words."""

    def read(entry: Entry, text: str) -> None:
        if text not in words:
            raise ValueError(
                f"There is no {entry.name} {quoted(text)}; there are {', '.join(map(quoted, words))}. "
                f"Showing {quoted(entry.default)}."
            )
        st.session_state[entry.key] = text

    return read


def write_word(entry: Entry) -> str:
    value = st.session_state[entry.key]
    return value if value != entry.default else ""


def write_number(entry: Entry) -> str:
    """Write a number, or 1 for what is switched on."""
    value = st.session_state[entry.key]
    return str(int(value)) if value != entry.default else ""


def read_out(entry: Entry, text: str) -> None:
    """Take over the neurons knocked out; each that does not exist is named and left out."""
    every = {f"{layer}.{k}": (layer, k) for layer, size in enumerate(_sizes()) if layer for k in range(size)}
    if len(text) > min(max(len(",".join(every)), USUAL_OUT), LONGEST_OUT):
        raise ValueError(f"This link knocks out more neurons than there are: {quoted(text)}. None is knocked out.")
    asked = dict.fromkeys(filter(None, text.split(",")))
    st.session_state[entry.key] = [every[place] for place in asked if place in every]
    if unknown := [place for place in asked if place not in every]:
        note(f"There is no neuron {listed(unknown)} to knock out; 1.4 is neuron 4 of layer 1. Left out.")


def write_out(entry: Entry) -> str:
    text = ",".join(f"{layer}.{neuron}" for layer, neuron in sorted(st.session_state[entry.key]))
    return text if len(text) <= LONGEST_OUT else ""  # no link holds some 600 of them


def _sizes() -> tuple[int, ...]:
    return data.network(st.session_state["network"]).sizes


# ---- what the visitor made


def read_drawing(entry: Entry, text: str) -> None:
    try:
        if text:
            set_picture(link.decode(text))
    except ValueError as error:
        raise ValueError(f"The drawing in this link cannot be read: {error}. The canvas starts empty.") from error


def write_drawing(entry: Entry) -> str:
    x = st.session_state[entry.key]
    return link.encode(x) if x.any() else ""


def read_painted(entry: Entry, text: str) -> None:
    try:
        if text:
            set_neuron(*link.decode_neuron(text))
    except ValueError as error:
        raise ValueError(
            f"The painted neuron in this link cannot be read: {error}. Build opens with its example."
        ) from error


def write_painted(entry: Entry) -> str:
    """Write the painted neuron, a cleared one too: to whom nothing was ever painted Build shows its example."""
    session = st.session_state
    return link.encode_neuron(session[entry.key], session["painted_bias"]) if session["build_begun"] else ""


def read_pattern(entry: Entry, text: str) -> None:
    """Take over the pattern the painted neuron was started from, with its place and turn: all or none."""
    if not text:
        return
    try:
        name, row, column, turn = text.split(",", 4)
        places, degrees = [float(row), float(column)], int(turn)
    except ValueError:
        name, places, degrees = "", [], 0
    if name not in PLACED or not all(PLACES[0] <= place <= PLACES[1] for place in places) or not 0 <= degrees <= 175:
        raise ValueError(
            f"There is no pattern {quoted(text)}; bar,9,13.5,45 is one: name, row, column and turn. "
            "The probes stand where they usually do."
        )
    session = st.session_state
    session[entry.key] = name
    session["place_row"], session["place_column"], session["place_turn"] = *places, degrees


def write_pattern(entry: Entry) -> str:
    session = st.session_state
    if session[entry.key] not in PLACED:
        return ""
    place = (f"{value:g}" for value in (session["place_row"], session["place_column"], session["place_turn"]))
    return ",".join([session[entry.key], *place])


def read_recipe(entry: Entry, text: str) -> None:
    try:
        if text:
            st.session_state[entry.key] = recipes.decode(text)
    except ValueError as error:
        raise ValueError(f"The recipe in this link cannot be used: {error}. Showing the usual one.") from error


def write_recipe(entry: Entry) -> str:
    recipe = st.session_state[entry.key]
    return recipes.encode(recipe) if recipe != entry.default else ""


# ---- how it is shown


def read_step(entry: Entry, text: str) -> None:
    step = _whole(text)
    if step is None or not 1 <= step <= STEPS:
        raise ValueError(
            f"The talk has no step {quoted(text, 20)}; its steps run from 1 to {STEPS}. Showing the first."
        )
    st.session_state[entry.key] = step


def read_room(entry: Entry, text: str) -> None:
    if not votes.is_room(text):
        raise ValueError("The room of votes in this link cannot be used. Press v to open another.")
    st.session_state[entry.key] = text


def read_stage(entry: Entry, text: str) -> None:
    if text not in ("0", "1"):
        raise ValueError(f"There is no stage look {quoted(text, 20)}; it is 0 or 1. Showing the usual look.")
    st.session_state[entry.key] = text == "1"


def read_kiosk(entry: Entry, text: str) -> None:
    low, high = KIOSK
    seconds = _whole(text)
    if seconds is None or (seconds != 0 and not low <= seconds <= high):
        raise ValueError(f"The kiosk cannot wait {quoted(text, 20)} seconds; it waits {low} to {high}. It is off.")
    st.session_state[entry.key] = seconds


def _whole(text: str) -> int | None:
    """Read a number without a sign, 0012 as 12; None for anything else, or more digits than anything here has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
