"""Networks of one's own, on the Network page: knobs turned, taken back and linked, and files."""

import itertools

import numpy as np
import pytest

from nnviz import files
from nnviz.export import link
from nnviz.network import Layer, Network
from nnviz.study import surgery
from tests.test_network_page import PAGE, ROOT, SMOOTH, accuracy, html, open_page, press, turn, words
from tests.test_pages import sentences

# ---- turning knobs


def knob_page(**more):
    return open_page(dismantle="Turn a knob", **more)


def test_a_knob_shows_its_value_and_turning_it_makes_another_network():
    app = knob_page(layer=3, neuron=7)
    assert app.slider(key="knob").value == pytest.approx(float(SMOOTH.layers[2].b[7]))
    turn(app, -40.0)
    own = app.session_state["yours"][-1].network
    assert own.layers[2].b[7] == -40
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
    app = open_page("nnviz/ui/frame/script.py").switch_page(str(ROOT / PAGE))
    app.session_state["dismantle"], app.session_state["layer"], app.session_state["neuron"] = "Turn a knob", 3, 7
    turn(app.run(), -60.0)
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


def to_tab(app, name):
    app.session_state["dismantle"] = name
    return app.run()


def load(app, file, name="mine.npz"):
    to_tab(app, "Bring your own").file_uploader(key="network_file").upload(name, file).run()
    assert not app.exception
    return app if sentences(app) else to_tab(app, "Turn a knob")


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
    expected = files.read(own_file(), "mine.npz").layers[0].W
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
    press(to_tab(app, "Turn a knob"), "remove_network")
    assert len(app.session_state["yours"]) == 7
    assert app.session_state["network"] == "smooth"


def test_a_knob_of_a_layer_of_zeros_can_be_turned():
    layers = list(SMOOTH.layers)
    layers[2] = Layer(np.zeros_like(layers[2].W), np.zeros_like(layers[2].b))
    app = load(knob_page(layer=3, neuron=7), link.network_bytes(Network(tuple(layers))))
    assert turn(app, 0.5).session_state["yours"][-1].network.layers[2].b[7] == 0.5


def with_bias(value, seed=0):
    """The file of `own_file` with another bias of neuron 7 in the last layer."""
    network = files.read(own_file(seed), "mine.npz")
    return link.network_bytes(surgery.change(network, 3, 7, "bias", value))


def test_a_network_turned_into_another_leaves_that_one_its_changes():
    app = turn(load(knob_page(layer=3, neuron=7), with_bias(5.0), "second.npz"), 3.0)
    turn(load(app, own_file(), "first.npz"), 3.0)  # now both are the same
    assert [each.title for each in app.session_state["yours"]] == ["second", "first"]
    assert len({each.name for each in app.session_state["yours"]}) == 2
    assert press(app, "undo_knob").session_state["yours"][1].network.layers[2].b[7] == 0
    app.selectbox(key="network").set_value(app.session_state["yours"][0].name).run()
    assert press(app, "undo_knob").session_state["yours"][0].network.layers[2].b[7] == 5


def test_the_same_file_twice_is_one_network_with_its_changes():
    app = turn(load(knob_page(layer=3, neuron=7), own_file()), 3.0)
    load(app, with_bias(3.0), "again.npz")
    assert [(each.title, len(each.history)) for each in app.session_state["yours"]] == [("mine", 2)]
    assert app.session_state["network"] == app.session_state["yours"][0].name
