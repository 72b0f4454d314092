"""The Network page without a browser: the signal in steps, neurons knocked out, knobs turned, nonsense fed."""

import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnviz import mnist
from nnviz.export import link
from nnviz.network import Network
from nnviz.study import surgery
from nnviz.ui.live import live
from tests.test_pages import numbers, sentences

ROOT = Path(__file__).parents[1]
PAGE = "pages/4_network.py"
TEST = mnist.load("test")
DIGIT = TEST.images[0] / np.float32(255)  # a seven
SMOOTH = Network.load(ROOT / "assets" / "networks" / "smooth.npz")


def open_page(script=PAGE, image=DIGIT, params=(), **choices):
    app = AppTest.from_file(str(ROOT / script), default_timeout=120)
    for key, value in dict(params).items():
        app.query_params[key] = value
    if image is not None:
        app.session_state["x"], app.session_state["drawn"], app.session_state["objects"] = image.ravel(), image, []
    for key, value in choices.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def press(app, key):
    app.button(key=key).click()
    app.run()
    assert not app.exception
    return app


def turn(app, value):
    app.slider(key="knob").set_value(value)
    app.run()
    assert not app.exception
    return app


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def sums(app):
    """The numbers of the table: for each neuron its weighted sum, bias and z."""
    rows = re.findall(r"<tr><th>\d+</th>(.*?)</tr>", html(app))
    return [[Decimal(n.replace("−", "-")) for n in re.findall(r"<td>(−?\d+\.\d+)</td>", row)] for row in rows]


def words(app):
    return " ".join(element.value for kind in (app.markdown, app.caption) for element in kind)


def accuracy(network):
    return (network.forward(TEST.x).prediction == TEST.labels).mean()


# ---- the picture and its counts


def test_weights_and_biases_add_up_to_13_002():
    counts = [
        int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", re.sub(r"<small>.*?</small>", "", html_counts()))
    ]
    assert counts == [12_544, 16, 256, 16, 160, 10, 13_002]
    assert sum(counts[:-1]) == counts[-1]


def html_counts():
    return html(open_page()).split('class="counts">')[1].split("</p>")[0]


@pytest.mark.parametrize("name", ["smooth", "rough", "plain", "untrained"])
@pytest.mark.parametrize("by", ["weight", "signal"])
def test_the_page_runs_with_every_network_and_way_of_drawing_lines(name, by):
    assert sentences(open_page(network=name, lines_by=by, only=True, layer=3, neuron=2)) == []


def test_a_first_visit_without_a_drawing_says_nothing_is_drawn():
    assert "Nothing drawn yet" in html(open_page("nnviz/ui/frame/script.py", None).switch_page(str(ROOT / PAGE)).run())


# ---- step by step


def test_the_signal_starts_at_the_input_and_ends_at_the_answer():
    app = press(open_page(), "first")
    assert "0 of 7" in html(app)
    for expected in (
        "1 adds up",
        "1 squashes",
        "2 adds up",
        "2 squashes",
        "Output adds up",
        "Output squashes",
        "answer",
    ):
        assert expected in html(press(app, "next"))
    assert "The answer: 7." in html(app)
    assert app.button(key="next").disabled
    assert "Output squashes" in html(press(app, "back"))


@pytest.mark.parametrize("step", [1, 3, 5])
def test_the_sums_of_every_step_add_up_and_are_the_networks_own(step):
    layer = (step + 1) // 2
    rows = sums(open_page(step=step, dismantle="The sums"))
    assert all(weighted + bias == z for weighted, bias, z in rows)
    np.testing.assert_allclose(np.array(rows, float)[:, 2], SMOOTH.forward(DIGIT.ravel()).zs[layer - 1], atol=0.0051)


def test_playing_begins_at_the_input_and_a_key_press_ends_it():
    app = press(open_page(), "play")
    assert app.session_state["playing"]
    assert app.session_state["step"] == 0
    press(app, "next")
    assert not app.session_state["playing"]


def test_the_figure_tells_the_browser_how_to_go_on_drawing_it():
    app = open_page(step=3, out=[(1, 4)], lines_by="signal", only=True, layer=2, neuron=5)
    meta = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["meta"]
    wanted = {"step": 3, "out": [[1, 4]], "by": "signal", "most": 3, "only": [2, 5], "focus": 40, "neuron": [2, 5]}
    assert meta.items() >= wanted.items()


# ---- knocking out


def test_knocking_out_says_the_change_of_accuracy_that_numpy_finds():
    app = open_page(dismantle="Knock neurons out")
    app.multiselect(key="out").set_value([(1, 4), (2, 0)]).run()
    W2, W3 = SMOOTH.layers[1].W.copy(), SMOOTH.layers[2].W.copy()
    W2[:, 4] = 0
    W3[:, 0] = 0
    cut = Network(tuple(type(layer)(W, layer.b) for W, layer in zip((SMOOTH.layers[0].W, W2, W3), SMOOTH.layers)))  # noqa: B905
    assert f"**{accuracy(cut):.2%}** now" in words(app)
    assert f"{100 * (accuracy(cut) - accuracy(SMOOTH)):+.2f} points".replace("-", "−") in words(app)
    assert app.query_params["out"] in ("1.4,2.0", ["1.4,2.0"])


