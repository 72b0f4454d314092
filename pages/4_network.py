"""Network: all its knobs in one picture, the signal step by step, and what breaks when parts are lost or turned."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import canvas, picker
from nnviz.ui.pages.network import knobs, read, signal, tabs, wiring

menu.open_page(
    "Network",
    "Every line is a weight, every circle a neuron with a bias. Click a circle to knock it out.",
    heading=knobs.title,
)


@st.fragment(run_every=signal.pace())
def take_apart(title: str) -> None:
    """Everything that follows the drawing, the network and what was done to it, rerun together, below a title."""
    signal.advance()
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        picker.folded()
        net = picker.network()
        knobs.retitle(title)
        layer, chosen = picker.neuron(net)
        wiring.line_choices()
    with st.container(key="table", horizontal=True, gap="medium"):
        with st.container(key="small", width=196):
            canvas.draw(pen_tools=False, on_knock=wiring.knock)
            read.read(net)
        trace = wiring.trace(net)
        with st.container(key="whole", width="stretch"):
            wiring.wiring(net, trace, layer, chosen)
            signal.signal(net, trace)
            wiring.legend(net)
    tabs.more(net, trace, layer, chosen)


take_apart(knobs.title())
