"""Neurons: all weight maps of a layer, and one neuron taken apart."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import arithmetic, canvas, picker
from nnviz.ui.pages.neurons import maps, tabs
from nnviz.ui.session import inputs

menu.open_page(
    "Examine a neuron",
    "A neuron adds up weights × inputs and its bias; its activation follows. Click a map to see how.",
)


@st.fragment
def examine() -> None:
    """Everything that follows the pen or the choice of a neuron, rerun together."""
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="medium"):
        net = picker.network()
        layer, chosen = picker.neuron(net)
        order = picker.order(layer, net.forward(inputs.present(net)))
    left, right = st.columns([1, 1.75], gap="medium")
    with right, st.container(key="now", horizontal=True, gap="medium"):
        with st.container(key="small", width=176):
            canvas.draw(layer, chosen, pen_tools=False)
        trace = net.forward(inputs.present(net))
        with st.container(key="sum", width="stretch"):
            arithmetic.arithmetic(net, trace, layer, chosen)
    with left:
        maps.gallery(net, trace, layer, chosen, order)
    with right:
        maps.weights_and_terms(net, trace, layer, chosen)
    tabs.more(net, trace, layer, chosen)


examine()
