"""Above the maps: start, pause and go on; recipes to begin with; whose course is looked at; what went wrong."""

from __future__ import annotations

import html

import streamlit as st

from nnviz.training.presets import PRESETS
from nnviz.ui.session import courses, state
from nnviz.workers.room import room
from nnviz.workers.training import LOST, OVER, PAUSED, Training


def bar() -> str:
    """Show the buttons, and return the name of the course that is looked at."""
    own = courses.training()
    with st.container(key="train_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        _buttons(own)
        _presets()
        name = _watched(own)
    if own is None and st.session_state["training"]:
        st.session_state["training"] = ""
        st.html(f'<p class="note" role="alert">{_GONE}</p>')
    if own and own.state == LOST:
        said = f"The training was lost. {own.trouble}{_ADVICE * _can_go_on(own)}"
        st.html(f'<p class="note" role="alert">{html.escape(said)}</p>')
    return name


def _buttons(own: Training | None) -> None:
    if own is None or own.ended:
        st.button("Start", type="primary", key="start_training", icon=":material/play_arrow:", on_click=_start)
        if own and _can_go_on(own):
            st.button("Continue", key="rescue_training", icon=":material/restart_alt:", on_click=_rescue)
        return
    st.button("Restart", key="start_training", icon=":material/restart_alt:", on_click=_start)
    if own.state == PAUSED:
        st.button("Continue", type="primary", key="continue_training", icon=":material/play_arrow:", on_click=_pause,
                  args=(False,))  # fmt: skip
    else:
        st.button("Pause", type="primary", key="pause_training", icon=":material/pause:", on_click=_pause)


def _can_go_on(own: Training) -> bool:
    return own.state == LOST and len(own.kept) > 0 and not own.hopeless


_GONE = "Your training is gone: its page was closed for too long, or the server was restarted."
_ADVICE = " It can go on from the last moment that was kept; what the optimiser remembered is gone."


def _presets() -> None:
    """Offer recipes, on a phone and a stage behind one button; one that is none of them is one's own."""
    session = st.session_state
    chosen = next((name for name, recipe in PRESETS.items() if recipe == session["recipe"]), None)
    session["preset"] = chosen
    st.pills("Recipe", list(PRESETS), key="preset", on_change=_preset, width="content", label_visibility="collapsed",
             format_func=_said)  # fmt: skip
    behind = st.popover(_said(chosen or "own recipe"), key="recipes", on_change="rerun")
    if behind.open:
        session["preset_behind"] = chosen
        with behind:
            st.pills("Recipe", list(PRESETS), key="preset_behind", on_change=_preset_behind, format_func=_said)


_SAID = {
    "as plain": "as “plain”",
    "as smooth": "as “smooth”",
    "far too fast": "steps far too large",
    "far too small": "far too few neurons",
    "wrong labels": "half the labels wrong",
    "one epoch": "one epoch only",
}


def _said(name: str) -> str:
    """Say what a recipe of that name is."""
    return _SAID.get(name, name)


def _preset_behind() -> None:
    st.session_state["preset"] = st.session_state["preset_behind"]
    _preset()


def _preset() -> None:
    name = st.session_state["preset"]
    if name in PRESETS:
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
        st.selectbox(
            "Looking at",
            names,
            key="watched",
            width=200,
            label_visibility="collapsed",
            format_func=lambda name: _TITLES.get(name, f"recorded: {name}"),
        )
    )


_TITLES = {courses.MINE: "your run"}


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
