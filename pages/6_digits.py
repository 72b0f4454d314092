"""Digits: what the network makes of all the test digits, and where it fails."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas, picker
from nnviz.ui.pages.digits import own, pool, views
from nnviz.ui.session import data, inputs

menu.open_page(
    "Know its mistakes",
    "These 10,000 digits were kept out of training. Where does the network fail, and does it know?",
)


@st.fragment
@data.explained()
def look() -> None:
    """The drawing, and beside it one view of all the digits, rerun together."""
    with st.container(key="views", horizontal=True, vertical_alignment="bottom", gap="medium"):
        net = picker.network()
        digits = pool.of(net, st.session_state["network"])
        if digits is not None:
            views.choose()
            own.using(digits)
    if digits is None:
        own.offer(net)
        return
    with st.container(key="beside", horizontal=True, gap="medium"):
        with st.container(key="small", width=176):
            canvas.draw(pen_tools=False)
            answer.verdict(net.forward(inputs.present(net)), net)
        with st.container(key="view", width="stretch"):
            views.show(net, digits)


look()
