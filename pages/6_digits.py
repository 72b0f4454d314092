"""Digits: what the network makes of all the test digits, and where it fails."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.digits import chosen, overview, tabs
from nnviz.ui.session import data, inputs

menu.open_page(
    "Know its mistakes",
    "No shipped network was trained on these digits. Where does this one fail, and does it know?",
)


@st.fragment
@data.explained()
def look() -> None:
    """Matrix, digits and drawing, rerun together."""
    with st.container(key="sieve", horizontal=True, vertical_alignment="bottom", gap="small"):
        net, name = picker.network(), st.session_state["network"]
        labels = data.labels(name)
        if labels is not None:
            chosen.filters(net)
    if labels is None:
        st.info("nnviz has labelled pictures of the ten digits alone, and this network knows other classes.")
        return
    trace = data.test_trace(name)
    labels = labels[: len(trace.output)]  # a large network's trace is of fewer
    with st.container(key="mistakes", horizontal=True, gap="medium"):
        with st.container(key="small", width=176):
            canvas.draw(pen_tools=False)
            answer.verdict(net.forward(inputs.present(net)), net)
        with st.container(key="matrix", width=400):
            overview.matrix(net, trace, labels)
        with st.container(key="crowd", width="stretch"):
            overview.gallery(net, trace, labels)
    tabs.more(net, trace, labels)


look()
