"""What a visitor makes: the picture, and the neuron painted by hand; checked as they are taken over."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import build, link
from nnviz.ink import SIDE


def set_picture(x: np.ndarray, drawn: np.ndarray | None = None) -> None:
    """Make `x` (784,) or (28, 28), 0..1, the network's input; `drawn` (28, 28) is what it was prepared from."""
    st.session_state["x"] = np.array(x, np.float32).reshape(-1)  # a copy: a view would keep alive all it is a view of
    st.session_state["drawn"] = st.session_state["x"].reshape(SIDE, SIDE) if drawn is None else drawn


def set_neuron(weights: np.ndarray, bias: float) -> None:
    """Make weights (28, 28) and a bias the neuron made by hand; ValueError, and no change, if they are out of range."""
    weights, bias = build.quantize(weights), build.check_bias(bias)
    link.encode_neuron(weights, bias)  # what cannot go into the address is not taken over either
    st.session_state["painted"], st.session_state["painted_bias"] = weights, bias
