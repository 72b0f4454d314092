"""The look for a stage, and the kiosk for a booth that nobody attends to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from nnviz import augment, ink, pen
from nnviz.ui.session import parameters

STYLE = Path(__file__).with_name("stage.css")
WAIT = 60  # seconds a booth is left alone before digits are replayed
EACH = 4  # recordings of each digit to replay
_component = st.components.v2.component(
    "nnviz_kiosk", html="<span></span>", js=Path(__file__).with_name("kiosk.js").read_text(encoding="utf-8")
)


def look() -> None:
    """Give the page the look for a stage, if it is switched on."""
    st.session_state["looked"] = _chosen()
    if st.session_state["stage"]:
        st.html(STYLE)


def kiosk() -> None:
    """Wait beside the page, if the kiosk is on, until nobody touches it."""
    if seconds := st.session_state["kiosk"]:
        _component(
            key="kiosk_watch", data={"seconds": seconds, "digits": _recordings(), "pen": ink.PEN_WIDTH}, height=1
        )


@st.cache_resource(show_spinner=False)
def _recordings() -> list[list[list[list[int]]]]:
    """Choose digits of writers no network has met, at random, be they read or not: strokes of x, y on the canvas."""
    digits = augment.writers(held_out=True)
    rng = np.random.default_rng(0)
    chosen = [
        rng.choice([k for k, digit in enumerate(digits) if digit.label == label], EACH, replace=False)
        for label in range(10)
    ]
    return [
        [np.rint(stroke).astype(int).tolist() for stroke in pen.place(digits[k].strokes)]
        for k in rng.permutation(np.concatenate(chosen))
    ]


def changed() -> bool:
    """Say whether the page has another look, or another kiosk, than is chosen by now."""
    return st.session_state["looked"] != _chosen()


def _chosen() -> tuple[bool, int]:
    return st.session_state["stage"], st.session_state["kiosk"]


def choices() -> None:
    """Switch the look for a stage and the kiosk; both are in the link."""
    session = st.session_state
    session["stage_switch"], session["kiosk_switch"] = session["stage"], bool(session["kiosk"])
    st.toggle(
        "Stage look", key="stage_switch", on_change=_switch_look,
        help="No menu, no margins, type for the last row of a room; ?stage=1 in the address does it, too",
    )  # fmt: skip
    st.toggle(
        "Kiosk", key="kiosk_switch", on_change=_switch_kiosk,
        help="Left alone, the page replays recorded digits; the first touch hands over a clean canvas",
    )  # fmt: skip
    if session["kiosk"]:
        session["kiosk_seconds"] = session["kiosk"]
        st.number_input(
            "Seconds left alone", *parameters.KIOSK, key="kiosk_seconds", step=5, on_change=_set_kiosk, format="%d",
        )  # fmt: skip


def _switch_look() -> None:
    st.session_state["stage"] = st.session_state["stage_switch"]


def _switch_kiosk() -> None:
    st.session_state["kiosk"] = WAIT if st.session_state["kiosk_switch"] else 0


def _set_kiosk() -> None:
    st.session_state["kiosk"] = int(st.session_state["kiosk_seconds"])
