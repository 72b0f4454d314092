"""The talk: the lesson in steps, each one idea, one live picture and one thing to do; by clicker, keys and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nnviz.network import Network, Trace
from nnviz.ui.pages.talk import scenes, second_layer
from nnviz.ui.session import parameters, state

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
        "One neuron, one number",
        "A neuron is a small calculation: out of the numbers of all neurons in the layer before it makes one number of "
        "its own, between 0 (black) and 1 (white). Here is one, and the pixels it listens to most.",
        "Draw the digit named below the picture, and watch the circle with the ring get brighter.",
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
        "The last layer has one neuron for each digit: the brighter it is, the more the picture looks like that digit "
        "to the network. The brightest is the answer. The ten are separate numbers and need not add up to 1.",
        "Draw something between a 4 and a 9, and watch two of them compete.",
        scenes.outputs,
    ),
    Step(
        "Each layer decides the next",
        "Between the 784 inputs and the ten outputs stand two layers of 16 neurons. What one layer puts out is all "
        "that the next one gets to see, up to the last. Nothing else happens when a network reads.",
        "Draw slowly: every stroke runs through all the layers.",
        scenes.layers,
    ),
    Step(
        "The hope: first strokes, then shapes",
        "A 7 is two strokes. It would be lovely if each neuron of the first hidden layer looked for a piece of a "
        "stroke, and the second layer put the pieces together. These eight are made by hand, to show the hope.",
        "Draw a 7, then a 0: which of the eight light up (above 0.5)?",
        scenes.hope,
    ),
    Step(
        "Every connection has a weight",
        "To look for something, a neuron gives each pixel a weight: blue and + where it wants ink, red and − where ink "
        "speaks against it. The 784 weights together are a picture of what the neuron looks for.",
        "Press “Another neuron” and guess what it looks for.",
        scenes.weights,
    ),
    Step(
        "It multiplies, and adds up",
        "Each pixel is multiplied by its weight, all 784 products are added up, and then the bias, a fixed number of "
        "the neuron's own. Blue pushes the sum up, red pulls it down; where nothing is drawn, nothing is added.",
        "Draw over the blue places, then over the red ones, and follow the sum.",
        scenes.weighted_sum,
        sums=True,
    ),
    Step(
        "A bright region",
        "Suppose all weights are zero but for a bar of positive ones. Then the sum simply adds up the ink in that bar. "
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
        "The sum can be any number, but what a neuron puts out lies between 0 and 1. The sigmoid squashes it: far "
        "below zero gives nearly 0, far above nearly 1, and zero itself one half.",
        "Draw, and watch the point move along the curve; where the curve is flat, more ink changes hardly anything.",
        scenes.squashing,
        sums=True,
    ),
    Step(
        "The bias: how much is enough",
        "The bias is added to the sum. With a bias of −10 the weighted sum must pass 10 before the neuron passes one "
        "half: then it fires. The bars are the weighted sums of 10,000 test digits, digit by digit.",
        "Move the bias, and see for how many of each digit the neuron with the negative surround still fires.",
        scenes.bias,
    ),
    Step(
        "13,002 knobs",
        "Every line is a weight, every neuron has a bias: 13,002 numbers, and each of them has to be chosen. Learning "
        "is the search for good ones. Only the three strongest lines into each neuron are drawn.",
        "Draw, and see which neurons hand the signal on.",
        scenes.knobs,
    ),
    Step(
        "All of it is one function",
        "784 numbers go in, ten come out, and 13,002 in between say how. It would take pages to write down, and yet "
        "it is only multiplying, adding and squashing.",
        "Draw a digit worse and worse. When can it no longer be read?",
        scenes.function,
    ),
    Step(
        "What it really learned",
        "The 16 neurons of a network trained for right answers and nothing else: to the eye they are mostly noise.",
        "Find a stroke or an edge, if you can; then see how little of each map the best one explains.",
        scenes.plain,
    ),
    Step(
        "What it learns when asked to be smooth",
        "Two more networks, alike in everything but a penalty on differences between neighbouring weights: "
        "“smooth” had it, “rough” had not. Which digit excites the framed neuron of “smooth” most?",
        "Vote A, B, C or D. The next key shows the sums, and what the penalty bought.",
        scenes.smooth,
        asks=True,
    ),
    Step(
        "And what about noise?",
        "In training every picture was a digit: nobody taught the network to answer “none”. All ten outputs can stay "
        "low, but do they?",
        "Press “Noise” a few times, then “Dim noise”: it has only as much ink as a digit.",
        scenes.noise,
    ),
    Step(
        "The hope again: does the second layer put strokes together?",
        "What each of the 16 neurons in the second hidden layer wants of the pixels, through the first layer. One "
        "gallery is what it learned. In the other, each neuron's weights are shuffled among its inputs.",
        "Vote: is A or B the learned one? The next key tells, and shows a measurement.",
        second_layer.together,
        asks=True,
    ),
)
assert len(STEPS) == parameters.STEPS  # which checks the step of a link
PLACES = tuple((step, shown) for step, each in enumerate(STEPS) for shown in ((False, True) if each.asks else (False,)))


def follow_keys() -> Step:
    """Listen to keys and clicker, and return the step that is on."""
    session = st.session_state
    _component(
        key="talk_keys", default={"at": None}, on_at_change=_pressed, height="content",
        data={"at": _place(), "last": len(PLACES) - 1, "serial": session["talk_serial"]},
    )  # fmt: skip
    return STEPS[session["talk_step"] - 1]


def examined(step: Step) -> tuple[int, int]:
    """Return layer and neuron whose sum the step shows, for the live part; layer 0 where it shows none."""
    return (1, scenes.chosen()) if step.sums else (0, 0)


def network() -> str:
    """Name the network that is talked about."""
    return scenes.network()


def shown() -> bool:
    """Say whether the present step's question has been answered."""
    return bool(st.session_state["answered"])


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
