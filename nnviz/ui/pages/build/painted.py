"""The painted neuron: taken over, and asked about the drawing and all test digits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from nnviz.network import IMAGE_SHAPE, Network
from nnviz.preparation import MNIST
from nnviz.study import attribution, build
from nnviz.ui.session import data, state

OPENING, OPENING_BIAS = "surround", -6.0  # what the page opens with
EXAMPLE = 0  # the test digit shown while nothing is drawn: a 7, whose bar is where the patterns have theirs
MOST_UNDO = 50  # strokes, 3 kB each


@dataclass(frozen=True, eq=False)
class Answers:
    """The painted neuron, and what it makes of what is `looked_at` (`own`, of `terms`) and of all test digits."""

    weights: np.ndarray
    bias: float
    own: build.Response
    terms: np.ndarray
    digits: build.Response
    labels: np.ndarray


def looked_at() -> np.ndarray:
    """Return the drawing (784,), or while there is none a test digit, so that there is always something to weigh."""
    x: np.ndarray = st.session_state["x"]
    try:
        return x if x.any() else data.test_digits().picture(EXAMPLE)
    except data.Unreadable:
        return x


def what() -> str:
    """Say what is looked at."""
    return "your drawing" if st.session_state["x"].any() else "a test digit"


def answers() -> Answers:
    """Ask the painted neuron; raises `data.Unreadable`."""
    session = st.session_state
    weights, bias = session["painted"], session["painted_bias"]
    # In float64, as paint.js does: both show the same numbers.
    terms = attribution.contributions(looked_at(), weights.ravel()).reshape(IMAGE_SHAPE)
    own = build.Response(terms[terms > 0].sum(keepdims=True), terms[terms < 0].sum(keepdims=True), bias)
    return Answers(weights, bias, own, terms, replace(_digits(weights.tobytes()), bias=bias), data.test_digits().labels)


@st.cache_data(show_spinner=False, max_entries=20)
def _digits(weights: bytes) -> build.Response:
    """Ask a neuron without a bias about all test digits: moving the threshold adds up nothing again."""
    return build.respond_exactly(
        np.frombuffer(weights, np.float32).reshape(IMAGE_SHAPE), 0.0, data.test_digits().images
    )


def begin() -> None:
    """Paint the lesson's bar with its surround, unless something said before what is painted: a link, or the visitor.

    A link that names only a pattern gets that pattern, where it has it.
    """
    session = st.session_state
    if session["build_begun"]:
        return
    bias = 0.0 if session["start_from"] else OPENING_BIAS
    session["start_from"] = session["start_from"] or OPENING
    state.set_neuron(build.PATTERNS[session["start_from"]](**place()), bias)
    session["grid_edition"] += 1
    state.share()


def invitation(found: Answers) -> None:
    """Invite to paint as long as nothing is painted; the first dab of the brush takes it away (paint.js)."""
    if not found.weights.any():
        st.html(
            '<div class="invitation"><b>Paint a stroke in blue.</b> '
            "<span>Then see which of ten thousand digits light up your neuron.</span>"
            '<span class="or">Or start from one of these patterns.</span></div>'
        )


def fits(net: Network) -> bool:
    """Say whether a painted neuron and those of a network's first layer look at the same pictures."""
    return net.shape == IMAGE_SHAPE and net.preparation.place == MNIST.place


def limit_of(weights: np.ndarray) -> float:
    """Return the end of the colour scale: 1, what the brush reaches, or more if a trained neuron's weights do."""
    return max(1.0, float(abs(weights).max()))


def place() -> dict[str, float]:
    """Return the row, column and orientation of the pattern last started from: where the probes go, too."""
    session = st.session_state
    at = {"row": session["place_row"], "column": session["place_column"]}
    return {**at, "orientation": float(session["place_turn"])} if session["start_from"] == "bar" else at


def change(weights: np.ndarray, bias: float) -> None:
    """Replace the painted neuron, on the grid too; it can be undone. ValueError, and no change, if out of range."""
    take_over(weights, bias)
    st.session_state["grid_edition"] += 1


def take_over(weights: np.ndarray, bias: float, undoable: bool = True) -> None:
    """Make this the painted neuron, and write it into the address; ValueError, and no change, if out of range."""
    session = st.session_state
    before = (session["painted"], session["painted_bias"])
    state.set_neuron(weights, bias)  # first: what is refused leaves nothing behind
    if undoable:
        session["history"] = [*session["history"], before][-MOST_UNDO:]
    state.share()
