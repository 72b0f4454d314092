"""Below the maps: the recipe, one step under the lens, and what to do with what was learned."""

from __future__ import annotations

import streamlit as st

from nnviz.ui.pages.train import glass, recipe, use
from nnviz.ui.session.courses import Watched


def more(found: Watched) -> None:
    """Show the open one of three tabs."""
    sections = {
        "The recipe": recipe.choices,
        "One step under the lens": lambda: glass.step(found),
        "Use it": lambda: use.it(found),
    }
    for tab, show in zip(st.tabs(list(sections), key="more_train", on_change="rerun"), sections.values(), strict=True):
        if tab.open:
            with tab:
                show()
