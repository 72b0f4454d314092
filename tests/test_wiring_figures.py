"""The network's picture by its traces: where lines run, what the circles show, and how far the signal has come."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.figures.wiring import BESIDE, WIDE
from nnviz.network import Layer, Network
from nnviz.study import surgery

RNG = np.random.default_rng(0)
NETWORK = Network(
    (
        Layer(RNG.normal(size=(16, 784)) / 28, RNG.normal(size=16)),
        Layer(RNG.normal(size=(16, 16)), RNG.normal(size=16)),
        Layer(RNG.normal(size=(10, 16)), RNG.normal(size=10)),
    )
)
IMAGE = np.triu(RNG.random((28, 28)))
TRACE = NETWORK.forward(IMAGE.ravel())
LINES = surgery.strongest_lines(NETWORK, TRACE, 3)
LAYERS = ("hidden 1", "hidden 2", "output")


def draw(step=None, lines=LINES, **more):
    return figures.wiring(TRACE, lines, step, **more)


def named(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


def strokes(figure, layer):
    scatters = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines"]
    return [trace for trace in scatters if trace.name.startswith(layer)]


def ends(trace):
    """The lines of a trace: x and y where each starts, x and y where it ends."""
    x, y = np.array(trace.x, float).reshape(-1, 3), np.array(trace.y, float).reshape(-1, 3)
    assert np.isnan(x[:, 2]).all()
    assert np.isnan(y[:, 2]).all()
    return list(zip(x[:, 0], y[:, 0], x[:, 1], y[:, 1], strict=True))


def test_plotly_accepts_the_figure():
    go.Figure(draw(answer=3, chosen=(1, 2), lost=[(2, 3)]).to_dict())


def test_the_input_is_the_picture_on_a_fixed_scale():
    trace = named(draw(), "input")
    np.testing.assert_allclose(np.array(trace.z), IMAGE, atol=1e-6)
    assert (trace.zmin, trace.zmax) == (0, 1)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_circles_are_shaded_by_activation_from_black_0_to_white_1(layer):
    marker = named(draw(), LAYERS[layer - 1]).marker
    np.testing.assert_allclose(marker.color, TRACE.activations[layer], atol=1e-6)
    assert (marker.cmin, marker.cmax) == (0, 1)
    assert [color for _, color in marker.colorscale] == ["rgb(0,0,0)", "rgb(255,255,255)"]


def test_a_circle_reports_layer_neuron_z_and_activation():
    data = np.array(named(draw(), "hidden 2").customdata)
    np.testing.assert_allclose(data[:, 0], 2)
    np.testing.assert_allclose(data[:, 1], range(16))
    np.testing.assert_allclose(data[:, 2], TRACE.zs[1], atol=1e-6)


def test_negative_lines_are_broken_and_positive_ones_are_not():
    dashes = {(trace.line.dash != "solid", "negative" in trace.name) for trace in strokes(draw(), "hidden 1")}
    assert dashes == {(True, True), (False, False)}


def test_as_many_lines_are_drawn_as_were_chosen():
    for layer, lines in zip(LAYERS, LINES, strict=True):
        assert sum(len(ends(trace)) for trace in strokes(draw(), layer)) == lines.value.size


def test_a_line_of_the_first_layer_starts_beside_the_picture_at_its_pixels_height_and_ends_at_its_neuron():
    one = surgery.Lines(np.array([5 * 28 + 9]), np.array([4]), np.array([2.0]))
    none = surgery.Lines(np.array([], int), np.array([], int), np.array([]))
    figure = draw(lines=[one, none, none])
    ((start_x, start_y, end_x, end_y),) = [line for trace in strokes(figure, "hidden 1") for line in ends(trace)]
    circles = named(figure, "hidden 1")
    assert (start_x, start_y) == (27.5 + BESIDE, 5)
    assert (end_x, end_y) == (circles.x[4], circles.y[4])


def test_positive_lines_are_blue_and_negative_ones_red():
    blue = sum(len(ends(t)) for t in strokes(draw(), "output") if t.line.color == "rgb(47, 129, 247)")
    red = sum(len(ends(t)) for t in strokes(draw(), "output") if t.line.color == "rgb(235, 76, 62)")
    assert (blue, red) == ((LINES[2].value > 0).sum(), (LINES[2].value < 0).sum())


def test_stronger_lines_are_thicker_and_less_transparent():
    weak, middling, strong = (named(draw(), f"hidden 1 positive {third}") for third in range(3))
    assert weak.line.width < middling.line.width < strong.line.width
    assert weak.opacity < middling.opacity < strong.opacity


@pytest.mark.parametrize(("step", "bright"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (7, 3)])
def test_layers_are_dim_until_the_signal_reaches_them(step, bright):
    assert [named(draw(step), layer).opacity == 1 for layer in LAYERS] == [n < bright for n in range(3)]


def test_the_sums_are_ringed_by_their_sign_before_they_are_squashed():
    summed, squashed = named(draw(3), "hidden 2").marker, named(draw(4), "hidden 2").marker
    assert [color == "rgb(47, 129, 247)" for color in summed.line.color] == (TRACE.zs[1] > 0).tolist()
    assert isinstance(summed.color, str)
    np.testing.assert_allclose(squashed.color, TRACE.activations[2], atol=1e-6)


def test_the_answer_is_marked_only_in_the_end_and_not_by_colour_alone():
    assert not [trace for trace in draw(6, answer=3).data if trace.name == "winner"]
    figure = draw(7, answer=3)
    circles, ring = named(figure, "output"), named(figure, "winner")
    assert (ring.x[0], ring.y[0]) == (circles.x[3], circles.y[3])
    assert [k for k, text in enumerate(named(figure, "digits").text) if "◀" in text] == [3]


def test_without_an_answer_nothing_is_marked():
    assert not [trace for trace in draw().data if trace.name == "winner"]


def test_a_neuron_knocked_out_is_crossed():
    symbols = named(draw(lost=[(2, 5)]), "hidden 2").marker.symbol
    assert [k for k, symbol in enumerate(symbols) if symbol == "x"] == [5]


def test_the_corner_above_the_input_has_room_for_a_canvas_as_large_as_it():
    figure = draw()
    assert -0.5 - figure.layout.yaxis.range[1] > 28 + 6  # and for its tools, and the input's title
    assert min(x for trace in figure.data if trace.name != "input" for x in trace.x if x is not None) > 27.5


def test_the_chosen_neuron_is_ringed():
    colors = named(draw(chosen=(1, 6)), "hidden 1").marker.line.color
    assert [k for k, color in enumerate(colors) if color == "rgb(240,165,0)"] == [6]


def test_another_shape_of_network_can_be_drawn():
    net = Network((Layer(RNG.normal(size=(40, 784)), np.zeros(40)), Layer(RNG.normal(size=(10, 40)), np.zeros(10))))
    trace = net.forward(IMAGE.ravel())
    figure = figures.wiring(trace, surgery.strongest_lines(net, trace, 1))
    assert len(named(figure, "hidden 1").x) == 40


@pytest.mark.parametrize("sizes", [(784, 10), (784, 16, 10), (784, 16, 16, 16, 10)])
def test_however_many_layers_there_are_the_wiring_is_as_wide(sizes):
    network = Network(tuple(Layer(np.ones((n, m)), np.ones(n)) for m, n in pairwise(sizes)))
    other = figures.wiring(network.forward(IMAGE.ravel()), [], network=network)
    assert set(named(other, "output").x) == set(named(draw(), "output").x)


def test_what_is_needed_to_go_on_drawing_it_stays_with_the_figure():
    figure = draw(answer=3, meta={"step": 3})
    meta, names = dict(figure.layout.meta), [trace.name for trace in figure.data]
    assert meta["step"] == 3
    assert meta["layers"] == ["input", *LAYERS]
    for of_layer, name in zip(meta["lines"], LAYERS, strict=True):
        assert of_layer == [f"{name} {sign} {third}" for sign in ("negative", "positive") for third in range(3)]
        assert set(of_layer) <= set(names)


def test_a_layer_of_hundreds_is_a_grid_of_small_circles_with_thin_lines():
    rng = np.random.default_rng(0)
    net = Network(
        tuple(Layer(rng.normal(size=(n, m)).astype(np.float32), np.zeros(n, np.float32), "relu")
              for m, n in ((784, 500), (500, 10)))
    )  # fmt: skip
    trace = net.forward(rng.random(784))
    figure = figures.wiring(trace, surgery.strongest_lines(net, trace, 1), network=net)
    found = {each.name: each for each in figure.data}
    places = set(zip(found["hidden 1"].x, found["hidden 1"].y, strict=True))
    assert len(places) == 500
    assert len({x for x, _ in places}) == 8
    assert found["hidden 1"].marker.size < found["output"].marker.size == WIDE.circle
    assert found["hidden 1 positive 2"].line.width < found["output positive 2"].line.width
