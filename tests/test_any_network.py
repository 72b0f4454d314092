"""Every page and tab with networks of other shapes, activations and classes than the lesson's: true and unbroken."""

import html
import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from nnviz import figures, files, mnist
from nnviz.export import report
from nnviz.preparation import Preparation
from nnviz.study import build, ranking, surgery
from nnviz.ui.frame import take_home
from nnviz.ui.session import data
from nnviz.ui.session.yours import Yours
from tests.foreign import LETTERS, ROOT, made
from tests.test_network_page import sums
from tests.test_pages import DIGIT, numbers, open_page, sentences, text

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


OF_Z = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky relu": lambda z: np.where(z > 0, z, 0.2 * z),  # the leak of every network of `made`
    "identity": lambda z: z,
}
every_layer = pytest.mark.parametrize(
    ("name", "layer"), [(name, layer) for name in EVERY for layer in layers(name)], ids=str
)


# ---- one neuron


@every_layer
def test_the_sum_of_the_last_neuron_of_a_layer_adds_up_and_is_numpys(name, layer):
    net = network(name)
    k = net.sizes[layer] - 1
    app = show(NEURONS, name, layer=layer, neuron=k)
    positive, negative, bias, z, a = numbers(app)
    assert positive + negative + bias == z
    trace = net.forward(given(net))
    into = net.layers[layer - 1].W[k].astype(float) * trace.activations[layer - 1]
    sums = [into[into > 0].sum(), into[into < 0].sum(), net.layers[layer - 1].b[k]]
    np.testing.assert_allclose([float(each) for each in (positive, negative, bias)], sums, atol=0.0021)
    activation = net.layers[layer - 1].activation
    every = trace.zs[layer - 1].astype(float)
    truth = np.exp(every[k]) / np.exp(every).sum() if activation == "softmax" else OF_Z[activation](every[k])
    assert float(a) == pytest.approx(truth, abs=0.001)
    assert ("sigmoid" in text(app)) == (activation == "sigmoid")


@every_layer
def test_the_curve_is_the_layers_own_and_the_point_lies_on_it(name, layer):
    net = network(name)
    figure = specs(show(NEURONS, name, layer=layer, neuron=1))["sigmoid"]
    curve, point = trace_of(figure, "sigmoid"), trace_of(figure, "neuron")
    x, y = np.array(curve["x"]), np.array(curve["y"])
    every = net.forward(given(net)).zs[layer - 1].astype(float)
    if net.layers[layer - 1].activation == "softmax":
        rest = np.exp(np.delete(every, 1)).sum()
        np.testing.assert_allclose(y, np.exp(x) / (np.exp(x) + rest), atol=1e-5)
    else:
        np.testing.assert_allclose(y, OF_Z[net.layers[layer - 1].activation](x), atol=1e-5)
    assert point["x"][0] == pytest.approx(every[1], abs=1e-4)
    assert point["y"][0] == pytest.approx(np.interp(every[1], x, y), abs=(x[1] - x[0]) / 2)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low <= y.min() <= y.max() <= high
    assert figure["layout"]["xaxis"]["range"][0] <= every[1] <= figure["layout"]["xaxis"]["range"][1]


@every_layer
def test_a_gallery_shows_the_chosen_neuron_among_at_most_64_maps_of_the_pictures_shape(name, layer):
    net = network(name)
    k = net.sizes[layer] - 1
    maps = [trace for trace in specs(show(NEURONS, name, layer=layer, neuron=k))["weight_maps"]["data"] if "z" in trace]
    assert len(maps) <= min(64, net.sizes[layer])
    assert f"neuron {k}" in [trace["name"] for trace in maps]
    assert {np.shape(trace["z"]) for trace in maps} == {net.shape}


def test_another_page_of_a_gallery_can_be_opened_and_another_neuron_opens_its_own():
    app = show(NEURONS, "wide", layer=1, neuron=500)
    choice = next(box for box in app.selectbox if box.label == "Of 512 maps")
    assert choice.value == 448
    maps = [trace["name"] for trace in specs(choice.select(64).run())["weight_maps"]["data"] if "z" in trace]
    assert maps == [f"neuron {k}" for k in range(64, 128)]
    app.selectbox(key="neuron").select(3).run()
    assert next(box for box in app.selectbox if box.label == "Of 512 maps").value == 0


