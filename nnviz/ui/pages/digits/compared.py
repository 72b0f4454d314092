"""Two digits compared: every neuron's difference, and the path of the largest terms from the output back."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.layers import ranges
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.sentences import literal
from nnviz.study import attribution, confusion
from nnviz.ui.kit import answer, arithmetic
from nnviz.ui.pages.digits import chosen, gallery
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data


def compared(net: Network, pool: Pool) -> None:
    """Compare two digits neuron by neuron, and follow the largest terms from the output back."""
    with st.container(key="pair", horizontal=True, vertical_alignment="top", gap="medium"):
        with st.container(key="which_two", width=300, gap="small"):
            one, other = _choose(net, pool)
        with st.container(key="every_neuron", width="stretch", gap="small"):
            a, b = (Trace(*_single(pool.trace, k)) for k in (one, other))
            path = _path(net, a, b)
            _differences(net, a, b, path)
            st.markdown(
                f"**Why does the output for {literal(answer.called(int(b.prediction), net))} differ?** A term is a "
                "weight times how much more active its neuron is for the second. Terms add up to the change in the "
                "sum z; the largest are framed."
            )
            layers = range(len(net.layers), 0, -1)
            tables = [_terms(net, a, b, layer, neuron) for layer, neuron in zip(layers, path, strict=False)]
            st.html(f'<div class="terms">{"".join(tables)}</div>')


def _path(net: Network, one: Trace, other: Trace) -> list[int]:
    """Follow the largest terms from the second's answer back: a neuron of each layer, as long as one differs."""
    path = [int(other.prediction)]
    for layer in range(len(net.layers), 1, -1):
        terms = confusion.differences(net, one, other, layer, path[-1])
        if not terms.any():
            break
        path.append(int(np.abs(terms).argmax()))
    return path


def _single(trace: Trace, k: int) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    return tuple(a[k] for a in trace.activations), tuple(z[k] for z in trace.zs)


def _choose(net: Network, pool: Pool) -> tuple[int, int]:
    """Choose two digits by number; at first a mistake, and the digit of its label most like it, read correctly."""
    session, last = st.session_state, len(pool.labels) - 1
    for key, usual in zip(("digit_one", "digit_other"), _two(net, pool), strict=True):
        session[key] = min(int(session.get(key, usual)), last)
    with st.container(key="numbers", horizontal=True, vertical_alignment="bottom", gap="small"):
        one = int(st.number_input("First", 0, last, key="digit_one", width=88))
        other = int(st.number_input("Second", 0, last, key="digit_other", width=88))
        st.button(
            "Next", icon=":material/skip_next:", key="next_mistake", on_click=_next, args=(net, pool),
            help="The next mistake of the cell chosen among the mistakes, beside one that is read correctly",
        )  # fmt: skip
    gallery.pictures(net, pool, np.array([one, other]), key="two", sent=lambda: st.session_state["two"])
    return one, other


def _two(net: Network, pool: Pool) -> tuple[int, int]:
    wrong = _wrong(net, pool)
    return _beside(pool, int(wrong[0])) if len(wrong) else (0, min(1, len(pool.labels) - 1))


def _wrong(net: Network, pool: Pool) -> np.ndarray:
    """Find the mistakes of the cell that is chosen; where there is none, of the commonest kind."""
    counts = confusion.matrix(pool.labels, pool.answers, len(net.classes))
    np.fill_diagonal(counts, 0)
    cell = chosen.cell(net)
    label, taken = cell if None not in cell and counts[cell] else np.unravel_index(counts.argmax(), counts.shape)
    return np.flatnonzero((pool.labels == label) & (pool.answers == taken) & (pool.labels != pool.answers))


def _beside(pool: Pool, mistake: int) -> tuple[int, int]:
    """Return the digit of the same label, read correctly, whose input is most like a mistake's; and the mistake."""
    good = np.flatnonzero((pool.labels == pool.labels[mistake]) & (pool.answers == pool.labels))
    if not len(good):
        return mistake, mistake
    x = pool.trace.activations[0]
    (near,), _ = confusion.nearest(x[good], x[mistake], 1)
    return int(good[near]), mistake


def _next(net: Network, pool: Pool) -> None:
    session, wrong = st.session_state, _wrong(net, pool)
    if len(wrong):
        after = wrong[wrong > session["digit_other"]]
        session["digit_one"], session["digit_other"] = _beside(pool, int(after[0] if len(after) else wrong[0]))


def _differences(net: Network, one: Trace, other: Trace, path: list[int]) -> None:
    """Show every neuron's difference."""
    name = st.session_state["network"]
    layers = range(1, len(net.sizes))
    st.markdown("**How much more active each neuron is for the second**")
    st.plotly_chart(
        figures.differences(
            [one.activations[k] for k in layers],
            [other.activations[k] for k in layers],
            [data.layer_name(name, k) for k in layers],
            [high for _, high in ranges(network=net)[1:]],
            path,
        ),
        key="differences",
        config=SHOWN,
        alt="The differences of all activations, layer by layer: blue where the second digit's is larger.",
    )


def _terms(net: Network, one: Trace, other: Trace, layer: int, neuron: int) -> str:
    """List the largest terms of a neuron's difference, adding up to it, as a table in HTML."""
    terms = confusion.differences(net, one, other, layer, neuron)
    index, largest = attribution.largest_terms(terms, min(5, terms.size))
    total = float(other.zs[layer - 1][neuron]) - float(one.zs[layer - 1][neuron])
    parts, shown = attribution.add_up((*largest, total - largest.sum()), total, arithmetic.DIGITS)
    name = st.session_state["network"]
    before = data.layer_name(name, layer - 1)
    rows = [*(_place(net, layer - 1, before, k) for k in index.tolist()), "all others", "together"]
    said = "".join(
        f'<tr><th scope="row">{html.escape(row)}</th><td>{arithmetic.signed(part)}</td></tr>'
        for row, part in zip(rows, (*parts, shown), strict=True)
    )
    plus = "+" * (shown > 0)
    caption = f"{html.escape(data.layer_name(name, layer))}, neuron {neuron}: z {plus}{arithmetic.signed(shown)}"
    return f"<table><caption>{caption}</caption><tbody>{said}</tbody></table>"


def _place(net: Network, layer: int, name: str, k: int) -> str:
    """Name a neuron, or of the input a pixel."""
    row, column = divmod(k, net.shape[1])
    return f"{name}, neuron {k}" if layer else f"row {row}, column {column}"
