"""Painting a neuron: the grid with its tools, the threshold, the present drawing's sum, and files."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from nnviz import attribution, build, figures, link
from nnviz.figures.curves import signed_text
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE
from nnviz.sentences import quoted
from nnviz.ui import answer, canvas, neuron, paint
from nnviz.ui.session import data, parameters, state, yours

BRUSHES = {"+": 1, "−": -1, "Eraser": 0}
NETWORK = "network"
PATTERNS = {
    "zero": "everything zero",
    "region": "a bright region alone",
    "surround": "the same with a negative surround",
    "bar": "a bar between dark flanks",
    "ring": "a ring",
    NETWORK: "a neuron of the network",
}
MOST_UNDO = 50  # strokes, 3 kB each


@dataclass(frozen=True, eq=False)
class Answers:
    """The painted neuron, and what it makes of the present drawing (`own`, of `terms`) and of all test digits."""

    weights: np.ndarray
    bias: float
    own: build.Response
    terms: np.ndarray
    digits: build.Response
    labels: np.ndarray


def answers() -> Answers:
    """Ask the painted neuron; raises `data.Unreadable`."""
    session = st.session_state
    weights, bias = session["painted"], session["painted_bias"]
    # In float64, as paint.js does: both show the same numbers.
    terms = attribution.contributions(session["x"], weights.ravel()).reshape(IMAGE_SHAPE)
    own = build.Response(terms[terms > 0].sum(keepdims=True), terms[terms < 0].sum(keepdims=True), bias)
    return Answers(weights, bias, own, terms, replace(_digits(weights.tobytes()), bias=bias), data.test_digits().labels)


@st.cache_data(show_spinner=False, max_entries=20)
def _digits(weights: bytes) -> build.Response:
    """Ask a neuron without a bias about all test digits: moving the threshold adds up nothing again."""
    return build.respond(np.frombuffer(weights, np.float32).reshape(IMAGE_SHAPE), 0.0, data.test_x())


# ---- the grid


def tools_and_grid() -> None:
    """Show the grid with its tools."""
    session = st.session_state
    state.show_notes()
    board = st.container(key="painting")
    neuron.scale(limit_of(session["painted"]), "weights")
    brush = _brush()
    with board:
        paint.grid(
            session["painted"], session["painted_bias"], session["x"], session["grid_edition"], brush,
            on_paint=_painted, on_drag=_dragged,
        )  # fmt: skip
    session["heard"] = paint.sent()
    _undo_and_clear()
    _start_from()


def _painted() -> None:
    """Take over what was painted."""
    try:
        weights = paint.painted(st.session_state["grid_edition"])
    except ValueError:
        state.note("The grid sent a painting that cannot be read; the one before it stays.")
        return
    if weights is not None:
        _set(weights, st.session_state["painted_bias"])


def limit_of(weights: np.ndarray) -> float:
    """Return the end of the colour scale: 1, what the brush reaches, or more if a trained neuron's weights do."""
    return max(1.0, float(abs(weights).max()))


def _brush() -> paint.Brush:
    with st.container(key="brush_row", horizontal=True, gap="small", vertical_alignment="center"):
        brush = st.segmented_control(
            "Brush", list(BRUSHES), key="brush", default="+", required=True, persist_state="session",
            label_visibility="collapsed", help="+ paints positive weights, blue; − negative ones, red",
        )  # fmt: skip
    with st.container(key="brush_sizes", horizontal=True, gap="medium"):
        strength = st.slider("Strength", 0.1, 1.0, 1.0, 0.1, key="strength", persist_state="session")
        width = st.slider("Width", 1, 7, 3, key="brush_width", persist_state="session")
    return paint.Brush(BRUSHES[str(brush)], float(strength), int(width))


