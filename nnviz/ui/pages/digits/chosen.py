"""Which of the test digits are looked at: by label, by answer, by whether it is right, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz.network import SURE, Network, Trace
from nnviz.study import confusion
from nnviz.ui.kit import canvas, picker
from nnviz.ui.session import data, state

ALL = "any"
RIGHT = {"all": "right and wrong", "right": "only right", "wrong": "only wrong"}
SURENESS = {"all": "sure or not", "sure": "only sure", "unsure": "only not sure"}
NUMBER, WRONG, SURE_FIRST, TORN, FIRES, SILENT = "number", "wrong", "sure", "torn", "fires", "silent"
SORTS = {
    NUMBER: "in the order of the set",
    WRONG: "the most wrong first",
    SURE_FIRST: "the surest first",
    TORN: "the most torn first",
    FIRES: "what makes one neuron fire",
    SILENT: "what keeps one neuron silent",
}
EACH = 100  # digits a page of the gallery


def filters(net: Network) -> None:
    """Choose which digits, and in which order; for two of the orders, by which neuron."""
    classes = [ALL, *net.classes]
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        picker.network()
        _select("Label", "digits_label", classes, 90)
        _select("Answer", "digits_answer", classes, 90)
        _select("Right", "digits_right", list(RIGHT), 170, RIGHT)
        _select("Sure", "digits_sure", list(SURENESS), 150, SURENESS)
        _select("Order", "digits_sort", list(SORTS), 240, SORTS)
        if st.session_state["digits_sort"] in (FIRES, SILENT):
            picker.neuron(net)


def _select(title: str, key: str, options: list[str], width: int, titles: dict[str, str] | None = None) -> None:
    st.selectbox(
        title, options, key=key, width=width, persist_state="session", on_change=_first_page,
        format_func=titles.__getitem__ if titles else str,
    )  # fmt: skip


def _first_page() -> None:
    st.session_state["digits_page"] = 1
    state.share()


def found(net: Network, trace: Trace, labels: np.ndarray) -> np.ndarray:
    """Return the digits that pass the filters, in the order asked for: int (n,)."""
    session = st.session_state
    answers, brightest = trace.prediction, trace.output.max(axis=1)
    keep = np.ones(len(labels), bool)
    label, answer = cell(net)
    if label is not None:
        keep &= labels == label
    if answer is not None:
        keep &= answers == answer
    if session["digits_right"] != "all":
        keep &= (answers == labels) == (session["digits_right"] == "right")
    if session["digits_sure"] != "all":
        sure = (trace.output > SURE).sum(axis=1) == 1
        keep &= sure == (session["digits_sure"] == "sure")
    z = trace.zs[session["layer"] - 1][:, session["neuron"]]
    by = {
        NUMBER: np.arange(len(labels)),
        WRONG: -confusion.wrongness(trace.output, labels),
        SURE_FIRST: -brightest,
        TORN: confusion.gap(trace.output),
        FIRES: -z,
        SILENT: z,
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
        label, answer = place
        if 0 <= label < len(names) and 0 <= answer < len(names):
            st.session_state["digits_label"], st.session_state["digits_answer"] = names[label], names[answer]
            _first_page()


def take(sent: Any) -> None:
    """Make the digit that was clicked in a chart the drawing, on every page."""
    place = picker.place_clicked(sent, 1)
    images = data.test_digits().images
    if place and 0 <= place[0] < len(images):
        st.session_state["digit"] = place[0]
        canvas.show(images[place[0]] / np.float32(255))
        state.share()
