"""Neurons: all weight maps of a layer, and one neuron taken apart."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import arithmetic, canvas, picker
from nnviz.ui.pages.neurons import maps, tabs
from nnviz.ui.session import inputs

menu.open_page(
    "Examine a neuron",
    "Each map shows a neuron’s weights; a, its activation, is what it passes on. Click to examine one.",
)


@st.fragment
def examine() -> None:
    """Everything that follows the pen or the choice of a neuron, rerun together."""
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="medium"):
        picker.folded(with_layer=True)
        net = picker.network()
        layer, chosen = picker.neuron(net)
        order = picker.order(layer, net.forward(inputs.present(net)))
    with st.container(key="examined", horizontal=True, gap="medium"):
        around = st.container(key="around", width=472)  # filled when it is known what is on the canvas
        with st.container(key="aside", width="stretch"):
            maps.verdict(net, layer, chosen)
            with st.container(key="now", horizontal=True, gap="medium"):
                with st.container(key="small", width=176):
                    canvas.draw(layer, chosen, pen_tools=False)
                trace = net.forward(inputs.present(net))
                with st.container(key="terms", width="stretch"):
                    maps.terms(net, trace, layer, chosen)
                with st.container(key="curved", width="stretch"):
                    maps.curve(net, trace, layer, chosen)
            arithmetic.arithmetic(net, trace, layer, chosen)
            maps.scales(net, layer, chosen)
    with around:
        maps.ring(net, trace, layer, chosen, order)
    tabs.more(net, trace, layer, chosen)


examine()