def _undo_and_clear() -> None:
    with st.container(key="painting_actions", horizontal=True, gap="small"):
        st.button(
            "Undo", icon=":material/undo:", key="undo_painting", on_click=_undo,
            disabled=not st.session_state["history"], help="Take back the last change of weights or bias",
        )  # fmt: skip
        st.button(
            "Clear", icon=":material/delete:", key="clear_painting", on_click=_clear,
            help="Set all weights and the bias to zero",
        )  # fmt: skip


def _start_from() -> None:
    kind = st.selectbox(
        "Start from", list(PATTERNS), index=None, key="start_from", placeholder="Start from a pattern",
        persist_state="session", label_visibility="collapsed", on_change=_begin, format_func=PATTERNS.__getitem__,
    )  # fmt: skip
    if kind == NETWORK:
        count, name = data.network(st.session_state["network"]).sizes[1], yours.shown(st.session_state["network"])
        st.selectbox(
            "Neuron", range(count), key="copied", on_change=_apply, persist_state="session",
            format_func=lambda k: f"neuron {k} of {name}", label_visibility="collapsed",
        )  # fmt: skip
    elif kind in parameters.PLACED:
        row, column, turn = st.columns(3, gap="small")
        row.slider("Row", *parameters.PLACES, step=0.5, key="place_row", on_change=_apply, persist_state="session")
        column.slider(
            "Column", *parameters.PLACES, step=0.5, key="place_column", on_change=_apply, persist_state="session"
        )
        if kind == "bar":
            turn.slider(
                "Turn", 0, 175, step=5, key="place_turn", on_change=_apply, format="%d°", persist_state="session"
            )


def place() -> dict[str, float]:
    """Return the row, column and orientation of the pattern last started from: where the probes go, too."""
    session = st.session_state
    at = {"row": session["place_row"], "column": session["place_column"]}
    return {**at, "orientation": float(session["place_turn"])} if session["start_from"] == "bar" else at


def _begin() -> None:
    """Start from the pattern just chosen, at its usual place, with a bias of zero."""
    session = st.session_state
    middle = session["start_from"] == "ring"
    session["place_row"], session["place_column"] = (14.0, 14.0) if middle else (build.ROW, build.COLUMN)
    session["guess"] = None
    _apply(0.0)


def _apply(bias: float | None = None) -> None:
    session = st.session_state
    kind = session["start_from"]
    if kind == NETWORK:
        change(*build.from_network(data.network(session["network"]), session["copied"]))
    elif kind:
        painted = build.PATTERNS[kind](**(place() if kind in parameters.PLACED else {}))
        change(painted, session["painted_bias"] if bias is None else bias)


def change(weights: np.ndarray, bias: float) -> None:
    """Replace the painted neuron, on the grid too; it can be undone. ValueError, and no change, if out of range."""
    _set(weights, bias)
    st.session_state["grid_edition"] += 1


def _set(weights: np.ndarray, bias: float, undoable: bool = True) -> None:
    session = st.session_state
    before = (session["painted"], session["painted_bias"])
    state.set_neuron(weights, bias)  # first: what is refused leaves nothing behind
    if undoable:
        session["history"] = [*session["history"], before][-MOST_UNDO:]
    state.share()


def _undo() -> None:
    history = st.session_state["history"]
    if history:
        change(*history[-1])
        st.session_state["history"] = history[:-1]


def _clear() -> None:
    session = st.session_state
    session["start_from"] = session["guess"] = None
    session["place_row"], session["place_column"] = build.ROW, build.COLUMN
    change(build.zero(), 0.0)


# ---- the threshold


