"""Build: a neuron painted by hand, its threshold, and what it makes of pictures."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.pages.build import painted, painting, present, threshold, trials
from nnviz.ui.session import data

menu.open_page(
    "Build a neuron",
    "Paint weights, blue to add and red to take away, or start from a pattern. Then set how much makes it fire.",
)


@st.fragment
def build() -> None:
    """Everything that follows the brush or the threshold, rerun together."""
    with st.container(key="workbench", horizontal=True, gap="medium"):
        with st.container(key="brushes", width=296):
            painting.tools_and_grid()
        with data.explained():
            answers = painted.answers()
        with st.container(key="threshold_and_sums", width="stretch"):
            threshold.threshold_and_sums(answers)
        with st.container(key="present", width=330):
            present.present(answers)
    trials.more(answers)


build()
