"""Networks that visitors bring: opened by the page's upload or refused in a sentence, and asked what no file says."""

import pickle

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnviz import files
from nnviz.export import link
from nnviz.mnist import ASSETS
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.study import surgery
from nnviz.ui.session import data
from nnviz.ui.session.yours import Yours
from tests.files.made import DATA, graph, many_entries, node, npz, weights
from tests.test_pages import DIGIT, sentences

EXAMPLES = ASSETS / "examples"
SAID = np.load(DATA / "said.npz")


def page():
    """What brings networks, without the figures around it."""
    import streamlit as st

    from nnviz.ui.kit import picker
    from nnviz.ui.pages.network import bring
    from nnviz.ui.session import state

    state.start("page")
    state.show_notes()
    st.session_state["described"] = picker.sentence(st.session_state["network"])
    bring.bring(picker.network())


def opened(*mine, **session):
    """The page, with networks of one's own, the last of them chosen, and other things in the session."""
    fresh = AppTest.from_function(page, default_timeout=60)
    fresh.session_state["x"] = DIGIT.ravel()
    for key, value in session.items():
        fresh.session_state[key] = value
    if mine:
        fresh.session_state["yours"], fresh.session_state["network"] = mine, mine[-1].name
    return fresh.run()


@pytest.fixture
def app():
    return opened()


def bring(app, data, name):
    app.file_uploader(key="network_file").upload(name, data).run()
    assert not app.exception
    return app


def own(app):
    """The network chosen, which is the visitor's own."""
    return next(each for each in app.session_state["yours"] if each.name == app.session_state["network"])


def choose(app, label, value):
    """Answer one of the questions."""
    (widget,) = [
        each
        for kind in (app.selectbox, app.number_input, app.checkbox, app.radio)
        for each in kind
        if each.label == label
    ]
    widget.set_value(value)


def settle(app):
    app.button(key="settle_network").click().run()
    assert not app.exception
    return app


def words(app):
    return " ".join(each.value for kind in (app.caption, app.markdown) for each in kind)


# ---- what opens

TEN = (
    "torch.onnx",
    "torch_mixed.onnx",
    "torch_named_new.onnx",
    "keras.keras",
    "keras.h5",
    "keras.onnx",
    "keras_functional.keras",
    "keras_functional.h5",
    "sklearn.onnx",
    "sklearn_names.onnx",
    "sklearn_scaled.onnx",
)


@pytest.mark.parametrize("name", TEN)
def test_a_file_of_another_program_opens_and_answers_what_that_program_said(app, name):
    net = own(bring(app, (DATA / name).read_bytes(), name)).network
    assert sentences(app) == []
    answers = net.forward(net.preparation.scaled(SAID["pictures"])).output
    assert answers == pytest.approx(SAID[name], abs=1e-5)


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("torch.safetensors", ["relu", "softmax"]),
        ("torch_mixed.safetensors", ["leaky relu 0.2", "sigmoid", "identity"]),
        ("torch_named.safetensors", ["tanh", "tanh", "identity"]),
    ],
)
def test_a_file_that_does_not_say_its_activations_answers_the_same_once_they_are_chosen(app, name, chosen):
    bring(app, (DATA / name).read_bytes(), name)
    assert "does not say which activation follows each layer" in words(app)
    layers = [*(f"Hidden {number}" for number in range(1, len(chosen))), "Output"]
    for label, activation in zip(layers, chosen, strict=True):
        choose(app, label, activation)
    net = own(settle(app)).network
    assert net.forward(SAID["pictures"]).output == pytest.approx(SAID[name], abs=1e-5)
    assert "does not say" not in words(app)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_examples_open(app, path):
    assert own(bring(app, path.read_bytes(), path.name)).title == path.stem


def test_the_largest_network_that_is_explored_opens(app):
    layers = [Layer(np.zeros((m, n), np.float32), np.zeros(m, np.float32), "tanh")
              for n, m in ((4096, 512), *[(512, 512)] * 4, (512, 62))]  # fmt: skip
    data = link.network_bytes(Network(tuple(layers)))
    assert own(bring(app, data, "large.npz")).network.sizes == (4096, *[512] * 5, 62)


# ---- what does not


def arrays(pairs):
    return npz(
        **{f"{kind}{k}": array for k, pair in enumerate(pairs, 1) for kind, array in zip("Wb", pair, strict=True)}
    )


