"""The talk without a browser: every step runs, claims what is so, and asks before it tells."""

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
from tests.test_pages import BLANK, DIGIT, ROOT, text

PAGE = "pages/5_talk.py"
ASKING = [8, 9, 15]  # which of four pictures
LAST = 17  # which of two galleries


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


def charts(app):
    """The figures of a page as dicts, by their keys."""
    return {
        re.search(r"-([a-z_]+)$", element.proto.id)[1]: json.loads(element.proto.spec)
        for element in app.get("plotly_chart")
    }


def heatmap(chart, name):
    (z,) = [trace["z"] for trace in chart["data"] if trace.get("name") == name]
    return np.array(z, float)


@pytest.mark.parametrize("image", [BLANK, DIGIT], ids=["nothing drawn", "a seven"])
def test_every_step_shows_a_picture_and_something_to_do(lesson, talk, image):
    for number, step in enumerate(talk.STEPS, start=1):
        app = lesson(number, x=image)
        assert not app.exception, number
        assert step.title in text(app)
        assert step.do in text(app)
        assert app.get("plotly_chart") or "output activations" in text(app), number


@pytest.mark.parametrize("number", ASKING)
def test_a_question_keeps_its_answer_to_itself(lesson, number):
    app = lesson(number)
    assert "** excites it most" not in text(app)
    assert "weights × A" not in str(charts(app)["question"])


def asked(app):
    """Read the four pictures and the answer off the page."""
    question = charts(app)["question"]
    pictures = [trace for trace in question["data"] if trace["name"][0] in "ABCD"]
    (answer,) = re.findall(r"\*\*([ABCD])\*\* excites it most", text(app))
    return np.array([trace["z"] for trace in pictures], float), answer


def test_a_bright_region_is_excited_most_by_the_picture_with_most_ink_in_it(lesson):
    pictures, answer = asked(lesson(ASKING[0], answered=True))
    ink = pictures[:, 7:10, 9:19].sum(axis=(1, 2))  # the region: 3 rows about 8, 10 columns about 13.5
    assert answer == "ABCD"[ink.argmax()]
    assert (ink == ink.max()).sum() == 1


def test_with_a_negative_surround_another_picture_wins(lesson):
    first, second = (asked(lesson(number, answered=True))[1] for number in ASKING[:2])
    assert first != second


def test_the_digit_that_excites_the_trained_neuron_most_is_the_one_numpy_finds(lesson):
    pictures, answer = asked(lesson(ASKING[2], answered=True))
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as arrays:
        z = pictures.reshape(4, -1) @ arrays["W1"][12] + arrays["b1"][12]
    assert answer == "ABCD"[z.argmax()]


def test_the_784_numbers_are_the_input_and_written_to_one_decimal(lesson):
    (trace,) = charts(lesson(2))["pixels"]["data"]
    np.testing.assert_allclose(trace["z"], DIGIT, atol=1e-6)
    written = np.array([[float(number) for number in row] for row in trace["text"]])
    np.testing.assert_allclose(written, DIGIT, atol=0.0501)


def test_what_the_bias_step_counts_is_what_numpy_counts(lesson):
    chart = charts(lesson(11))["talk_sums"]
    weights = np.zeros((28, 28))
    weights[4:13, 6:22] = -30 / (9 * 16 - 30)  # the frame, which cancels the region on bright paper
    weights[7:10, 9:19] = 1
    digits = mnist.load("test")
    fires = (digits.images / 255 * np.round(weights, 3)).sum(axis=(1, 2)) > 10
    notes = [text for trace in chart["data"] for text in trace.get("text", [])]
    for digit in range(10):
        here = digits.labels == digit
        assert any(f"{int(fires[here].sum()):,} of {int(here.sum()):,}" in text for text in notes)


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


def dots(chart, name):
    (trace,) = [trace for trace in chart["data"] if trace.get("name") == name]
    return trace


