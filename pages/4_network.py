"""Network: all its knobs in one picture, the signal step by step, and what breaks when parts are lost or turned."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import canvas, picker
from nnviz.ui.pages.network import knobs, read, signal, tabs, wiring
from nnviz.ui.session import state

menu.open_page(
    "Network",
    "Lines are weights, the largest of them; circles are neurons, each with a bias. Click one to knock it out.",
    heading=knobs.title,
)


@st.fragment(run_every=signal.pace())
def take_apart(title: str) -> None:
    """Everything that follows the drawing, the network and what was done to it, rerun together, below a title."""
    state.show_notes()
    signal.advance()
    table, below = st.container(key="table"), st.container(key="below", horizontal=True, gap="small")
    with below, st.container(key="bar", horizontal=True, gap="small"):
        picker.folded()
        net = picker.network()
        wiring.line_choices()
    knobs.retitle(title)
    layer, chosen = tabs.which(net)
    with table:
        with st.container(key="small", width=196):
            canvas.draw(pen_tools=False, on_knock=wiring.knock)
        trace = wiring.trace(net)
        wiring.legend(net)
        wiring.wiring(net, trace, layer, chosen)
        read.read(net)
    with below:
        signal.signal(net, trace)
    tabs.more(net, trace, layer, chosen)


take_apart(knobs.title())
