"""What runs in the browser beside every page: see watch.js."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from nnviz.ui.live.bundle import bundle

HERE = Path(__file__).parent
_component = st.components.v2.component("nnviz_watch", html="<span></span>", js=bundle(HERE / "watch.js"))


def watch() -> None:
    """Watch the page, from outside of fragments: another process, asked for a whole run, knows none of them yet."""
    _component(key="watch", data={"stage": st.session_state["stage"]}, on_again_change=lambda: None, height=1)
