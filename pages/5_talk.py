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
    with st.container(key="picture"):
        with st.container(key="pad"):
            canvas.draw(*talk.examined(step), pen_tools=False, network=talk.network())
        net = data.network(talk.network())
        talk.show(net, net.forward(inputs.present(net)))
        talk.controls(step)
    talk.buttons(step)
    talk.notes(step)


lesson()
