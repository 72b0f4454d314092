"""The Train page without a browser: its recipe, a training from start to use, one step in numbers, and a lost one."""

import base64
import hashlib
import io
import json
import os
import re
import signal
import time
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from nnviz import figures
from nnviz.export import recipe as recipes
from nnviz.figures import film
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.training import PRESETS, Course, Moment, Recipe
from nnviz.training.lessons import learned_from, lessons
from nnviz.training.pens import load as load_pens
from nnviz.training.words import WORDS
from nnviz.ui.pages.train.album import album
from nnviz.workers.room import room
from nnviz.workers.training import OVER
from tests.test_pages import DIGIT, ROOT, open_link, open_page, sentences, text

TRAIN = "pages/7_train.py"
TINY = "epochs:1,share:0.02,batch:50"  # 22 steps
SMOOTH, PLAIN = (Network.load(ASSETS / "networks" / f"{name}.npz") for name in ("smooth", "plain"))


def chart(app, key):
    (spec,) = [json.loads(each.proto.spec) for each in app.get("plotly_chart") if each.proto.id.endswith(f"-{key}")]
    return spec


def traces(app, key):
    return {trace["name"]: trace for trace in chart(app, key)["data"]}


def button(app, key):
    return next(each for each in app.button if each.key == key)


def trained(app, patience=30):
    """Ask for the page's training, as its script does, until it has ended; then run the page once more."""
    training, deadline = room().find(app.session_state["training"]), time.monotonic() + patience
    while not training.ended:
        assert time.monotonic() < deadline, training
        room().ask(training.token)
        time.sleep(0.01)
    return app.run(), training


@pytest.fixture(scope="module")
def done():
    """The page after a tiny training."""
    app, training = trained(
        button(open_page(TRAIN, DIGIT, recipe=recipes.decode(TINY)), "start_training").click().run()
    )
    yield app, training
    room().end(training.owner)


# ---- the recipe


def test_a_recipe_out_of_range_in_a_link_is_refused_in_a_sentence():
    app = open_link(TRAIN, recipe="epochs:9999")
    assert len(sentences(app)) == 1
    assert "number of epochs is 9999" in sentences(app)[0]
    assert app.session_state["recipe"] == PRESETS["as smooth"]


@pytest.mark.parametrize(
    "recipe",
    [
        *("epochs:1,sizes:512", "epochs:1,sizes:64-64-64-64-64", "rate:1e300,epochs:1", "x", "epochs:1,epochs:2"),
        *("epochs:1,sizes:" + "9" * 500, "epochs:1,noise:nan", "epochs:-1", "sizes:16"),
    ],
)
def test_a_recipe_nobody_can_train_by_is_one_sentence_and_the_page_works(recipe):
    app = open_link(TRAIN, recipe=recipe)
    assert len(sentences(app)) == 1
    assert not app.exception


@pytest.mark.parametrize("recipe", [*PRESETS.values(), Recipe(3, rate=0.1234567, seed=7, share=0.25, average=0.0)])
def test_a_recipe_comes_back_from_its_link_as_it_was(recipe):
    assert recipes.decode(recipes.encode(recipe)) == recipe


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_recipe_and_goes_into_the_link(name):
    app = open_page(TRAIN)
    app.button_group(key="preset").set_value(name).run()
    assert app.session_state["recipe"] == PRESETS[name]
    written = app.query_params.get("recipe")
    assert (recipes.decode(written) if written else PRESETS["as smooth"]) == PRESETS[name]


def test_a_choice_is_the_recipe_and_goes_into_the_link():
    app = open_page(TRAIN)
    next(each for each in app.slider if each.label == "Epochs").set_value(4).run()
    assert app.session_state["recipe"].epochs == 4
    assert recipes.decode(app.query_params["recipe"]).epochs == 4


