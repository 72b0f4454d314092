"""Draw: a digit on the canvas, every layer's answer beside it."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.draw import preparation
from nnviz.ui.session import data

menu.open_page(
    "Draw a digit",
    "Use mouse, pen or finger. The network reads the prepared 28 × 28 picture; every layer answers the one before.",
)


@st.fragment
def draw() -> None:
    """Canvas, layers and answer, rerun together after each stroke without the rest of the page."""
    with st.container(key="stage", horizontal=True, gap="medium"):
        with st.container(key="left", width=296):
            canvas.draw()
        net = data.network(st.session_state["network"])
        trace = net.forward(st.session_state["x"])
        with st.container(key="middle", width="stretch"):
            answer.layers(trace)
            preparation.unprepared(net)
        with st.container(key="right", width=236):
            answer.verdict(trace)
            answer.outputs(trace)
            picker.network()
            st.caption(picker.sentence(st.session_state["network"]))


draw()
