"""Neurons knocked out, and what losing them costs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz.network import Network, Trace
from nnviz.study import surgery
from nnviz.ui.pages.network import knobs
from nnviz.ui.session import data, inputs, measured, state


def knock_out(net: Network, trace: Trace, layer: int) -> None:
    """Choose neurons to lose, and show what that costs on this drawing and on all test digits."""
    name = st.session_state["network"]
    every = {
        (layer, k): f"{data.layer_name(name, layer)}, neuron {k}"
        for layer, size in enumerate(net.sizes)
        if layer
        for k in range(size)
    }
    st.multiselect(
        "Neurons knocked out: each passes on 0, whatever its sum",
        list(every), key="out", persist_state="session", on_change=state.share, placeholder="Choose one or several",
        format_func=every.__getitem__,
    )  # fmt: skip
    with data.explained():
        cost = measured.cost(name, tuple(sorted(st.session_state["out"])))
    before = knobs.answered(net.forward(inputs.present(net)), net)
    own = f"This drawing: {before} with all neurons, **{knobs.answered(trace, net)}** now."
    if cost is None:
        st.markdown(own)
        st.caption(data.UNLABELLED)
        return
    st.markdown(
        f"{own} The {data.counted(len(data.pictures(name)))}: {cost.before:.2%} right with all, **{cost.after:.2%}** "
        f"now: **{knobs.points(cost.before, cost.after)}**."
    )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _by_digit(cost, data.labels(name))
    with right:
        _ranking(name, layer)


def _by_digit(cost: surgery.Cost, labels: np.ndarray | None) -> None:
    of = np.bincount(np.zeros(0, int) if labels is None else labels, minlength=len(cost.before_by_digit))
    before, after = (np.rint(share * of).astype(int) for share in (cost.before_by_digit, cost.after_by_digit))
    columns = {"of": of, "right with all": before, "right now": after, "change": after - before}
    st.markdown("**Digit by digit: how many of the test digits it reads correctly**")
    table = {what: [*n.tolist(), int(n.sum())] for what, n in columns.items()}
    st.dataframe(
        {"digit": [*map(str, range(len(of))), "all"]} | table,
        key="by_digit_lost", hide_index=True, width="stretch", height=422,
    )  # fmt: skip


def _ranking(name: str, layer: int) -> None:
    """Rank all neurons, or in a very large network those of a layer; where that takes long, only if asked to."""
    of, count, at_once = measured.ranks(name, layer)
    sizes = data.network(name).sizes
    many = sum(sizes[1:]) if of is None else sizes[of]
    whose = f"{many:,} neurons" + (f" of {data.layer_name(name, of)}" if of else "")
    on = "" if count == len(data.test_digits().labels) else f" (on the {data.counted(count)})"
    st.markdown(f"**Each of the {whose} knocked out alone, the costliest first**{on}")
    if not at_once and not st.toggle(
        "Measure it", key="rank", persist_state="session", help="This takes a few seconds: each is knocked out in turn"
    ):
        return
    costs = measured.ranked(name, of, count)
    (layers, ks) = zip(*(cost.neurons[0] for cost in costs), strict=True)
    st.dataframe(
        {
            "layer": [data.layer_name(name, layer) for layer in layers],
            "neuron": ks,
            "right without it, %": [100 * cost.after for cost in costs],
            "cost in points": [100 * cost.drop for cost in costs],
        },
        key="ranking", hide_index=True, width="stretch", height=422,
        column_config={
            "right without it, %": st.column_config.NumberColumn(format="%.2f"),
            "cost in points": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