def test_beside_plains_maps_stands_what_the_best_edge_explains_of_each(lesson):
    shown = dots(charts(lesson(14))["strip"], "plain")
    maps = Network.load(ASSETS / "networks" / "plain.npz").layers[0].W
    explained = [edge.explained for edge in edges.fits(maps)]
    np.testing.assert_allclose(shown["y"], np.sort(explained), atol=1e-6)
    assert shown["marker"]["symbol"].count("circle") == 5


def test_the_answer_about_smooth_brings_both_networks_strips_in_place_of_the_maps(lesson):
    asked, told = charts(lesson(15)), charts(lesson(15, answered=True))
    assert "maps_smooth" in asked
    assert not {"strip_smooth", "strip_rough"} & set(asked)
    for name in ("smooth", "rough"):
        assert len(dots(told[f"strip_{name}"], name)["y"]) == 16


def test_the_first_step_shows_its_own_neuron_whichever_is_examined(lesson):
    app = lesson(1)
    ringed = charts(app)["wiring"]["layout"]["meta"]["only"]
    app.session_state["neuron"] = 9
    assert charts(app.run())["wiring"]["layout"]["meta"]["only"] == ringed == [1, 5]
    app.session_state["neuron"] = 0
    app.run()


def maps_of(chart):
    return np.array([trace["z"] for trace in chart["data"] if trace["name"].startswith("neuron ")], float)


def test_the_last_question_shows_the_learned_patterns_as_b_and_keeps_that_to_itself(lesson):
    app = lesson(LAST)
    assert "below: learned" not in text(app)
    assert "separation" not in charts(app)
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as file:
        arrays = dict(file)
        a = 1 / (1 + np.exp(-(mnist.load("test").x @ arrays["W1"].T + arrays["b1"]).astype(float)))
        inside = (a * (1 - a)).mean(axis=0)[:, None] * arrays["W1"]
        learned = arrays["W2"] @ inside
    np.testing.assert_allclose(maps_of(charts(app)["patterns_b"]).reshape(16, -1), learned, atol=1e-5)
    drawn = maps_of(charts(app)["patterns_a"]).reshape(16, -1)
    weights = np.linalg.lstsq(inside.T, drawn.T, rcond=None)[0].T
    np.testing.assert_allclose(np.sort(weights), np.sort(arrays["W2"]), atol=1e-3)
    assert np.abs(drawn - learned).max() > 0.01


def test_the_last_answer_shows_what_was_measured_and_counts_what_is_ahead(lesson):
    app = lesson(LAST, answered=True)
    assert "B, below: learned" in text(app)
    dots = next(trace for trace in charts(app)["separation"]["data"] if trace["name"] == "neurons")
    network = Network.load(ASSETS / "networks" / "smooth.npz")
    ink, digits = mnist.load("test").images >= 128, mnist.load("test").x
    loops = np.array([ndimage.label(np.pad(~each, 1, constant_values=True))[1] > 1 for each in ink])
    z = network.forward(digits).zs[1]
    shares = [roc_auc_score(loops[1::2], z[1::2, k]) for k in dots["customdata"][:16]]
    np.testing.assert_allclose(dots["x"][:16], np.maximum(shares, 1 - np.array(shares)), atol=0.01)  # near one half
    looks, ahead = re.search(r"smooth: allowing for (\d+) looks, (no|\d+) dots are clearly ahead", text(app)).groups()
    assert int(looks) == len(dots["x"]) == 48
    assert int(ahead.replace("no", "0")) == dots["marker"]["symbol"].count("diamond")


def test_a_network_that_was_not_measured_leaves_the_last_step_to_the_first_one(lesson):
    app = lesson(LAST, answered=True)
    app.session_state["network"] = "untrained"
    assert "untrained: allowing for 48 looks, no dots" in text(app.run())
    app.session_state["network"] = "smooth"
    app.run()
