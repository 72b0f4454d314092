"""Choosing a network, a neuron, and the order of the gallery."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import streamlit as st

from nnviz import described
from nnviz.network import Network, Trace
from nnviz.sentences import quoted
from nnviz.ui.session import data, measured, state, yours
from nnviz.ui.session.table import DEFAULTS

ABOUT = {
    "smooth": "trained for smooth weight maps: a penalty on differences between neighbouring weights",
    "rough": "trained as “smooth” was, but without that penalty: its maps are rough",
    "plain": "trained for less time, on MNIST alone, for right answers and nothing else",
    "untrained": "random weights, never trained: it guesses",
    "wide": "eight times as large, with ReLUs and a softmax: trained to read as well as it can, not to be understood",
    yours.WORD: "your own, made on the Network page",
}
IN_SHORT = {  # beside the picker: what it is, and how many of the test digits it reads
    "smooth": "smooth maps, reads 97.1 %",
    "rough": "rough maps, reads 96.6 %",
    "plain": "less training, reads 94.8 %",
    "untrained": "never trained, reads 13.0 %",
    "wide": "8 × as large, reads 99.4 %",
}
MOST_BUTTONS = 6  # networks; more, or any with a name from outside, are a list to choose from
NUMBER, ACTIVATION, EDGE = DEFAULTS["sort"], "by activation", "by edge-likeness"


def about(name: str) -> str:
    """Say how a network came to be; of one from a file, what it is."""
    own = yours.find(name)
    if own and own.base:
        return ABOUT[yours.WORD]
    return ABOUT.get(name) or described.network(data.network(name))


def sentence(name: str) -> str:
    """Say so in a sentence of its own."""
    said = about(name)
    return f"{said[0].upper()}{said[1:]}."


def network() -> Network:
    """Choose one of the networks; it answers the same drawing at once."""
    titles = {name: yours.shown(name) for name in data.names()}
    foreign = any(title.startswith('"') for title in titles.values())
    chosen = _listed(titles) if foreign or len(titles) > MOST_BUTTONS else _buttons(titles)
    return data.network(chosen)


def _buttons(titles: dict[str, str]) -> str:
    name = st.segmented_control(
        _label(),
        titles,
        key="network",
        default=st.session_state["network"],  # what the browser falls back to if it loses its value
        format_func=titles.__getitem__,
        required=True,
        persist_state="session",
        on_change=state.check_network,
        help=_help(titles),
    )
    return str(name)


def _listed(titles: dict[str, str]) -> str:
    name = st.selectbox(
        _label(),
        titles,
        index=list(titles).index(st.session_state["network"]),
        key="network",
        format_func=titles.__getitem__,
        persist_state="session",
        on_change=state.check_network,
        width=220,
        help=_help(titles),
    )
    return str(name)


def _label() -> str:
    says = IN_SHORT.get(st.session_state["network"], "")
    return f"Network: {says}" if says else "Network"


def _help(titles: dict[str, str]) -> str:
    """Say of each network what it is; names out of files are no more than letters, digits, spaces, - and _."""
    others = {title: about(name) for name, title in titles.items() if title.startswith('"')}
    return "  \n".join(f"**{name}**: {about}" for name, about in (ABOUT | others).items())


def folded(with_layer: bool = False) -> None:
    """Say in one line which network is chosen, and which layer: on a phone the choices stand behind it."""
    session = st.session_state
    says = yours.shown(session["network"])
    if with_layer:
        says += f", {data.layer_name(session['network'], session['layer'])}"
    st.html(f'<details class="folded"><summary><span>{html.escape(says)}</span></summary></details>')


def neuron(net: Network) -> tuple[int, int]:
    """Choose a layer and one of its neurons."""
    titles = {n: data.layer_name(st.session_state["network"], n) for n in range(1, len(net.sizes))}
    st.segmented_control(
        "Layer",
        titles,
        key="layer",
        required=True,
        persist_state="session",
        format_func=titles.__getitem__,
        on_change=state.check_network,
    )
    layer = int(st.session_state["layer"])
    chosen = st.selectbox(
        "Neuron",
        range(net.sizes[layer]),
        key="neuron",
        persist_state="session",
        format_func=lambda k: f"neuron {k}" if layer < len(net.layers) else _output(net, k),
        width=140,
    )
    return layer, chosen


def _output(net: Network, k: int) -> str:
    """Name an output by its class."""
    return f"digit {k}" if net.classes == data.DIGITS else f"{k}, {quoted(net.classes[k], 24)}"


def order(layer: int, trace: Trace) -> list[int]:
    """Choose how the gallery is sorted, and return the neurons in that order."""
    ways = [NUMBER, ACTIVATION] + [EDGE] * (layer == 1 and measured.testable(st.session_state["network"]))
    if st.session_state["sort"] not in ways:
        st.session_state["sort"] = NUMBER
    way = st.selectbox("Sorted", ways, key="sort", persist_state="session", width=170)
    if way == ACTIVATION:
        return np.argsort(-trace.activations[layer], kind="stable").tolist()
    if way == EDGE:
        return np.argsort(-measured.margins(st.session_state["network"]), kind="stable").tolist()
    return list(range(trace.activations[layer].size))


def clicked() -> None:
    """Take over the neuron whose map was clicked in the gallery."""
    if place := place_clicked(st.session_state.get("weight_maps"), 1):
        st.session_state["neuron"] = place[0]
        state.check_network()


def place_clicked(sent: Any, many: int) -> tuple[int, ...]:
    """Return the first so many numbers of the point that was clicked in a chart; none if it holds anything else."""
    try:
        points = sent["selection"]["points"]
        return tuple(int(number) for number in np.ravel(points[0]["customdata"])[:many]) if points else ()
    except (ValueError, TypeError, LookupError, OverflowError):
        return ()
