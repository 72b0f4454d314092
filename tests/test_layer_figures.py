"""The figure of all layers by its traces: a column for each, of any size, on the scale that its activation has."""

import re

import numpy as np
import pytest

from nnviz import figures
from nnviz.figures import style
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from tests.test_figures import IMAGE, RNG, TRACE, heatmaps, named


def test_the_layers_are_named_input_first():
    assert [trace.name for trace in figures.activations(TRACE).data] == ["input", "hidden 1", "hidden 2", "output"]


def test_every_layer_shows_its_activations():
    for trace, a in zip(figures.activations(TRACE).data, TRACE.activations, strict=True):
        np.testing.assert_allclose(np.ravel(trace.z), a, atol=1e-7)


def test_the_input_is_the_picture_row_by_row():
    np.testing.assert_allclose(figures.activations(TRACE).data[0].z, IMAGE, atol=1e-7)


def test_the_inputs_name_stands_above_its_picture_and_its_size_below():
    notes = {note.text: note for note in figures.activations(TRACE).layout.annotations if note.yref == "y"}
    found = {text: (note.x, note.y, note.yanchor) for text, note in notes.items()}
    assert found == {"input": (13.5, -0.5, "bottom"), "<b>784</b>": (13.5, 27.5, "top")}  # row 0 is on top


def test_every_neuron_carries_its_z():
    for trace, z in zip(figures.activations(TRACE).data[1:], TRACE.zs, strict=True):
        np.testing.assert_allclose(np.ravel(trace.customdata), z, atol=1e-6)


def test_hovering_names_layer_neuron_z_and_activation():
    hover = figures.activations(TRACE).data[1].hovertemplate
    assert all(word in hover for word in ("hidden 1", "layer 1", "neuron %{y}", "z %{customdata", "activation %{z"))


def output_labels(figure):
    return {int(re.sub(r"\D", "", note.text)): note for note in figure.layout.annotations if note.yref == "y4"}


def test_the_outputs_are_labelled_with_the_ten_digits_beside_their_cells():
    assert {digit: note.y for digit, note in output_labels(figures.activations(TRACE)).items()} == {
        digit: digit for digit in range(10)
    }


@pytest.mark.parametrize("answer", [0, 7])
def test_the_answer_is_marked_by_more_than_colour(answer):
    figure = figures.activations(TRACE, answer)
    assert [digit for digit, note in output_labels(figure).items() if "<b>" in note.text] == [answer]
    (mark,) = figure.select_shapes({"name": "answer"})
    rows = [float(y) for y in re.findall(r"-?[\d.]+,(-?[\d.]+)", mark.path)]
    assert (min(rows), max(rows), mark.opacity) == (answer - 0.5, answer + 0.5, 1)


def test_without_an_answer_nothing_is_marked():
    figure = figures.activations(TRACE, None)
    assert not any("<b>" in note.text for note in output_labels(figure).values())
    assert [mark.opacity for mark in figure.select_shapes({"name": "answer"})] == [0]


def test_other_networks_get_a_column_for_each_of_their_layers():
    layers = [Layer(RNG.normal(size=(n, m)), np.zeros(n)) for m, n in ((784, 30), (30, 20), (20, 12), (12, 10))]
    figure = figures.activations(Network(tuple(layers)).forward(IMAGE.ravel()))
    assert [trace.name for trace in figure.data] == ["input", "hidden 1", "hidden 2", "hidden 3", "output"]
    assert [len(trace.z) for trace in figure.data] == [28, 30, 20, 12, 10]


def made(*sizes, activations=("relu", "softmax"), **more):
    """A network of these sizes; the last activation named is the last layer's."""
    *before, last = activations
    names = [*(before[k % len(before)] for k in range(len(sizes) - 2)), last]
    layers = [
        Layer(RNG.normal(size=(n, m)).astype(np.float32) / np.float32(m**0.5), np.zeros(n, np.float32), name)
        for m, n, name in zip(sizes, sizes[1:], names, strict=False)
    ]
    return Network(tuple(layers), **more)


def shown(network, answer=None):
    x = RNG.random(network.sizes[0], np.float32)
    trace = network.forward(network.preparation.scaled(x))
    return trace, figures.activations(trace, answer, network=network)


def test_a_layer_of_more_than_64_neurons_is_a_grid_read_row_by_row():
    trace, figure = shown(made(784, 100, 512, 10))
    for name, a, z in zip(("hidden 1", "hidden 2"), trace.activations[1:], trace.zs, strict=False):
        heatmap = named(figure, name)
        assert 16 < len(heatmap.z) <= 64
        cells = [(value, about) for row, data in zip(heatmap.z, heatmap.customdata, strict=True)
                 for value, about in zip(row, data, strict=True)]  # fmt: skip
        assert all(value is None for value, _ in cells[a.size :])
        np.testing.assert_allclose([value for value, _ in cells[: a.size]], a, atol=1e-6)
        np.testing.assert_allclose([about for _, about in cells[: a.size]], np.c_[z, range(a.size)], atol=1e-5)


