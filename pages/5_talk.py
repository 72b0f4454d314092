"""Talk: the lesson in steps for a stage, each with one live picture."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import canvas
from nnviz.ui.pages.talk import talk
from nnviz.ui.session import data, inputs

menu.open_page("Talk")


@st.fragment
def lesson() -> None:
    """The step that is on, rerun with each key, button and stroke."""
    step = talk.follow_keys()
    words = st.container()  # filled when the picture stands: until then the step before stays whole
    with st.container(key="scene", horizontal=True, gap="medium"):
        with st.container(key="left", width=296):
            canvas.draw(*talk.examined(step), pen_tools=False, network=talk.network())
        net = data.network(talk.network())
        with st.container(key="picture", width="stretch"):
            step.show(net, net.forward(inputs.present(net)), talk.shown())
    with words:
        talk.words(step)
    talk.buttons(step)


lesson()
