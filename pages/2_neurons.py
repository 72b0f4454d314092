"""Neurons: all weight maps of a layer, and one neuron taken apart."""

import streamlit as st

from nnviz.ui import canvas, menu, neuron, picker

menu.open_page(
    "Examine a neuron",
    "A neuron adds up weights × inputs and its bias, and squashes the sum. Click a map to take it apart.",
)


@st.fragment
def examine() -> None:
    """Everything that follows the pen or the choice of a neuron, rerun together."""
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="medium"):
        net = picker.network()
        layer, chosen = picker.neuron(net)
        order = picker.order(layer, net.forward(st.session_state["x"]))
    left, right = st.columns([1, 1.75], gap="medium")
    with right, st.container(key="now", horizontal=True, gap="medium"):
        with st.container(key="small", width=176):
            canvas.draw(layer, chosen, pen_tools=False)
        trace = net.forward(st.session_state["x"])
        with st.container(key="sum", width="stretch"):
            neuron.arithmetic(net, trace, layer, chosen)
    with left:
        neuron.gallery(net, trace, layer, chosen, order)
    with right:
        neuron.weights_and_terms(net, trace, layer, chosen)
    neuron.more(net, trace, layer, chosen)


examine()
