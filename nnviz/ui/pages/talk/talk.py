"""The talk: the lesson in steps, each one idea, one live picture and one thing to do; by clicker, keys and buttons."""

from __future__ import annotations

import base64
import html
import threading
from pathlib import Path
from typing import Any

import streamlit as st

from nnviz.network import Network, Trace
from nnviz.ui.kit import nonsense
from nnviz.ui.live import live
from nnviz.ui.pages.talk import room, scenes
from nnviz.ui.pages.talk.steps import PLACES, STEPS, Step
from nnviz.ui.session import data, state

__all__ = ["PLACES", "STEPS", "Step"]

KEYS = (
    ("Page Down, →, ↓", "next step; where a question is asked, first its answer"),
    ("Page Up, ←, ↑", "back"),
    ("Home, End", "first and last step"),
    ("Space", "the picture's motion again"),
    ("n", "speaker's notes"),
    ("t", "timer from 0:00"),
    ("b", "black screen"),
    ("l", "laser: a red dot at the pointer"),
    ("v", "phones vote: the code, and away again"),
    ("f", "full screen"),
    ("?", "this list"),
)
AHEAD = 10  # from this step on, what the last ones measure is measured
HERE = Path(__file__).parent
_keys = st.components.v2.component(
    "nnviz_talk",
    html=f"""<div class="speaker">
        <div class="head"><h2></h2><span class="where"></span>
            <button type="button" class="timer" aria-label="Timer: from 0:00 again"></button></div>
        <div class="words" role="status"><p class="says"></p><p class="do"><b>Try it:</b> <span></span></p></div>
        <p class="trouble" role="alert"></p>
        <div class="black" hidden></div><i class="laser" hidden></i>
        <dialog aria-label="Keys"><dl>{"".join(f"<dt>{key}</dt><dd>{what}</dd>" for key, what in KEYS)}</dl>
        <button type="button" data-close>Close</button></dialog></div>""",
    js=live.script("../pages/talk/talk.js"),
    isolate_styles=False,
)
_picture = st.components.v2.component(
    "nnviz_talk_picture",
    html='<div class="painted" role="img" aria-label=""><canvas></canvas><svg aria-hidden="true"></svg></div>',
    js=live.script("../pages/talk/picture.js"),
    isolate_styles=False,
)


def follow_keys() -> Step:
    """Show the words, listen to keys and clicker, and return the step that is on."""
    session = st.session_state
    at = _place()
    step, answered = PLACES[at]
    told = {
        "steps": [_said(each) for each in STEPS], "places": PLACES, "at": at, "serial": session["talk_serial"],
        **room.follow(step + 1, STEPS[step].title, STEPS[step].options, answered),
    }  # fmt: skip
    with st.container(key="words"):
        _keys(
            key="talk_keys", default={"at": None, "poll": None}, on_at_change=_pressed, on_poll_change=room.open_one,
            height="content", data=told,
        )  # fmt: skip
    return STEPS[step]


def _said(step: Step) -> dict[str, Any]:
    return {
        "title": step.title, "says": step.says, "do": step.do, "picture": step.picture, "options": step.options,
        "draws": step.draws, "controls": step.controls,
    }  # fmt: skip


def examined(step: Step) -> tuple[int, int]:
    """Return layer and neuron whose sum the step shows, for the live part; layer 0 where it shows none."""
    return (1, scenes.chosen()) if step.sums else (0, 0)


def network() -> str:
    """Name the network that is talked about."""
    return scenes.network()


