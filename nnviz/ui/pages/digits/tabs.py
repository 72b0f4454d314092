"""Below the digits: those nearest to the drawing, two compared, and how far the network's certainty can be trusted."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.study import attribution, confusion
from nnviz.ui.kit import answer, arithmetic, nonsense
from nnviz.ui.pages.digits import chosen, overview
from nnviz.ui.session import data, inputs

NEAREST = 20


def more(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Show the open one of three tabs."""
    sections = {
        "Nearest to my drawing": lambda: nearest(net, trace, labels),
        "Two digits compared": lambda: compared(net, trace, labels),
        "How sure is sure?": lambda: certainty(net, trace, labels),
    }
    for tab, show in zip(st.tabs(list(sections), key="more_digits", on_change="rerun"), sections.values(), strict=True):
        if tab.open:
            with tab:
                show()


def nearest(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Show the test digits that excite a layer most nearly as the drawing does."""
    x = inputs.present(net)
    if not st.session_state["x"].any():
        st.caption("Draw a digit, or press one above: here come the test digits the network finds most like it.")
        return
    layers = {layer: data.layer_name(st.session_state["network"], layer) for layer in range(len(net.sizes))}
    layer = st.segmented_control(
        "Alike in", list(layers), key="nearest_in", default=len(net.sizes) - 2, format_func=layers.__getitem__,
        required=True,
    )  # fmt: skip
    which, apart = confusion.nearest(trace.activations[layer], net.forward(x).activations[layer], NEAREST)
    votes = np.bincount(labels[which], minlength=len(net.classes))
    overview.pictures(
        net,
        trace,
        labels,
        which,
        [f"{net.classes[labels[k]]}: {d:.2f}" for k, d in zip(which, apart, strict=True)],
        key="nearest",
        clicked=lambda: chosen.take(st.session_state["nearest"]),
    )
    st.caption(
        f"Below each: its label, and how far its activations in {layers[layer]} are from your drawing's, the root "
        f"of the sum of squared differences. {votes.max()} of these {len(which)} are labelled "
        f"{net.classes[votes.argmax()]}."
    )


def compared(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Compare two test digits neuron by neuron, and follow the largest terms from the output back."""
    one, other = _two(net, trace, labels)
    columns = st.columns([1, 1, 3], gap="small", vertical_alignment="bottom")
    with columns[0]:
        one = int(st.number_input("One: test digit", 0, len(labels) - 1, one, key="digit_one"))
    with columns[1]:
        other = int(st.number_input("The other: test digit", 0, len(labels) - 1, other, key="digit_other"))
    with columns[2]:
        overview.pictures(
            net, trace, labels, np.array([one, other]), key="two", clicked=lambda: chosen.take(st.session_state["two"])
        )
    x = data.pictures(st.session_state["network"])
    a, b = net.forward(x[one]), net.forward(x[other])
    neuron: int | None = int(b.prediction)
    st.markdown(
        f"**What makes the output for {net.classes[int(b.prediction)]} so different?** Each term is a weight "
        "times how much more the neuron before it is excited by the other digit than by the one."
    )
    for place, layer in zip(st.columns(len(net.layers), gap="medium"), range(len(net.layers), 0, -1), strict=False):
        if neuron is not None:
            with place:
                neuron = _terms(net, a, b, layer, neuron)


def _two(net: Network, trace: Trace, labels: np.ndarray) -> tuple[int, int]:
    """Find a pair to begin with: the commonest mistake, and a digit of the same label that is read rightly."""
    answers = trace.prediction
    wrong = confusion.matrix(labels, answers, len(net.classes))
    np.fill_diagonal(wrong, 0)
    label, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    good, bad = ((labels == label) & (answers == each) for each in (label, taken))
    return int(good.argmax()), int(bad.argmax())


def _terms(net: Network, one: Trace, other: Trace, layer: int, neuron: int) -> int | None:
    """List the largest terms of a neuron's difference, adding up to it; return the neuron before with the largest.

    None, if no neuron before differs.
    """
    terms = confusion.differences(net, one, other, layer, neuron)
    index, largest = attribution.largest_terms(terms, min(5, terms.size))
    total = float(other.zs[layer - 1][neuron]) - float(one.zs[layer - 1][neuron])
    parts, shown = attribution.add_up((*largest, total - largest.sum()), total, arithmetic.DIGITS)
    name = st.session_state["network"]
    before = data.layer_name(name, layer - 1)
    st.markdown(f"**{data.layer_name(name, layer)}, neuron {neuron}: z differs by {arithmetic.signed(shown)}**")
    rows = [_place(net, layer - 1, before, k) for k in index.tolist()] + ["all others", "together"]
    st.dataframe(
        {"from": rows, "term": [arithmetic.signed(part) for part in (*parts, shown)]},
        key=f"terms_{layer}", hide_index=True, width="stretch", height=285,
    )  # fmt: skip
    return int(index[0]) if index.size else None


def _place(net: Network, layer: int, name: str, k: int) -> str:
    """Name a neuron, or of the input a pixel."""
    row, column = divmod(k, net.shape[1])
    return f"{name}, neuron {k}" if layer else f"pixel in row {row}, column {column}"


def certainty(net: Network, trace: Trace, labels: np.ndarray) -> None:
    """Show how far the brightest output can be trusted, and what else than digits makes it bright."""
    if not answer.tells_how_sure(net):
        st.caption("This network's outputs are mere numbers: they do not say how sure it is.")
        return
    brightest, right = trace.output.max(axis=1), trace.prediction == labels
    found = confusion.reliability(brightest, right)
    share, good = confusion.answered(brightest, right)
    left, middle = st.columns(2, gap="medium")
    with left:
        st.markdown("**Is an output of 0.9 right nine times in ten?**")
        st.plotly_chart(
            figures.reliability(found), key="reliability", config=SHOWN,
            alt=f"Share of right answers by brightest output; on average {found.error:.3f} from the dotted line.",
        )  # fmt: skip
    with middle:
        st.markdown("**If it may stay silent where it is least sure**")
        st.plotly_chart(
            figures.answered(share, good), key="answered", config=SHOWN,
            alt=f"All answered: {good[-1]:.2%} right.",
        )  # fmt: skip
    ninety = int(np.searchsorted(share, 0.9))
    name = st.session_state["network"]
    st.caption(
        f"On average the brightest output is {found.error:.3f} away from the share of right answers (the expected "
        f"calibration error, over {len(found.count)} bins). Let it answer the {share[ninety]:.1%} it is surest of, and "
        f"{good[ninety]:.2%} of those are right; of all, {good[-1]:.2%}. That is so for digits. {nonsense.noise(name)} "
        f"Shown an A: {answer.sentence(net.forward(data.letter(name)), net)}."
    )
