"""One neuron taken apart: its weights, its sum, its sigmoid, whether it is an edge detector, what it answers to."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import streamlit as st

from nnviz import attribution, chance, edges, figures, patterns, shapes, tuning
from nnviz.figures.curves import signed_text
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.ui import answer, compare, picker
from nnviz.ui.session import data

DIGITS = 3  # decimal places of the numbers that add up


@data.explained(stop=False)
def gallery(net: Network, trace: Trace, layer: int, chosen: int, order: list[int]) -> None:
    """Show all neurons of a layer as maps on one scale; a click chooses one."""
    name = st.session_state["network"]
    maps, limit = data.maps(name, layer), data.limit(data.maps(name, layer))
    b, z, a = net.layers[layer - 1].b, trace.zs[layer - 1], trace.activations[layer]
    captions = [f"<b>{k}</b>   b {signed(b[k])}<br>z {signed(z[k])}   a {a[k]:.2f}" for k in range(len(maps))]
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
    scale(limit, _what(layer))


def arithmetic(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show one neuron's sum in numbers."""
    numbers(attribution.take_apart(net, trace, layer, k))


def numbers(parts: attribution.Sum) -> None:
    """Show a sum in numbers that add up to the last digit shown, and what the bias has to do with it."""
    (positive, negative, bias), z = attribution.add_up((parts.positive, parts.negative, parts.bias), parts.z, DIGITS)
    terms = (
        ("positive", positive, "sum of positive terms"),
        ("negative", negative, "sum of negative terms"),
        ("bias", bias, "bias b"),
    )
    cells = "<i>+</i>".join(_cell(kind, signed(value), what) for kind, value, what in terms)
    result = _cell("z", signed(z), "z") + "<i>→</i>" + _cell("a", f"{parts.a:.{DIGITS}f}", "sigmoid(z) = activation a")
    bias_says = (
        f"The bias sets how high the weighted sum must be: above <b>−b = {_live('threshold', -bias)}</b> the neuron "
        f"passes one half. {_live('met', 'It does' if z > 0 else 'It does not')}: the weighted sum is "
        f"{_live('sum', positive + negative)}, so z = {_live('same', z)}."
    )
    with st.container(key="arithmetic"):
        st.html(
            f'<div {answer.stamp()}><p class="sum">{cells}<i>=</i>{result}</p><p class="says">{bias_says}</p></div>'
        )


def _cell(kind: str, number: str, what: str) -> str:
    return f'<span class="{kind}"><b data-is="{kind}">{number}</b><small>{what}</small></span>'


def _live(name: str, value: Decimal | str) -> str:
    return f'<span data-is="{name}">{value if isinstance(value, str) else signed(value)}</span>'


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
                _map_or_column(values, limit, title, layer), key=key, config=SHOWN, alt=_describe(title, values)
            )
    with columns[2]:
        st.markdown("**bias and sigmoid**")
        z, a = float(trace.zs[layer - 1][k]), float(trace.activations[layer][k])
        st.plotly_chart(
            figures.sigmoid(z, b), key="sigmoid", config=SHOWN, alt=f"The sigmoid with the point z {z:.3f}, a {a:.3f}."
        )
    scale(limit, "both maps")


