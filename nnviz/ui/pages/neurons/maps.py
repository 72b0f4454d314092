"""All weight maps of a layer, and one neuron's weights, terms and sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.activations import logsumexp
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.study import attribution, chance, edges
from nnviz.ui.kit import arithmetic, picker
from nnviz.ui.session import data, measured

AROUND = 16  # maps shown at once, around the chosen neuron's


@data.explained(stop=False)
def ring(net: Network, trace: Trace, layer: int, chosen: int, order: list[int]) -> None:
    """Show the chosen neuron large, and around it those of its layer, 16 at a time; a click chooses another."""
    shown = _page(net, layer, chosen, order)
    with st.container(key="ring", height=520, border=False):  # the style sheet says how large on other screens
        _around(net, trace, layer, chosen, shown, len(order))
        _middle(net, layer, chosen)


def _around(net: Network, trace: Trace, layer: int, chosen: int, shown: list[int], many: int) -> None:
    name = st.session_state["network"]
    maps = _maps(name, net, layer, shown)
    b, z, a = net.layers[layer - 1].b, trace.zs[layer - 1], trace.activations[layer]
    captions = [f"<b>{k}</b>  a {arithmetic.signed(a[k])}" for k in range(len(maps))]
    details = [f"bias b {arithmetic.signed(b[k])}, sum z {arithmetic.signed(z[k])}" for k in range(len(maps))]
    st.plotly_chart(
        figures.weight_maps(maps, captions, data.limit(maps), chosen, shown, ring=True, details=details),
        key="weight_maps", height="stretch", on_select=picker.clicked, selection_mode="points", config=SHOWN,
        alt=f"{_what(layer).capitalize()} of {'the' if len(shown) == many else f'{len(shown)} of the'} {many} neurons "
        f"in {data.layer_name(name, layer)}" + (f"; neuron {chosen} is framed." if chosen in shown else "."),
    )  # fmt: skip


def _middle(net: Network, layer: int, k: int) -> None:
    """Show the chosen neuron's weights, in the first layer with the best edge or bar drawn over them."""
    name, w = st.session_state["network"], net.layers[layer - 1].W[k]
    title = "weights" if layer == 1 else f"weights from {data.layer_name(name, layer - 1)}"
    edge = measured.edge_score(name, k)[0] if layer == 1 and _fits_an_edge(net) else None
    outline = None if edge is None else arithmetic.closed(edges.outline(edge))
    st.plotly_chart(
        _map_or_column(w, data.limit(w), title, layer, net, outline), key="weight_map", height="stretch", config=SHOWN,
        alt=describe_values(title, w) + (f" {edges.describe(edge).capitalize()} is drawn over them." if edge else ""),
    )  # fmt: skip


@data.explained(stop=False)
def verdict(net: Network, layer: int, k: int) -> None:
    """Say in one line whether the chosen neuron is an edge detector; of a later one, what is shown of it."""
    name, (rows, columns) = st.session_state["network"], net.shape
    if layer > 1:
        count = measured.averaged(name, layer, AROUND)
        over = f", averaged over the {data.counted(count)}" if count < len(data.pictures(name)) else ""
        says = ": its weights in the middle", f"Around it: the pixels that excite each neuron{over}."
    elif not _fits_an_edge(net):
        says = ": its weights in the middle", f"Maps of {rows} × {columns} weights are too small to look for an edge."
    else:
        opening, numbers = chance.in_short(*measured.edge_score(name, k))
        says = f" {opening}", numbers
    with st.container(key="edge_verdict"):
        st.html(f"<p><b>Neuron {k}{says[0]}.</b> <span>{says[1]}</span></p>")


def _fits_an_edge(net: Network) -> bool:
    return min(net.shape) >= edges.SMALLEST


def _page(net: Network, layer: int, chosen: int, order: list[int]) -> list[int]:
    """Choose which neurons to show if there are many; at first those among which the chosen one is."""
    if len(order) <= AROUND:
        return order
    starts = range(0, len(order), AROUND)
    by_number = order == sorted(order)
    titles = {
        start: f"{'neurons' if by_number else 'places'} {start + (not by_number):,} to "
        f"{min(start + AROUND, len(order)) - by_number:,} of {len(order):,}"
        for start in starts
    }
    with st.container(key="pager"):
        start = st.selectbox(
            f"Of {len(order):,} maps", starts, index=order.index(chosen) // AROUND, format_func=titles.__getitem__,
            key=f"maps_{layer}_{chosen}_{by_number}", width=260, label_visibility="collapsed",
        )  # fmt: skip  # another neuron chosen opens its own page
    return order[start : start + AROUND]


def _maps(name: str, net: Network, layer: int, shown: list[int]) -> np.ndarray:
    """Return the maps of all neurons of a layer; of a deep one that is large only those shown, and zeros."""
    if layer <= 3 or len(shown) == net.sizes[layer]:
        return measured.maps(name, layer)
    maps = np.zeros((net.sizes[layer], *net.shape), np.float32)
    maps[shown] = measured.maps(name, layer, tuple(shown))
    return maps


def terms(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show what the drawing makes of the weights: weight × input."""
    w = net.layers[layer - 1].W[k]
    sender = data.layer_name(st.session_state["network"], layer - 1)
    title = "weights × input" if layer == 1 else f"weights × {sender}"
    values = attribution.contributions(trace.activations[layer - 1], w)
    st.markdown(f"**{title}**")
    with st.container(key="term_map", height=220, border=False):
        st.plotly_chart(
            _map_or_column(values, data.limit(w), title, layer, net, height=220), key="contributions", height="stretch",
            config=SHOWN, alt=describe_values(title, values),
        )  # fmt: skip


def scales(net: Network, layer: int, k: int) -> None:
    """Say what red and blue are in the large maps."""
    arithmetic.scale(data.limit(net.layers[layer - 1].W[k]), "the two large maps")


def curve(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the neuron's activation over its z, at the present point."""
    of, b = net.layers[layer - 1], float(net.layers[layer - 1].b[k])
    z, a = float(trace.zs[layer - 1][k]), float(trace.activations[layer][k])
    softmax = of.activation == "softmax"
    others = logsumexp(np.delete(trace.zs[layer - 1], k)) if softmax else 0.0
    st.markdown(f"**bias and {of.activation}**")
    with st.container(key="squashing", height=220, border=False):
        st.plotly_chart(
            figures.sigmoid(z, b, function=of.function, others=others, height=220), key="sigmoid", height="stretch",
            config=SHOWN, alt=f"The {of.activation} with its point at the sum z {z:.3f} and the activation a {a:.3f}.",
        )  # fmt: skip
    if softmax:
        st.caption("Where the curve rises depends on the other outputs; they are held still here.")


def _map_or_column(
    values: np.ndarray,
    limit: float,
    title: str,
    layer: int,
    net: Network,
    outline: np.ndarray | None = None,
    height: int = 300,
) -> Any:
    if layer == 1:
        return figures.weight_map(values.reshape(net.shape), limit, title, outline, height=220)
    return figures.incoming(values, limit, title, data.layer_name(st.session_state["network"], layer - 1), height)


def _what(layer: int) -> str:
    return "weights" if layer == 1 else "patterns of pixels"


def describe_values(title: str, values: np.ndarray) -> str:
    return f"{title.capitalize()}: {values.size} numbers from {values.min():.3f} to {values.max():.3f}."
