"""The talk: the lesson in steps, each one idea, one live picture and one thing to do; by clicker, keys and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nnviz.network import Network, Trace
from nnviz.ui import scene_patterns, scenes, state

KEYS = (
    ("Page Down, →, ↓", "next step; where a question is asked, first its answer"),
    ("Page Up, ←, ↑", "back"),
    ("Home, End", "first and last step"),
    ("f", "full screen"),
    ("?", "this list"),
)
_component = st.components.v2.component(
    "nnviz_talk",
    html=f"""<dialog aria-label="Keys"><dl>{"".join(f"<dt>{key}</dt><dd>{what}</dd>" for key, what in KEYS)}</dl>
        <button type="button" data-close>Close</button></dialog>""",
    css="""
        dialog { border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: 1.5rem;
            color: var(--st-text-color); background: var(--st-background-color); font: inherit; }
        dialog::backdrop { background: rgb(0 0 0 / .6); }
        dl { display: grid; grid-template-columns: auto 1fr; gap: .5rem 1.5rem; margin: 0 0 1rem; }
        dt { font-weight: 700; } dd { margin: 0; }
        button { font: inherit; min-height: 2.75rem; padding: 0 1rem; cursor: pointer; color: inherit;
            background: none; border: 1px solid currentColor; border-radius: var(--st-base-radius); }
    """,
    js=Path(__file__).with_name("talk.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Step:
    """One step: its title, two or three sentences, what to do, and the picture.

    `asks`: that is a question, answered by the next key. `sums`: it shows the sum of the neuron examined.
    """

    title: str
    says: str
    do: str
    show: Callable[[Network, Trace, bool], None]
    asks: bool = False
    sums: bool = False


STEPS = (
    Step(
        "A neuron holds one number",
        "Think of it as a small function: it takes in what every neuron of the layer before puts out, and puts out one "
        "number between 0 and 1. Here is one neuron, and the pixels it listens to most.",
        "Draw, and watch this one circle go from black (0) to white (1).",
        scenes.one_neuron,
    ),
    Step(
        "A picture is 784 numbers",
        "28 rows of 28 pixels, each a number from 0 (black) to 1 (white). These 784 numbers are the first layer of the "
        "network; it never sees anything else of your drawing.",
        "Draw a thin line and find its greys: they are numbers between 0 and 1.",
        scenes.numbers,
    ),
    Step(
        "Ten neurons answer",
        "The last layer has one neuron for each digit. How bright each gets says how much the network takes the "
        "picture for that digit; the brightest is its choice. They are ten separate numbers and need not add up to 1.",
        "Draw something between a 4 and a 9, and watch two of them compete.",
        scenes.outputs,
    ),
    Step(
        "Each layer decides the next",
        "Between the 784 inputs and the ten outputs stand two layers of 16. The pattern in one layer brings about the "
        "pattern in the next, and so on to the end. That is all that happens when a network reads.",
        "Draw slowly: every stroke runs through all the layers.",
        scenes.layers,
    ),
    Step(
        "The hope: pixels, edges, patterns, digits",
        "A 7 is two strokes, and a stroke is some edges. It would be lovely if the first hidden layer looked for "
        "edges, and the second put them together. These eight edge detectors are made by hand, to show the hope.",
        "Draw a 7, then a 0: which of the eight light up?",
        scenes.hope,
    ),
    Step(
        "Every connection has a weight",
        "To look for something, a neuron gives each pixel a weight: blue and + where it wants ink, red and − where ink "
        "speaks against it. 784 weights make a picture of what the neuron looks for.",
        "Press “Another neuron” and guess what it looks for.",
        scenes.weights,
    ),
    Step(
        "It multiplies, and adds up",
        "Each pixel times its weight; then all 784 products are added, and the neuron's bias with them. Blue pushes "
        "the sum up, red pulls it down, and where nothing is drawn nothing is added.",
        "Draw over the blue places, then over the red ones, and follow the sum.",
        scenes.weighted_sum,
        sums=True,
    ),
    Step(
        "A bright region",
        "Let all weights be zero, but for a bar of positive ones. Then the sum only adds up what is drawn there. "
        "Four pictures: which one excites this neuron most?",
        "Vote A, B, C or D. The next key shows the sums.",
        scenes.region,
        asks=True,
    ),
    Step(
        "A negative surround",
        "Now the pixels around the bar get negative weights. The same four pictures: which one excites this neuron "
        "most, now that ink around the bar counts against it?",
        "Vote again. The next key shows the sums.",
        scenes.surround,
        asks=True,
    ),
    Step(
        "Squashed into 0 to 1",
        "A sum can be any number, but a neuron puts out one between 0 and 1. The sigmoid squashes it: far below zero "
        "becomes nearly 0, far above nearly 1, and zero itself one half.",
        "Draw and watch the point climb the curve; where the curve is flat, more ink changes nothing.",
        scenes.squashing,
        sums=True,
    ),
    Step(
        "The bias: how much is enough",
        "One more number per neuron, added to the sum. With a bias of −10 the weighted sum must pass 10 before the "
        "neuron passes one half. The bars are the sums of 10,000 test digits, digit by digit.",
        "Move the bias, and see for how many of each digit the neuron with the negative surround still fires.",
        scenes.bias,
    ),
    Step(
        "13,002 knobs",
        "Every line is a weight, every neuron has a bias: 13,002 numbers that somebody has to choose. Learning means "
        "to find them. Drawn are only the three strongest lines into each neuron.",
        "Draw, and see which neurons hand the signal on.",
        scenes.knobs,
    ),
    Step(
        "All of it is one function",
        "784 numbers in, 10 numbers out, and 13,002 in between that say how. An absurdly complicated function, and "
        "yet it is only multiplying, adding and squashing.",
        "Draw a digit badly on purpose. Where does it stop being read?",
        scenes.function,
    ),
    Step(
        "What it really learned",
        "These are the 16 neurons of a network trained for right answers and nothing else. It reads well, and its "
        "weights look like noise: nobody asked it for edges.",
        "Find an edge, if you can. The line below says what a measurement finds.",
        scenes.plain,
    ),
    Step(
        "What it learns when asked",
        "The same network, trained so that neighbouring weights agree: strokes appear. Four digits, and the framed "
        "neuron: which digit excites it most?",
        "Vote A, B, C or D. The next key shows the sums.",
        scenes.smooth,
        asks=True,
    ),
    Step(
        "And what of noise?",
        "The network was never shown anything but digits, and has no way to say “that is none”. It only knows ten "
        "numbers. Give it pictures of noise and see how sure it gets.",
        "Press “Noise” a few times.",
        scenes.noise,
    ),
    Step(
        "The hope again: does the second layer put strokes together?",
        "What each of the 16 neurons in the second hidden layer wants of the pixels, through the first layer. One "
        "gallery is what it learned. In the other, each neuron's weights are shuffled among its inputs.",
        "Vote: is A or B the learned one? The next key tells, and shows a measurement.",
        scene_patterns.together,
        asks=True,
    ),
)
assert len(STEPS) == state.STEPS  # which checks the step of a link
PLACES = tuple((step, shown) for step, each in enumerate(STEPS) for shown in ((False, True) if each.asks else (False,)))


def follow_keys() -> Step:
    """Listen to keys and clicker, and return the step that is on."""
    session = st.session_state
    _component(
        key="talk_keys", default={"at": None}, on_at_change=_pressed, height="content",
        data={"at": _place(), "last": len(PLACES) - 1, "serial": session.setdefault("talk_serial", 0)},
    )  # fmt: skip
    return STEPS[session["talk_step"] - 1]


def examined(step: Step) -> tuple[int, int]:
    """Return layer and neuron whose sum the step shows, for the live part; layer 0 where it shows none."""
    return (1, scenes.chosen()) if step.sums else (0, 0)


def shown() -> bool:
    """Say whether the present step's question has been answered."""
    return bool(st.session_state.get("answered"))


def words(step: Step) -> None:
    """Show the step's title, sentences and what to do."""
    number = st.session_state["talk_step"]
    with st.container(key="words"):
        st.html(
            f'<div class="words" role="status"><p class="where">{number} of {len(STEPS)}</p><h2>{step.title}</h2>'
            f'<p class="says">{step.says}</p><p class="do"><b>Try it:</b> {step.do}</p></div>'
        )


def buttons(step: Step) -> None:
    """Show where the talk is, and the buttons that move it."""
    at = _place()
    with st.container(key="talk_buttons", horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Back", key="talk_back", icon=":material/arrow_back:", on_click=_go, args=(at - 1,), disabled=at == 0)
        number = st.session_state["talk_step"]
        st.html(f'<progress max="{len(STEPS)}" value="{number}" aria-label="Steps so far"></progress>')
        question = step.asks and not shown()
        st.button(
            "Answer" if question else "Next", key="talk_next", icon=":material/arrow_forward:", on_click=_go,
            args=(at + 1,), disabled=at == len(PLACES) - 1, type="primary", help="Also: Page Down, →; ? lists all keys",
        )  # fmt: skip


def _place() -> int:
    return PLACES.index((st.session_state["talk_step"] - 1, shown()))


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
