"""Sentences about what could not be used, kept until a page can show them."""

from __future__ import annotations

import html

import streamlit as st

from nnviz.sentences import capped


def note(sentence: str) -> None:
    """Keep a sentence about something that could not be used, to be shown on the page; it may hold foreign words."""
    notes = st.session_state.setdefault("notes", [])
    sentence = capped(sentence)
    if sentence not in notes:
        notes.append(sentence)


def show_notes() -> None:
    """Show the sentences kept by `note`, once: as text, for Streamlit's own boxes would take them for Markdown."""
    for sentence in st.session_state.get("notes", []):
        st.html(f'<p class="note" role="alert">{html.escape(sentence)}</p>')
    st.session_state["notes"] = []