def test_layers_of_one_s_own_are_understood_and_others_refused_in_a_sentence():
    app = open_page(TRAIN)
    app.text_input[0].set_value("32, 8").run()
    assert app.session_state["recipe"].sizes == (784, 32, 8, 10)
    app.text_input[0].set_value("32, <b>eight</b>").run()
    assert app.session_state["recipe"].sizes == (784, 32, 8, 10)
    assert "&lt;b&gt;" in text(app)


def test_every_choice_has_its_sentence():
    page = text(open_page(TRAIN))
    assert [name for name in recipes.CHOSEN if WORDS[name] not in page] == []


@pytest.mark.parametrize("recipe", [Recipe(1), Recipe(1, pens=True), Recipe(1, pens=True, share=0.3)])
def test_the_digits_learned_from_are_counted_as_they_are(recipe):
    made = lessons(recipe, load("train"), load_pens())
    assert learned_from(recipe) == len(made.epoch(0).labels)


# ---- a training


def test_before_anything_is_learned_the_maps_are_those_the_recipe_begins_with(monkeypatch):
    monkeypatch.setattr("nnviz.ui.session.courses.shipped", lambda: ())
    maps = traces(open_page(TRAIN, recipe=Recipe(1, sizes=(784, 4, 10))), "forming")
    first = np.random.default_rng(1).normal(0, 2 / 28, (4, 784)).astype(np.float32)
    assert [name for name in maps if name.startswith("neuron")] == [f"neuron {k}" for k in range(4)]
    np.testing.assert_allclose(maps["neuron 2"]["z"], first[2].reshape(28, 28), atol=1e-6)


def test_a_damaged_course_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr("nnviz.ui.session.courses._bytes", lambda name: b"nnviz 1\n" + bytes(20))
    app = open_page(TRAIN)
    assert not app.exception
    assert "smooth.course cannot be read" in " ".join(sentences(app))


def test_a_training_over_shows_its_course(done):
    app, training = done
    assert training.state == OVER
    course, shown = Course.from_bytes(training.course), traces(app, "course")
    assert {"training", "validation"} <= set(shown)
    assert shown["validation"]["customdata"] == [each.step for each in course.curve]
    np.testing.assert_allclose(shown["validation"]["y"], [each.right_validation for each in course.curve], atol=1e-6)
    np.testing.assert_allclose(
        traces(app, "forming")["neuron 3"]["z"], course.moments[-1].network.layers[0].W[3].reshape(28, 28), atol=1e-6
    )


def test_its_answer_is_that_of_the_trained_network(done):
    app, training = done
    output = Course.from_bytes(training.course).moments[-1].network.forward(DIGIT.ravel()).output
    rows = re.findall(r"<code>(0\.\d{3}|1\.000)</code>", text(app))
    assert [Decimal(row) for row in rows] == [Decimal(f"{a:.3f}") for a in output]


def test_used_it_is_a_network_of_one_s_own_to_the_bit(done):
    app, training = done
    app.session_state["more_train"] = "Use it"
    app = button(app.run(), "use_trained").click().run()
    own = app.session_state["yours"][-1]
    expected = Course.from_bytes(training.course).moments[-1].network
    for found, layer in zip(own.network.layers, expected.layers, strict=True):
        assert found.W.tobytes() == layer.W.tobytes()
        assert found.b.tobytes() == layer.b.tobytes()
    assert app.session_state["network"] == own.name


def test_a_lost_training_is_said_and_can_be_gone_on_with():
    app = open_page(TRAIN, recipe=Recipe(30))
    app = button(app, "start_training").click().run()
    training, deadline = room().find(app.session_state["training"]), time.monotonic() + 30
    while len(training.kept) < 5:
        assert time.monotonic() < deadline
        room().ask(training.token)
        time.sleep(0.01)
    assert button(app.run(), "pause_training")
    os.kill(training.pid, signal.SIGKILL)
    app, _ = trained(app)
    assert "stopped from outside" in " ".join(sentences(app))
    app = button(app, "rescue_training").click().run()
    assert sentences(app) == []
    rescued = room().find(app.session_state["training"])
    assert list(rescued.kept.values())[:5] == list(training.kept.values())[:5]
    room().end(rescued.owner)


