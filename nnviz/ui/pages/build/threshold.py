"""The sigmoid with the threshold to drag, and which test digits pass it."""

from __future__ import annotations

import math

import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.study import build
from nnviz.ui.pages.build import grid
from nnviz.ui.pages.build.painted import Answers, take_over
from nnviz.ui.session import state


def threshold(found: Answers) -> None:
    """Show the sigmoid, and the threshold to drag under it."""
    own, limits = float(found.own.sums[0]), _limits(found)
    step = 0.1 if limits[1] - limits[0] <= 200 else 1.0
    with st.container(key="curve", height=160, border=False):  # the style sheet says how high on a large screen
        st.plotly_chart(
            figures.threshold(own, found.bias, limits, step), key="threshold_curve", height="stretch", config=SHOWN,
            alt=f"The sigmoid over the weighted sum; the threshold is at {-found.bias:.2f}, your drawing at {own:.2f}.",
        )  # fmt: skip
    st.session_state["threshold"] = 0.0 - found.bias
    st.slider(
        "Threshold −b", *limits, step=step, key="threshold",
        on_change=_move_threshold, label_visibility="collapsed", format="%.2f",
        help="The weighted sum the neuron must reach to fire; the bias b is its opposite",
    )  # fmt: skip


def answers(found: Answers) -> None:
    """Show who among the test digits passes the threshold; the browser goes on counting (fires.js)."""
    limits, fired = _limits(found), build.firing(found.digits.z, found.labels)
    counted = build.histogram(found.digits.sums, found.labels)
    total, of = int(fired.fires.sum()), len(found.labels)
    st.html(f'<p class="fires">Of the {of:,} test digits it fires for <b data-count="fires">{total:,}</b></p>')
    with st.container(key="histogram", height=420, border=False):
        st.plotly_chart(
            figures.sums_by_digit(counted.edges, counted.counts, found.bias, fired.fires, fired.counts, limits),
            key="sums_by_digit", height="stretch", config=SHOWN,
            alt="; ".join(f"digit {d}: fires for {n} of {fired.counts[d]}" for d, n in enumerate(fired.fires)),
        )  # fmt: skip


def _move_threshold() -> None:
    """Take over the slider's value, unless it lags behind: a drag on the curve brings the slider's old one along."""
    session = st.session_state
    if grid.sent() == session["heard"]:
        take_over(session["painted"], 0.0 - session["threshold"])


def dragged() -> None:
    """Take over where the threshold is being dragged to; a whole drag is one step to undo."""
    session = st.session_state
    try:
        threshold, began = grid.dragged()
    except ValueError:
        state.note("The curve sent a threshold that cannot be read, so the one before it stays.")
        return
    take_over(session["painted"], 0.0 - threshold, undoable=session["drag"] != began)
    session["drag"] = began


def _limits(found: Answers) -> tuple[float, float]:
    """Choose round ends for the axis of sums, so that all sums and the threshold lie on it."""
    sums = (*found.digits.sums[[found.digits.sums.argmin(), found.digits.sums.argmax()]], *found.own.sums, -found.bias)
    low, high = min(-10.0, *map(float, sums)), max(10.0, *map(float, sums))
    step = 5 if high - low <= 60 else 20 if high - low <= 300 else 100
    ends = step * math.floor(low / step), step * math.ceil(high / step)
    return float(max(ends[0], -build.BIAS_LIMIT)), float(min(ends[1], build.BIAS_LIMIT))
