"""The confusion matrix, and the digits themselves, a hundred at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.confusion import COLUMNS
from nnviz.figures.style import SHOWN, plain
from nnviz.network import Network
from nnviz.study import confusion
from nnviz.ui.kit import answer, picker
from nnviz.ui.pages.digits import chosen
from nnviz.ui.pages.digits.pool import Pool


def mistakes(net: Network, pool: Pool) -> None:
    """Show the matrix beside the digits of the cell that was pressed, or of all mistakes."""
    with st.container(key="mistakes", horizontal=True, gap="medium"):
        with st.container(key="matrix", width=400, gap="small"):
            matrix(net, pool)
        with st.container(key="crowd", width="stretch", gap="small"):
            gallery(net, pool)


def matrix(net: Network, pool: Pool) -> None:
    """Show which label got which answer, how often; a click shows the digits of one cell."""
    counts = confusion.matrix(pool.labels, pool.answers, len(net.classes))
    right, every = int(np.trace(counts)), len(pool.labels)
    st.markdown(f"**{right:,} of {every:,} right, {every - right:,} wrong.** *Press a cell.*")
    wrong = counts - np.diag(np.diag(counts))
    label, taken = (answer.called(int(k), net) for k in np.unravel_index(wrong.argmax(), wrong.shape))
    with st.container(key="matrix_box", height=430, border=False):
        st.plotly_chart(
            figures.confusion(counts, net.classes, chosen.cell(net)),
            key="confusion",
            on_select=chosen.cell_clicked,
            selection_mode="points",
            height="stretch",
            config=SHOWN,
            alt=f"{right:,} of {every:,} {pool.called}s are read rightly; the most frequent mistake is to take "
            f"{label} for {taken}, {wrong.max():,} times. The brightest output counts, sure or not.",
        )


def gallery(net: Network, pool: Pool) -> None:
    """Show the digits that pass the filters, a hundred at a time; a click makes one the drawing."""
    with st.container(key="turn", horizontal=True, vertical_alignment="center", gap="small"):
        chosen.filters(net)
        which = chosen.found(net, pool)
        pages = max(1, -(-len(which) // chosen.each()))
        page = st.session_state["digits_page"] = min(max(1, st.session_state["digits_page"]), pages)
        _turn("Back", "chevron_left", -1, pages)
        _turn("On", "chevron_right", 1, pages)
    if st.session_state["digits_sort"] in chosen.BY_NEURON:
        with st.container(key="by_neuron", horizontal=True, vertical_alignment="bottom", gap="small"):
            picker.neuron(net)
    if not len(which):
        st.info(f"No {pool.called} is like that. Choose “any” for label or answer, or leave out a filter.")
        return
    first = chosen.each() * (page - 1)
    shown = which[first : first + chosen.each()]
    st.caption(f"{first + 1:,} to {first + len(shown):,} of {len(which):,}. Press a digit: it becomes your drawing.")
    pictures(net, pool, shown, key="digits", sent=lambda: st.session_state["digits"])


def _turn(title: str, icon: str, by: int, pages: int) -> None:
    to = st.session_state["digits_page"] + by
    st.button(
        title, icon=f":material/{icon}:", key=f"turn_{title.lower()}", disabled=not 1 <= to <= pages,
        on_click=_go, args=(to,),
    )  # fmt: skip


def _go(page: int) -> None:
    st.session_state["digits_page"] = page


def pictures(
    net: Network,
    pool: Pool,
    which: np.ndarray,
    more: list[str] | None = None,
    *,
    key: str,
    sent: Callable[[], Any],
    columns: int = 0,
    height: int = 372,
) -> None:
    """Show some of the digits in rows: label, and the answer where it is another, or else what `more` says.

    A click, which `sent` returns, makes one the drawing. On a stage captions are large, so fewer stand in a row.
    """
    answers, brightest = pool.answers[which], pool.trace.output[which].max(axis=1)
    names, right = [plain(name, 12) for name in net.classes], answers == pool.labels[which]
    captions = [
        names[label] if good else f"{names[label]} → {names[taken]}"
        for label, taken, good in zip(pool.labels[which], answers, right, strict=True)
    ]
    hovers = [
        f"{pool.called} {k:,}: label {names[label]}, read as {names[taken]}<br>brightest output {bright:.3f}"
        for k, label, taken, bright in zip(which, pool.labels[which], answers, brightest, strict=True)
    ]
    if more:
        captions, hovers = more, [f"{said}<br>{extra}" for said, extra in zip(hovers, more, strict=True)]
    with st.container(key=f"{key}_strip", height=height, border=False):  # on a phone it scrolls sideways
        st.plotly_chart(
            figures.gallery(
                pool.images[which],
                captions,
                hovers,
                which.tolist(),
                st.session_state["digit"],
                columns or (8 if st.session_state["stage"] else COLUMNS),
            ),
            key=key,
            on_select=lambda: chosen.take(sent(), pool),
            selection_mode="points",
            height="stretch",
            config=SHOWN,
            alt=f"{len(which)} {pool.called}s, {int(right.sum())} of them answered rightly.",
        )


def waiting(pool: Pool, count: int, *, key: str, columns: int, height: int) -> None:
    """Show as many empty pictures, until there is something to show."""
    blank = np.zeros((count, *pool.images.shape[1:]), np.uint8)
    with st.container(key=f"{key}_strip", height=height, border=False):
        st.plotly_chart(
            figures.gallery(blank, ["\u00a0"] * count, [""] * count, [-1] * count, columns=columns),
            key=key,
            height="stretch",
            config=SHOWN,
            alt="No picture yet.",
        )
