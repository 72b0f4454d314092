"""The drawing beside the prepared picture, and what the network would have said to it as it was."""

from __future__ import annotations

import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.ui.kit import answer


def unprepared(network: Network) -> None:
    """Show drawing and prepared picture side by side, and what the network would have said to the drawing as it was."""
    drawn, x = st.session_state["drawn"], st.session_state["x"]
    with st.container(key="preparation", horizontal=True, vertical_alignment="center", wrap=False):
        st.plotly_chart(
            figures.preparation(drawn, x.reshape(drawn.shape)),
            key="drawn_and_prepared",
            width=280,
            config=SHOWN,
            alt=f"Merely shrunk: {answer.where(drawn)}. "
            f"Prepared for the network: {answer.where(x.reshape(drawn.shape))}.",
        )
        st.caption(_unprepared_sentence(network.forward(drawn.reshape(-1))), width="stretch")


def _unprepared_sentence(trace: Trace) -> str:
    prepared = "Prepared as MNIST's digits were: the ink fills 20 pixels, its centre of mass sits in the middle."
    if not trace.activations[0].any():
        return prepared
    return (
        f"{prepared} Merely shrunk, the same drawing would have been read as **{trace.prediction}** "
        f"(output activation {trace.output.max():.3f}): {answer.sentence(trace)}."
    )