def show(net: Network, trace: Trace) -> None:
    """Paint the step's picture, and send ahead what the next one needs."""
    at = st.session_state["talk_step"] - 1
    needs = {str(at): _needs(at)}
    if at + 1 < len(STEPS) and (at + 2 <= AHEAD or _measured().is_set()):
        needs[str(at + 1)] = _needs(at + 1)
    if at - 1 >= 0:
        needs[str(at - 1)] = _needs(at - 1)
    x = trace.activations[0]
    _picture(
        key="talk_picture", height="stretch", width="stretch",
        data={
            "step": at + 1, "needs": needs, "neuron": scenes.chosen(),
            "x": base64.b64encode(x.astype("<f4").tobytes()).decode(),
            "zs": [z.tolist() for z in trace.zs], "activations": [a.tolist() for a in trace.activations[1:]],
            "edition": st.session_state["loaded"].get("edition", 0),
        },
    )  # fmt: skip
    if at + 1 >= AHEAD:
        _measured()


def _needs(at: int) -> dict[str, Any]:
    """Return what a picture needs; what cannot be read is said in its place."""
    with data.explained(stop=False):
        return STEPS[at].needs()
    return {}


@st.cache_resource(show_spinner=False)
def _measured() -> threading.Event:
    """Measure, beside the pages, what takes seconds; the event is set when that is done."""
    done = threading.Event()

    def measure() -> None:
        try:
            scenes.prepare()
        except data.Unreadable:  # the step that shows it says so
            return
        done.set()

    threading.Thread(target=measure, daemon=True).start()
    return done


def controls(step: Step) -> None:
    """Show the widgets of a step, over the foot of its picture."""
    if not step.controls:
        return
    with st.container(key="talk_controls", horizontal=True, vertical_alignment="center"):
        if step.controls == "neuron":
            st.button("Another neuron", key="another_neuron", icon=":material/shuffle:", on_click=_another)
        elif step.controls == "bias":
            st.slider(
                "Bias b", -20.0, 5.0, -10.0, 0.5, key="talk_bias", persist_state="session", format="%.1f",
                label_visibility="collapsed",
            )  # fmt: skip
        else:
            nonsense.buttons()


def _another() -> None:
    st.session_state["neuron"], st.session_state["layer"] = (scenes.chosen() + 1) % scenes.SIZES[1], 1


@data.explained(stop=False)
def notes(step: Step) -> None:
    """Write down what the speaker may add: shown by key."""
    every = (step.title, step.says, step.do, *step.note(bool(st.session_state["answered"])))
    title, says, do, *more = (html.escape(each, quote=False) for each in every)
    said = "".join(f"<li>{each}</li>" for each in more)
    with st.container(key="notes"):
        st.html(
            f'<section class="notes" aria-label="Speaker\'s notes"><h3>{title}</h3><p>{says}</p><p>Try it: {do}</p>'
            f"<ul>{said}</ul></section>"
        )


def buttons(step: Step) -> None:
    """Show where the talk is, and the buttons that move it."""
    at = _place()
    with st.container(key="talk_buttons", horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Back", key="talk_back", icon=":material/arrow_back:", on_click=_go, args=(at - 1,), disabled=at == 0)
        number = st.session_state["talk_step"]
        st.html(f'<progress max="{len(STEPS)}" value="{number}" aria-label="Steps so far"></progress>')
        question = step.asks and not st.session_state["answered"]
        st.button(
            "Answer" if question else "Next", key="talk_next", icon=":material/arrow_forward:", on_click=_go,
            args=(at + 1,), disabled=at == len(PLACES) - 1, type="primary", help="Also: Page Down, →; ? lists all keys",
        )  # fmt: skip


def _place() -> int:
    return PLACES.index((st.session_state["talk_step"] - 1, bool(st.session_state["answered"])))


def _pressed() -> None:
    sent = st.session_state["talk_keys"].get("at")
    if isinstance(sent, list) and sent and type(sent[0]) is int:
        _move(sent[0])


def _go(at: int) -> None:
    st.session_state["talk_serial"] += 1  # so that the keys go on from here
    _move(at)


def _move(at: int) -> None:
    step, answered = PLACES[min(max(at, 0), len(PLACES) - 1)]
    st.session_state["talk_step"], st.session_state["answered"] = step + 1, answered
    state.share()
