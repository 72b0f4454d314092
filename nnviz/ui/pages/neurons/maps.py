"""All weight maps of a layer, and one neuron's weights, terms and sigmoid."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import attribution, figures
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.ui.kit import arithmetic, picker
from nnviz.ui.session import data


@data.explained(stop=False)
def gallery(net: Network, trace: Trace, layer: int, chosen: int, order: list[int]) -> None:
    """Show all neurons of a layer as maps on one scale; a click chooses one."""
    name = st.session_state["network"]
    maps, limit = data.maps(name, layer), data.limit(data.maps(name, layer))
    b, z, a = net.layers[layer - 1].b, trace.zs[layer - 1], trace.activations[layer]
    captions = [
        f"<b>{k}</b>   b {arithmetic.signed(b[k])}<br>z {arithmetic.signed(z[k])}   a {a[k]:.2f}"
        for k in range(len(maps))
    ]
    if st.session_state["stage"]:
        captions = [f"<b>{k}</b>" for k in range(len(maps))]  # more would not be read from the last row
    st.plotly_chart(
        figures.weight_maps(maps, captions, limit, chosen, order),
        key="weight_maps",
        on_select=picker.clicked,
        selection_mode="points",
        config=SHOWN,
        alt=f"{_what(layer).capitalize()} of the {len(maps)} neurons in {data.layer_name(name, layer)}; "
        f"neuron {chosen} is framed.",
    )
    arithmetic.scale(limit, _what(layer))


def weights_and_terms(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the weights into the neuron, weights × input on the same scale, and the sigmoid with the present point."""
    w, b = net.layers[layer - 1].W[k], float(net.layers[layer - 1].b[k])
    x = trace.activations[layer - 1]
    terms, limit = attribution.contributions(x, w), float(np.abs(w).max()) or 1.0
    sender = data.layer_name(st.session_state["network"], layer - 1)
    columns = st.columns([1, 1, 1.15], gap="small")
    for column, key, title, values in (
        (columns[0], "weight_map", "weights" if layer == 1 else f"weights from {sender}", w),
        (columns[1], "contributions", "weights × input" if layer == 1 else f"weights × {sender}", terms),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                _map_or_column(values, limit, title, layer), key=key, config=SHOWN, alt=describe_values(title, values)
            )
    with columns[2]:
        st.markdown("**bias and sigmoid**")
        z, a = float(trace.zs[layer - 1][k]), float(trace.activations[layer][k])
        st.plotly_chart(
            figures.sigmoid(z, b), key="sigmoid", config=SHOWN, alt=f"The sigmoid with the point z {z:.3f}, a {a:.3f}."
        )
    arithmetic.scale(limit, "both maps")


def _map_or_column(values: np.ndarray, limit: float, title: str, layer: int):
    if values.size == IMAGE_SHAPE[0] * IMAGE_SHAPE[1]:
        return figures.weight_map(values.reshape(IMAGE_SHAPE), limit, title)
    return figures.incoming(values, limit, title, data.layer_name(st.session_state["network"], layer - 1), height=330)


def _what(layer: int) -> str:
    return "weights" if layer == 1 else "patterns of pixels"


def describe_values(title: str, values: np.ndarray) -> str:
    return f"{title.capitalize()}: {values.size} numbers from {values.min():.3f} to {values.max():.3f}."
