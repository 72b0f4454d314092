"""How far a network's certainty can be trusted: on labelled pictures, and on what is none of its classes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import SURE, Network
from nnviz.study import confusion
from nnviz.ui.kit import answer
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data, measured


def certainty(net: Network, pool: Pool) -> None:
    """Show how far the brightest output can be trusted, and what else than digits makes it bright."""
    if not answer.tells_how_sure(net):
        st.caption("This network's outputs are mere numbers: they do not say how sure it is.")
        return
    brightest, right = pool.trace.output.max(axis=1), pool.answers == pool.labels
    found = confusion.reliability(brightest, right)
    share, good = confusion.answered(brightest, right)
    left, middle, right_hand = st.columns(3, gap="medium")
    with left:
        st.markdown("**Is an output of 0.9 right nine times in ten?**")
        st.plotly_chart(
            figures.reliability(found), key="reliability", config=SHOWN,
            alt=f"Share of right answers by brightest output; on average {found.error:.3f} from the dotted line.",
        )  # fmt: skip
        st.caption(
            f"On average the brightest output is {found.error:.3f} away from the share of right answers: the expected "
            f"calibration error, over {len(found.count)} bins. On the dotted line it would be 0."
        )
    with middle:
        st.markdown("**If it may stay silent where it is least sure**")
        st.plotly_chart(
            figures.answered(share, good), key="answered", config=SHOWN,
            alt=f"All answered: {good[-1]:.2%} right.",
        )  # fmt: skip
        ninety = int(np.searchsorted(share, 0.9))
        st.caption(f"Of the {share[ninety]:.1%} it is surest of, {good[ninety]:.2%} are right; of all, {good[-1]:.2%}.")
    with right_hand:
        _nonsense(net, pool)


def _nonsense(net: Network, pool: Pool) -> None:
    """Show how often it is as sure of what is none of its classes."""
    name = st.session_state["network"]
    shares = {
        f"these {pool.called}s": float((pool.trace.output.max(axis=1) > SURE).mean()),
        "letters": measured.letters_confidence(name),
        "dim noise": measured.noise_confidence(name, dim=True),
        "noise": measured.noise_confidence(name),
    }
    if net.classes != data.DIGITS:
        del shares["letters"]  # which may be its classes
    st.markdown("**And of what is no digit at all?**" if net.classes == data.DIGITS else "**And of other things?**")
    st.plotly_chart(
        figures.convinced(list(shares), list(shares.values())), key="convinced", config=SHOWN,
        alt="Share with an output above one half: "
        + ", ".join(f"{kind} {share:.1%}" for kind, share in shares.items()),
    )  # fmt: skip
    said = "120 letters drawn with the pen, none like a digit; " if net.classes == data.DIGITS else ""
    st.caption(f"{said}2,000 pictures of noise, dimmed to a digit's ink or not. Nobody taught it to answer “none”.")
