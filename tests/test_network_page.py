"""The Network page without a browser: the signal in steps, neurons knocked out, knobs turned, nonsense fed."""

import itertools
import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnviz import link, mnist
from nnviz.network import Layer, Network
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
    assert "Nothing drawn yet" in html(open_page("nnviz/ui/script.py", None).switch_page(str(ROOT / PAGE)).run())


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
    rows = sums(open_page(step=step))
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


# ---- turning knobs


def knob_page(**more):
    return open_page(dismantle="Turn a knob", **more)


def test_a_knob_shows_its_value_and_turning_it_makes_another_network():
    app = knob_page(layer=3, neuron=7)
    assert app.slider(key="knob").value == pytest.approx(float(SMOOTH.layers[2].b[7]))
    turn(app, -30.0)
    own = app.session_state["yours"][-1].network
    assert own.layers[2].b[7] == -30
    assert app.session_state["network"].startswith("yours ")
    assert f"**{accuracy(own):.2%}** now" in words(app)
    assert "a 7 before, **no sure answer** now" in words(app)


def test_a_weight_can_be_turned():
    app = knob_page(layer=1, neuron=3, source=300)
    turn(app, 2.5)
    changed = app.session_state["yours"][-1].network.layers[0].W - SMOOTH.layers[0].W
    assert np.flatnonzero(changed).tolist() == [3 * 784 + 300]


def test_undo_takes_back_one_change_and_reset_all():
    app = knob_page(layer=3, neuron=7)
    for value in (-30.0, -20.0, -10.0):
        turn(app, value)
    assert press(app, "undo_knob").session_state["yours"][-1].network.layers[2].b[7] == -20
    press(app, "reset_knobs")
    assert app.session_state["network"] == "smooth"
    assert app.session_state["yours"] == ()
    assert app.button(key="undo_knob").disabled


def test_the_changed_network_is_used_on_every_page():
    app = open_page("nnviz/ui/script.py").switch_page(str(ROOT / PAGE))
    app.session_state["dismantle"], app.session_state["layer"], app.session_state["neuron"] = "Turn a knob", 3, 7
    turn(app.run(), -30.0)
    name = app.session_state["network"]
    for page in sorted(path.name for path in (ROOT / "pages").glob("*.py")):
        app.switch_page(str(ROOT / "pages" / page)).run()
        assert not app.exception
        assert app.session_state["network"] == name
    app.switch_page(str(ROOT / "pages" / "1_draw.py")).run()
    assert "no output neuron is sure" in html(app)


def parameter(app, name):
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_turned_knobs_travel_in_the_link_and_come_back_to_the_bit():
    app = knob_page(network="plain", layer=1, neuron=3, source=300)
    turn(app, 2.5)
    app.selectbox(key="source").set_value("bias").run()
    turn(app, -0.7)
    assert parameter(app, "turned") == "1.3.300:2.5,1.3.b:-0.7"
    there = open_page(image=None, params={key: parameter(app, key) for key in ("network", "turned")})
    assert sentences(there) == []
    assert there.session_state["network"] == app.session_state["network"]
    for mine, theirs in zip(*(a.session_state["yours"][-1].network.layers for a in (app, there)), strict=True):
        assert (mine.W.tobytes(), mine.b.tobytes()) == (theirs.W.tobytes(), theirs.b.tobytes())
    assert parameter(there, "turned") == parameter(app, "turned")


def test_the_knobs_of_a_link_are_undone_one_by_one_or_all_reset():
    app = open_page(image=None, params={"turned": "1.4.b:2.5,3.7.b:-30"}, dismantle="Turn a knob")
    own = press(app, "undo_knob").session_state["yours"][-1].network
    assert own.layers[0].b[4] == 2.5
    assert own.layers[2].b[7] == SMOOTH.layers[2].b[7]
    press(app, "reset_knobs")
    assert app.session_state["network"] == "smooth"
    assert "turned" not in app.query_params


@pytest.mark.parametrize(
    "turned", ["9.0.b:1", "0.0.b:1", "1.16.b:1", "1.4.784:1", "1.4.b:nan", "1.4.b:1e9", "x", "1.4.b:1,1.16.b:2"]
)
def test_knobs_that_cannot_be_turned_are_refused_and_the_rest_of_the_link_is_used(turned):
    app = open_page(image=None, params={"turned": turned, "network": "plain", "neuron": "5"})
    (sentence,) = sentences(app)
    assert sentence.startswith("The turned knobs in this link cannot be used: ")
    assert sentence.endswith("Showing plain as it is.")
    assert (app.session_state["network"], app.session_state["neuron"]) == ("plain", 5)


