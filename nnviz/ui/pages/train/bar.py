"""Above the maps: start, pause and go on; recipes to begin with; whose course is looked at; what went wrong."""

from __future__ import annotations

import html

import streamlit as st

from nnviz.training.presets import PRESETS
from nnviz.ui.session import courses, state
from nnviz.workers.room import LOST, OVER, PAUSED, Training, room

OWN_RECIPE = "my own"


def bar() -> str:
    """Show the buttons, and return the name of the course that is looked at."""
    own = courses.training()
    with st.container(key="train_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        _buttons(own)
        _presets()
        name = _watched(own)
    if own and own.state == LOST:
        st.html(f'<p class="note" role="alert">The training was lost. {html.escape(own.trouble)}</p>')
    return name


def _buttons(own: Training | None) -> None:
    if own is None or own.ended:
        st.button(
            "Start", type="primary", key="start_training", icon=":material/play_arrow:", on_click=_start,
            help="A new network learns by the recipe; you watch",
        )  # fmt: skip
        if own and own.state == LOST and own.kept and not own.hopeless:
            st.button("Go on", key="rescue_training", icon=":material/restart_alt:", on_click=_rescue,
                      help="From the last moment that was kept; what the optimiser remembered is gone")  # fmt: skip
        return
    st.button("Start anew", key="start_training", icon=":material/restart_alt:", on_click=_start)
    if own.state == PAUSED:
        st.button("Go on", type="primary", key="continue_training", icon=":material/play_arrow:", on_click=_pause,
                  args=(False,))  # fmt: skip
    else:
        st.button("Pause", type="primary", key="pause_training", icon=":material/pause:", on_click=_pause)


def _presets() -> None:
    """Offer recipes; one that is none of them is one's own."""
    session = st.session_state
    known = {name: recipe for name, recipe in PRESETS.items()}
    session["preset"] = next((name for name, recipe in known.items() if recipe == session["recipe"]), None)
    st.pills("Recipe", list(known), key="preset", on_change=_preset, width="content", label_visibility="collapsed")


def _preset() -> None:
    if name := st.session_state["preset"]:
        st.session_state["recipe"] = PRESETS[name]
        state.share()


def _watched(own: Training | None) -> str:
    """Choose whose course is looked at; one's own as soon as there is one."""
    names = [*([courses.MINE] if own else []), *courses.shipped()]
    if not names:
        return ""
    if st.session_state.get("watched") not in names:
        st.session_state["watched"] = names[0]
    if len(names) == 1:
        return names[0]
    return str(
        st.selectbox("Looking at", names, key="watched", width=150, format_func=lambda name: _TITLES.get(name, name))
    )


_TITLES = {courses.MINE: "your training"}


def _start() -> None:
    try:
        courses.start(st.session_state["recipe"])
        st.session_state["watched"] = courses.MINE
    except ValueError as error:
        state.note(f"Nothing was started: {error}.")


def _rescue() -> None:
    own = courses.training()
    if own:
        try:
            courses.start(st.session_state["taught"], own)
        except ValueError as error:
            state.note(f"Nothing was started: {error}.")


def _pause(paused: bool = True) -> None:
    own = courses.training()
    if own and own.state != OVER:
        room().pause(own, paused)
