"""The kiosk, for a booth that nobody attends to: left alone, the page replays recorded digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from nnviz import augment, ink, pen

WAIT = 60  # seconds a booth is left alone before digits are replayed
EACH = 4  # recordings of each digit to replay
_component = st.components.v2.component(
    "nnviz_kiosk", html="<span></span>", js=Path(__file__).with_name("kiosk.js").read_text(encoding="utf-8")
)


def watch() -> None:
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
