"""Which of the test digits are looked at: by label, by answer, by whether it is right, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz.network import Network, Trace
from nnviz.study import confusion
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.session import data, parameters, state

RIGHT = dict(zip(parameters.RIGHT, ("right and wrong", "only right", "only wrong"), strict=True))
SURENESS = dict(zip(parameters.SURE, ("sure or not", "only sure", "only not sure"), strict=True))
SAID = (
    "in the order of the set",
    "the most wrong first",
    "the surest first",
    "the most torn first",
    "what makes one neuron fire",
    "what keeps one neuron silent",
)
ORDERS = dict(zip(parameters.SORTS, SAID, strict=True))
BY_NEURON = ("fires", "silent")
EACH = 100  # digits a page of the gallery


def filters(net: Network) -> None:
    """Choose which digits, and in which order; for two of the orders, by which neuron."""
    classes = {name: name for name in (parameters.ANY, *net.classes)}
    _select("Label", "digits_label", classes, 90)
    _select("Read as", "digits_answer", classes, 90)
    _select("Right", "digits_right", RIGHT, 170)
    if answer.tells_how_sure(net):
        _select("Sure", "digits_sure", SURENESS, 150)
    _select("Order", "digits_sort", ORDERS, 250)
    if st.session_state["digits_sort"] in BY_NEURON:
        picker.neuron(net)


def _select(title: str, key: str, titles: dict[str, str], width: int) -> None:
    st.selectbox(
        title, list(titles), key=key, width=width, persist_state="session", on_change=_first_page,
        format_func=titles.__getitem__,
    )  # fmt: skip


def _first_page() -> None:
    st.session_state["digits_page"] = 1


def found(net: Network, trace: Trace, labels: np.ndarray) -> np.ndarray:
    """Return the digits that pass the filters, in the order asked for: int (n,)."""
    session = st.session_state
    answers = trace.prediction
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
    if place := picker.place_clicked(st.session_state["confusion"], 2):
        names = data.network(st.session_state["network"]).classes
        if all(0 <= number < len(names) for number in place):
            st.session_state["digits_label"], st.session_state["digits_answer"] = (names[number] for number in place)
            st.session_state["digits_right"] = st.session_state["digits_sure"] = "all"  # the cell says which
            _first_page()


def take(sent: Any) -> None:
    """Make the digit that was clicked in a chart the drawing, on every page."""
    place = picker.place_clicked(sent, 1)
    images = data.test_digits().images
    if place and 0 <= place[0] < len(images):
        st.session_state["digit"] = place[0]
        canvas.show(images[place[0]] / np.float32(255))
        state.share()