def test_more_turned_knobs_than_fit_are_not_in_the_link():
    knobs = ",".join(f"1.0.{k}:1" for k in range(40))
    app = open_page(image=None, params={"turned": knobs}, dismantle="Turn a knob", neuron=3)
    assert parameter(app, "turned") == knobs
    turn(app, 2.0)
    assert parameter(app, "network") == "yours"
    assert "turned" not in app.query_params


def test_a_link_to_a_network_of_somebodys_own_says_why_it_is_not_there():
    (sentence,) = sentences(open_page(image=None, params={"network": "yours"}))
    assert "save it as a file" in sentence


# ---- networks of one's own


def own_file(seed=0):
    """A network's file: random weights."""
    rng = np.random.default_rng(seed)
    sizes = (784, 16, 16, 10)
    layers = [Layer(rng.normal(size=(n, m)).astype(np.float32), np.zeros(n, np.float32))
              for m, n in itertools.pairwise(sizes)]  # fmt: skip
    return link.network_bytes(Network(tuple(layers)))


def load(app, file, name="mine.npz"):
    app.file_uploader(key="network_file").upload(name, file).run()
    assert not app.exception
    return app


def test_a_loaded_network_outlives_a_knob_turned_elsewhere_and_undone():
    app = load(knob_page(layer=3, neuron=7), own_file())
    loaded = app.session_state["network"]
    app.session_state["network"] = "smooth"
    turn(app.run(), -30.0)
    assert app.session_state["network"] not in ("smooth", loaded)
    press(app, "undo_knob")
    assert app.session_state["network"] == "smooth"
    app.session_state["network"] = loaded
    app.run()
    assert app.session_state["network"] == loaded
    expected = link.load_network(own_file()).layers[0].W
    np.testing.assert_array_equal(app.session_state["yours"][0].network.layers[0].W, expected)


def test_each_network_of_ones_own_keeps_its_own_changes():
    app = turn(load(knob_page(layer=3, neuron=7), own_file()), 3.0)
    loaded = app.session_state["network"]
    app.session_state["network"] = "plain"
    turn(app.run(), -20.0)
    app.session_state["network"] = loaded
    app.run()
    assert press(app, "undo_knob").session_state["yours"][0].network.layers[2].b[7] == 0
    assert app.session_state["yours"][1].network.layers[2].b[7] == -20


def test_a_network_too_many_is_refused_in_a_sentence_and_room_is_made_by_removing_one():
    app = knob_page()
    for seed in range(8):
        load(app, own_file(seed))
    kept = app.session_state["yours"]
    load(app, own_file(8))
    (sentence,) = sentences(app)
    assert "you have 8 networks of your own already" in sentence
    assert app.session_state["yours"] == kept
    press(app, "remove_network")
    assert len(app.session_state["yours"]) == 7
    assert app.session_state["network"] == "smooth"


def test_a_knob_of_a_layer_of_zeros_can_be_turned():
    layers = list(SMOOTH.layers)
    layers[2] = Layer(np.zeros_like(layers[2].W), np.zeros_like(layers[2].b))
    app = load(knob_page(layer=3, neuron=7), link.network_bytes(Network(tuple(layers))))
    assert turn(app, 0.5).session_state["yours"][-1].network.layers[2].b[7] == 0.5


# ---- the clock


def test_going_on_by_hand_ends_the_clock():
    app = press(open_page("nnviz/ui/script.py").switch_page(str(ROOT / PAGE)).run(), "play")
    assert app.session_state["clock"]
    press(app, "next")
    assert not app.session_state["playing"]
    assert not app.session_state["clock"]


# ---- nonsense


@pytest.mark.parametrize("kind", ["noise", "letter", "scribble", "blank", "inverted"])
def test_nonsense_becomes_the_input_in_one_press(kind):
    app = press(open_page(), f"feed_{kind}")
    x = app.session_state["x"]
    assert x.shape == (784,)
    assert x.any() == (kind != "blank")
    if kind == "inverted":
        np.testing.assert_allclose(x, 1 - DIGIT.ravel(), atol=1e-6)


def test_what_is_said_of_noise_was_measured():
    (said,) = re.findall(r"([\d.]+)% get an output above one half", words(open_page()))
    noise = np.random.default_rng(7).random((4000, 784), np.float32)
    assert float(said) / 100 == pytest.approx((SMOOTH.forward(noise).output.max(axis=1) > 0.5).mean(), abs=0.02)


def test_the_picture_fed_travels_in_the_link():
    app = press(open_page(), "feed_letter")
    packed = app.query_params["drawing"]
    decoded = link.decode(packed if isinstance(packed, str) else packed[0])
    np.testing.assert_allclose(decoded.ravel(), app.session_state["x"], atol=1 / 255)
