"""Draw: a digit on the canvas, every layer's answer beside it."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.draw import preparation
from nnviz.ui.session import data, inputs

menu.open_page("Draw a digit", preparation.explanation())


@st.fragment(key="drawing")
def draw() -> None:
    """Canvas, layers and answer: what a stroke reruns, so it holds nothing that a stroke leaves as it is."""
    canvas.sheet()
    net = data.network(st.session_state["network"])
    trace = net.forward(inputs.present(net))
    answer.layers(trace, net)
    preparation.preparation(net)
    answer.shown(trace, net)


with st.container(key="draw"):
    draw()
    canvas.tools("drawing")
    with st.container(key="networks"):
        picker.network()
