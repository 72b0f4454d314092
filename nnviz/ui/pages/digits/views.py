"""Which of the ways to look at all the digits is open."""

from __future__ import annotations

import streamlit as st

from nnviz.network import Network
from nnviz.ui.pages.digits import certainty, compared, overview, spread
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import parameters

TITLES = dict(zip(parameters.VIEWS, ("Mistakes", "Map", "Compare two", "How sure?"), strict=True))


def choose() -> None:
    """Choose what is shown beside the drawing."""
    st.segmented_control(
        "Look at", list(TITLES), key="digits_view", required=True, persist_state="session",
        format_func=TITLES.__getitem__,
    )  # fmt: skip


def show(net: Network, pool: Pool) -> None:
    """Show it."""
    show = {"mistakes": overview.mistakes, "map": spread.spread, "compare": compared.compared}
    show.get(st.session_state["digits_view"], certainty.certainty)(net, pool)
