"""Build: a neuron painted by hand, its threshold, and what it makes of pictures."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.pages.build import painted, painting, present, threshold, trials
from nnviz.ui.session import data

menu.open_page(
    "Build a neuron",
    "Paint weights: blue adds, red takes away. The threshold says how large the sum must be.",
)


@st.fragment
def build() -> None:
    """Everything that follows the brush or the threshold, rerun together."""
    painted.begin()
    with st.container(key="workbench"):
        with st.container(key="brushes"):
            st.markdown("**1 Paint**")
            painting.tools_and_grid()
        with data.explained():
            answers = painted.answers()
        with st.container(key="threshold_and_sums"):
            st.markdown("**2 Set the threshold**")
            with st.container(key="present"):
                present.present(answers)
            threshold.threshold(answers)
            present.actions(answers)
        with st.container(key="answering"):
            st.markdown("**3 See what it answers to**")
            threshold.answers(answers)
        painted.invitation(answers)
    trials.more(answers)


build()
