"""All weight maps of a layer, and one neuron's weights, terms and sigmoid."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.activations import logsumexp
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.study import attribution
from nnviz.ui.kit import arithmetic, picker
from nnviz.ui.session import data

PAGE, FEW = 64, 16  # maps shown at once: of pictures as small as MNIST's, and of larger ones
BRIEF = 16  # more maps are smaller, and have only their numbers below


@data.explained(stop=False)
def gallery(net: Network, trace: Trace, layer: int, chosen: int, order: list[int]) -> None:
    """Show the neurons of a layer as maps on one scale, a page of them if there are many; a click chooses one."""
    name = st.session_state["network"]
    shown = _page(net, layer, chosen, order)
    maps = _maps(name, net, layer, shown)
    limit = data.limit(maps)
    b, z, a = net.layers[layer - 1].b, trace.zs[layer - 1], trace.activations[layer]
    captions = [
        f"<b>{k}</b>   b {arithmetic.signed(b[k])}<br>z {arithmetic.signed(z[k])}   a {arithmetic.signed(a[k])}"
        for k in range(len(maps))
    ]
    brief = len(shown) > BRIEF
    if st.session_state["stage"] or brief:
        captions = [f"<b>{k}</b>" for k in range(len(maps))]  # more would not be read from the last row
    st.plotly_chart(
        figures.weight_maps(maps, captions, limit, chosen, shown, *((8, 76) if brief else ())),
        key="weight_maps",
        on_select=picker.clicked,
        selection_mode="points",
        config=SHOWN,
        alt=f"{_what(layer).capitalize()} of {_which(order, shown)} neurons in {data.layer_name(name, layer)}"
        + (f"; neuron {chosen} is framed." if chosen in shown else "."),
    )
    arithmetic.scale(limit, _what(layer))
    if layer > 1 and (count := data.averaged(name, layer, len(shown))) < len(data.pictures(name)):
        st.caption(f"Averaged over the {data.counted(count)}.")


def _page(net: Network, layer: int, chosen: int, order: list[int]) -> list[int]:
    """Choose which neurons to show if there are many; at first those among which the chosen one is."""
    size = PAGE if net.sizes[0] <= IMAGE_SHAPE[0] * IMAGE_SHAPE[1] else FEW
    if len(order) <= size:
        return order
    starts = range(0, len(order), size)
    by_number = order == sorted(order)
    titles = {
        start: f"{'neurons' if by_number else 'places'} {start + (not by_number):,} to "
        f"{min(start + size, len(order)) - by_number:,}"
        for start in starts
    }
    start = st.selectbox(
        f"Of {len(order):,} maps", starts, index=order.index(chosen) // size, format_func=titles.__getitem__,
        key=f"maps_{layer}_{chosen}_{by_number}", width=220,  # another neuron chosen opens its own page
    )  # fmt: skip
    return order[start : start + size]


def _maps(name: str, net: Network, layer: int, shown: list[int]) -> np.ndarray:
    """Return the maps of all neurons of a layer; of a deep one that is large only those shown, and zeros."""
    if layer <= 3 or len(shown) == net.sizes[layer]:
        return data.maps(name, layer)
    maps = np.zeros((net.sizes[layer], *net.shape), np.float32)
    maps[shown] = data.maps(name, layer, tuple(shown))
    return maps


def _which(order: list[int], shown: list[int]) -> str:
    return f"the {len(order)}" if len(shown) == len(order) else f"{len(shown)} of the {len(order)}"


def weights_and_terms(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the weights into the neuron, weights × input on the same scale, and its activation at the present point."""
    of = net.layers[layer - 1]
    w, b = of.W[k], float(of.b[k])
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
                _map_or_column(values, limit, title, layer, net), key=key, config=SHOWN,
                alt=describe_values(title, values),
            )  # fmt: skip
    with columns[2]:
        st.markdown(f"**bias and {of.activation}**")
        z, a = float(trace.zs[layer - 1][k]), float(trace.activations[layer][k])
        softmax = of.activation == "softmax"
        others = logsumexp(np.delete(trace.zs[layer - 1], k)) if softmax else 0.0
        st.plotly_chart(
            figures.sigmoid(z, b, function=of.function, others=others), key="sigmoid", config=SHOWN,
            alt=f"The {of.activation} with the point z {z:.3f}, a {a:.3f}.",
        )  # fmt: skip
        if softmax:
            st.caption("Where the curve rises depends on the other outputs; they are held still here.")
    arithmetic.scale(limit, "both maps")


def _map_or_column(values: np.ndarray, limit: float, title: str, layer: int, net: Network):
    if layer == 1:
        return figures.weight_map(values.reshape(net.shape), limit, title)
    return figures.incoming(values, limit, title, data.layer_name(st.session_state["network"], layer - 1), height=330)


def _what(layer: int) -> str:
    return "weights" if layer == 1 else "patterns of pixels"


def describe_values(title: str, values: np.ndarray) -> str:
    return f"{title.capitalize()}: {values.size} numbers from {values.min():.3f} to {values.max():.3f}."
