"""The Draw page with networks that are not the lesson's: whatever they read, and whatever their outputs mean."""

import html
import json
import re

import numpy as np
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from nnviz import described
from nnviz.preparation import Preparation
from nnviz.ui.kit import answer
from nnviz.ui.live import live
from nnviz.ui.session.yours import Yours
from tests import foreign
from tests.test_pages import BLANK, DIGIT, DRAW, open_page, sentences, text

every_network = pytest.mark.parametrize("name", foreign.EVERY)


def draw(name, image=DIGIT):
    app = open_page(DRAW, image, yours=foreign.own(), network=foreign.key(name))
    assert not app.exception
    return app


def given(net):
    """The digit, which is prepared as MNIST's already, as a network reads it."""
    if net.preparation.place == "mnist":
        return net.preparation.scaled(DIGIT.ravel())
    return net.preparation.apply(DIGIT, net.shape)


def chart(app):
    return next(
        spec for element in app.get("plotly_chart")
        if "layers" in ((spec := json.loads(element.proto.spec))["layout"].get("meta") or {})
    )  # fmt: skip


@every_network
def test_every_layer_shows_what_the_network_makes_of_the_drawing(name):
    net, app = foreign.network(name), draw(name)
    assert sentences(app) == []
    trace = net.forward(given(net))
    shown = {each["name"]: each["z"] for each in chart(app)["data"] if each["type"] == "heatmap"}
    assert list(shown) == ["input", *(f"hidden {k}" for k in range(1, len(net.layers))), "output"]
    for cells, a in zip(shown.values(), trace.activations, strict=True):
        values = [value for row in cells for value in row if value is not None]
        np.testing.assert_allclose(values, a, atol=1e-5)


@every_network
def test_the_outputs_are_listed_by_name_with_their_numbers(name):
    net, app = foreign.network(name), draw(name)
    output = net.forward(given(net)).output
    rows = re.findall(r"<li.*?<b>(.*?)</b>.*?scaleX\((.*?)\).*?<code>(.*?)</code></li>", text(app))
    assert len(rows) == output.size
    numbers = [float(number.replace("−", "-")) for *_, number in rows]
    np.testing.assert_allclose(numbers, output, atol=0.006)
    lengths = [float(length) for _, length, _ in rows]
    assert max(map(abs, lengths)) <= 1
    assert np.array_equal(np.argsort(lengths)[-1:], [output.argmax()])
    if max(map(len, net.classes)) < 20:
        assert tuple(html.unescape(each) for each, *_ in rows) == net.classes


@every_network
def test_blank_paper_has_no_answer(name):
    page = text(draw(name, BLANK))
    assert re.search(r'class="digit[^>]*>(.*?)<', page)[1] == "?"
    assert "nothing drawn yet; " in page


def test_names_from_outside_are_text_wherever_they_stand():
    app = draw("markup")
    page = text(app)
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page
    assert not any("bold**" in element.value for element in (*app.markdown, *app.caption))


def test_a_softmax_says_how_much_of_the_whole_its_answer_has():
    net, page = foreign.network("tanh and softmax"), text(draw("tanh and softmax"))
    output = net.forward(DIGIT.ravel()).output
    assert output.argmax() == 7
    assert output.max() > 0.995
    assert "7 has more than 99 % of the total" in page


def test_the_lessons_networks_have_their_comparison_and_others_say_how_they_are_prepared():
    assert "This picture came prepared" in text(draw("tanh and softmax"))
    page = text(draw("relu and softmax, 8 x 8"))
    assert (
        "This network reads 8 × 8 pixels: the drawing scaled until the long side of its ink fills the picture." in page
    )
    assert "came prepared" not in page


@pytest.mark.parametrize(
    ("way", "says"),
    [
        (Preparation("as drawn"), "the whole canvas, scaled down."),
        (Preparation("mnist", True), "centred as MNIST’s digits were, dark on white."),
        (Preparation("mnist", False, 0.1307, 0.3081), "digits were, minus 0.1307, divided by 0.3081."),
        (Preparation("mnist", False, -1, 2), "digits were, plus 1, divided by 2."),
    ],
)
def test_a_preparation_is_said_in_a_sentence(way, says):
    assert described.how(foreign.made((20, 2), "softmax", shape=(4, 5), preparation=way)).endswith(says)


def test_the_browser_is_sent_the_same_while_only_the_drawing_changes(monkeypatch):
    sent = []
    component = live._component
    monkeypatch.setattr(live, "_component", lambda **how: sent.append(how["data"]) or component(**how))
    app = draw("relu and softmax, 8 x 8")
    app.session_state["x"] = np.roll(DIGIT, 3).ravel()
    app.run()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    app.session_state["network"] = foreign.key("one layer")
    app.run()
    assert sent[2] != sent[1]
    length = int.from_bytes(sent[2][:4], "little")
    header = json.loads(sent[2][4 : 4 + length])
    x = np.frombuffer(sent[2], "<f4", header["input"], 4 + length)
    np.testing.assert_array_equal(x, np.roll(DIGIT, 3).ravel())  # what this network reads of the canvas now


def test_weights_that_no_message_can_hold_stay_here_and_the_page_says_that_figures_follow_later():
    huge = foreign.made((4096, 512, 10), "relu, softmax", shape=(64, 64))
    assert huge.parameter_count > live.MOST_NUMBERS
    app = open_page(DRAW, DIGIT, yours=(own := (Yours("", (huge,)),)), network=own[0].name)
    assert not app.exception
    assert "The figures follow after each stroke" in text(app)
    assert "The figures follow after each stroke" not in text(draw("deep"))
    assert len(live.message(live.described("huge", huge), None, edition=1)) < 2000
    most = config.get_option("server.maxMessageSize") * 1e6
    assert 0.95 * most > 4 * live.MOST_NUMBERS


def nonsense_alone():
    from nnviz.ui.kit import nonsense
    from nnviz.ui.session import state

    state.start("nonsense")
    nonsense.choices()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("leaky relu and identity", "do not say how sure they are"),
        ("relu and softmax, 8 x 8", "get an output above one half"),
    ],
)
def test_how_often_noise_convinces_is_said_of_outputs_that_say_how_sure_they_are(name, says):
    app = AppTest.from_function(nonsense_alone, default_timeout=60)
    app.session_state["yours"], app.session_state["network"] = foreign.own(), foreign.key(name)
    app.run()
    assert not app.exception
    assert [says in caption.value for caption in app.caption] == [True]
    app.button(key="feed_noise").click().run()
    assert not app.exception
    assert app.session_state["x"].any()


def test_shares_are_rounded_to_neither_all_nor_half():
    assert [answer.share(part) for part in (0.93, 0.9949, 0.99999, 0.5001, 0.506, 0.4999)] == [
        "93 %", "99 %", "more than 99 %", "just over 50 %", "51 %", "50 %",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["large", "deep", "hyperbolic"])
def test_blank_paper_is_blank_however_it_is_scaled(name):
    net = foreign.network(name)
    blank = net.forward(net.preparation.apply(np.zeros((9, 9)), net.shape))
    assert answer.is_blank(blank, net)
    assert not answer.is_blank(net.forward(net.preparation.apply(DIGIT, net.shape)), net)
