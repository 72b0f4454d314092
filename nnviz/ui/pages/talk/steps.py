"""The steps of the talk: what each says, asks and has people do. A network's numbers are in pictures and notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnviz.ui.pages.talk import notes, scenes
from nnviz.ui.session import parameters


@dataclass(frozen=True)
class Step:
    """One step: its title, one sentence, one thing to do, and its picture.

    Attributes
    ----------
    title, says, do : str
    picture : str
        Which of the pictures in pictures.js.
    needs : function
        Returns what the picture shows beside the network and the drawing, as JSON; see scenes.py.
    note : function
        Returns what the speaker may add, measured where it holds numbers.
    options : str
        The letters one votes for; empty unless the step asks. The next key answers.
    draws : bool
        Whether the canvas stands beside the picture.
    sums : bool
        Whether the picture takes the sum of the neuron examined apart.
    controls : str
        The widgets of the step, by the name `talk.controls` knows; empty where there are none.
    """

    title: str
    says: str
    do: str
    picture: str
    note: Callable[[bool], list[str]]
    needs: Callable[[], dict[str, Any]] = dict
    options: str = ""
    draws: bool = True
    sums: bool = False
    controls: str = ""

    @property
    def asks(self) -> bool:
        return bool(self.options)


STEPS = (
    Step(
        "One neuron, one number",
        "A neuron takes in many numbers and gives out one, from 0 (dark) to 1 (bright).",
        "Draw the digit named below the neuron, and watch it light up.",
        "neuron",
        notes.one_neuron,
        scenes.one_neuron,
    ),
    Step(
        "A picture is 784 numbers",
        "28 rows of 28 pixels, each from 0 (black) to 1 (white): this is all the network ever sees.",
        "Draw a thin line, and move the lens over its greys.",
        "pixels",
        notes.numbers,
    ),
    Step(
        "Ten neurons answer",
        "The last layer has one neuron for each digit, and the brightest one is the answer.",
        "Draw something between a 4 and a 9, and watch the two compete.",
        "outputs",
        notes.outputs,
    ),
    Step(
        "Each layer decides the next",
        "What one layer gives out is all that the next one gets to see.",
        "Draw slowly: every stroke runs through all the layers.",
        "layers",
        notes.layers,
    ),
    Step(
        "The hope: first strokes, then shapes",
        "Ideally, each neuron would look for one piece of a stroke, as these eight do, made by hand.",
        "Draw a 7, then a 0: which of the eight light up (above 0.5)?",
        "hope",
        notes.hope,
        scenes.hope,
    ),
    Step(
        "Every connection has a weight",
        "Ink on blue (+) counts for this neuron, and ink on red (−) counts against it.",
        "Press “Another neuron”, and guess what it looks for.",
        "weights",
        notes.weights,
        draws=False,
        controls="neuron",
    ),
    Step(
        "Multiply, then add up",
        "Each pixel times its weight, all 784 products added up, plus a fixed number, the bias: the sum z.",
        "Draw over the blue places, then over the red ones, and follow the sum.",
        "sum",
        notes.weighted_sum,
        sums=True,
    ),
    Step(
        "A bright region",
        "The weights are 1 in one bar and 0 elsewhere, so the sum is the ink in that bar: which picture wins?",
        "Vote A, B, C or D. “Answer” slides the bar over all four.",
        "ask",
        notes.region,
        scenes.region,
        options="ABCD",
        draws=False,
    ),
    Step(
        "A negative surround",
        "Now the pixels around the bar have negative weights: which of the same four pictures wins?",
        "Vote again. “Answer” shows the sums.",
        "ask",
        notes.surround,
        scenes.surround,
        options="ABCD",
        draws=False,
    ),
    Step(
        "Squashed between 0 and 1",
        "The sum can be any number, and a curve, the sigmoid, squashes it between 0 and 1.",
        "Draw, and watch the point move along the curve.",
        "squash",
        notes.squashing,
        sums=True,
    ),
    Step(
        "The bias: how much is enough",
        "With a bias of −10, the weighted sum must pass 10 to bring the neuron above one half.",
        "Move the bias: for which of the 10,000 test digits does the neuron still fire?",
        "bias",
        notes.bias,
        scenes.bias,
        draws=False,
        controls="bias",
    ),
    Step(
        "13,002 knobs",
        "Every line is a weight and every neuron has a bias: learning is the search for good ones.",
        "Draw, and see which lines carry the signal.",
        "knobs",
        notes.knobs,
    ),
    Step(
        "All of it is one function",
        "784 numbers go in and ten come out, by multiplying, adding and squashing, three times over.",
        "Draw a digit worse and worse: when can it no longer be read?",
        "function",
        notes.function,
    ),
    Step(
        "What it really learned",
        "These 16 neurons were trained for right answers and nothing else; to the eye they are mostly noise.",
        "Find a stroke or an edge, if you can.",
        "plain",
        notes.plain,
        scenes.plain,
        draws=False,
    ),
    Step(
        "What it learns when asked to be smooth",
        "In training, this one paid for differences between neighbouring weights: which digit excites it most?",
        "Vote A, B, C or D. “Answer” adds up, and shows what the penalty bought.",
        "ask",
        notes.smooth,
        scenes.smooth,
        options="ABCD",
        draws=False,
    ),
    Step(
        "And what about noise?",
        "Every picture in training was a digit, so nobody taught the network to answer “none”.",
        "Press “Noise” a few times, then “Dim noise”: it has only as much ink as a digit.",
        "noise",
        notes.noise,
        controls="nonsense",
    ),
    Step(
        "The hope again, one layer up",
        "What 16 second-layer neurons want to see: one gallery is learned, the other has shuffled weights.",
        "Vote: which one is learned, A or B? “Answer” tells, and shows a measurement.",
        "together",
        notes.together,
        scenes.together,
        options="AB",
        draws=False,
    ),
)
assert len(STEPS) == parameters.STEPS  # which checks the step of a link
PLACES = tuple((step, shown) for step, each in enumerate(STEPS) for shown in ((False, True) if each.asks else (False,)))
