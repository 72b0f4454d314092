"""What the answer says: the digit, or why there is none, and advice about odd drawings."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nnviz.network import Layer, Network, Trace
from nnviz.study import surgery
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
    assert answer.sentence(answered(2, 7)) == "no single output neuron is sure: 2 and 7 both say yes"
    assert answer.sentence(answered(2, 5, 7)) == "no single output neuron is sure: 2, 5 and 7 all say yes"


def test_no_output_above_a_half_is_no_answer():
    assert answer.digit(answered()) is None
    assert answer.sentence(answered()) == "no output neuron is sure; the brightest is 4"


def test_a_blank_canvas_has_no_answer_whatever_the_outputs_are():
    assert answer.digit(answered(8, drawn=False)) is None
    assert answer.sentence(answered(drawn=False)) == "nothing drawn yet; for blank paper it has no sure answer"


def test_what_blank_paper_is_taken_for_is_said_although_it_is_no_answer():
    assert answer.sentence(answered(8, drawn=False)) == "nothing drawn yet; it takes blank paper for an 8"
    assert answer.sentence(answered(1, 7, drawn=False)) == "nothing drawn yet; to blank paper 1 and 7 both say yes"


def made(activation, classes=("cat", "8", "a dog")):
    return Network((Layer(np.eye(3, dtype=np.float32), np.zeros(3, np.float32), activation),), classes=classes)


def said(activation, *z, **more):
    """Digit and sentence for the sums given."""
    net = made(activation, **more)
    trace = net.forward(np.array(z))
    return answer.digit(trace, net), answer.sentence(trace, net)


def test_a_softmax_answers_with_the_class_that_has_more_than_half_of_the_whole_and_says_how_much():
    assert said("softmax", 0, 0, np.log(6)) == (2, '"a dog" has 75 % of the total')
    assert said("softmax", 0, np.log(2.05), 0) == (1, "8 has 51 % of the total")
    assert said("softmax", 9, 0, 0) == (0, '"cat" has more than 99 % of the total')


def test_a_softmax_without_a_majority_has_no_answer():
    says = 'no output has more than half of the total; "cat" has the largest share, 40 %'
    assert said("softmax", np.log(4 / 3), 0, 0) == (None, says)


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "leaky relu"])
def test_outputs_that_are_mere_numbers_have_a_largest_one_and_no_certainty(activation):
    number, says = said(activation, 0.2, 0.9, -0.4)
    assert number == 1
    assert says == "its output is the largest; outputs like these do not say how sure that is"


def test_of_blank_paper_classes_are_named_too():
    assert said("softmax", 0, 0, 0) == (None, "nothing drawn yet; for blank paper it has no sure answer")
    biased = Network((Layer(np.eye(2, dtype=np.float32), np.array([0, 9], np.float32), "softmax"),), classes=("a", "8"))
    blank = biased.forward(np.zeros(2))
    assert answer.sentence(blank, biased) == "nothing drawn yet; it takes blank paper for an 8"
    named = replace(biased, classes=("a", "cat"))
    assert answer.sentence(blank, named) == 'nothing drawn yet; it takes blank paper for "cat"'
    plain = made("identity").forward(np.zeros(3))
    says = 'nothing drawn yet; for blank paper the largest output is that of "cat"'
    assert answer.sentence(plain, made("identity")) == says


def test_of_many_that_say_yes_only_their_number_is_said():
    assert answer.sentence(answered(0, 1, 3, 4)) == "no single output neuron is sure: 4 outputs say yes"
    layer = Layer(np.eye(20, dtype=np.float32), np.zeros(20, np.float32))
    net = Network((layer,), classes=tuple("ABCDEFGHIJKLMNOPQRST"))
    says = answer.sentence(net.forward(np.ones(20)), net)
    assert says == "no single output neuron is sure: 20 outputs say yes"


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


def logits(*lost):
    """Three outputs below zero, of which the second is the largest, without those lost."""
    layer = Layer(np.zeros((3, 4), np.float32), np.array([-2.2, -1.2, -4.2], np.float32), "identity")
    net = Network((layer,), classes=("a", "b", "c"))
    return surgery.without(net, net.forward(np.ones(4)), [(1, k) for k in lost]), net


def test_an_output_that_was_knocked_out_is_never_the_answer_though_its_0_is_the_largest():
    assert answer.digit(*logits(0)) == 1
    assert answer.digit(*logits(1)) == 0
    assert int(logits(0, 1)[0].prediction) == 2


def test_without_any_output_left_there_is_no_answer():
    trace, net = logits(0, 1, 2)
    assert answer.digit(trace, net) is None
    assert answer.sentence(trace, net) == "no output is left"
