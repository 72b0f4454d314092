"""One neuron put to the test: whether it is an edge detector, what it answers to, its largest terms, the networks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN, limits
from nnviz.network import Network, Trace
from nnviz.study import attribution, chance, edges, patterns, shapes, tuning
from nnviz.ui.kit import arithmetic, compare
from nnviz.ui.pages.neurons.maps import describe_values
from nnviz.ui.session import data, measured


def more(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the open one of four tabs: edge test or pattern, what it answers to, the largest terms, all networks."""
    name = st.session_state["network"]
    through = "Is it an edge detector?" if layer == 1 else "What it sees through the layers before"
    tabs = st.tabs(
        [through, "What excites it", "The ten largest terms", "Four networks side by side"],
        key="more",
        on_change="rerun",
    )
    for tab, show in zip(
        tabs,
        (
            lambda: is_it_an_edge(net, name, k) if layer == 1 else pattern(name, layer, k),
            lambda: answers_to(net, name, layer, k),
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
    row, column = np.divmod(index, net.shape[1])
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
    shown, z = attribution.add_up(
        (terms.sum(), parts.z - parts.bias - terms.sum(), parts.bias), parts.z, arithmetic.DIGITS
    )
    ten, rest, bias = map(arithmetic.signed, shown)
    st.caption(f"These ten: {ten}; all others: {rest}; bias: {bias}; together the sum z = {arithmetic.signed(z)}.")


def is_it_an_edge(net: Network, name: str, k: int) -> None:
    """Put the hope to the test: the best edge or bar, beside what noise reaches, and the tuning curve."""
    if min(net.shape) < edges.SMALLEST:
        st.markdown(
            f"Its maps of {net.shape[0]} × {net.shape[1]} weights are too small to tell: an edge or a bar needs "
            f"at least {edges.SMALLEST} × {edges.SMALLEST}."
        )
        return
    edge, floor = measured.edge_score(name, k)
    image, b = net.layers[0].W[k].reshape(net.shape), float(net.layers[0].b[k])
    st.markdown(chance.verdict(edge, floor))
    if edge is None:
        return
    columns = st.columns([1, 1.2, 1.2], gap="small")
    with columns[0]:
        st.markdown("**best fit over weights**")
        st.plotly_chart(
            figures.weight_map(
                image, data.limit(image), "weights", arithmetic.closed(edges.outline(edge)), height=240
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
        weights, blank = tuning.between(image, b, net.preparation.range)
        found = tuning.curve(weights, blank, edge)
        st.markdown(f"**sum z for {found.turned}, turned there**")
        z, extreme = found.z, found.z.argmax() if found.peak else found.z.argmin()
        st.plotly_chart(
            figures.tuning(found, blank, 240, "z = b" if blank == b else "z"), key="tuning", config=SHOWN,
            alt=f"The sum z runs from {z.min():.2f} to {z.max():.2f}, {'largest' if found.peak else 'smallest'} at "
            f"{found.angles[extreme]:.0f} degrees; the best fit stands at {found.best:.0f}.",
        )  # fmt: skip
    one = (
        "This is one neuron; “Four networks side by side” looks at all 16."
        if name in data.LESSONS
        else f"This is one neuron of {net.sizes[1]:,}: by luck alone, some of them are ahead of their noise."
    )
    st.caption(
        f"An edge detector’s sum z should be {'largest' if found.peak else 'smallest'} where {found.turned} stands as "
        f"the best fit does (dotted). {one}"
    )


@data.explained(stop=False)
def answers_to(net: Network, name: str, layer: int, k: int) -> None:
    """Show the test digits that excite a neuron most and least, and its mean activation for each digit."""
    digits, trace = data.test_digits(), measured.test_trace(name)
    a = trace.activations[layer][:, k]
    most, least = attribution.extremes(trace.zs[layer - 1][:, k], 8)  # by z: many activations round to 0 or 1
    for key, title, index in (
        ("most", "These test digits excite it most (digit: activation)", most),
        ("least", "These excite it least", least),
    ):
        st.markdown(f"**{title}**")
        st.plotly_chart(
            figures.pictures(
                digits.images[index] / 255, [f"{digits.labels[i]}: {arithmetic.passed(a[i])}" for i in index]
            ),
            key=key,
            config=SHOWN,
            alt="; ".join(f"a {digits.labels[i]}, activation {a[i]:.3f}" for i in index),
        )
    st.markdown(f"**Mean activation for each digit, over the {data.counted(len(a))}**")
    means = attribution.mean_by_digit(a, digits.labels[: len(a)])
    function = net.layers[layer - 1].function
    low, high = (end if np.isfinite(end) else None for end in (function.low, function.high))
    st.plotly_chart(
        figures.by_digit(means, "mean activation", limits=limits((low, high), means)), key="by_digit", config=SHOWN,
        alt=", ".join(f"digit {d}: {m:.2f}" for d, m in enumerate(means)),
    )  # fmt: skip


def _pattern(name: str, layer: int, k: int) -> np.ndarray:
    return measured.maps(name, layer)[k] if layer <= 3 else measured.maps(name, layer, (k,))[0]


@data.explained(stop=False)
def pattern(name: str, layer: int, k: int) -> None:
    """Show the pattern of pixels a later neuron responds to, beside a shuffled one, and what it tells apart."""
    image, other = _pattern(name, layer, k), measured.shuffled_maps(name, layer, (k,))[0]
    limit = max(data.limit(image), data.limit(other))
    columns = st.columns(2)
    for column, key, title, drawn in (
        (columns[0], "pattern", "pattern", image),
        (columns[1], "pattern_shuffled", "pattern with its weights shuffled", other),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                figures.weight_map(drawn, limit, title, height=260),
                key=key,
                config=SHOWN,
                alt=describe_values(title, drawn),
            )
    arithmetic.scale(limit, "both patterns")
    found, place = measured.separation(name, layer, k)
    feature = int(found.p_values[:, place].argmin())
    st.markdown(patterns.verdict(found, feature, place, k, data.layer_name(name, layer - 1)))
    shares = measured.shares_by_digit(name, layer, k, feature)
    st.caption(
        f"Of {', '.join(shapes.FEATURES)} it tells this apart best. Digit by digit, those with "
        f"{shapes.FEATURES[feature]} against all without: "
        + ", ".join(f"{digit}s {share:.0%}" for digit, share in shares.items()) + "."
    )  # fmt: skip
