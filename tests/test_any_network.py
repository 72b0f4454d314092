"""Every page and tab with networks of other shapes, activations and classes than the lesson's: true and unbroken."""

import html
import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from nnviz import files, mnist
from nnviz.export import report
from nnviz.preparation import Preparation
from nnviz.study import ranking
from nnviz.ui.frame import take_home
from nnviz.ui.session import data, measured
from nnviz.ui.session.yours import Yours
from tests.foreign import LETTERS, ROOT, made
from tests.test_network_page import sums
from tests.test_pages import DIGIT, open_page, sentences, text

TEST = mnist.load("test")
NEURONS, BUILD, NETWORK, TALK = (f"pages/{page}.py" for page in ("2_neurons", "3_build", "4_network", "5_talk"))
SCALED = Preparation("mnist", True, 0.1307, 0.3081)


@cache
def network(name):
    if name == "8 x 8":
        path = ROOT / "assets" / "examples" / "digits-8x8.onnx"
        return files.read(path.read_bytes(), path.name)
    return {
        "two hidden layers": lambda: made((784, 128, 64, 10), "relu, relu, softmax", preparation=SCALED),
        "wide": lambda: made((784, 512, 512, 10), "relu, relu, softmax"),
        "deep": lambda: made((784, 40, 30, 20, 20, 70, 10), "tanh, tanh, tanh, tanh, tanh, sigmoid"),
        "one layer": lambda: made(
            (49, 3), "identity", classes=("<b>cat</b>", "**dog**", "a name that is too long to be shown")
        ),
        "letters": lambda: made(
            (4096, 30, 26), "leaky relu, softmax", shape=(64, 64), classes=LETTERS[10:36],
            preparation=Preparation("as drawn"),
        ),
    }[name]()  # fmt: skip


EVERY = ("8 x 8", "two hidden layers", "wide", "deep", "one layer", "letters")
UNNAMED = ("8 x 8", "two hidden layers", "wide", "deep")  # whose classes are the ten digits


def show(page, name, image=DIGIT, **choices):
    own = Yours("", (network(name),))
    app = open_page(page, image, yours=(own,), network=own.name, **choices)
    assert not app.exception, app.exception[0].value
    assert sentences(app) == []
    return app


def layers(name):
    return range(1, len(network(name).layers) + 1)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("page", [NEURONS, BUILD, NETWORK, TALK])
def test_every_page_opens(page, name):
    assert show(page, name).session_state["network"].startswith("yours")


def words(app):
    return " ".join(element.value for kind in (app.markdown, app.caption) for element in kind)


def given(net):
    """The digit as a network reads it, prepared by what stands in its file."""
    return net.preparation.scaled(DIGIT.ravel()) if is_mnists(net) else net.preparation.apply(DIGIT, net.shape)


def is_mnists(net):
    return net.shape == (28, 28) and net.preparation.place == "mnist"


def specs(app):
    """The page's figures by their keys."""
    charts = app.get("plotly_chart")
    return {re.search(r"-([a-z_]+)$", each.proto.id)[1]: json.loads(each.proto.spec) for each in charts}


def trace_of(figure, name):
    (found,) = [trace for trace in figure["data"] if trace.get("name") == name]
    return found


every_layer = pytest.mark.parametrize(
    ("name", "layer"), [(name, layer) for name in EVERY for layer in layers(name)], ids=str
)


# ---- the network taken apart


@pytest.mark.parametrize("name", EVERY)
def test_the_title_counts_the_knobs_of_the_network_shown(name):
    app = show(NETWORK, name)
    assert app.subheader[0].value == f"{sum(each.W.size + each.b.size for each in network(name).layers):,} knobs"


