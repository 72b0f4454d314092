"""The look for a stage, and the choice of it and of the kiosk."""

from __future__ import annotations

import streamlit as st

from nnviz.ui.frame import kiosk
from nnviz.ui.session import parameters


def begin() -> None:
    """Note which look the page is given: the browser has its style sheet from the beginning (look.py, watch.js)."""
    st.session_state["looked"] = _chosen()


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
        help="No menu, no margins, type that the last row can read; ?stage=1 in the address does the same. "
        "On Draw, the F key hides the connections and shows them again.",
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
    st.session_state["kiosk"] = kiosk.WAIT if st.session_state["kiosk_switch"] else 0


def _set_kiosk() -> None:
    st.session_state["kiosk"] = int(st.session_state["kiosk_seconds"])
