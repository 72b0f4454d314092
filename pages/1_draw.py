"""Draw: a digit on the canvas, every layer's answer beside it."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.draw import preparation
from nnviz.ui.session import data, inputs

menu.open_page("Draw a digit", preparation.explanation())


@st.fragment
def draw() -> None:
    """Canvas, layers and answer, rerun together after each stroke without the rest of the page."""
    with st.container(key="stage", horizontal=True, gap="medium"):
        with st.container(key="left", width=296):
            canvas.draw()
        net = data.network(st.session_state["network"])
        trace = net.forward(inputs.present(net))
        with st.container(key="middle", width="stretch"):
            answer.layers(trace, net)
            preparation.preparation(net)
        with st.container(key="right", width=236):
            answer.verdict(trace, net)
            answer.outputs(trace, net)
            picker.network()
            st.caption(picker.sentence(st.session_state["network"]))


draw()
