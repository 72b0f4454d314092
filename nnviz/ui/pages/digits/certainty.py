"""How far a network's certainty can be trusted: on labelled pictures, and on what is none of its classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import SURE, Network
from nnviz.study import confusion
from nnviz.ui.kit import answer
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data, measured

AS_SURE = 0.01  # how far apart certainty and the share of right answers may be on average


def certainty(net: Network, pool: Pool) -> None:
    """Show how far the brightest output can be trusted, and what else than digits makes it bright."""
    if not answer.tells_how_sure(net):
        st.caption("This network's outputs are just numbers: they do not say how sure it is.")
        return
    brightest, right = pool.trace.output.max(axis=1), pool.answers == pool.labels
    found = confusion.reliability(brightest, right)
    share, good = confusion.answered(brightest, right)
    ninety = int(np.searchsorted(share, 0.9))
    stage = bool(st.session_state["stage"])
    left, middle, right_hand = st.columns(3, gap="medium")
    with left:
        _chart(
            "Is 0.9 right nine times in ten?",
            figures.reliability(found, stage=stage),
            "reliability",
            f"Share of right answers by brightest output; on average {found.error:.3f} from the dotted line.",
            f"{_judged(float(brightest.mean()), float(right.mean()))} Mean distance from the "
            f"dotted line: {found.error:.3f} (expected calibration error).",
        )
    with middle:
        _chart(
            "If it skips what it is unsure of",
            figures.answered(share, good, stage=stage),
            "answered",
            f"All answered: {good[-1]:.2%} right.",
            f"Of the surest {share[ninety]:.1%}, {good[ninety]:.2%} are right; of all, {good[-1]:.2%}.",
        )
    with right_hand:
        _nonsense(net, pool, stage)


def _judged(brightest: float, right: float) -> str:
    """Say whether a network is surer than it is right, on average over all pictures."""
    if abs(right - brightest) < AS_SURE:
        return f"As sure as it is right: its brightest output is {brightest:.3f} on average, and {right:.1%} are right."
    if right > brightest:
        return f"Under-confident: its brightest output is {brightest:.3f} on average, yet {right:.1%} are right."
    return f"Over-confident: its brightest output is {brightest:.3f} on average, but only {right:.1%} are right."


def _nonsense(net: Network, pool: Pool, stage: bool) -> None:
    """Show how often it is as sure of what is none of its classes."""
    name = st.session_state["network"]
    shares = {
        f"{pool.called}s": float((pool.trace.output.max(axis=1) > SURE).mean()),
        "letters": measured.letters_confidence(name),
        "dim noise": measured.noise_confidence(name, dim=True),
        "noise": measured.noise_confidence(name),
    }
    if net.classes != data.DIGITS:
        del shares["letters"]  # which may be its classes
    letters = "120 letters that look like no digit, and " if net.classes == data.DIGITS else ""
    _chart(
        "How sure is it of other things?",
        figures.convinced(list(shares), list(shares.values()), stage=stage),
        "convinced",
        "Share with an output above one half: " + ", ".join(f"{kind} {share:.1%}" for kind, share in shares.items()),
        f"{letters}2,000 pictures of noise, dimmed to a digit's ink or not. It was never taught to answer “none”.",
    )


def _chart(title: str, figure: Any, key: str, alt: str, said: str) -> None:
    """Show a figure under its title, as high as the style sheet gives the window room for."""
    st.markdown(f"**{title}**")
    with st.container(key=f"{key}_box", height=280, border=False):
        st.plotly_chart(figure, key=key, alt=alt, config=SHOWN, height="stretch")
    st.caption(said)