# ---- one step, the film, the figures


def test_a_steps_numbers_add_up():
    app = open_page(TRAIN, DIGIT, more_train="One step under the lens")
    (written,) = re.findall(r'<p class="update">(.*?)</p>', text(app))
    plain = re.sub(r"<small>.*?</small>|</?b>", "", written).replace("−", "-")
    first, middle, total = (part.strip() for part in plain.split("="))
    weight, change = re.fullmatch(r"(-?[\d.]+) ([-+] [\d.]+)", middle).groups()
    assert Decimal(weight) + Decimal(change.replace(" ", "")) == Decimal(total)
    weight, rate, gradient = re.fullmatch(r"(-?[\d.]+) +- ([\d.e-]+) +× (-?[\d.e-]+)", first).groups()
    np.testing.assert_allclose(float(weight) - float(rate) * float(gradient), float(total), atol=2e-6)


def moment(step, network):
    return Moment(step, step / 10, 1.5, 1.25, 0.5, 0.75, np.full(10, 0.75), network)


def test_the_film_has_a_picture_of_each_kept_moment_and_the_maps_in_it():
    course = Course(Recipe(2), 20)
    for step, network in ((0, SMOOTH), (20, PLAIN)):
        course.add(moment(step, network))
    with Image.open(io.BytesIO(film.gif(course))) as picture:
        assert picture.n_frames == 2
        first = np.asarray(picture.convert("RGB"), int)
    W = SMOOTH.layers[0].W[0].reshape(28, 28)
    side = (first.shape[1] - 5 * film.GAP) // (4 * 28)
    shown = first[film.GAP : film.GAP + 28 * side : side, film.GAP : film.GAP + 28 * side : side]
    clear = np.abs(W) > 0.1 * np.abs(SMOOTH.layers[0].W).max()
    np.testing.assert_array_equal((shown[..., 2] > shown[..., 0])[clear], (W > 0)[clear])


def test_the_course_as_a_page_holds_all_of_it_and_lets_in_its_own_script_alone():
    course = Course(Recipe(2), 20)
    for step, network in ((0, SMOOTH), (20, PLAIN)):
        course.add(moment(step, network))
    page = album(course)
    held = re.search(r'id="course">(.*?)</script>', page)[1]
    assert base64.b64decode(held) == course.to_bytes()
    script = re.search(r'<script type="module">(.*)</script>', page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'" in page
    assert "</script" not in script


def test_step_0_stands_at_the_beginning_of_the_axis_and_the_line_at_the_moment():
    figure = figures.course([0, 1, 10], ([0, 0.5, 1], [0, 0.4, 0.9]), ([2, 1, 0], [2, 1, 0]), 1000, 10)
    by_name = {trace.name: trace for trace in figure.data}
    assert list(by_name["training"].x) == [0.5, 1, 10]
    assert list(by_name["validation"].y) == [0, 0.4, 0.9]
    assert [shape.x0 for shape in figure.layout.shapes if shape.name == "moment"] == [10]


def test_the_forming_maps_have_two_signs_each_where_they_are_largest_and_smallest():
    maps = np.zeros((2, 28, 28))
    maps[0, 5, 6], maps[0, 20, 3] = 1, -1
    figure = figures.forming(maps, 1)
    (signs,) = [trace for trace in figure.data if trace.name == "signs"]
    assert len(signs.x) == 4
    assert signs.text[:2] == ("<b>+</b>", "<b>−</b>")
    assert abs(signs.x[0] - 6) <= 1
    assert abs(signs.y[0] - 5) <= 1


def test_the_page_runs_from_the_root():
    assert AppTest.from_file(str(ROOT / TRAIN), default_timeout=60).run().subheader[0].value == "Watch it learn"
