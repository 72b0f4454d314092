"""Links opened on a page: what they bring, and what is said about what they cannot."""

import numpy as np
import pytest

from nnviz import mnist
from nnviz.export import link
from tests.test_pages import DIGIT, NEURONS, PAGES, numbers, open_link, sentences


def test_a_link_brings_drawing_network_and_neuron():
    app = open_link(NEURONS, drawing=link.encode(DIGIT), network="plain", layer="2", neuron="11")
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())
    assert [app.session_state[key] for key in ("network", "layer", "neuron")] == ["plain", 2, 11]
    with np.load(mnist.ASSETS / "networks" / "plain.npz") as arrays:
        assert float(numbers(app)[2]) == pytest.approx(arrays["b2"][11], abs=0.001)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"neuron": "99"}, 'There is no neuron "99"; they run from 0 to 15. Showing 0.'),
        ({"neuron": "abc"}, 'There is no neuron "abc"'),
        ({"neuron": "-1"}, 'There is no neuron "-1"'),
        ({"neuron": "1.5"}, 'There is no neuron "1.5"'),
        ({"neuron": "²"}, 'There is no neuron "²"'),  # a digit to str.isdigit, not to int
        ({"neuron": "9" * 5000}, "There is no neuron"),
        ({"neuron": "0000000012"}, "There is no neuron"),
        ({"out": ",".join(["1.4"] * 101)}, "knocks out more neurons than there are"),
        ({"out": "1.4," + "1" * 400}, "knocks out more neurons than there are"),
        ({"layer": "7"}, 'There is no layer "7"; they run from 1 to 3. Showing 1.'),
        ({"layer": "0"}, 'There is no layer "0"'),
        ({"layer": "3", "neuron": "12"}, 'There is no neuron "12"; they run from 0 to 9'),
        (
            {"network": "nope"},
            'There is no network "nope"; there are smooth, rough, plain, untrained, wide. Showing smooth.',
        ),
        ({"network": "../../etc/passwd"}, "There is no network"),
    ],
)
def test_what_does_not_exist_is_named_and_the_rest_of_the_link_works(parameters, sentence):
    app = open_link(NEURONS, drawing=link.encode(DIGIT), **parameters)
    assert not app.exception
    (said,) = sentences(app)
    assert sentence in said
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


@pytest.mark.parametrize("text", [link.encode(DIGIT)[:-20], link.encode(DIGIT).swapcase(), "hello", "A" * 5000, "\0🦆"])
@pytest.mark.parametrize("page", PAGES)
def test_a_mangled_drawing_is_refused_and_the_rest_of_the_link_works_on_any_page(page, text):
    app = open_link(page, drawing=text, network="plain")
    assert not app.exception
    (said,) = sentences(app)
    assert "The drawing in this link cannot be read" in said
    assert not app.session_state["x"].any()
    assert app.session_state["network"] == "plain"


def test_a_number_with_zeros_before_it_is_that_number():
    app = open_link(NEURONS, neuron="0000012")
    assert sentences(app) == []
    assert app.session_state["neuron"] == 12


IMAGE, SIGN_IN = "![](//evil.example/t.gif)", "[Sign in](//evil.example) http://evil.example :red[x] $x$ <b>x</b>"
FOREIGN = ("network", "layer", "neuron", "out", "pattern", "step", "stage", "kiosk", "v", "turned", IMAGE)


@pytest.mark.parametrize("words", [IMAGE, SIGN_IN, IMAGE * 50])
def test_words_of_a_link_are_quoted_and_never_markdown(words):
    app = open_link(NEURONS, **dict.fromkeys(FOREIGN, words))
    assert not app.exception
    said = sentences(app)
    assert len(said) == len(FOREIGN) - 1  # no knobs are turned of a network that does not exist
    assert all(len(sentence) <= 200 for sentence in said)
    assert list(app.warning) == list(app.error) == []
    assert not any("evil" in element.value for kind in (app.markdown, app.caption) for element in kind)
    assert not any("<b>x" in element.proto.body for element in app.get("html"))


def test_several_mistakes_are_all_named():
    said = " ".join(sentences(open_link(NEURONS, drawing="d", network="n", layer="l", neuron="k")))
    assert all(word in said for word in ("drawing", 'network "n"', 'layer "l"', 'neuron "k"'))
