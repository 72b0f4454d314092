"""One neuron of a network of any shape, activation and classes, shown or made by hand: every number is NumPy's."""

import re

import numpy as np
import pytest

from nnviz.study import build, surgery
from tests.test_any_network import (
    BUILD,
    NEURONS,
    TEST,
    UNNAMED,
    every_layer,
    given,
    is_mnists,
    network,
    show,
    specs,
    trace_of,
    words,
)
from tests.test_pages import numbers, text

OF_Z = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky relu": lambda z: np.where(z > 0, z, 0.2 * z),  # the leak of every network of `made`
    "identity": lambda z: z,
}


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
def test_a_gallery_shows_the_chosen_neuron_among_at_most_16_maps_of_the_pictures_shape(name, layer):
    net = network(name)
    k = net.sizes[layer] - 1
    maps = [trace for trace in specs(show(NEURONS, name, layer=layer, neuron=k))["weight_maps"]["data"] if "z" in trace]
    assert len(maps) <= min(16, net.sizes[layer])
    assert f"neuron {k}" in [trace["name"] for trace in maps]
    assert {np.shape(trace["z"]) for trace in maps} == {net.shape}


def test_another_page_of_a_gallery_can_be_opened_and_another_neuron_opens_its_own():
    app = show(NEURONS, "wide", layer=1, neuron=500)
    choice = next(box for box in app.selectbox if box.label == "Of 512 maps")
    assert choice.value == 496
    maps = [trace["name"] for trace in specs(choice.select(64).run())["weight_maps"]["data"] if "z" in trace]
    assert maps == [f"neuron {k}" for k in range(64, 80)]
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
    app = show(NEURONS, name, layer=layer, neuron=2, more="What excites it")
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
    assert "too small to tell: an edge or a bar needs at least 8 × 8" in words(app)


@pytest.mark.parametrize("name", ["8 x 8", "letters"])
def test_maps_of_other_shapes_are_put_to_the_test(name):
    app = show(NEURONS, name, layer=1, neuron=3, more="Is it an edge detector?")
    assert re.search(r"accounts for \d+\u00a0% of the weights", words(app))
    assert set(specs(app)) >= {"best_fit", "noise", "tuning"}


def test_bars_are_turned_before_a_network_as_it_reads_pictures():
    net = network("two hidden layers")
    figure = specs(show(NEURONS, "two hidden layers", layer=1, neuron=3, more="Is it an edge detector?"))["tuning"]
    dark = (0 - 0.1307) / 0.3081
    (note,) = figure["layout"]["annotations"]
    z = dark * net.layers[0].W[3].sum() + net.layers[0].b[3]
    assert note["text"] == f"nothing there: z = {z:z.2f}".replace("-", "−")


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
    assert "pattern_bar" in [button.key for button in app.button]
    assert "pattern_network" not in [button.key for button in app.button]


@pytest.mark.parametrize("name", UNNAMED[1:])
def test_a_painted_neuron_is_put_into_a_network_that_reads_pictures_its_own_way(name):
    net = network(name)
    app = show(
        BUILD, name, more_build="Put it into the network", painted=build.bar(), painted_bias=-4.0, build_begun=True
    )
    right = (net.forward(net.preparation.scaled(TEST.x)).prediction == TEST.labels).mean()
    assert f"as it is</th><td>{right:.2%}" in text(app)
    inside = surgery.put_in(net.folded(), 3, build.bar(), -4.0).forward(TEST.x[:50])
    np.testing.assert_allclose(inside.zs[0][:, 3], TEST.x[:50] @ build.bar().ravel() - 4, atol=1e-3)
    others = np.delete(net.forward(net.preparation.scaled(TEST.x[:50])).zs[0], 3, axis=1)
    np.testing.assert_allclose(np.delete(inside.zs[0], 3, axis=1), others, atol=1e-3)


def test_a_neuron_of_a_network_that_reads_inverted_pictures_fires_for_the_same_when_copied():
    net = network("two hidden layers")
    app = show(BUILD, "two hidden layers")
    app.button(key="pattern_network").click().run()
    z = TEST.x[:200] @ app.session_state["painted"].ravel() + app.session_state["painted_bias"]
    own = net.forward(net.preparation.scaled(TEST.x[:200])).zs[0][:, 0]
    assert np.corrcoef(z, own)[0, 1] > 0.9999
    assert ((z > 0) == (own > 0)).mean() > 0.99
