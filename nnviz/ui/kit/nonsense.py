"""Nonsense to feed a network with, and how often noise convinces it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz.network import IMAGE_SHAPE
from nnviz.study import nonsense
from nnviz.ui.kit import answer, canvas
from nnviz.ui.session import data, measured, state

NONSENSE = {
    "noise": "Noise",
    "dim noise": "Dim noise",
    "letter": "Letter",
    "scribble": "Scribble",
    "blank": "Blank",
    "inverted": "Inverted",
}


def choices(network: str | None = None) -> None:
    """Feed the network what is no digit, in one press each, and say how often noise convinces it, or another one."""
    buttons()
    name = network or st.session_state["network"]
    if not answer.tells_how_sure(data.network(name)):
        st.caption("Its outputs do not say how sure they are, so one of them is the largest whatever it is fed.")
        return
    st.caption(f"{noise(name)} Nobody taught it to answer “none”.")


def buttons() -> None:
    """Offer the kinds of nonsense, a button each."""
    with st.container(key="nonsense", horizontal=True, gap="small"):
        for kind, label in NONSENSE.items():
            st.button(label, key=f"feed_{kind}".replace(" ", "_"), on_click=_feed, args=(kind,))


def noise(name: str) -> str:
    """Say how often noise gets an output above one half."""
    return (
        f"Of 2,000 pictures of noise, every pixel a random grey, {measured.noise_confidence(name):.1%} get an output "
        f"above one half; dimmed to a digit's ink, {measured.noise_confidence(name, dim=True):.1%}."
    )


def _feed(kind: str) -> None:
    x = st.session_state["x"].reshape(IMAGE_SHAPE)
    canvas.show(nonsense.pictures(np.random.default_rng(), x if x.any() else None)[kind])
    state.share()
