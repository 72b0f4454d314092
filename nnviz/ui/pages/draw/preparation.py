"""How the drawing becomes the network's picture; for MNIST's way, what the network would have said without it."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from nnviz import described, figures
from nnviz.figures.style import SHOWN
from nnviz.ink import BOX, moved
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.preparation import MNIST
from nnviz.ui.kit import answer
from nnviz.ui.session import data

PREPARED = "Prepared as MNIST's digits were: 20 pixels large, centred by mass."
CAME = "This picture came prepared: nothing is scaled or moved."
LEAST = 0.05  # pixels; less is not said, in numbers of one decimal


def explanation() -> str:
    """Explain the page in two sentences."""
    others = (name for name in data.names() if name not in data.NETWORKS)  # the shipped ones read MNIST's shape
    usual = all(data.network(name).shape == IMAGE_SHAPE for name in others)
    picture = "28 × 28 picture" if usual else "picture"
    return f"The network reads your drawing as a {picture}. Each layer reacts to the one before it."


def preparation(net: Network) -> None:
    """Say how this network's pictures are prepared; of MNIST's preparation, show what it is good for."""
    if net.preparation == MNIST and net.shape == IMAGE_SHAPE:
        unprepared(net)
    else:
        st.html(f'<p class="said prepared alone">{html.escape(described.how(net), quote=False)}</p>')


def unprepared(network: Network) -> None:
    """Show drawing and prepared picture side by side, and what the network would have said to the drawing as it was."""
    drawn, x = st.session_state["drawn"], st.session_state["x"]
    with st.container(key="pair", height=138, border=False):  # the style sheet gives it the room there is
        st.plotly_chart(
            figures.preparation(drawn, x.reshape(drawn.shape)),
            key="drawn_and_prepared",
            height="stretch",
            config=SHOWN,
            alt=f"Just scaled down: {answer.where(drawn)}. "
            f"Prepared for the network: {answer.where(x.reshape(drawn.shape))}.",
        )
    said = html.escape(f"{_done(drawn)} {_otherwise(network.forward(drawn.reshape(-1)), network)}", quote=False)
    st.html(f'<p class="said prepared">{said}</p>')


def _done(drawn: np.ndarray) -> str:
    """Say what preparation does to this drawing, in pixels of the picture."""
    ink = st.session_state["canvas_ink"]
    found = None if ink is None else moved(ink / 255)
    if found is None:
        return CAME if drawn.any() else PREPARED
    length, down, right = found
    ways = [_way(right, "right", "left"), _way(down, "down", "up")]
    scaled = f"scales it from {length:.1f} to {BOX} pixels" if abs(length - BOX) >= LEAST else "keeps its size"
    told = " and ".join(way for way in ways if way)
    return f"Preparation {scaled} and {f'moves it {told}' if told else 'leaves it where it is'}."


def _way(pixels: float, forward: str, back: str) -> str:
    return "" if abs(pixels) < LEAST else f"{abs(pixels):.1f} {forward if pixels > 0 else back}"


def _otherwise(trace: Trace, network: Network) -> str:
    """Say what the network makes of a drawing that was only scaled down."""
    if not trace.activations[0].any() or st.session_state["canvas_ink"] is None:
        return ""
    best = answer.called(int(trace.prediction), network)
    if answer.digit(trace, network) is not None:
        return f"Without that, it would read {best} ({trace.output.max():.3f})."
    return f"Without that, no sure answer: {best} is brightest ({trace.output.max():.3f})."
