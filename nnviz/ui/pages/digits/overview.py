"""The confusion matrix, and the digits themselves, a hundred at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.study import confusion
from nnviz.ui.pages.digits import chosen
from nnviz.ui.session import data


def matrix(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Show which label got which answer, how often; a click shows the digits of one cell."""
    counts = confusion.matrix(labels, trace.prediction, len(net.classes))
    right = int(np.trace(counts))
    st.markdown(f"**{right:,} of {len(labels):,} right, {len(labels) - right:,} wrong.** Press a cell for its digits.")
    st.caption("Here the brightest output counts, sure or not.")
    wrong = counts - np.diag(np.diag(counts))
    label, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    st.plotly_chart(
        figures.confusion(counts, net.classes, chosen.cell(net)),
        key="confusion",
        on_select=chosen.cell_clicked,
        selection_mode="points",
        config=SHOWN,
        alt=f"{right:,} of {len(labels):,} digits are read rightly; the most frequent mistake is to take "
        f"{net.classes[label]} for {net.classes[answer]}, {wrong.max():,} times.",
    )


def gallery(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Show the digits that pass the filters, a hundred at a time; a click makes one the drawing."""
    which = chosen.found(net, trace, labels)
    if not len(which):
        st.info("No test digit is like that. Choose “any” for label or answer, or leave out a filter.")
        return
    pages = -(-len(which) // chosen.EACH)
    st.session_state["digits_page"] = min(max(1, st.session_state["digits_page"]), pages)
    with st.container(key="turn", horizontal=True, vertical_alignment="center", gap="small"):
        _turn("Back", "chevron_left", -1, pages)
        _turn("On", "chevron_right", 1, pages)
        page = st.session_state["digits_page"]
        first = chosen.EACH * (page - 1)
        shown = which[first : first + chosen.EACH]
        st.caption(
            f"{first + 1:,} to {first + len(shown):,} of {len(which):,}. Press a digit: it becomes your drawing."
        )
    pictures(net, trace, labels, shown, key="digits", clicked=lambda: chosen.take(st.session_state["digits"]))


def _turn(title: str, icon: str, by: int, pages: int) -> None:
    to = st.session_state["digits_page"] + by
    st.button(
        title, icon=f":material/{icon}:", key=f"turn_{title.lower()}", disabled=not 1 <= to <= pages,
        on_click=_go, args=(to,),
    )  # fmt: skip


def _go(page: int) -> None:
    st.session_state["digits_page"] = page


def _wider() -> dict[str, int]:
    """On a stage captions are large, so fewer stand in a row."""
    return {"columns": 8} if st.session_state["stage"] else {}


def pictures(
    net: Network,
    trace: Trace,
    labels: np.ndarray,
    which: np.ndarray,
    more: list[str] | None = None,
    *,
    key: str,
    clicked: Callable[[], None],
) -> None:
    """Show some of the test digits in rows: label, and the answer where it is another, or else what `more` says."""
    answers, brightest = trace.prediction[which], trace.output[which].max(axis=1)
    names, right = net.classes, answers == labels[which]
    captions = [
        names[label] if good else f"{names[label]} → <b>{names[answer]}</b>"
        for label, answer, good in zip(labels[which], answers, right, strict=True)
    ]
    hovers = [
        f"test digit {k:,}: label {names[label]}, read as {names[answer]}<br>brightest output {bright:.3f}"
        for k, label, answer, bright in zip(which, labels[which], answers, brightest, strict=True)
    ]
    if more:
        captions, hovers = more, [f"{said}<br>{extra}" for said, extra in zip(hovers, more, strict=True)]
    with st.container(key=f"{key}_strip"):  # on a phone it scrolls sideways
        st.plotly_chart(
            figures.gallery(
                data.test_digits().images[which],
                captions,
                hovers,
                which.tolist(),
                st.session_state["digit"],
                **_wider(),
            ),
            key=key,
            on_select=clicked,
            selection_mode="points",
            config=SHOWN,
            alt=f"{len(which)} test digits, {int(right.sum())} of them answered rightly.",
        )
