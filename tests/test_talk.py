"""The talk without a browser: every step runs, claims what is so, and asks before it tells."""

import base64
import importlib
import json
import re

import numpy as np
import pytest
from scipy import ndimage
from sklearn.metrics import roc_auc_score
from streamlit.testing.v1 import AppTest

from nnviz import mnist
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import edges
from nnviz.web import serve, votes
from tests.test_pages import BLANK, DIGIT, ROOT, text

PAGE = "pages/5_talk.py"
ASKING = [8, 9, 15]  # which of four pictures
LAST = 17  # which of two galleries
ROOM = "r" * 22


@pytest.fixture(scope="module")
def lesson():
    """One visit to the talk with a seven drawn; `lesson(step)` goes to a step."""
    app = AppTest.from_file(str(ROOT / PAGE), default_timeout=60)
    app.session_state["x"], app.session_state["drawn"], app.session_state["objects"] = DIGIT.ravel(), DIGIT, []

    def go(step, answered=False, x=DIGIT):
        app.session_state["x"], app.session_state["drawn"] = x.ravel(), x
        app.session_state["talk_step"], app.session_state["answered"] = step, answered
        return app.run()

    return go


@pytest.fixture(scope="module")
def talk(lesson):
    """The module, which only a running app can import: the canvas's package asks for one."""
    lesson(1)
    return importlib.import_module("nnviz.ui.pages.talk.talk")


def sent(app, component):
    """What Python sends to one of the talk's scripts."""
    (found,) = [each.proto.json for each in app.get("bidi_component") if each.proto.component_name == component]
    return json.loads(found)


def needs(app):
    """What the present step's picture shows beside the network and the drawing."""
    told = sent(app, "nnviz_talk_picture")
    return told["needs"][str(told["step"] - 1)]


def maps(packed):
    levels = np.frombuffer(base64.b64decode(packed["levels"]), "<i2")
    return (levels * packed["unit"]).reshape(packed["count"], 28, 28)


@pytest.mark.parametrize("image", [BLANK, DIGIT], ids=["nothing drawn", "a seven"])
def test_every_step_has_a_picture_something_to_do_and_a_note(lesson, talk, image):
    pictures = (ROOT / "nnviz/ui/pages/talk/pictures.js").read_text(encoding="utf-8")
    for number, step in enumerate(talk.STEPS, start=1):
        app = lesson(number, x=image)
        assert not app.exception, number
        assert not app.error, number
        assert re.search(rf"\b{step.picture}\b", pictures)
        for words in (step.title, step.says, step.do):
            assert words in text(app), number
        assert "<ul><li>" in text(app), number


def test_the_picture_gets_the_networks_own_numbers(lesson):
    told = sent(lesson(4), "nnviz_talk_picture")
    x = np.frombuffer(base64.b64decode(told["x"]), "<f4")
    np.testing.assert_array_equal(x, DIGIT.ravel())
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as arrays:
        a = x.astype(float)
        for layer, (z, activation) in enumerate(zip(told["zs"], told["activations"], strict=True), start=1):
            expected = arrays[f"W{layer}"].astype(float) @ a + arrays[f"b{layer}"]
            a = 1 / (1 + np.exp(-expected))
            np.testing.assert_allclose(z, expected, atol=1e-4)
            np.testing.assert_allclose(activation, a, atol=1e-5)


def test_each_step_brings_what_the_next_and_the_last_need_so_that_a_key_need_not_wait(lesson, talk):
    for number in (2, 7, 9):
        assert set(sent(lesson(number), "nnviz_talk_picture")["needs"]) == {
            str(k) for k in range(number - 2, number + 1)
        }


def four(lesson, step):
    """The four pictures of a question, its sums, and the letter that wins."""
    asked = needs(lesson(step, answered=True))
    return maps(asked["pictures"]), np.array(asked["sums"]), asked["best"]


