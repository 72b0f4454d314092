"""Ask for a whole run when the browser is connected again: perhaps to another process, which has not met it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "nnviz_reconnect", html="<span></span>", js=Path(__file__).with_name("reconnect.js").read_text(encoding="utf-8")
)


def watch() -> None:
    """Watch the connection, from outside of fragments: another process knows none of them yet."""
    _component(key="reconnect", on_again_change=lambda: None, height=1)
