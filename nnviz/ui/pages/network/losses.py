"""Neurons knocked out, and what losing them costs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import surgery
from nnviz.network import Network, Trace
from nnviz.ui.pages.network import knobs
from nnviz.ui.session import data, state


def knock_out(net: Network, trace: Trace) -> None:
    """Choose neurons to lose, and show what that costs on this drawing and on all test digits."""
    name = st.session_state["network"]
    every = {
        (layer, k): f"{data.layer_name(name, layer)}, neuron {k}"
        for layer, size in enumerate(net.sizes)
        if layer
        for k in range(size)
    }
    st.multiselect(
        "Neurons knocked out: their activation is 0 for all that follow",
        list(every), key="out", persist_state="session", on_change=state.share, placeholder="Choose one or several",
        format_func=every.__getitem__,
    )  # fmt: skip
    with data.explained():
        cost = data.cost(name, tuple(sorted(st.session_state["out"])))
    before = net.forward(st.session_state["x"])
    st.markdown(
        f"This drawing: {knobs.answered(before)} with all neurons, **{knobs.answered(trace)}** now. "
        f"The 10,000 test digits: {cost.before:.2%} right with all, **{cost.after:.2%}** now: "
        f"**{knobs.points(cost.before, cost.after)}**."
    )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _by_digit(cost)
    with right:
        _ranking(name)


def _by_digit(cost: surgery.Cost) -> None:
    of = np.bincount(data.test_digits().labels, minlength=len(cost.before_by_digit))
    before, after = (np.rint(share * of).astype(int) for share in (cost.before_by_digit, cost.after_by_digit))
    columns = {"of": of, "right with all": before, "right now": after, "change": after - before}
    st.markdown("**Digit by digit: how many of the test digits it reads**")
    table = {what: [*n.tolist(), int(n.sum())] for what, n in columns.items()}
    st.dataframe(
        {"digit": [*map(str, range(len(of))), "all"]} | table,
        key="by_digit_lost", hide_index=True, width="stretch", height=422,
    )  # fmt: skip


def _ranking(name: str) -> None:
    ranking = data.ranking(name)
    (layers, ks) = zip(*(cost.neurons[0] for cost in ranking), strict=True)
    st.markdown(f"**Each of the {len(ranking)} neurons lost alone, the costliest first**")
    st.dataframe(
        {
            "layer": [data.layer_name(name, layer) for layer in layers],
            "neuron": ks,
            "right without it, %": [100 * cost.after for cost in ranking],
            "cost in points": [100 * cost.drop for cost in ranking],
        },
        key="ranking", hide_index=True, width="stretch", height=422,
        column_config={
            "right without it, %": st.column_config.NumberColumn(format="%.2f"),
            "cost in points": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