def threshold_and_sums(found: Answers) -> None:
    """Show the sigmoid, the threshold to drag under it, and under that who among the test digits passes it."""
    own, limits = float(found.own.sums[0]), _limits(found)
    step = 0.1 if limits[1] - limits[0] <= 200 else 1.0
    fired = build.firing(found.digits.z, found.labels)
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
    counted = build.histogram(found.digits.sums, found.labels)
    with st.container(key="histogram", height=290, border=False):
        st.plotly_chart(
            figures.sums_by_digit(counted.edges, counted.counts, found.bias, fired.fires, fired.counts, limits),
            key="sums_by_digit", height="stretch", config=SHOWN,
            alt="; ".join(f"digit {d}: fires for {n} of {fired.counts[d]}" for d, n in enumerate(fired.fires)),
        )  # fmt: skip
    total, silent = int(fired.fires.sum()), int(fired.silent.sum())
    st.caption(
        "Drag the threshold, on the curve or below it: "
        f"with bias b = {signed_text(found.bias)} the neuron fires (z > 0) for {total:,} of the "
        f"{total + silent:,} test digits and stays silent for {silent:,}. Each digit's bars have a scale of their own."
    )


def _move_threshold() -> None:
    """Take over the slider's value, unless it lags behind: a drag on the curve brings the slider's old one along."""
    session = st.session_state
    if paint.sent() == session["heard"]:
        _set(session["painted"], 0.0 - session["threshold"])


def _dragged() -> None:
    """Take over where the threshold is being dragged to; a whole drag is one step to undo."""
    session = st.session_state
    try:
        threshold, began = paint.dragged()
    except ValueError:
        state.note("The curve sent a threshold that cannot be read; the one before it stays.")
        return
    _set(session["painted"], 0.0 - threshold, undoable=session["drag"] != began)
    session["drag"] = began


def _limits(found: Answers) -> tuple[float, float]:
    """Choose round ends for the axis of sums, so that all sums and the threshold lie on it."""
    sums = (*found.digits.sums[[found.digits.sums.argmin(), found.digits.sums.argmax()]], *found.own.sums, -found.bias)
    low, high = min(-10.0, *map(float, sums)), max(10.0, *map(float, sums))
    step = 5 if high - low <= 60 else 20 if high - low <= 300 else 100
    ends = step * math.floor(low / step), step * math.ceil(high / step)
    return float(max(ends[0], -build.BIAS_LIMIT)), float(min(ends[1], build.BIAS_LIMIT))


# ---- the present drawing, and files


def present(found: Answers) -> None:
    """Show what the neuron makes of the present drawing, and the neuron as a file."""
    x = st.session_state["x"].reshape(IMAGE_SHAPE)
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown("**your drawing**" if x.any() else "**nothing drawn yet**")
        st.plotly_chart(
            figures.pictures(x[None], [""], height=158), key="present_input", config=SHOWN,
            alt=f"Your drawing, as the network reads it: {answer.where(x)}.",
        )  # fmt: skip
    with right:
        st.markdown("**weights × input**")
        st.plotly_chart(
            figures.weight_map(found.terms, limit_of(found.weights), "weights × input", height=140),
            key="present_terms", config=SHOWN,
            alt=f"Weights × input: numbers from {found.terms.min():.3f} to {found.terms.max():.3f}.",
        )  # fmt: skip
    neuron.numbers(found.own.sum(0))
    st.button(
        "Another test digit", icon=":material/casino:", key="another_digit", on_click=_another_digit,
        help="Or draw one yourself on the Draw page: the drawing is the same everywhere",
    )  # fmt: skip
    _files(found)


def _another_digit() -> None:
    canvas.take_test_digit()
    state.share()


def _files(found: Answers) -> None:
    with st.popover("Save or load", icon=":material/save:", key="files"):
        st.download_button(
            "Save this neuron", link.neuron_bytes(found.weights, found.bias), "neuron.npz", "application/octet-stream",
            key="save_neuron", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.file_uploader(
            "Load a neuron", type=["npz"], key="neuron_file", max_upload_size=5, on_change=_load,
            help="A file saved here: w (28, 28) and b",
        )  # fmt: skip


def _load() -> None:
    file = st.session_state["neuron_file"]
    if file is None:
        return
    try:
        change(*link.load_neuron(file.getvalue()))
        st.session_state["guess"] = None
    except ValueError as error:
        state.note(f"{quoted(file.name)} cannot be used: {error}. The present neuron stays.")
