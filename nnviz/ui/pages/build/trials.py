"""A painted neuron put to the test: probes, how edge-like it is, which digit it tells apart, its place in a network."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network
from nnviz.study import attribution, build, chance, edges, surgery
from nnviz.ui.kit import answer, arithmetic
from nnviz.ui.pages.build import painted
from nnviz.ui.pages.build.painted import Answers
from nnviz.ui.session import data, measured, yours

TABS = ("Which picture excites it most?", "Is it an edge detector?", "Put it into the network")
BUILD = "Build it"


def more(found: Answers) -> None:
    """Show the open one of three tabs; on a stage they open over the page, and one before them leads back to it."""
    stage = [BUILD] * st.session_state["stage"]
    tabs = st.tabs([*stage, *TABS], key="more_build", on_change="rerun")
    for tab, show in zip(tabs[len(stage) :], (probes, edge_and_digit, put_in), strict=True):
        if tab.open:
            with tab, data.explained():
                show(found)


# ---- the probes


def probes(found: Answers) -> None:
    """Ask which probe will excite the neuron most, and only then show the numbers."""
    pictures = build.probes(**painted.place())
    names, images = list(pictures), np.stack(list(pictures.values()))
    guess = st.segmented_control(
        "Guess before you see the numbers: for which of these pictures is its sum the largest?", names, key="guess",
        persist_state="session",
    )  # fmt: skip
    if guess is None:
        with st.container(key="probes", height=176, border=False):
            st.plotly_chart(
                figures.probe_row(images, names), key="probe_pictures", height="stretch", config=SHOWN,
                alt=f"Seven pictures: {', '.join(names)}.",
            )  # fmt: skip
        st.caption(_PROBES)
        return
    response = build.respond(found.weights, found.bias, images)
    terms = attribution.contributions(images.reshape(len(images), -1), found.weights.ravel()).reshape(images.shape)
    limit, most = painted.limit_of(found.weights), _most(names, response.z)
    st.markdown(_judged(guess, most))
    with st.container(key="probed"):
        with st.container(key="probes", height=328, border=False):
            st.plotly_chart(
                figures.probe_row(images, names, terms, limit, most), key="probe_terms", height="stretch", config=SHOWN,
                alt="; ".join(f"{name}: sum z {z:.2f}" for name, z in zip(names, response.z, strict=True)),
            )  # fmt: skip
        st.html(_table(names, response, most))
    st.caption(
        "Above, the picture; below, weights × input. A neuron that looks for a stroke prefers its bar to the blob; one "
        "that only adds up a region does not."
    )


_PROBES = "“bar” lies where your pattern has its bar, “beside” next to it; “inverse” is dark on white."


def _most(names: list[str], z: np.ndarray) -> list[str]:
    """Find the probes that excite the neuron most; none if they all do equally."""
    most = [name for name, value in zip(names, z, strict=True) if value >= z.max() - 1e-6]
    return most if len(most) < len(names) else []


def _judged(guess: str, most: list[str]) -> str:
    """Say whether the prediction was right."""
    if not most:
        return f"You said **{guess}**. All seven give the same sum z: to this neuron they are all alike."
    which = f"**{most[0]}** excites it most" if len(most) == 1 else f"**{' and '.join(most)}** excite it equally"
    return f"You said **{guess}**: {'right' if guess in most else 'no'}. Of the seven, {which}."


def _table(names: list[str], response: build.Response, most: list[str]) -> str:
    rows = []
    for k, name in enumerate(names):
        parts = response.sum(k)
        cells = "".join(f"<td>{arithmetic.signed(value)}</td>" for value in parts.shown(arithmetic.DIGITS))
        kind = ' class="most"' if name in most else ""
        rows.append(f"<tr{kind}><th scope='row'>{name}</th>{cells}<td>{parts.a:.3f}</td></tr>")
    heads = "".join(
        f"<th>{text}</th>" for text in ("picture", "positive", "+ negative", "+ bias", "= sum z", "sigmoid(z)")
    )
    return f'<table class="ledger"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


# ---- an edge, a digit


def edge_and_digit(found: Answers) -> None:
    """Say how edge-like the weights are, beside noise, and which digit the neuron tells from the others best."""
    edge, floor = measured.scored(found.weights.tobytes())
    columns = st.columns([1, 1.2, 1.4], gap="medium")
    with columns[0]:
        st.markdown("**Best fit over your weights**")
        outline = None if edge is None else arithmetic.closed(edges.outline(edge))
        _chart(
            "fit", figures.weight_map(found.weights, painted.limit_of(found.weights), "weights", outline),
            "No edge." if edge is None else f"The weights with {edges.describe(edge)} drawn over them.",
        )  # fmt: skip
    with columns[1]:
        st.markdown("**Beside noise of the same kind**")
        st.markdown(chance.verdict(edge, floor))
        if edge is not None:
            noise = figures.beside_noise(edge.explained, floor.scores, floor.percentile_95)
            _chart("noise", noise, chance.verdict(edge, floor))
    with columns[2]:
        _digit(found)


def _chart(key: str, figure: Any, alt: str) -> None:
    """Show a figure; the style sheet says how high, by the size of the type."""
    with st.container(key=key, height=200, border=False):
        st.plotly_chart(figure, key=f"painted_{key}", height="stretch", config=SHOWN, alt=alt)


def _digit(found: Answers) -> None:
    fired, best = build.firing(found.digits.z, found.labels), build.best_separated(found.digits.z, found.labels)
    st.markdown("**Which digit does it tell apart?**")
    st.caption("Of each digit's pictures, the share it fires for:")
    _chart(
        "shares", figures.by_digit(fired.shares, "share it fires for"),
        ", ".join(f"digit {d}: {share:.2f}" for d, share in enumerate(fired.shares)),
    )  # fmt: skip
    if best.balanced_accuracy < 0.505:
        st.markdown("None: it fires about equally often for each.")
        return
    said = "fires" if best.polarity == "fires" else "stays silent"
    st.markdown(
        f"It tells **{best.digit}** apart best. Taking “it {said}” to mean “this is {answer.an(best.digit)}” is right "
        f"in **{best.balanced_accuracy:.1%}** of cases (balanced accuracy)."
    )
    st.caption(
        "Balanced: that digit's pictures count as much as all the others together, so guessing gets 50\u00a0%. "
        "It is the best of 20 tries (ten digits, firing or silent), so luck flatters it a little."
    )


# ---- in the network


def put_in(found: Answers) -> None:
    """Put the neuron in place of a trained one, and say what that does to the answer and the accuracy."""
    name = _host()
    net = data.network(name).folded()  # which looks at the picture itself, as the painted neuron does
    st.session_state["replaced"] = min(st.session_state.get("replaced") or 0, net.sizes[1] - 1)
    k = st.selectbox(
        f"In place of which neuron of hidden 1 in {yours.shown(name)}?", range(net.sizes[1]), key="replaced",
        persist_state="session", format_func=lambda k: f"neuron {k}", width=300,
    )  # fmt: skip
    as_is = surgery.put_in(net, k, found.weights, found.bias)
    refitted = surgery.put_in(net, k, found.weights, found.bias, refit=True, x=data.training_x())
    known = data.labels(name) is not None
    st.html(
        _comparison(
            [
                (f"{html.escape(yours.shown(name))} as it is", net, measured.accuracy(name)),
                (f"your neuron in place of neuron {k}, outgoing weights as they were", as_is, _accuracy(as_is, known)),
                ("your neuron, outgoing weights refitted", refitted, _accuracy(refitted, known)),
                ("no neuron there at all, refitted the same way", *_nothing(name, k)),
            ]
        )
    )
    of = net.layers[0].activation
    st.caption(
        "Refitted: outgoing weights and the next layer's biases are chosen anew, by least squares on 5,000 training "
        "digits. The last line is what your neuron must beat."
    )
    more = [] if known else [data.UNLABELLED]
    more += [f"There your neuron passes on what every neuron of that layer does: {of} of z."] * (of != "sigmoid")
    if more:
        st.caption(" ".join(more))


def _host() -> str:
    """Return the network to put the neuron into: the one chosen, or a shipped one if it does not fit there."""
    name = st.session_state["network"]
    net = data.network(name)
    if painted.fits(net) and len(net.layers) > 1:
        return name
    why = (
        f"it reads pictures of {net.shape[0]} × {net.shape[1]} pixels, and your neuron has 28 × 28 weights"
        if net.shape != IMAGE_SHAPE
        else "it reads drawings placed in another way"
        if not painted.fits(net)
        else "it has no hidden layer"
    )
    st.caption(f"Your neuron does not fit into the network chosen: {why}. These it fits into:")
    return str(
        st.segmented_control(
            "Network to put it into", data.NETWORKS, key="host", default=data.NETWORKS[0], required=True,
            persist_state="session", label_visibility="collapsed",
        )
        or data.NETWORKS[0]
    )  # fmt: skip


def _comparison(rows: list[tuple[str, Network, float | None]]) -> str:
    lines, x = [], painted.looked_at()
    for title, net, accuracy in rows:
        trace = net.forward(x)
        shown = answer.digit(trace, net)
        said = (
            answer.sentence(trace, net)
            if shown is None
            else f"{answer.called(shown, net)}, output activation {trace.output[shown]:.3f}"
        )
        right = "not known" if accuracy is None else f"{accuracy:.2%}"
        lines.append(f"<tr><th scope='row'>{title}</th><td>{right}</td><td class='says'>{html.escape(said)}</td></tr>")
    heads = (
        f"<th>the network</th><th>accuracy, 10,000 test digits</th><th class='says'>its answer to {painted.what()}</th>"
    )
    return f'<table class="ledger"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _accuracy(net: Network, known: bool) -> float | None:
    """Return the accuracy of a network that looks at MNIST's pictures as they are; None if its labels are not known."""
    return surgery.cost_of_losing(net, data.test_x(), data.test_digits().labels, ()).before if known else None


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def _nothing(name: str, k: int) -> tuple[Network, float | None]:
    net = surgery.put_in(data.network(name).folded(), k, build.zero(), 0.0, refit=True, x=data.training_x())
    return net, _accuracy(net, data.labels(name) is not None)
