"""A visitor's state: filled when a page opens, the first time from the link, and written into the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnviz.export import link
from nnviz.sentences import listed, quoted
from nnviz.ui.session import data
from nnviz.ui.session.inputs import set_neuron, set_picture
from nnviz.ui.session.notes import note, show_notes
from nnviz.ui.session.table import IN_LINK, TABLE

__all__ = ["check_network", "note", "set_neuron", "set_picture", "share", "show_notes", "start"]


def start(page: str) -> None:
    """Put everything a page relies on into the session, the first time from the link; note that `page` is open."""
    session = st.session_state
    new = "x" not in session
    for entry in TABLE:
        session[entry.key] = session[entry.key] if entry.key in session else entry.first()
    session["arrived"] = session["page"] != page
    session["page"] = page
    if new:
        _read_link()
    check_network()
    share()


def check_network() -> None:
    """Fall back to a network that can be read if the chosen one cannot, and keep inside it what names parts of it."""
    session = st.session_state
    for name in (session["network"] or data.NETWORKS[0], *data.NETWORKS):
        try:
            sizes = data.network(name).sizes
        except data.Unreadable as error:
            note(f"{error}")
            continue
        session["network"] = name
        _keep_inside(sizes)
        return
    show_notes()
    st.stop()


def _keep_inside(sizes: tuple[int, ...]) -> None:
    """Keep the neuron examined, those knocked out and the signal's step where a network of these sizes has them."""
    session = st.session_state
    session["layer"] = _within(session["layer"], 1, len(sizes) - 1)
    session["neuron"] = _within(session["neuron"], 0, sizes[session["layer"]] - 1)
    session["copied"] = _within(session["copied"], 0, sizes[1] - 1)
    if session["out"]:
        every = {(layer, k) for layer, size in enumerate(sizes) if layer for k in range(size)}
        session["out"] = [place for place in session["out"] if place in every]
    if session["step"] is not None:
        session["step"] = _within(session["step"], 0, 2 * len(sizes) - 1)


def _within(number: Any, lowest: int, highest: int) -> int:
    """Keep a widget's number inside its range; a browser may have sent anything instead, and then it is the lowest."""
    return min(max(number, lowest), highest) if type(number) is int else lowest


def share() -> None:
    """Write the state into the address, so that it survives a reload and can be sent to somebody."""
    session = st.session_state
    wanted = {name: text for name, entry in IN_LINK.items() if entry.write and (text := entry.write(entry))}
    # The browser may not have heard of the last change yet when it sends its address along, so that is asked, too.
    if session["written"] not in (None, wanted) or wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    session["written"] = wanted


def _read_link() -> None:
    """Take over what the link holds; what cannot be used is said, and the rest still works."""
    _check_version_and_names()
    for name, entry in IN_LINK.items():
        if entry.read and name in st.query_params:
            try:
                entry.read(entry, st.query_params[name])
            except ValueError as error:
                note(f"{error}")
            except data.Unreadable:  # `check_network` says so
                continue


def _check_version_and_names() -> None:
    """Say so if the link is another version's, or holds what nobody understands."""
    if (version := st.query_params.get("v", link.VERSION)) != link.VERSION:
        note(
            f"This link is of version {quoted(version, 10)}; this nnviz reads version {link.VERSION} and shows what it "
            "can."
        )
    if unknown := [name for name in st.query_params if name not in (*IN_LINK, "v")]:
        note(f"This link holds {listed(unknown)}, which nnviz does not know. Left out.")
