"""What the answer says: the digit, or why there is none, and advice about odd drawings."""

import re

import numpy as np
import pytest

from nnviz.network import Trace
from nnviz.ui.kit import answer
from tests.test_pages import BLANK, DIGIT, DRAW, FULL, open_page, text


def answered(*sure, drawn=True):
    """A pass whose outputs are 0.9 for the digits named, 0.2 for others, a little more for 4."""
    output = np.full(10, 0.2)
    output[4] = 0.3
    output[list(sure)] = 0.9
    return Trace((np.full(784, float(drawn)), output), (np.zeros(10),))


def test_one_output_above_a_half_is_the_answer():
    assert (answer.digit(answered(8)), answer.sentence(answered(8))) == (8, "one output neuron is sure")


def test_two_outputs_above_a_half_are_no_answer():
    assert answer.digit(answered(2, 7)) is None
    assert answer.sentence(answered(2, 7)) == "no output neuron is sure alone: 2 and 7 both say yes"
    assert answer.sentence(answered(2, 5, 7)) == "no output neuron is sure alone: 2 and 5 and 7 all say yes"


def test_no_output_above_a_half_is_no_answer():
    assert answer.digit(answered()) is None
    assert answer.sentence(answered()) == "no output neuron is sure; the brightest is 4"


def test_a_blank_canvas_has_no_answer_whatever_the_outputs_are():
    assert answer.digit(answered(8, drawn=False)) is None
    assert answer.sentence(answered(drawn=False)) == "nothing drawn yet; for blank paper it has no sure answer"


def test_what_blank_paper_is_taken_for_is_said_although_it_is_no_answer():
    assert answer.sentence(answered(8, drawn=False)) == "nothing drawn yet; it takes blank paper for an 8"
    assert answer.sentence(answered(1, 7, drawn=False)) == "nothing drawn yet; to blank paper 1 and 7 both say yes"


def test_a_blank_page_says_that_nothing_is_drawn():
    assert "nothing drawn yet" in text(open_page(DRAW))


def test_the_answer_stands_on_the_page():
    shown = re.search(r'class="digit"[^>]*>(.)<', text(open_page(DRAW, DIGIT)))
    assert shown[1] == "7"


def dot():
    image = BLANK.copy()
    image[14, 14] = 1
    return image


@pytest.mark.parametrize(("image", "advice"), [(dot(), "only a dot"), (FULL, "fills the canvas")])
def test_an_odd_drawing_gets_advice(image, advice):
    assert advice in text(open_page(DRAW, image))


@pytest.mark.parametrize("image", [BLANK, DIGIT], ids=["blank", "a digit"])
def test_an_ordinary_drawing_gets_no_advice(image):
    assert answer.advice(image) == ""
