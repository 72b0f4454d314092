"""Choosing a network and a neuron."""

from __future__ import annotations

import streamlit as st

from nnviz.ui import data, state

ABOUT = {
    "smooth": "trained so that neighbouring weights agree",
    "plain": "trained for the right answer alone",
    "untrained": "random weights, never trained",
}


def network() -> None:
    """Choose one of the shipped networks; it answers the same drawing at once."""
    st.segmented_control(
        "Network", data.NETWORKS, key="network", required=True, persist_state="session", on_change=state.share
    )
    st.caption(f"{st.session_state['network']}: {ABOUT[st.session_state['network']]}")
