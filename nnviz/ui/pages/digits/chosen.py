"""Which of the digits are looked at: by label, by answer, by whether it is right, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz.ink import SIDE, shrink
from nnviz.network import Network
from nnviz.sentences import literal, quoted
from nnviz.study import confusion
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data, parameters, state

RIGHT = dict(zip(parameters.RIGHT, ("right and wrong", "only right", "only wrong"), strict=True))
SURENESS = dict(zip(parameters.SURE, ("sure or not", "only sure", "only not sure"), strict=True))
SAID = (
    "in the order of the set",
    "most wrong first",
    "surest first",
    "torn between two first",
    "what makes one neuron fire",
    "what keeps one neuron silent",
)
ORDERS = dict(zip(parameters.SORTS, SAID, strict=True))
BY_NEURON = ("fires", "silent")


def filters(net: Network) -> None:
    """Choose in which order, for two of the orders by which neuron, and behind one press which digits."""
    st.selectbox(
        "Order", list(ORDERS), key="digits_sort", width=214, persist_state="session", on_change=_first_page,
        format_func=ORDERS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    which = st.popover(_said(), icon=":material/filter_alt:", key="which_digits", on_change="rerun")
    if which.open:
        with which:
            _filters(net)
    if _narrowed():
        st.button("All mistakes", icon=":material/close:", key="all_mistakes", help="Forget the cell", on_click=_all)


def _filters(net: Network) -> None:
    classes = {name: quoted(name, 20)[1:-1] for name in (parameters.ANY, *net.classes)}
    _select("Label: what it is", "digits_label", classes)
    _select("Read as", "digits_answer", classes)
    _select("Right or wrong", "digits_right", RIGHT)
    if answer.tells_how_sure(net):
        _select("Sure or not", "digits_sure", SURENESS)


def _said() -> str:
    """Say in a word or two which digits pass the filters."""
    session = st.session_state
    label, taken = session["digits_label"], session["digits_answer"]
    sure = "" if session["digits_sure"] == "all" else f", {session['digits_sure']}"
    if label != parameters.ANY or taken != parameters.ANY:
        label, taken = (literal(quoted(name, 8)[1:-1]) for name in (label, taken))
        return f"{label} → {taken}{sure}"
    return {"all": "All digits", "right": "Correct", "wrong": "Mistakes"}[session["digits_right"]] + sure


def _narrowed() -> bool:
    return (st.session_state["digits_label"], st.session_state["digits_answer"]) != (parameters.ANY, parameters.ANY)


def _all() -> None:
    session = st.session_state
    session["digits_label"] = session["digits_answer"] = parameters.ANY
    session["digits_right"], session["digits_sure"] = "wrong", "all"
    _first_page()


def _select(title: str, key: str, titles: dict[str, str]) -> None:
    st.selectbox(
        title, list(titles), key=key, persist_state="session", on_change=_first_page, format_func=titles.__getitem__
    )


def _first_page() -> None:
    st.session_state["digits_page"] = 1


def found(net: Network, pool: Pool) -> np.ndarray:
    """Return the digits that pass the filters, in the order asked for: int (n,)."""
    session, trace, labels, answers = st.session_state, pool.trace, pool.labels, pool.answers
    keep = np.ones(len(labels), bool)
    for wanted, numbers in zip(cell(net), (labels, answers), strict=True):
        if wanted is not None:
            keep &= numbers == wanted
    if session["digits_right"] != "all":
        keep &= (answers == labels) == (session["digits_right"] == "right")
    if session["digits_sure"] != "all" and answer.tells_how_sure(net):
        keep &= confusion.sure(trace.output) == (session["digits_sure"] == "sure")
    z = trace.zs[session["layer"] - 1][:, session["neuron"]]
    by = {
        "number": np.arange(len(labels)),
        "wrong": -confusion.wrongness(trace.output, labels),
        "sure": -trace.output.max(axis=1),
        "torn": confusion.gap(trace.output),
        "fires": -z,
        "silent": z,
    }[session["digits_sort"]]
    which = np.flatnonzero(keep)
    return which[np.argsort(by[which], kind="stable")]


def cell(net: Network) -> tuple[int | None, int | None]:
    """Return the label and the answer chosen; None for any."""
    numbers = {name: number for number, name in enumerate(net.classes)}
    return numbers.get(st.session_state["digits_label"]), numbers.get(st.session_state["digits_answer"])


def cell_clicked() -> None:
    """Show the digits of the cell of the matrix that was clicked."""
    if place := picker.place_clicked(st.session_state.get("confusion"), 2):
        names = data.network(st.session_state["network"]).classes
        if all(0 <= number < len(names) for number in place):
            st.session_state["digits_label"], st.session_state["digits_answer"] = (names[number] for number in place)
            st.session_state["digits_right"] = st.session_state["digits_sure"] = "all"  # the cell says which
            _first_page()


def make_drawing(number: Any, pool: Pool) -> None:
    """Make one of the digits the drawing, on every page; a browser may have sent anything as its number."""
    if type(number) is int and 0 <= number < len(pool.images):
        st.session_state["digit"] = number
        picture = pool.images[number] / np.float32(255)
        if pool.own and data.network(st.session_state["network"]).preparation.inverted:
            picture = 1 - picture
        canvas.show(picture if picture.shape == (SIDE, SIDE) else shrink(picture))
        state.share()