W, B = weights(4, 3)[0]
ENDLESS = (DATA / "endless.bin").read_bytes()
BROKEN = [
    ("a.pt", pickle.dumps(1), "is a pickle and could run code"),
    ("a.pkl", b"", "is a pickle and could run code"),
    ("a.onnx", pickle.dumps(1), "damaged or incomplete|damaged or not"),
    ("a.h5", pickle.dumps(1), "is a pickle and could run code"),
    ("a.txt", b"hello", 'its name ends in ".txt"'),
    ("a", b"", "expected .npz, .safetensors, .onnx, .keras, .h5"),
    *((f"a{ending}", b"hello, I am text", "damaged") for ending in files.KINDS),
    ("a.onnx", (DATA / "torch.onnx").read_bytes()[:-300], "damaged"),
    ("a.keras", (DATA / "keras.keras").read_bytes()[:-300], "damaged"),
    ("a.h5", (DATA / "keras.h5").read_bytes()[:-3000], "damaged"),
    ("a.h5", ENDLESS, "takes for ever"),
    ("a.npz", many_entries(), "1,001 entries"),
    ("a.npz", npz(W1=W), "holds the arrays"),
    ("a.npz", npz(W1=W * np.nan, b1=B), "NaN or infinite"),
    ("a.npz", arrays(weights(4, *[4] * 7)), "7 layers; expected at most 6"),
    ("a.npz", arrays(weights(4, 513, 3)), "513 neurons; expected 1 to 512"),
    ("a.npz", arrays(weights(4, 63)), "63 outputs; expected 2 to 62"),
    ("a.npz", arrays(weights(4, 1)), "1 outputs; expected 2 to 62"),
    ("a.npz", arrays(weights(65 * 65, 2)), "4,225 numbers; expected a grey picture of at most 64 x 64"),
    ("a.npz", arrays(weights(134, 2)), "134 inputs do not make up a picture of at most 64 x 64"),
    ("a.onnx", graph(node("Conv", "x", "W", "y"), constants={"W": np.ones((2, 1, 3, 3))}), "a Conv layer"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "says"), BROKEN, ids=lambda value: str(value)[:30])
def test_a_broken_file_is_refused_in_one_sentence_and_nothing_changes(app, name, data, says):
    (sentence,) = sentences(bring(app, data, name))
    assert any(word in sentence for word in says.split("|"))
    assert len(sentence) <= 200
    assert (app.session_state["network"], app.session_state["yours"]) == ("smooth", ())


def test_more_than_twenty_broken_files_are_among_these():
    assert len(BROKEN) >= 20


def test_a_pickles_sentence_shows_the_two_lines_that_convert_it(app):
    (sentence,) = sentences(bring(app, b"\x80\x02", "model.pt"))
    assert 'from safetensors.torch import save_file; save_file(model.state_dict(), "model.safetensors")' in sentence


@pytest.mark.parametrize(
    "name", ["![](//evil.example/t.gif).npz", "<b>x</b>.npz", "a" * 300 + ".npz", "\u202ea\nb.npz"]
)
def test_the_name_of_a_file_is_never_markup(app, name):
    for content in (b"rubbish", arrays(weights(64, 5, 3))):
        bring(app, content, name)
        assert "evil" not in words(app)
        assert "<b>x" not in words(app)
    shown = app.selectbox(key="network").options[-1]
    assert shown.startswith('"')
    assert shown.endswith('"')
    assert len(shown) <= 26
    assert set("![]()<>/.*`\n\u202e") & set(shown) == set()


# ---- what is asked


def test_what_is_taken_for_what_a_file_does_not_say_is_said_and_can_be_changed_again_and_again(app):
    (W1, b1), (W2, b2) = weights(60, 7, 3)
    bring(app, npz(W1=W1, b1=b1, W2=W2, b2=b2), "mine.npz")
    assert "does not say the rows and columns of its pictures" in words(app)
    assert own(app).network.shape == (6, 10)
    for shape, place, inverted, mean in (("3 × 20", "as drawn", True, 0.1307), ("60 × 1", "mnist", False, 0.0)):
        choose(app, "Rows × columns", shape)
        choose(app, "The drawing is placed", place)
        choose(app, "Dark ink on white, not light on black", inverted)
        choose(app, "Subtracted from each pixel (the mean)", mean)
        net = own(settle(app)).network
        assert (f"{net.shape[0]} × {net.shape[1]}", net.preparation) == (shape, Preparation(place, inverted, mean))
        assert len(app.session_state["yours"]) == 1