@every_layer
def test_the_ten_largest_terms_are_numpys(name, layer):
    net = network(name)
    app = show(NEURONS, name, layer=layer, neuron=0, more="The ten largest terms")
    terms = net.layers[layer - 1].W[0] * net.forward(given(net)).activations[layer - 1]
    (table,) = (frame.value for frame in app.dataframe)
    largest = np.sort(abs(terms[terms != 0]))[::-1][:10]
    np.testing.assert_allclose(abs(table.iloc[:, -1]), largest, atol=1e-5)
    if layer == 1:
        places = table["row"].to_numpy() * net.shape[1] + table["column"].to_numpy()
        np.testing.assert_allclose(table.iloc[:, -1], terms[places], atol=1e-5)


@pytest.mark.parametrize("name", ["two hidden layers", "one layer"])
def test_what_a_neuron_answers_to_is_counted_over_the_pictures_it_was_given(name):
    net, layer = network(name), len(network(name).layers)
    app = show(NEURONS, name, layer=layer, neuron=2, more="What it answers to")
    assert "over the 10,000 test digits" in words(app)
    if is_mnists(net):
        a = net.forward(net.preparation.scaled(TEST.x)).output[:, 2]
        means = [a[TEST.labels == digit].mean() for digit in range(10)]
        np.testing.assert_allclose(trace_of(specs(app)["by_digit"], "mean activation")["y"], means, atol=1e-4)


@pytest.mark.parametrize(("name", "layer"), [("two hidden layers", 3), ("deep", 4)])
def test_a_pattern_is_that_of_finite_differences(name, layer):
    net = network(name)
    app = show(NEURONS, name, layer=layer, neuron=1, more="What it sees through the layers before")
    pattern = np.array(trace_of(specs(app)["pattern"], "pattern")["z"])
    rng, x = np.random.default_rng(0), net.preparation.scaled(TEST.x[:10_000])
    way = rng.normal(size=784)
    way /= np.linalg.norm(way)

    def z(x):
        for each in net.layers[: layer - 1]:
            x = each.function.value(x @ each.W.T.astype(float) + each.b)
        return x @ net.layers[layer - 1].W[1].astype(float)

    rise = (z(x + 1e-4 * way) - z(x - 1e-4 * way)).mean() / 2e-4
    assert float(pattern.ravel() @ way) == pytest.approx(rise, abs=0.01 * abs(pattern).sum() / 28)


def test_maps_that_are_too_small_are_not_called_edges():
    app = show(NEURONS, "one layer", more="Is it an edge detector?")
    assert "too small to tell: an edge or a bar takes at least 8 × 8" in words(app)


@pytest.mark.parametrize("name", ["8 x 8", "letters"])
def test_maps_of_other_shapes_are_put_to_the_test(name):
    app = show(NEURONS, name, layer=1, neuron=3, more="Is it an edge detector?")
    assert re.search(r"accounts for \d+ % of the weights", words(app))
    assert set(specs(app)) >= {"best_fit", "noise", "tuning"}


def test_bars_are_turned_before_a_network_as_it_reads_pictures():
    net = network("two hidden layers")
    figure = specs(show(NEURONS, "two hidden layers", layer=1, neuron=3, more="Is it an edge detector?"))["tuning"]
    dark = (0 - 0.1307) / 0.3081
    (note,) = figure["layout"]["annotations"]
    z = dark * net.layers[0].W[3].sum() + net.layers[0].b[3]
    assert note["text"] == f"nothing there: z = {z:z.2f}".replace("-", "−")


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
        rows = sums(show(NETWORK, name, step=step))
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
    of, count, at_once = data.ranks("", 1)
    assert at_once == (sizes == (784, 16, 16, 10))
    assert count * ranking.work(net, of) <= max(data.RANKED, data.FEWEST * ranking.work(net, 1))


@pytest.mark.parametrize("tab", ["Knock neurons out", "Turn a knob"])
@pytest.mark.parametrize("name", ["one layer", "letters"])
def test_where_there_are_no_labels_no_accuracy_is_claimed(name, tab):
    app = show(NETWORK, name, dismantle=tab, layer=1, neuron=1)
    assert "nnviz has labelled pictures of the ten digits alone" in words(app)
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
        said = re.sub("<style>.*?</style>", "", text(show(page, "one layer")), flags=re.DOTALL)
        assert "hidden" not in said


