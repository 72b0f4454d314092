"""Any weight or bias turned by a slider; undo, reset and save: the network becomes the visitor's own."""

from __future__ import annotations

import html
import json
from typing import Any

import numpy as np
import streamlit as st

from nnviz.export import link
from nnviz.network import Network, Trace
from nnviz.sentences import literal
from nnviz.study import surgery
from nnviz.ui.kit import answer
from nnviz.ui.session import data, inputs, measured, state, yours

BIAS = "bias"


def title() -> str:
    """Count the knobs of the network chosen."""
    return f"{data.network(st.session_state['network']).parameter_count:,} knobs"


def retitle(shown: str) -> None:
    """Draw the whole page again if another network is chosen by now, and its title counts another's knobs."""
    if shown != title():
        st.rerun()


def answered(trace: Trace, net: Network) -> str:
    """Say in few words what the network answers, to blank paper, too; to be put into Markdown."""
    found = answer.standing_out(trace, net)
    said = "no sure answer" if len(found) != 1 else answer.called(found[0], net)
    said = answer.an(int(said)) if said.isdecimal() else literal(said)
    return f"{said} to blank paper" if answer.is_blank(trace, net) else said


def points(before: float, after: float) -> str:
    """Write a change of accuracy in percentage points, with its sign."""
    return f"{round(100 * (after - before), 2) + 0.0:+.2f} points".replace("-", "−")


def turn(net: Network, layer: int, k: int) -> None:
    """Show a slider for one knob of the chosen neuron, and what the changed network is worth."""
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        source = _source(net, layer, k)
        _slider(net, layer, k, source)
        _worth(net)
    with right:
        _actions(net)


def _source(net: Network, layer: int, k: int) -> Any:
    sources = [BIAS, *range(net.sizes[layer - 1])]
    if st.session_state.get("source", BIAS) not in sources:
        st.session_state["source"] = BIAS
    return st.selectbox(
        f"Which knob of neuron {k} in {data.layer_name(st.session_state['network'], layer)}: its bias, or a weight",
        sources, key="source", persist_state="session", format_func=lambda source: _named(source, layer, net),
    )  # fmt: skip


def _named(source: Any, layer: int, net: Network) -> str:
    if source == BIAS:
        return "its bias"
    if layer == 1:
        row, column = np.divmod(source, net.shape[1])
        return f"weight from pixel row {row}, column {column}"
    return f"weight from neuron {source} before it"


def _value(net: Network, layer: int, k: int, source: Any) -> float:
    W, b = net.layers[layer - 1].W, net.layers[layer - 1].b
    return float(b[k] if source == BIAS else W[k, source])


def _slider(net: Network, layer: int, k: int, source: Any) -> None:
    value = _value(net, layer, k, source)
    reach = _reach(layer, value)
    st.session_state["knob"] = value
    knob = {"layer": layer, "neuron": k, "source": None if source == BIAS else int(source)}
    st.html(f'<i hidden data-knob="{html.escape(json.dumps(knob))}"></i>')  # for surgeon.js
    st.slider(
        "Its value", -reach, reach, step=0.01, key="knob", format="%.2f", on_change=_turned,
        args=(st.session_state["network"], net, layer, k, source),
    )  # fmt: skip


def _reach(layer: int, value: float) -> float:
    """Say how far the slider goes: well beyond the largest weight and bias the network began with."""
    own = yours.current()
    first = (own.history[0] if own else data.network(st.session_state["network"])).layers[layer - 1]
    return float(np.ceil(max(1.0, 2 * abs(first.W).max(), 2 * abs(first.b).max(), abs(value))))


def _turned(name: str, net: Network, layer: int, k: int, source: Any) -> None:
    """Turn a knob of the network that the slider was made for, though another may have been chosen since."""
    try:
        yours.change(name, net, surgery.change(net, layer, k, source, st.session_state["knob"]))
    except ValueError as error:
        state.note(f"The knob was not turned: {error}.")
        return
    state.share()


def _worth(net: Network) -> None:
    """Say what the network, with all its neurons, answers and how good it is, beside what it began as."""
    own, name, x = yours.current(), st.session_state["network"], inputs.present(net)
    answers = answered(net.forward(x), net)
    with data.explained():
        now = measured.accuracy(name)
    if st.session_state["out"]:
        st.caption("Counted with all neurons: those you knocked out are missing from the picture above only.")
    changes = len(own.history) - 1 if own else 0
    was = answered(own.history[0].forward(x), net) if own else ""
    if now is None:
        st.markdown(f"This drawing: {f'{was} before, ' * bool(changes)}**{answers}**{' now' * bool(changes)}.")
        st.caption(data.UNLABELLED)
        return
    digits = f"The {data.counted(len(data.pictures(name)))}"
    if not own:
        st.markdown(f"This drawing: **{answers}**. {digits}: **{now:.2%}** right.")
        return
    before = _first_accuracy(own, name)
    st.markdown(
        f"This drawing: {was} before, **{answers}** now. {digits}: {before:.2%} right before, "
        f"**{now:.2%}** now: **{points(before, now)}** after {changes} change{'s' * (changes != 1)}."
    )


def _first_accuracy(own: yours.Yours, name: str) -> float:
    """Return the accuracy of what a network began as; it has labels."""
    if own.base:
        return measured.accuracy(own.base) or 0
    x, labels = data.pictures(name), data.labels(name)
    return surgery.cost_of_losing(own.history[0], x, np.zeros(0) if labels is None else labels, ()).before


def _actions(net: Network) -> None:
    own = yours.current()
    steps = len(own.history) - 1 if own else 0
    st.caption(
        "What you change becomes a network of your own, “yours”: choose it on any page, or save it as a file. "
        f"The link keeps up to {link.MOST_KNOBS} turned knobs of a network that nnviz came with."
    )
    with st.container(key="knob_actions", horizontal=True, gap="small"):
        st.button("Undo", key="undo_knob", icon=":material/undo:", on_click=_undo, disabled=not steps)
        st.button("Reset", key="reset_knobs", icon=":material/restart_alt:", on_click=_reset, disabled=not steps)
        st.button(
            "Remove", key="remove_network", icon=":material/close:", on_click=_remove, disabled=own is None,
            help="Forget this network of your own; save it first if you want it back",
        )  # fmt: skip
        st.download_button(
            "Save", link.network_bytes(net), "network.npz", "application/octet-stream", key="save_network",
            icon=":material/download:", on_click="ignore", help="Save it as a file that “Bring your own” opens",
        )  # fmt: skip


def _undo() -> None:
    yours.undo()
    state.share()


def _reset() -> None:
    yours.reset()
    state.share()


def _remove() -> None:
    yours.remove(data.NETWORKS[0])
    state.check_network()
    state.share()