def test_answers_hold_for_all_steps_that_can_be_undone():
    (W, b), (V, c) = weights(64, 5, 3)
    first = Network((Layer(W, b, "relu"), Layer(V, c, "softmax")))
    app = opened(Yours("", (first, surgery.change(first, 1, 0, "bias", 3.0)), "net"))
    choose(app, "Hidden 1", "tanh")
    kinds = [[layer.activation for layer in net.layers] for net in own(settle(app)).history]
    assert kinds == [["tanh", "softmax"]] * 2
    assert own(app).network.layers[0].b[0] == 3


def test_answers_that_cannot_be_are_refused_and_nothing_changes(app):
    huge = [(np.full((4, 4), 1e12, np.float32), np.zeros(4, np.float32)) for _ in range(4)]
    bring(app, arrays(huge), "huge.npz")
    before = own(app)
    for label in ("Hidden 1", "Hidden 2", "Hidden 3"):
        choose(app, label, "identity")
    settle(app)
    (sentence,) = sentences(app)
    assert sentence.startswith("The answers were not used: the sums of layer 3 could reach")
    assert own(app) is before


def test_a_network_that_was_made_here_asks_nothing(app):
    assert [button.key for button in app.button] == []


# ---- how it is called, and what is said of it


def test_networks_are_called_as_their_files_and_alike_names_are_counted(app):
    for seed, name in enumerate(["net.npz", "net.npz", "my other.npz"]):
        bring(app, arrays([(np.full((3, 4), seed + 1, np.float32), np.zeros(3, np.float32))]), name)
    assert app.selectbox(key="network").options == [*data.NETWORKS, '"net"', '"net" 2', '"my other"']


def test_of_ones_own_it_is_said_what_they_are(app):
    bring(app, (EXAMPLES / "digits-8x8.onnx").read_bytes(), "digits-8x8.onnx")
    app.run()
    assert app.session_state["described"] == ("64-16-10, ReLU then softmax; pictures of 8 × 8, the ink filling them.")
    assert '**"digits-8x8"**: 64-16-10, ReLU then softmax' in app.selectbox(key="network").help


@pytest.mark.parametrize("count", [0, 1, 6 - len(data.NETWORKS)])
def test_few_networks_made_here_stand_side_by_side(count):
    app = opened(*map(knob_turned, range(count)))
    options = [option.content for option in app.button_group(key="network").proto.options]
    assert options == [*data.NETWORKS, "yours", "yours 2"][: len(data.NETWORKS) + count]


def test_more_of_them_are_a_list_to_choose_from():
    app = opened(*map(knob_turned, range(3)))
    picker = app.selectbox(key="network")
    assert picker.options == [*data.NETWORKS, "yours", "yours 2", "yours 3"]
    assert picker.value == app.session_state["yours"][-1].name
    picker.set_value(app.session_state["yours"][1].name).run()
    assert own(app).network.layers[0].b[0] == 1


def knob_turned(value):
    smooth = Network.load(ASSETS / "networks" / "smooth.npz")
    return Yours("smooth", (smooth, surgery.change(smooth, 1, 0, "bias", value)))


# ---- what depends on a network's sizes


def test_what_names_parts_of_a_network_follows_when_a_smaller_one_is_chosen():
    large = Network(tuple(Layer(W, b) for W, b in weights(64, 300, 40, 30, 20, 12)))
    parts = {"layer": 5, "neuron": 11, "out": [(1, 299), (1, 4), (4, 1)], "copied": 299, "step": 11}
    app = opened(Yours("", (large,), "large"), **parts)
    assert {key: app.session_state[key] for key in parts} == parts
    app.selectbox(key="network").set_value("smooth").run()
    assert not app.exception
    inside = {"layer": 3, "neuron": 9, "out": [(1, 4)], "copied": 15, "step": 7}
    assert {key: app.session_state[key] for key in parts} == inside


def test_all_of_them_follow_when_a_file_is_opened(app):
    app.session_state["layer"], app.session_state["neuron"] = 1, 15
    app.session_state["out"] = [(1, 15), (3, 9), (2, 1)]
    bring(app.run(), arrays(weights(64, 12, 3)), "small.npz")
    assert [app.session_state[key] for key in ("layer", "neuron", "out")] == [1, 11, [(2, 1)]]