def more(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the open one of four tabs: edge test or pattern, what it answers to, the largest terms, all networks."""
    name = st.session_state["network"]
    through = "Is it an edge detector?" if layer == 1 else "What it sees through the layers before"
    tabs = st.tabs(
        [through, "What it answers to", "The ten largest terms", "The four networks side by side"],
        key="more",
        on_change="rerun",
    )
    for tab, show in zip(
        tabs,
        (
            lambda: is_it_an_edge(name, k) if layer == 1 else pattern(name, layer, k),
            lambda: answers_to(name, layer, k),
            lambda: largest_terms(net, trace, layer, k),
            compare.side_by_side,
        ),
        strict=True,
    ):
        if tab.open:
            with tab:
                show()


def largest_terms(net: Network, trace: Trace, layer: int, k: int) -> None:
    """List the ten largest terms of the sum."""
    w, x = net.layers[layer - 1].W[k], trace.activations[layer - 1]
    index, terms = attribution.largest_terms(attribution.contributions(x, w), 10)
    row, column = np.divmod(index, IMAGE_SHAPE[1])
    given = "input" if layer == 1 else "activation"
    where = {"row": row, "column": column} if layer == 1 else {"neuron": index}
    st.dataframe(
        {**where, "weight": w[index], given: x[index], f"weight × {given}": terms},
        hide_index=True,
        width="stretch",
        height=386,
        column_config=dict.fromkeys(
            ["weight", given, f"weight × {given}"], st.column_config.NumberColumn(format="%.4f")
        ),
    )
    parts = attribution.take_apart(net, trace, layer, k)
    shown, z = attribution.add_up((terms.sum(), parts.z - parts.bias - terms.sum(), parts.bias), parts.z, DIGITS)
    ten, rest, bias = map(signed, shown)
    st.caption(f"These ten: {ten}; all others: {rest}; bias: {bias}; together z = {signed(z)}.")


def is_it_an_edge(name: str, k: int) -> None:
    """Put the hope to the test: the best edge or bar, beside what noise reaches, and the tuning curve."""
    edge, floor = data.edge_score(name, k)
    w, b = data.network(name).layers[0].W[k], float(data.network(name).layers[0].b[k])
    st.markdown(chance.verdict(edge, floor))
    if edge is None:
        return
    columns = st.columns([1, 1.2, 1.2], gap="small")
    with columns[0]:
        st.markdown("**best fit over weights**")
        st.plotly_chart(
            figures.weight_map(
                w.reshape(IMAGE_SHAPE), data.limit(w), "weights", closed(edges.outline(edge)), height=240
            ),
            key="best_fit", config=SHOWN, alt=f"The weight map with {edges.describe(edge)} drawn over it.",
        )  # fmt: skip
    with columns[1]:
        st.markdown("**beside noise of the same kind**")
        st.plotly_chart(
            figures.beside_noise(edge.explained, floor.scores, floor.percentile_95, height=240),
            key="noise", config=SHOWN, alt=chance.verdict(edge, floor),
        )  # fmt: skip
    with columns[2]:
        found = tuning.curve(w, b, edge)
        st.markdown(f"**z for {found.turned}, turned there**")
        z, extreme = found.z, found.z.argmax() if found.peak else found.z.argmin()
        st.plotly_chart(
            figures.tuning(found, b, height=240), key="tuning", config=SHOWN,
            alt=f"z runs from {z.min():.2f} to {z.max():.2f}, {'largest' if found.peak else 'smallest'} at "
            f"{found.angles[extreme]:.0f} degrees; the best fit stands at {found.best:.0f}.",
        )  # fmt: skip
    st.caption(
        "The frame is the best edge or bar of all places, turns, widths and lengths. The noise is as smooth and as "
        "large as the weights, but has no preferred direction; its 95th percentile is dotted. A bar is turned before a "
        "neuron that looks for a bar, a disc with one bright half before one that looks for an edge, as large as the "
        f"frame; the dotted line marks where the best fit stands, and z should be "
        f"{'largest' if found.peak else 'smallest'} there. This is one neuron looked at alone: “The four networks "
        "side by side” looks at all 16."
    )


@data.explained(stop=False)
def answers_to(name: str, layer: int, k: int) -> None:
    """Show the test digits that excite a neuron most and least, and its mean activation for each digit."""
    digits, trace = data.test_digits(), data.test_trace(name)
    a = trace.activations[layer][:, k]
    most, least = attribution.extremes(trace.zs[layer - 1][:, k], 8)  # by z: many activations round to 0 or 1
    for key, title, index in (("most", "excite it most", most), ("least", "excite it least", least)):
        st.markdown(f"**The test digits that {title}**")
        st.plotly_chart(
            figures.pictures(digits.images[index] / 255, [f"{digits.labels[i]}: {a[i]:.3f}" for i in index]),
            key=key,
            config=SHOWN,
            alt="; ".join(f"a {digits.labels[i]}, activation {a[i]:.3f}" for i in index),
        )
    st.markdown("**Mean activation for each of the ten digits, over the 10,000 test digits**")
    means = attribution.mean_by_digit(a, digits.labels)
    st.plotly_chart(
        figures.by_digit(means, "mean activation"), key="by_digit", config=SHOWN,
        alt=", ".join(f"digit {d}: {m:.2f}" for d, m in enumerate(means)),
    )  # fmt: skip


@data.explained(stop=False)
def pattern(name: str, layer: int, k: int) -> None:
    """Show the pattern of pixels a later neuron responds to, beside a shuffled one, and what it tells apart."""
    image, other = data.maps(name, layer)[k], data.shuffled_maps(name, layer)[k]
    limit = max(data.limit(image), data.limit(other))
    columns = st.columns(2)
    for column, key, title, drawn in (
        (columns[0], "pattern", "pattern", image),
        (columns[1], "pattern_shuffled", "pattern with its weights shuffled", other),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                figures.weight_map(drawn, limit, title, height=260), key=key, config=SHOWN, alt=_describe(title, drawn)
            )
    scale(limit, "both patterns")
    found, place = data.separation(name, layer, k)
    feature = int(found.p_values[:, place].argmin())
    st.markdown(patterns.verdict(found, feature, place, k, data.layer_name(name, layer - 1)))
    shares = data.shares_by_digit(name, layer, k, feature)
    st.caption(
        f"Of three things found in the ink, {', '.join(shapes.FEATURES)}, this is where it stands out most. Digit by "
        f"digit, those with {shapes.FEATURES[feature]} against all without: "
        + ", ".join(f"{digit}s {share:.0%}" for digit, share in shares.items()) + "."
    )  # fmt: skip


def _map_or_column(values: np.ndarray, limit: float, title: str, layer: int):
    if values.size == IMAGE_SHAPE[0] * IMAGE_SHAPE[1]:
        return figures.weight_map(values.reshape(IMAGE_SHAPE), limit, title)
    return figures.incoming(values, limit, title, data.layer_name(st.session_state["network"], layer - 1), height=330)


def scale(limit: float, what: str) -> None:
    st.html(
        f'<p class="scale">−{limit:.2f} <i></i> +{limit:.2f} <span>{what}: red and − negative, blue positive, '
        "one scale</span></p>"
    )


def _what(layer: int) -> str:
    return "weights" if layer == 1 else "patterns of pixels"


def closed(corners: np.ndarray) -> np.ndarray:
    """Turn corners (4, 2) of row, column into a closed line of x, y."""
    return np.vstack([corners, corners[:1]])[:, ::-1]


def _describe(title: str, values: np.ndarray) -> str:
    return f"{title.capitalize()}: {values.size} numbers from {values.min():.3f} to {values.max():.3f}."


def signed(value: float | Decimal) -> str:
    """Write a number with a real minus sign and no minus zero: a Decimal as it is, a float with two decimals."""
    return f"{value:f}".replace("-", "−") if isinstance(value, Decimal) else signed_text(float(value))
