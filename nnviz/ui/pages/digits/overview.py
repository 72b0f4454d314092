"""The confusion matrix, and the digits themselves, a hundred at a time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network
from nnviz.study import confusion
from nnviz.ui.kit import answer, picker
from nnviz.ui.pages.digits import chosen, gallery
from nnviz.ui.pages.digits.pool import Pool

EACH, ON_STAGE = 100, 32  # digits a page of the gallery


def mistakes(net: Network, pool: Pool) -> None:
    """Show the matrix beside the digits of the cell that was pressed, or of all mistakes."""
    with st.container(key="mistakes", horizontal=True, gap="medium"):
        with st.container(key="matrix", width=400, gap="small"):
            matrix(net, pool)
        with st.container(key="crowd", width="stretch", gap="small"):
            crowd(net, pool)


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
            alt=f"{right:,} of {every:,} {pool.called}s are read correctly; the most frequent mistake is to take "
            f"{label} for {taken}, {wrong.max():,} times. The brightest output counts, sure or not.",
        )


def crowd(net: Network, pool: Pool) -> None:
    """Show the digits that pass the filters, a hundred at a time; a press makes one the drawing."""
    with st.container(key="turn", horizontal=True, vertical_alignment="center", gap="small"):
        chosen.filters(net)
    if st.session_state["digits_sort"] in chosen.BY_NEURON:
        with st.container(key="by_neuron", horizontal=True, vertical_alignment="bottom", gap="small"):
            picker.neuron(net)
    which = chosen.found(net, pool)
    if not len(which):
        st.info(f"No {pool.called} is like that. Choose “any” for label or answer, or leave out a filter.")
        return
    each = ON_STAGE if st.session_state["stage"] else EACH
    pages = -(-len(which) // each)
    page = st.session_state["digits_page"] = min(max(1, st.session_state["digits_page"]), pages)
    gallery.pictures(
        net, pool, which, key="digits", sent=lambda: st.session_state["digits"], each=each, page=page,
        on_turned=lambda: _turned(pages),
    )  # fmt: skip


def _turned(pages: int) -> None:
    """Send another page, which the browser does not have."""
    page = st.session_state["digits"]["turned"]
    if type(page) is int and 1 <= page <= pages:
        st.session_state["digits_page"] = page
