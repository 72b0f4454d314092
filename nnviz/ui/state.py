"""A visitor's whole state, declared in one place, and how it goes into the link and comes out of it.

| key | what | in the link |
|---|---|---|
| `x` | the prepared picture, (784,) float32, 0..1 | `drawing` |
| `drawn` | the drawing merely shrunk, (28, 28) float32, 0..1 | |
| `objects` | the strokes and pictures on the canvas, as the canvas describes them | |
| `network`, `layer`, `neuron` | which network; which neuron is examined, counted from 0 | the same |
| `sort` | the order of the gallery | |
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np
import streamlit as st

from nnviz import link
from nnviz.ink import SIDE
from nnviz.ui import data

DEFAULTS: dict[str, Any] = {"network": data.NETWORKS[0], "layer": 1, "neuron": 0, "sort": "by number"}


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
        session["layer"] = min(session["layer"], len(sizes) - 1)
        session["neuron"] = min(session["neuron"], sizes[session["layer"]] - 1)
        return
    show_notes()
    st.stop()


def share() -> None:
    """Write the state into the address, so that it survives a reload and can be sent to somebody."""
    session = st.session_state
    wanted = {key: str(session[key]) for key in ("network", "layer", "neuron") if session[key] != DEFAULTS[key]}
    if session["x"].any():
        wanted["drawing"] = link.encode(session["x"])
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def set_picture(x: np.ndarray, drawn: np.ndarray | None = None) -> None:
    """Make `x` (784,) or (28, 28), 0..1, the network's input; `drawn` (28, 28) is what it was prepared from."""
    st.session_state["x"] = np.asarray(x, np.float32).reshape(-1)
    st.session_state["drawn"] = st.session_state["x"].reshape(SIDE, SIDE) if drawn is None else drawn


def note(sentence: str) -> None:
    """Keep a sentence about something that could not be used, to be shown on the page."""
    notes = st.session_state.setdefault("notes", [])
    if sentence not in notes:
        notes.append(sentence)


def show_notes() -> None:
    """Show the sentences kept by `note`, once."""
    for sentence in st.session_state.get("notes", []):
        st.warning(sentence, icon=":material/info:")
    st.session_state["notes"] = []


def _read_link(session: MutableMapping[Any, Any]) -> None:
    set_picture(np.zeros(SIDE * SIDE))
    session["objects"] = []
    if text := st.query_params.get("drawing"):
        try:
            set_picture(link.decode(text))
        except ValueError as error:
            note(f"The drawing in this link cannot be read: {error}. The canvas starts empty.")
    name = st.query_params.get("network", DEFAULTS["network"])
    if name in data.NETWORKS:
        session["network"] = name
    else:
        note(f'There is no network "{name[:40]}"; there are {", ".join(data.NETWORKS)}. Showing {DEFAULTS["network"]}.')
    try:
        sizes = data.network(session.get("network", DEFAULTS["network"])).sizes
    except data.Unreadable:  # `check_network` says so
        return
    _read_number(session, "layer", 1, len(sizes))
    _read_number(session, "neuron", 0, sizes[session.get("layer", DEFAULTS["layer"])])


def _read_number(session: MutableMapping[Any, Any], key: str, lowest: int, end: int) -> None:
    text = st.query_params.get(key, str(DEFAULTS[key]))
    if text.isascii() and text.isdigit() and lowest <= int(text[:6]) < end:
        session[key] = int(text[:6])
    else:
        note(f'There is no {key} "{text[:40]}"; they run from {lowest} to {end - 1}. Showing {DEFAULTS[key]}.')