@pytest.mark.parametrize(
    "sizes",
    [(784, 10), (784, 16, 10), (4096, 512, 512, 512, 512, 512, 62), (64, 1, 2), (784, 65, 64, 3, 200, 30, 26)],
    ids=str,
)
@pytest.mark.parametrize("names", ["short", "long"])
def test_layers_of_any_size_stand_side_by_side_inside_the_figure(sizes, names):
    classes = tuple(f"{'a class of its own, ' * (names == 'long')}{k}" for k in range(sizes[-1]))
    _, figure = shown(made(*sizes, classes=classes), sizes[-1] - 1)
    domains = [figure.layout[trace.xaxis.replace("x", "xaxis")].domain for trace in figure.data[1:]]
    edges = np.array([figure.layout.xaxis.domain, *domains]).ravel()
    assert (np.diff(edges) > 0.01).all()
    assert edges[0] == 0
    assert edges[1] > 0.2  # the input stays to be seen
    assert edges[-1] < 0.94
    names = [note.text for note in figure.layout.annotations if note.yref == f"y{len(sizes)}"]
    assert max(map(len, names)) < len("<b></b>") + 10
    assert sum("<b>" in name for name in names) == 1


def test_names_of_classes_are_text_and_not_markup():
    _, figure = shown(made(784, 2, classes=("<b>one</b>", "two")))
    assert [note.text for note in figure.layout.annotations if note.yref == "y2"] == ["&lt;b&gt;one&lt;/…", "two"]


def test_each_layer_has_one_scale_as_its_activation_has_ends():
    network = made(64, 8, 8, 8, 8, 10, activations=("relu", "tanh", "sigmoid", "leaky relu", "softmax"))
    trace, figure = shown(network)
    ends = {each.name: (each.zmin, each.zmax) for each in heatmaps(figure)}
    most = [float(np.abs(a).max()) for a in trace.activations]
    expected = {"hidden 1": (0, most[1]), "hidden 2": (-1, 1), "hidden 3": (0, 1), "hidden 4": (-most[4], most[4])}
    assert {name: pytest.approx(ends[name]) for name in expected} == expected
    assert ends["output"] == ends["input"] == (0, 1)
    assert list(figure.layout.meta["ranges"][1:]) == [(0, None), (-1, 1), (0, 1), (None, None), (0, 1)]
    assert "scale runs from 0 to" in named(figure, "hidden 1").hovertemplate


def test_a_layer_without_any_activation_has_a_scale_all_the_same():
    network = made(4, 3, 2)
    figure = figures.activations(network.forward(np.zeros(4)), network=network)
    assert (named(figure, "hidden 1").zmin, named(figure, "hidden 1").zmax) == (0, 1)


def test_clearly_negative_activations_hold_minus_signs_which_the_figure_names():
    network = made(9, 4, 3, activations=("tanh", "identity"))
    trace, figure = shown(network)
    assert list(figure.layout.meta["signs"]) == [None, "minus signs, hidden 1", "minus signs, output"]
    signs = named(figure, "minus signs, hidden 1")
    assert (signs.xaxis, signs.yaxis) == (named(figure, "hidden 1").xaxis, named(figure, "hidden 1").yaxis)
    assert list(signs.y[3::3]) == np.flatnonzero(trace.activations[1] < -style.CLEAR).tolist()


@pytest.mark.parametrize(
    "preparation", [Preparation(inverted=True), Preparation(mean=0.13, deviation=0.31), Preparation("filling", True, 1)]
)
def test_ink_is_white_and_hover_tells_what_the_network_reads(preparation):
    network = made(64, 10, preparation=preparation)
    x = preparation.scaled(np.repeat(np.float32([0, 1]), 32))
    picture = named(figures.activations(network.forward(x), network=network), "input")
    np.testing.assert_allclose(np.ravel(picture.z), x, atol=1e-6)
    colours = [colour for _, colour in picture.colorscale]
    assert colours == ["rgb(0,0,0)", "rgb(255,255,255)"][:: 1 if x[0] < x[-1] else -1]
    assert (picture.zmin, picture.zmax) == pytest.approx((min(x), max(x)))


def test_pictures_need_not_be_square():
    _, figure = shown(made(24, 10, shape=(4, 6)))
    assert np.shape(named(figure, "input").z) == (4, 6)


def test_a_bare_pass_is_shown_on_scales_that_its_numbers_suggest():
    network = made(12, 60, 50, 4, activations=("relu", "tanh", "identity"))
    trace = network.forward(RNG.random(12))
    figure = figures.activations(trace)
    assert np.shape(named(figure, "input").z) == (1, 12)
    assert named(figure, "hidden 1").zmin == 0
    assert named(figure, "hidden 2").zmin == pytest.approx(-np.abs(trace.activations[2]).max())
