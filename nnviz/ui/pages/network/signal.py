"""The signal on its way: step by step, in words and in a table of sums."""

from __future__ import annotations

import html
import time

import streamlit as st

from nnviz.figures.style import plain
from nnviz.network import Network, Trace
from nnviz.study import attribution
from nnviz.ui.kit import answer, arithmetic
from nnviz.ui.live.words import LONGEST
from nnviz.ui.session import data

PACE = 1.1  # seconds a step of the animation
FEW = 16  # rows that stand there whole, without scrolling
ROWS = 64  # neurons whose sums are listed
PASSES = {
    "sigmoid": "squashes.</b> Each passes on its activation a = sigmoid(z), between 0 (black) and 1 (white).",
    "tanh": "squashes.</b> Each passes on its activation a = tanh(z), between −1 (red) and 1 (blue).",
    "relu": "lets through.</b> Each passes on its activation a = relu(z): z where it is above 0, else 0 (black).",
    "leaky relu": "lets through.</b> Each passes on z where it is above 0 (blue), else only {leak} of it (red).",
    "identity": "passes on.</b> Each passes on z as it is, blue above 0 and red below.",
    "softmax": "shares out.</b> Each passes on its activation a = softmax(z): of 1, the more the larger its z.",
}


def signal(net: Network, trace: Trace) -> None:
    """Step through the layers, and say what happens in each."""
    step, end = step_of(net), end_of(net)
    playing = _playing()
    with st.container(key="steps", horizontal=True, gap="small"):
        st.button("Start", key="first", on_click=_go, args=(0,), help="Back to the input")
        st.button("Back", key="back", shortcut="B", on_click=_go, args=(step - 1,), disabled=step == 0)
        st.button("Next", key="next", shortcut="N", on_click=_go, args=(step + 1,), disabled=step == end)
        st.button("Pause" if playing else "Play", key="play", on_click=_play, args=(net,))
        happens = f"<small>{step} of {end}</small> {_what_happens(net, trace, step)}"
        st.html(f'<p {answer.stamp()} class="step" role="status">{happens}</p>')


def sums(net: Network, trace: Trace) -> None:
    """List the sums of the layer that the signal has come to."""
    step, end = step_of(net), end_of(net)
    layer = min((step + 1) // 2, len(net.layers))
    if not step:
        st.caption("The input has no sums: its activations are the picture's greys. Press “Next” above.")
        return
    st.markdown(f"**{data.layer_name(st.session_state['network'], layer).capitalize()}, neuron by neuron**")
    st.caption(
        "sum: its weights times what comes in, added up; z: that with the bias; a: its activation, what it passes on."
    )
    st.html(_sums(net, trace, layer, squashed=step % 2 == 0 or step == end))


def _go(step: int) -> None:
    st.session_state["step"], st.session_state["playing"] = step, False


def _play(net: Network) -> None:
    session = st.session_state
    session["playing"] = not _playing()
    if session["playing"]:
        session["ticked"] = time.monotonic()
        session["step"] = 0 if step_of(net) == end_of(net) else step_of(net)


def pace() -> float | None:
    """Say how often the page looks again by itself: every so many seconds while the signal plays, else never."""
    st.session_state["clock"] = _playing()
    return PACE if _playing() else None


def _playing() -> bool:
    return bool(st.session_state["playing"])


def advance() -> None:
    """Take the signal one step on if it plays and it is time."""
    session = st.session_state
    if session["clock"] != _playing():
        st.rerun()  # the whole page: only that starts or ends the clock
    if not _playing() or time.monotonic() - session["ticked"] < PACE * 0.8:
        return
    net = data.network(session["network"])
    end = end_of(net)
    session["step"], session["ticked"] = min(step_of(net) + 1, end), time.monotonic()
    if session["step"] == end:
        session["playing"] = False
        st.rerun()  # the whole page


def _what_happens(net: Network, trace: Trace, step: int) -> str:
    if step == 0:
        low, high = net.preparation.range
        ends = "black 0 to white 1" if (low, high) == (0, 1) else f"prepared to lie between {low:.2f} and {high:.2f}"
        return f"<b>The input.</b> {net.sizes[0]} grey values, {ends}, are the activations of layer 0."
    if step == end_of(net):
        sure = answer.digit(trace, net)
        lost = len(st.session_state["out"])
        said = answer.sentence(trace, net)
        knocked_out = f" {lost} neuron{'s' * (lost > 1)} knocked out." * bool(lost)
        return (
            f'<b data-is="answer">The answer{"" if sure is None else f": {plain(net.classes[sure], LONGEST)}"}.</b> '
            f'<span data-is="sentence">{html.escape(said[0].upper() + said[1:])}.</span>{knocked_out}'
        )
    layer = (step + 1) // 2
    name = data.layer_name(st.session_state["network"], layer).capitalize()
    if step % 2:
        return (
            f"<b>{name} adds up.</b> Each neuron adds {net.sizes[layer - 1]:,} activations times their weights, and "
            "its bias: the sum z. Thick blue ring: z above 0; thin red: below."
        )
    of = net.layers[layer - 1]
    return f"<b>{name} {PASSES[of.activation].format(leak=f'{of.leak:g}')}"


def _sums(net: Network, trace: Trace, layer: int, squashed: bool) -> str:
    """List each neuron's sum, bias and z, which add up as shown, and its activation once it is squashed."""
    rows = []
    for k in range(min(net.sizes[layer], ROWS)):
        parts = attribution.take_apart(net, trace, layer, k)
        (weighted, bias), z = attribution.add_up((parts.positive + parts.negative, parts.bias), parts.z)
        passed = "out" if (layer, k) in st.session_state["out"] else arithmetic.signed(parts.a)
        a = passed if squashed else ""
        cells = "".join(f"<td>{arithmetic.signed(value)}</td>" for value in (weighted, bias, z))
        rows.append(f"<tr><th>{k}</th>{cells}<td>{a}</td></tr>")
    head = "<tr><td></td><th>sum</th><th>+ bias</th><th>= z</th><th>a</th></tr>"
    more = net.sizes[layer] - len(rows)
    rest = f"<p>And {more:,} more; “One neuron” shows the sum of any of them.</p>" if more else ""
    scrolls = ' class="listed"' if len(rows) > FEW else ""
    return f'<div{scrolls}><table {answer.stamp()} class="sums">{head}{"".join(rows)}</table>{rest}</div>'


def end_of(net: Network) -> int:
    return 2 * len(net.layers) + 1


def step_of(net: Network) -> int:
    step = st.session_state["step"]
    return end_of(net) if step is None else min(step, end_of(net))
