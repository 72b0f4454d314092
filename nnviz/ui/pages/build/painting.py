"""Painting a neuron: the grid with its brushes, and the patterns to start from."""

from __future__ import annotations

import base64
import io

import numpy as np
import streamlit as st
from PIL import Image

from nnviz.figures import style
from nnviz.network import IMAGE_SHAPE, Network
from nnviz.study import build
from nnviz.ui.kit import arithmetic
from nnviz.ui.pages.build import grid, painted, threshold
from nnviz.ui.session import data, parameters, state, yours

BRUSHES = {"+": 1, "−": -1, "Eraser": 0}
ICONS = {"Eraser": ":material/ink_eraser: "}
NETWORK = "network"
PATTERNS = {
    "region": "A bright region",
    "surround": "A bright region with a negative surround",
    "bar": "A bright bar between negative flanks",
    "ring": "A ring",
    NETWORK: "A neuron of the network",
}


def tools_and_grid() -> None:
    """Show the grid with its tools."""
    session = st.session_state
    state.show_notes()
    arithmetic.scale(painted.limit_of(session["painted"]), "weights")
    sign = _sign()
    board = st.container(key="painting")
    with st.container(key="patterns", horizontal=True, gap="small", wrap=False):
        _patterns()
        strength, width = _adjust()
    with board:
        grid.grid(
            session["painted"], session["painted_bias"], painted.looked_at(), session["grid_edition"],
            grid.Brush(sign, strength, width), on_paint=_painted, on_drag=threshold.dragged,
        )  # fmt: skip
    session["heard"] = grid.sent()


def _painted() -> None:
    """Take over what was painted."""
    try:
        weights = grid.painted(st.session_state["grid_edition"])
    except ValueError:
        state.note("The grid sent a painting that cannot be read, so the one before it stays.")
        return
    if weights is not None:
        painted.take_over(weights, st.session_state["painted_bias"])


def _sign() -> int:
    """Offer the brushes, undo and clear, one below the other beside the grid."""
    with st.container(key="brush_row"):
        brush = st.segmented_control(
            "Brush", list(BRUSHES), key="brush", default="+", required=True, persist_state="session",
            label_visibility="collapsed", format_func=lambda name: ICONS.get(name, "") + name,
        )  # fmt: skip
        _undo_and_clear()
    return BRUSHES[str(brush or "+")]


def _undo_and_clear() -> None:
    st.button(
        "Undo", icon=":material/undo:", key="undo_painting", on_click=_undo,
        disabled=not st.session_state["history"], help="Take back the last change of weights or bias",
    )  # fmt: skip
    st.button(
        "Clear", icon=":material/delete:", key="clear_painting", on_click=_clear,
        help="Set all weights and the bias to zero",
    )  # fmt: skip


def _patterns() -> None:
    """Offer the patterns to start from, as pictures to press."""
    session, net = st.session_state, data.network(st.session_state["network"])
    fits = painted.fits(net)
    if session["start_from"] not in (*parameters.PLACED, *[NETWORK] * fits):
        session["start_from"] = None
    for each, says in PATTERNS.items():
        if each != NETWORK or fits:
            st.button(
                says,
                key=f"pattern_{each}",
                on_click=_begin,
                args=(each,),
                help=f"Start from {says[0].lower()}{says[1:]}",
            )
    st.html(f"<style>{_pictures(net, session['start_from'])}</style>")


def _adjust() -> tuple[float, int]:
    """Return the brush's strength and width; behind the same button, where the pattern is, or which neuron's it is."""
    with st.popover("Adjust", icon=":material/tune:", key="adjust"):
        strength = st.slider("Strength of the brush", 0.1, 1.0, 1.0, 0.1, key="strength", persist_state="session")
        width = st.slider("Width of the brush", 1, 7, 3, key="brush_width", persist_state="session")
        _place()
    return float(strength), int(width)


def _place() -> None:
    session, kind = st.session_state, st.session_state["start_from"]
    if kind == NETWORK:
        count, name = data.network(session["network"]).sizes[1], yours.shown(session["network"])
        session["copied"] = min(session["copied"], count - 1)
        st.selectbox(
            "Neuron copied", range(count), key="copied", on_change=_apply, persist_state="session",
            format_func=lambda k: f"neuron {k} of {name}",
        )  # fmt: skip
    elif kind in parameters.PLACED:
        for title, key in {"Row of the pattern": "place_row", "Column of the pattern": "place_column"}.items():
            st.slider(title, *parameters.PLACES, step=0.5, key=key, on_change=_apply, persist_state="session")
        if kind == "bar":
            st.slider(
                "Turn of the bar", 0, 175, step=5, key="place_turn", on_change=_apply, format="%d°",
                persist_state="session",
            )  # fmt: skip


def _pictures(net: Network, kind: str | None) -> str:
    """Give each pattern's button its picture, and frame the one started from."""
    shown = {each: build.PATTERNS[each]() for each in PATTERNS if each != NETWORK}
    if painted.fits(net):
        shown[NETWORK] = net.layers[0].W[min(st.session_state["copied"], net.sizes[1] - 1)].reshape(IMAGE_SHAPE)
    rules = [f".st-key-pattern_{each} button {{ background-image: url({_picture(w)}); }}" for each, w in shown.items()]
    framed = (
        f".stApp .st-key-patterns .st-key-pattern_{kind} button {{ outline: 3px solid var(--accent); }}"
        if kind in shown
        else ""
    )
    return "".join(rules) + framed


def _picture(weights: np.ndarray) -> str:
    """Draw weights (28, 28) as a picture's address: blue and red, and clear where they are zero."""
    strength = (np.abs(weights) / painted.limit_of(weights)) ** style.POWER
    colours = np.where(weights[..., None] < 0, style.RED, style.BLUE)
    pixels = np.concatenate([colours, np.rint(255 * strength)[..., None]], axis=2).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _begin(kind: str) -> None:
    """Start from the pattern just pressed, at its usual place, with a bias of zero."""
    session = st.session_state
    session["start_from"] = kind
    middle = session["start_from"] == "ring"
    session["place_row"], session["place_column"] = (14.0, 14.0) if middle else (build.ROW, build.COLUMN)
    session["guess"] = None
    _apply(0.0)


def _apply(bias: float | None = None) -> None:
    session = st.session_state
    kind = session["start_from"]
    if kind == NETWORK:
        painted.change(*build.from_network(data.network(session["network"]).folded(), session["copied"]))
    elif kind:
        weights = build.PATTERNS[kind](**(painted.place() if kind in parameters.PLACED else {}))
        painted.change(weights, session["painted_bias"] if bias is None else bias)


def _undo() -> None:
    history = st.session_state["history"]
    if history:
        painted.change(*history[-1])
        st.session_state["history"] = history[:-1]


def _clear() -> None:
    session = st.session_state
    session["start_from"] = session["guess"] = None
    session["place_row"], session["place_column"] = build.ROW, build.COLUMN
    painted.change(build.zero(), 0.0)
