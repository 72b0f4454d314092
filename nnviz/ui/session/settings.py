"""What a file does not say of one's own network, answered on the page: activations, shape, preparation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from nnviz.files import arrays
from nnviz.network import Network
from nnviz.preparation import Preparation


def key(what: str, name: str) -> str:
    """Name the widget that asks one thing of the network of that name; another network's begins with its own."""
    return f"{what} of {name}"


def answered(name: str) -> Callable[[Network], Network]:
    """Read what those widgets say, and return what makes it true of a network."""

    def said(what: str) -> object:
        return st.session_state[key(what, name)]

    def settled(network: Network) -> Network:
        parsed = [arrays.parsed(str(said(f"activation {number}"))) for number in range(1, len(network.layers) + 1)]
        layers = tuple(
            replace(layer, activation=activation, leak=leak)
            for layer, (activation, leak) in zip(network.layers, parsed, strict=True)
        )
        mean, deviation = (float(str(said(what))) for what in ("mean", "deviation"))
        preparation = Preparation(str(said("place")), bool(said("inverted")), mean, deviation)
        rows, _, columns = str(said("shape")).partition(" × ")
        return replace(network, layers=layers, shape=(int(rows), int(columns)), preparation=preparation)

    return settled