# ---- names out of files


@pytest.mark.parametrize("page", [NEURONS, BUILD, NETWORK, TALK])
def test_the_names_of_classes_are_never_markup(page):
    for choices in ({"dismantle": "Turn a knob"}, {"dismantle": "Knock neurons out"}):
        app = show(page, "one layer", layer=1, neuron=1, **choices)
        assert "<b>cat" not in text(app)
        assert "**dog" not in words(app)


# ---- a neuron made by hand


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("8 x 8", "pictures of 8 × 8 pixels"),
        ("letters", "pictures of 64 × 64 pixels"),
        ("one layer", "pictures of 7 × 7 pixels"),
    ],
)
def test_where_a_painted_neuron_does_not_fit_the_shipped_networks_are_offered(name, why):
    app = show(BUILD, name, more_build="Put it into the network", painted=build.bar())
    assert f"does not fit into the network chosen: it reads {why}" in words(app)
    assert "smooth as it is" in text(app)
    assert "a neuron of the network" not in app.selectbox(key="start_from").options


@pytest.mark.parametrize("name", UNNAMED[1:])
def test_a_painted_neuron_is_put_into_a_network_that_reads_pictures_its_own_way(name):
    net = network(name)
    app = show(BUILD, name, more_build="Put it into the network", painted=build.bar(), painted_bias=-4.0)
    right = (net.forward(net.preparation.scaled(TEST.x)).prediction == TEST.labels).mean()
    assert f"as it is</th><td>{right:.2%}" in text(app)
    inside = surgery.put_in(net.folded(), 3, build.bar(), -4.0).forward(TEST.x[:50])
    np.testing.assert_allclose(inside.zs[0][:, 3], TEST.x[:50] @ build.bar().ravel() - 4, atol=1e-3)
    others = np.delete(net.forward(net.preparation.scaled(TEST.x[:50])).zs[0], 3, axis=1)
    np.testing.assert_allclose(np.delete(inside.zs[0], 3, axis=1), others, atol=1e-3)


def test_a_neuron_of_a_network_that_reads_inverted_pictures_fires_for_the_same_when_copied():
    net = network("two hidden layers")
    app = show(BUILD, "two hidden layers")
    app.selectbox(key="start_from").select("network").run()
    z = TEST.x[:200] @ app.session_state["painted"].ravel() + app.session_state["painted_bias"]
    own = net.forward(net.preparation.scaled(TEST.x[:200])).zs[0][:, 0]
    assert np.corrcoef(z, own)[0, 1] > 0.9999
    assert ((z > 0) == (own > 0)).mean() > 0.99


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


def snapshot(name, layer, neuron=1):
    net = network(name)
    trace = net.forward(given(net))
    return figures.Snapshot(
        net, trace, layer, neuron, "yours", "your own", int(trace.prediction), "it says <b>cat</b>", "it shows <i>"
    )


@every_layer
def test_a_drawing_becomes_a_page_that_names_classes_as_they_are(name, layer):
    page = figures.page(snapshot(name, layer))
    net = network(name)
    own = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "<b>cat" not in own
    assert "it says &lt;b&gt;cat&lt;/b&gt;" in own.replace("It", "it")
    assert own.count('scope="row"') == net.sizes[-1]
    assert f"{net.parameter_count:,} weights and biases" in own
    assert "28 by 28" in own if net.shape == (28, 28) else "28 by 28" not in own
    assert own.count("sigmoid") <= sum(each.activation == "sigmoid" for each in net.layers) + 1


@pytest.mark.parametrize("name", ["8 x 8", "one layer"])
def test_the_table_of_numbers_has_a_row_for_every_knob(name):
    net = network(name)
    rows = report.table(net, given(net)).splitlines()
    assert len(rows) == net.parameter_count + 1
    last = rows[-1].split(",")
    assert float(last[7]) == pytest.approx(float(net.forward(given(net)).output[-1]), abs=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_taking_home_offers_files_whose_names_are_plain(name):
    shown = replace(snapshot(name, 1), answer=0)
    assert re.fullmatch(r"[0-9A-Za-z-]+", take_home._file_name(shown))