@pytest.mark.parametrize("name", EVERY)
def test_the_wiring_shows_every_neuron_with_its_numbers_and_every_class_by_name(name):
    net = network(name)
    figure = specs(show(NETWORK, name))["wiring"]
    trace = net.forward(given(net))
    for layer, of_layer in enumerate(figure["layout"]["meta"]["layers"][1:], start=1):
        circles = trace_of(figure, of_layer)
        assert len(set(zip(circles["x"], circles["y"], strict=True))) == net.sizes[layer]
        numbers = np.array(circles["customdata"])
        np.testing.assert_allclose(
            numbers[:, 2:], np.stack([trace.zs[layer - 1], trace.activations[layer]], 1), atol=1e-4
        )
        assert (
            circles["marker"]["cmin"] <= numbers[:, 3].min() <= numbers[:, 3].max() <= circles["marker"]["cmax"] + 1e-5
        )
    shown = [html.unescape(re.sub("^<b>(.*) ◀</b>$", r"\1", each)) for each in trace_of(figure, "digits")["text"]]
    assert [each.rstrip("…") for each in shown] == [
        each[: len(seen.rstrip("…"))] for each, seen in zip(net.classes, shown, strict=True)
    ]
    assert np.shape(trace_of(figure, "input")["z"]) == net.shape
    assert sum(len(each["x"]) // 3 for each in figure["data"] if each.get("mode") == "lines") <= 1000 * len(net.layers)


@pytest.mark.parametrize("name", EVERY)
def test_every_step_of_the_signal_lists_sums_that_add_up(name):
    net = network(name)
    for step in range(1, 2 * len(net.layers) + 2, 2):
        layer = min((step + 1) // 2, len(net.layers))
        rows = sums(show(NETWORK, name, step=step, dismantle="The sums"))
        assert len(rows) == min(64, net.sizes[layer])
        assert all(weighted + bias == z for weighted, bias, z in (row[:3] for row in rows))
        z = net.forward(given(net)).zs[layer - 1][: len(rows)]
        np.testing.assert_allclose(np.array([row[2] for row in rows], float), z, atol=0.0052)


@pytest.mark.parametrize("name", UNNAMED[1:3])
def test_knocking_out_costs_what_a_copy_without_the_neuron_loses(name):
    net = network(name)
    app = show(NETWORK, name, dismantle="Knock neurons out", out=[(1, 4), (2, 0)])
    second, third = (net.layers[k].W.copy() for k in (1, 2))
    second[:, 4] = 0
    third[:, 0] = 0
    cut = net.with_layers(
        replace(each, W=W) for each, W in zip(net.layers, (net.layers[0].W, second, third), strict=True)
    )
    x = net.preparation.scaled(TEST.x)
    right = [(each.forward(x).prediction == TEST.labels).mean() for each in (net, cut)]
    assert f"The 10,000 test digits: {right[0]:.2%} right with all, **{right[1]:.2%}** now" in words(app)


def test_a_large_network_is_ranked_only_when_asked_to():
    app = show(NETWORK, "two hidden layers", dismantle="Knock neurons out")
    assert len(app.dataframe) == 1
    ranked = app.toggle(key="rank").set_value(True).run().dataframe[1].value
    assert len(ranked) == 128 + 64 + 10
    assert ranked["cost in points"].is_monotonic_decreasing


@pytest.mark.parametrize("sizes", [(784, 16, 16, 10), (784, 512, 512, 10), (4096, *[512] * 5, 62)])
def test_ranking_takes_bounded_work_whatever_the_network(sizes, monkeypatch):
    net = made(sizes, ", ".join(["tanh"] * (len(sizes) - 1)))
    monkeypatch.setattr(data, "network", lambda name: net)
    monkeypatch.setattr(data, "pictures", lambda name: np.zeros((10_000, 1)))
    of, count, at_once = measured.ranks("", 1)
    assert at_once == (sizes == (784, 16, 16, 10))
    assert count * ranking.work(net, of) <= max(measured.RANKED, measured.FEWEST * ranking.work(net, 1))


@pytest.mark.parametrize("tab", ["Knock neurons out", "Turn a knob"])
@pytest.mark.parametrize("name", ["one layer", "letters"])
def test_where_there_are_no_labels_no_accuracy_is_claimed(name, tab):
    app = show(NETWORK, name, dismantle=tab, layer=1, neuron=1)
    assert "nnviz comes with labelled pictures of the ten digits only" in words(app)
    assert not re.search(r"\d %|\d%|10,000", words(app).replace(random_greys(app), ""))


def random_greys(app):
    """What is said of noise, which is measured without labels."""
    return next((each.value for each in app.caption if "pictures of noise" in each.value), "\0")


@pytest.mark.parametrize("name", EVERY)
def test_a_turned_knob_makes_a_network_of_the_same_kind(name):
    net = network(name)
    app = show(NETWORK, name, dismantle="Turn a knob", layer=len(net.layers), neuron=2)
    app.slider(key="knob").set_value(1.0).run()
    assert not app.exception
    own = app.session_state["yours"][-1].network
    assert own.layers[-1].b[2] == 1
    assert (own.classes, own.shape, own.preparation) == (net.classes, net.shape, net.preparation)


def test_a_network_of_one_layer_has_no_hidden_layer_to_speak_of():
    for page in (NEURONS, NETWORK):
        said = re.sub("<style>.*?</style>|<[^>]+>", "", text(show(page, "one layer")), flags=re.DOTALL)
        assert "hidden" not in said


# ---- names out of files


@pytest.mark.parametrize("page", [NEURONS, BUILD, NETWORK, TALK])
def test_the_names_of_classes_are_never_markup(page):
    for choices in ({"dismantle": "Turn a knob"}, {"dismantle": "Knock neurons out"}):
        app = show(page, "one layer", layer=1, neuron=1, **choices)
        assert "<b>cat" not in text(app)
        assert "**dog" not in words(app)


# ---- the talk, and taking home


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("step", [1, 7, 16, 17])
def test_the_talk_keeps_to_the_lessons_network_and_leaves_the_choice(name, step):
    neuron = min(20, network(name).sizes[1] - 1)
    app = show(TALK, name, talk_step=step, layer=1, neuron=neuron)
    assert app.session_state["network"] == Yours("", (network(name),)).name
    lesson = open_page(TALK, DIGIT, talk_step=step, layer=1, neuron=neuron if neuron < 16 else 0)
    ours, lessons = (re.sub('data-input="[^"]*"', "", text(each)) for each in (app, lesson))
    assert ours == lessons


@pytest.mark.parametrize("name", ["8 x 8", "one layer"])
def test_the_table_of_numbers_has_a_row_for_every_knob(name):
    net = network(name)
    rows = report.table(net, given(net)).splitlines()
    assert len(rows) == net.parameter_count + 1
    last = rows[-1].split(",")
    assert float(last[7]) == pytest.approx(float(net.forward(given(net)).output[-1]), abs=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_taking_home_offers_files_whose_names_are_plain(name):
    net = network(name)
    for x in (given(net), np.zeros_like(given(net))):
        assert re.fullmatch(r"[0-9A-Za-z-]+", take_home._file_name(net, x, ()))
