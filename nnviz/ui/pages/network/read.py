"""How many of the test digits the network reads, large, beside its picture: the browser counts on while one plays."""

from __future__ import annotations

import streamlit as st

from nnviz.network import Network
from nnviz.ui.kit import answer
from nnviz.ui.pages.network import wiring
from nnviz.ui.session import data, measured

AT_ONCE = 200_000  # parameters of a network that is counted without being asked for


def read(net: Network) -> None:
    """Say how many test digits the network reads as it is now, and put back what was knocked out."""
    name, out = st.session_state["network"], st.session_state["out"]
    with st.container(key="read"):
        with data.explained(stop=False):
            st.html(f'<div {answer.stamp()} class="read" role="status">{_sentence(net, name)}</div>')
        st.button(
            "Restore all", key="put_back", icon=":material/replay:", on_click=wiring.put_back, disabled=not out,
            help="All neurons knocked out pass on their activations again",
        )  # fmt: skip


def _sentence(net: Network, name: str) -> str:
    if net.parameter_count > AT_ONCE:
        return "<small>“Knock neurons out” below counts how many digits it reads.</small>"
    cost = measured.cost(name, tuple(sorted(st.session_state["out"])))
    if cost is None:
        return f"<small>{data.UNLABELLED}</small>"
    of = len(data.pictures(name))
    before, after = (round(of * share) for share in (cost.before, cost.after))
    return (
        f"<b>{number(after, before)}</b><small>of {data.counted(of)} read correctly</small>"
        f'<small>change <span data-count="change">{changed(after - before)}</span></small>'
    )


def number(read: int, before: int) -> str:
    """Mark a count where the browser goes on counting, beside what it was."""
    return f'<span data-count="read" data-before="{before}">{read:,}</span>'


def changed(by: int) -> str:
    """Write a change of a count with its sign."""
    return f"{by:+,}".replace("-", "−") if by else "±0"