def test_a_bright_region_is_excited_most_by_the_picture_with_most_ink_in_it(lesson):
    pictures, sums, best = four(lesson, ASKING[0])
    ink = pictures[:, 7:10, 9:19].sum(axis=(1, 2))  # the region: 3 rows about 8, 10 columns about 13.5
    np.testing.assert_allclose(sums, ink, atol=1e-3)
    assert best == ink.argmax()
    assert (ink == ink.max()).sum() == 1


def test_with_a_negative_surround_another_picture_wins(lesson):
    first, second = (four(lesson, number)[2] for number in ASKING[:2])
    assert first != second


def test_the_digit_that_excites_the_trained_neuron_most_is_the_one_numpy_finds(lesson):
    pictures, sums, best = four(lesson, ASKING[2])
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as arrays:
        z = pictures.reshape(4, -1) @ arrays["W1"][5] + arrays["b1"][5]
    np.testing.assert_allclose(sums, z, atol=0.02)
    assert best == z.argmax()


def test_what_the_bias_step_counts_is_what_numpy_counts(lesson):
    counted = needs(lesson(11))
    weights = np.zeros((28, 28))
    weights[4:13, 6:22] = -30 / (9 * 16 - 30)  # the frame, which cancels the region on bright paper
    weights[7:10, 9:19] = 1
    digits = mnist.load("test")
    sums = (digits.images / 255 * np.round(weights, 3)).sum(axis=(1, 2))
    for digit in range(10):
        here = digits.labels == digit
        assert (counted["fires"][digit], counted["counts"][digit]) == ((sums[here] > 10).sum(), here.sum())
    np.testing.assert_allclose(np.sum(counted["bins"], axis=1), counted["counts"])
    app = lesson(11)
    app.slider(key="talk_bias").set_value(-4.0).run()
    assert needs(app)["fires"] == [(sums[digits.labels == digit] > 4).sum() for digit in range(10)]
    app.slider(key="talk_bias").set_value(-10.0).run()


def test_the_places_of_the_talk_are_every_step_and_each_answer_after_its_question(talk):
    assert [step for step, shown in talk.PLACES if not shown] == list(range(len(talk.STEPS)))
    assert [step + 1 for step, shown in talk.PLACES if shown] == [*ASKING, LAST]


def test_next_shows_the_answer_first_and_then_goes_on(lesson):
    app = lesson(ASKING[0])
    app.button(key="talk_next").click().run()
    assert (app.session_state["talk_step"], app.session_state["answered"]) == (ASKING[0], True)
    app.button(key="talk_next").click().run()
    assert (app.session_state["talk_step"], app.session_state["answered"]) == (ASKING[0] + 1, False)


def test_another_neuron_is_the_next_one_of_the_first_layer(lesson):
    app = lesson(6)
    app.button(key="another_neuron").click().run()
    assert (app.session_state["layer"], app.session_state["neuron"]) == (1, 1)


def test_beside_plains_maps_stands_what_the_best_edge_explains_of_each(lesson):
    (strip,) = needs(lesson(14))["strips"]
    found = Network.load(ASSETS / "networks" / "plain.npz").layers[0].W
    np.testing.assert_allclose(maps(needs(lesson(14))["maps"]).reshape(16, -1), found, atol=1e-3)
    explained = [edge.explained for edge in edges.fits(found)]
    np.testing.assert_allclose(strip["explained"], np.sort(explained), atol=1e-6)


def test_the_answer_about_smooth_brings_both_networks_strips(lesson):
    asked = needs(lesson(15, answered=True))
    assert [strip["name"] for strip in asked["strips"]] == ["smooth", "rough"]
    assert all(len(strip["explained"]) == 16 for strip in asked["strips"])


def test_the_first_step_shows_its_own_neuron_whichever_is_examined(lesson):
    app = lesson(1)
    ringed = needs(app)["neuron"]
    app.session_state["neuron"] = ringed + 1
    assert needs(app.run())["neuron"] == ringed
    app.session_state["neuron"] = 0
    app.run()


