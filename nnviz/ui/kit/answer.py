"""The network's answer: the digit or why there is none, and the ten output activations."""

from __future__ import annotations

import zlib

import numpy as np
import streamlit as st

from nnviz import figures, ink
from nnviz.figures.style import SHOWN
from nnviz.network import SURE, Trace


def digit(trace: Trace) -> int | None:
    """Name the digit the network is sure of: exactly one output above one half, and something drawn.

    What it makes of blank paper, `sentence` says.
    """
    sure = np.flatnonzero(trace.output > SURE)
    return int(sure[0]) if len(sure) == 1 and trace.activations[0].any() else None


def sentence(trace: Trace) -> str:
    """Say what the network answers, in words that hold the digits concerned and no other number."""
    sure = np.flatnonzero(trace.output > SURE)
    yes = f"{' and '.join(map(str, sure))} {'both' if len(sure) == 2 else 'all'} say yes"
    if not trace.activations[0].any():
        blank = f"it takes blank paper for {an(sure[0])}" if len(sure) == 1 else f"to blank paper {yes}"
        return f"nothing drawn yet; {blank if len(sure) else 'for blank paper it has no sure answer'}"
    if len(sure) == 1:
        return "one output neuron is sure"
    if len(sure) == 0:
        return f"no output neuron is sure; the brightest is {trace.prediction}"
    return f"no output neuron is sure alone: {yes}"


def an(digit: int) -> str:
    """Write a digit with its article."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def advice(drawn: np.ndarray) -> str:
    """Say what is unusual about a drawing (28, 28), merely shrunk: a mere dot, or no paper left; else nothing."""
    edges = ink.box(drawn)
    if edges is None:
        return ""
    if max(edges[1] - edges[0], edges[3] - edges[2]) <= 4:
        return "That is only a dot, and preparation blows it up to fill the box: draw a whole digit."
    if drawn.mean() > 0.6:
        return "The ink fills the canvas, so there is no shape left to read: clear it, or erase some."
    return ""


def where(image: np.ndarray) -> str:
    """Say where the ink of a picture (28, 28) is."""
    edges = ink.box(image)
    if edges is None:
        return "no ink"
    top, bottom, left, right = edges
    return f"ink in rows {top} to {bottom - 1} and columns {left} to {right - 1}, {image.sum():.0f} in all"


def describe(trace: Trace) -> str:
    """Say in words what the figure of the layers shows."""
    outputs = ", ".join(f"{k}: {a:.2f}" for k, a in enumerate(trace.output))
    return f"The input, the hidden layers and the output of the network. {sentence(trace)}. Outputs {outputs}."


def verdict(trace: Trace) -> None:
    """Show the answer, large."""
    shown = digit(trace)
    with st.container(key="verdict"):
        st.html(
            f'<div {stamp()}><div class="digit">{"?" if shown is None else shown}</div>'
            f'<p class="sentence">{sentence(trace)}</p></div>'
        )
        if hint := advice(st.session_state["drawn"]):
            st.caption(hint)


def layers(trace: Trace) -> None:
    """Show every layer in one figure, as high as the style sheet gives the window room for."""
    with st.container(key="layers", height=436, border=False):
        st.plotly_chart(
            figures.activations(
                trace,
                digit(trace),
                edition=st.session_state["loaded"]["edition"],
                type_size=24 if st.session_state["stage"] else 14,
            ),
            key="activations",
            height="stretch",
            config=SHOWN,
            alt=describe(trace),
        )


def outputs(trace: Trace) -> None:
    """List the ten output activations as bars with their numbers."""
    rows = "".join(
        f'<li class="{"sure" if a > SURE else ""}"><b>{k}</b><span><i style="transform:scaleX({a:.3f})"></i></span>'
        f"<code>{a:.3f}</code></li>"
        for k, a in enumerate(trace.output)
    )
    with st.container(key="outputs"):
        st.html(f'<ol {stamp()} aria-label="output activations">{rows}</ol>')


def stamp() -> str:
    """Mark a piece of HTML with what it is about, so that the browser replaces it, live numbers too, if that changes.

    It is about the drawing and the painted neuron; their editions grow whenever Python puts back an earlier one.
    """
    session = st.session_state
    about = zlib.crc32(session["x"].tobytes() + session["painted"].tobytes())
    return f'data-input="{about} {session["loaded"].get("edition", 0)} {session["grid_edition"]}"'
