"""The network as a picture: lines, circles, and the neuron a click chooses."""

from __future__ import annotations

from typing import Literal

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.study import surgery
from nnviz.study.surgery import Lines
from nnviz.ui.kit import answer, arithmetic
from nnviz.ui.live import live
from nnviz.ui.pages.network import signal
from nnviz.ui.session import data, inputs, state

WAYS = {"weight": "weight", "signal": "signal"}
MEANS = {"weight": "thick: large", "signal": "weight × activation"}  # of how thick a line is
FOCUS = 40  # lines drawn into a chosen neuron
WALK = "The neurons: arrow keys move from one to another, space knocks one out or puts it back."
LINES = 1000  # into a layer, so that the picture stays one; fewer into each neuron of a large layer


def trace(net: Network) -> Trace:
    """Run the drawing through the network without the neurons knocked out."""
    return surgery.without(net, net.forward(inputs.present(net)), st.session_state["out"])


def line_choices() -> None:
    """Choose how many lines are drawn, and whether only the chosen neuron's are."""
    with st.popover("Lines", icon=":material/tune:", key="line_choices"):
        st.slider(
            "Lines per neuron", 1, 30, 3, key="per_neuron", persist_state="session",
            disabled=bool(st.session_state.get("only")),
        )  # fmt: skip
        st.toggle("Only its lines", key="only", persist_state="session", help="Draw only the chosen neuron's lines")


def _by() -> Literal["weight", "signal"]:
    return st.session_state["lines_by"] or "weight"  # a page never sends none; another program may


def wiring(net: Network, trace: Trace, layer: int, chosen: int) -> None:
    """Show the network as a picture; a click on a neuron knocks it out or puts it back, and chooses it."""
    session = st.session_state
    step, only = signal.step_of(net), bool(session["only"])
    most = _most(net)
    drawn = _lines(net, trace, layer, chosen) if only else _strongest(net, trace, most)
    meta = live.Wiring(
        step=step, out=session["out"], by=_by(), most=most,
        only=(layer, chosen) if only else None, focus=FOCUS, neuron=(layer, chosen),
        edition=session["loaded"]["edition"],
    )  # fmt: skip
    with st.container(key="wires", height=380, border=False):  # the style sheet says how high on other screens
        st.plotly_chart(
            figures.wiring(
                trace, drawn, step, answer.digit(trace, net), meta["only"], set(session["out"]), meta=meta, network=net,
                narrow=live.narrow(),
            ),
            key="wiring", height="stretch", config=SHOWN, alt=answer.describe(trace, net),
        )  # fmt: skip
        look = "walk narrow" if live.narrow() else "walk"  # on a phone the picture waits until it is one for a phone
        st.html(f'<div class="{look}" tabindex="0" role="application" aria-label="{WALK}"></div>')


def legend(net: Network) -> None:
    """Choose what a line's thickness means, and say what the lines' looks do."""
    with st.container(key="legend"):
        st.segmented_control(
            "Lines by", list(WAYS), key="lines_by", default="weight", required=True, format_func=WAYS.__getitem__,
            persist_state="session", help="The weights alone; or the signal, what passes now: weight × activation",
        )  # fmt: skip
        what, most, few = WAYS[_by()], _most(net), st.session_state["per_neuron"]
        fewer = f"<span>only {most} into each neuron</span>" * (most < few and not st.session_state["only"])
        st.html(
            f'<p class="looks"><span><i></i> positive {what}</span>'
            f'<span><i class="negative"></i> negative {what}</span>'
            f"<span>{MEANS[_by()]}</span>{fewer}</p>"
        )


def counts(net: Network) -> None:
    """Count weights and biases."""
    st.html(f'<p class="counts">{arithmetic.counts(net)}</p>')


def _most(net: Network) -> int:
    """Say how many lines into each neuron are drawn: in large layers not as many as asked for."""
    return max(1, min(st.session_state["per_neuron"], LINES // max(net.sizes[1:])))


def _strongest(net: Network, trace: Trace, most: int) -> list[Lines]:
    return surgery.strongest_lines(net, trace, most, _by())


def _lines(net: Network, trace: Trace, layer: int, k: int) -> list[Lines]:
    """Choose the strongest lines into a neuron, at most `FOCUS`, and all lines out of it."""
    chosen = []
    for number, lines in enumerate(_strongest(net, trace, max(net.sizes)), start=1):
        side = lines.target == k if number == layer else lines.source == k if number == layer + 1 else []
        here = np.flatnonzero(side)[: FOCUS if number == layer else None]
        chosen.append(Lines(lines.source[here], lines.target[here], lines.value[here]))
    return chosen


def knock() -> None:
    """Take over which neurons the browser says are out; the one pressed is then the chosen one."""
    session = st.session_state
    try:
        out, (layer, k) = live.knocked()
    except ValueError:
        state.note("The picture sent a neuron that cannot be read, so the network stays as it was.")
        return
    sizes = data.network(session["network"]).sizes
    session["out"] = [place for place in dict.fromkeys(out) if _is_in(place, sizes)]
    if _is_in((layer, k), sizes):
        session["layer"], session["neuron"] = layer, k
    state.check_network()
    state.share()


def _is_in(place: tuple[int, int], sizes: tuple[int, ...]) -> bool:
    layer, k = place
    return 0 < layer < len(sizes) and 0 <= k < sizes[layer]


def put_back() -> None:
    """Put all neurons back."""
    st.session_state["out"] = []
    state.share()