def test_the_digits_read_add_up_to_all_of_them():
    app = open_page(dismantle="Knock neurons out", out=[(1, 6)])
    table, ranking = (frame.value for frame in app.dataframe)
    for what in ("of", "right with all", "right now", "change"):
        assert table[what][:-1].sum() == table[what].iloc[-1]
    assert table["of"].iloc[-1] == 10_000
    assert (table["right with all"] + table["change"] == table["right now"]).all()
    assert len(ranking) == 42
    assert ranking["cost in points"].is_monotonic_decreasing


def test_a_neuron_knocked_out_still_shows_a_sum_that_adds_up_and_is_numpys():
    app = open_page(out=[(1, 5), (2, 3)], layer=2, neuron=3)
    assert "It is knocked out: it passes on 0" in words(app)
    positive, negative, bias, z, _ = numbers(app)
    assert positive + negative + bias == z
    hidden = SMOOTH.forward(DIGIT.ravel()).activations[1].astype(float)
    hidden[5] = 0  # the other one knocked out is really missing from the sum
    W, b = SMOOTH.layers[1].W[3].astype(float), float(SMOOTH.layers[1].b[3])
    assert float(z) == pytest.approx(W @ hidden + b, abs=0.001)


def test_knocked_out_neurons_come_with_the_link():
    app = open_page(image=None, params={"out": "1.4,2.0"})
    assert app.session_state["out"] == [(1, 4), (2, 0)]
    assert sentences(app) == []


@pytest.mark.parametrize("out", ["9.9", "1.16", "0.3", "x", "1", "-1.2", "1.4,,3.10", "²·²"])
def test_a_neuron_that_does_not_exist_is_named_and_left_out(out):
    app = open_page(image=None, params={"out": out})
    assert app.session_state["out"] == ([(1, 4)] if out.startswith("1.4") else [])
    assert len(sentences(app)) == 1
    assert "There is no neuron" in sentences(app)[0]


# ---- the clock


def test_going_on_by_hand_ends_the_clock():
    app = press(open_page("nnviz/ui/frame/script.py").switch_page(str(ROOT / PAGE)).run(), "play")
    assert app.session_state["clock"]
    press(app, "next")
    assert not app.session_state["playing"]
    assert not app.session_state["clock"]


# ---- nonsense


@pytest.mark.parametrize("kind", ["noise", "letter", "scribble", "blank", "inverted"])
def test_nonsense_becomes_the_input_in_one_press(kind):
    app = press(open_page(dismantle="Feed it nonsense"), f"feed_{kind}")
    x = app.session_state["x"]
    assert x.shape == (784,)
    assert x.any() == (kind != "blank")
    if kind == "inverted":
        np.testing.assert_allclose(x, 1 - DIGIT.ravel(), atol=1e-6)


def test_what_is_said_of_noise_was_measured():
    (said,) = re.findall(r"([\d.]+)% get an output above one half", words(open_page(dismantle="Feed it nonsense")))
    noise = np.random.default_rng(7).random((4000, 784), np.float32)
    assert float(said) / 100 == pytest.approx((SMOOTH.forward(noise).output.max(axis=1) > 0.5).mean(), abs=0.02)


def test_the_picture_fed_travels_in_the_link():
    app = press(open_page(dismantle="Feed it nonsense"), "feed_letter")
    packed = app.query_params["drawing"]
    decoded = link.decode(packed if isinstance(packed, str) else packed[0])
    np.testing.assert_allclose(decoded.ravel(), app.session_state["x"], atol=1 / 255)


@pytest.mark.parametrize(
    "sent",
    [None, {}, {"out": 3, "neuron": [1, 2]}, {"out": [[1]], "neuron": [1, 2]}, {"out": [[1, True]], "neuron": [1, 2]}],
)
def test_a_neuron_knocked_out_that_cannot_be_read_is_refused(sent, monkeypatch):
    monkeypatch.setattr(live, "_said", lambda _: sent)
    with pytest.raises(ValueError, match="damaged"):
        live.knocked()


def test_what_is_read_is_said_beside_the_picture_with_what_is_out():
    read, before = re.search(
        r'data-count="read" data-before="(\d+)">([\d,]+)<', html(open_page(out=[(1, 6)]))
    ).groups()[::-1]
    cost = surgery.cost_of_losing(SMOOTH, TEST.x, TEST.labels, [(1, 6)])
    assert (int(read.replace(",", "")), int(before)) == (round(10_000 * cost.after), round(10_000 * cost.before))
