"""How far a network's certainty can be trusted: on labelled pictures, and on what is none of its classes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network
from nnviz.study import confusion
from nnviz.ui.kit import answer, nonsense
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data


def certainty(net: Network, pool: Pool) -> None:
    """Show how far the brightest output can be trusted, and what else than digits makes it bright."""
    if not answer.tells_how_sure(net):
        st.caption("This network's outputs are mere numbers: they do not say how sure it is.")
        return
    brightest, right = pool.trace.output.max(axis=1), pool.answers == pool.labels
    found = confusion.reliability(brightest, right)
    share, good = confusion.answered(brightest, right)
    left, middle = st.columns(2, gap="medium")
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
    name = st.session_state["network"]
    st.markdown("**And on what is no digit at all?**")
    st.caption(
        f"{nonsense.noise(name)} Shown an A: {answer.sentence(net.forward(data.letter(name)), net)}. Being sure is not "
        "the same as having seen such a thing before."
    )
