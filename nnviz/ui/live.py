"""The Python face of the live part (live.js), which lets the figures follow the pen: hands it the weights."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import streamlit as st

from nnviz.ui import data

_component = st.components.v2.component(
    "nnviz_live",
    html='<span data-live="wait"></span>',
    js=Path(__file__).with_name("live.js").read_text(encoding="utf-8"),
)


def follow_pen(name: str, layer: int = 0, neuron: int = 0) -> None:
    """Let the page's figures follow the pen.

    Parameters
    ----------
    name : str
        The network to run in the browser. Its weights travel once: Streamlit sends what did not change as its hash.
    layer, neuron : int
        The neuron examined on the page; layer 0 where none is.
    """
    result = _component(
        key="live",
        data={"name": name, "layers": _weights(name), "layer": layer, "neuron": neuron},
        default={"trouble": None},
        on_trouble_change=lambda: None,
        height="content",
    )
    if result.trouble:
        st.session_state["trouble"] = str(result.trouble)[:200]


@st.cache_resource(show_spinner=False)
def _weights(name: str) -> list[dict[str, str]]:
    return [{"W": _base64(layer.W), "b": _base64(layer.b)} for layer in data.network(name).layers]


def _base64(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()