def test_the_last_question_shows_the_learned_patterns_as_b(lesson):
    app = lesson(LAST)
    assert "clearly ahead" not in text(app)
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as file:
        arrays = dict(file)
        a = 1 / (1 + np.exp(-(mnist.load("test").x @ arrays["W1"].T + arrays["b1"]).astype(float)))
        inside = (a * (1 - a)).mean(axis=0)[:, None] * arrays["W1"]
        learned = arrays["W2"] @ inside
    shown, unit = needs(app), needs(app)["a"]["unit"]
    np.testing.assert_allclose(maps(shown["b"]).reshape(16, -1), learned, atol=1e-4)
    drawn = maps(shown["a"]).reshape(16, -1)
    weights = np.linalg.lstsq(inside.T, drawn.T, rcond=None)[0].T
    np.testing.assert_allclose(np.sort(weights), np.sort(arrays["W2"]), atol=max(0.01, 100 * unit))
    assert np.abs(drawn - learned).max() > 0.01


def test_the_last_answer_shows_what_was_measured_and_counts_what_is_ahead(lesson):
    app = lesson(LAST, answered=True)
    measured = needs(app)["measured"]
    network = Network.load(ASSETS / "networks" / "smooth.npz")
    ink, digits = mnist.load("test").images >= 128, mnist.load("test").x
    loops = np.array([ndimage.label(np.pad(~each, 1, constant_values=True))[1] > 1 for each in ink])
    z = network.forward(digits).zs[1]
    evens, shares = (np.array([roc_auc_score(loops[n::2], z[n::2, k]) for k in range(16)]) for n in (0, 1))
    np.testing.assert_allclose(measured["own"][0], np.where(evens >= 0.5, shares, 1 - shares), atol=1e-4)
    looks, ahead = re.search(
        r"smooth: allowing for (\d+) looks, (no|\d+) dots? (?:is|are) clearly ahead", text(app)
    ).groups()
    assert int(looks) == np.size(measured["own"]) == 48
    assert int(ahead.replace("no", "0")) == np.sum(measured["ahead"])


def test_a_network_that_was_not_measured_leaves_the_last_step_to_the_first_one(lesson):
    app = lesson(LAST, answered=True)
    app.session_state["network"] = "untrained"
    assert "untrained: allowing for 48 looks, no dots" in text(app.run())
    app.session_state["network"] = "smooth"
    app.run()


def test_without_phones_nothing_is_asked_of_them(lesson):
    assert sent(lesson(8), "nnviz_talk")["room"] == ""


def test_a_stage_that_cannot_name_its_process_says_that_phones_would_not_find_it(lesson, monkeypatch):
    monkeypatch.setenv(serve.BEHIND, "2")
    app = lesson(8)
    app.session_state["room"] = ROOM
    from nnviz.ui.pages.talk.room import NO_COOKIE  # can be imported only where Streamlit runs

    told = sent(app.run(), "nnviz_talk")  # without a cookie of Caddy's
    assert (told["address"], told["trouble"], told["code"]) == ("", NO_COOKIE, "")
    app.session_state["room"] = ""
    app.run()


def test_an_open_ballot_follows_the_questions_and_the_link_keeps_it(lesson):
    app = lesson(8)
    app.session_state["room"] = ROOM
    code = sent(app.run(), "nnviz_talk")["room"]
    assert code == votes.code_of(ROOM)
    assert app.query_params["room"] in (ROOM, [ROOM])
    one, other = (votes.VOTES.admit(code, "10.0.0.1") for _ in range(2))
    votes.VOTES.vote(code, 8, "C", one, "10.0.0.1")
    assert not lesson(9).exception
    assert votes.VOTES.now(code).number == 9
    lesson(8, answered=True)
    assert votes.VOTES.counts(code, 8)["C"] == 1
    with pytest.raises(votes.Refused, match=votes.CLOSED):
        votes.VOTES.vote(code, 8, "A", other, "10.0.0.1")
    lesson(12)
    assert votes.VOTES.now(code) is None
    lesson(LAST)
    assert votes.VOTES.now(code).options == "AB"
    app.session_state["room"] = ""
    app.run()
