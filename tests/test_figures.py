"""The figures by their traces: what stands where, on which scale, and what a click or a hover reports."""

import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.figures import style
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.study.tuning import Tuning

RNG = np.random.default_rng(0)
MAPS = RNG.normal(size=(16, 28, 28))
CAPTIONS = [f"caption {k}" for k in range(16)]
IMAGE = np.triu(RNG.random((28, 28)))  # not the same upside down, nor turned
NETWORK = Network(
    (
        Layer(RNG.normal(size=(16, 784)) / 28, RNG.normal(size=16)),
        Layer(RNG.normal(size=(16, 16)), RNG.normal(size=16)),
        Layer(RNG.normal(size=(10, 16)), RNG.normal(size=10)),
    )
)
TRACE = NETWORK.forward(IMAGE.ravel())

STRIP = figures.Strip(
    "one",
    explained=np.array([0.6, 0.2, 0.4]),
    half=np.array([0.1, 0.15, 0.3]),
    most=np.array([0.3, 0.35, 0.5]),
    ahead=np.array([True, False, False]),
)


def heatmaps(figure):
    return [trace for trace in figure.data if trace.type == "heatmap"]


def y_axis(figure, trace):
    return figure.layout[(trace.yaxis or "y").replace("y", "yaxis", 1)]


def named(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


ALL = {
    "activations": figures.activations(TRACE, 3),
    "pixels": figures.pixels(IMAGE),
    "preparation": figures.preparation(IMAGE, IMAGE.T),
    "weight_maps": figures.weight_maps(MAPS, CAPTIONS, 4.0, chosen=2),
    "weight_map": figures.weight_map(MAPS[0], 4.0, "weights"),
    "incoming": figures.incoming(MAPS[0, 0, :16], 4.0, "weights", "hidden 1"),
    "pictures": figures.pictures(IMAGE[None].repeat(3, axis=0), CAPTIONS[:3]),
    "sigmoid": figures.sigmoid(1.5, -0.5),
    "tuning": figures.tuning(Tuning(np.arange(0, 180, 5.0), RNG.normal(size=36), 45.0, "a bright bar", True), -0.5),
    "beside_noise": figures.beside_noise(0.7, RNG.random(100), 0.9),
    "by_digit": figures.by_digit(RNG.random(10), "mean activation"),
    "strips": figures.strips([STRIP, replace(STRIP, name="other")]),
    "separation": figures.separation(
        np.array([[0.6, 0.8, 0.7], [0.55, 0.5, 0.95]]),
        np.array([[[0.5, 0.65]] * 3] * 2),
        np.array([0.72, 0.6]),
        np.array([[False, True, False], [False, False, False]]),
        ["a loop", "a stroke"],
        "hidden 1",
    ),
}
every_figure = pytest.mark.parametrize("figure", ALL.values(), ids=ALL.keys())


# ---- what holds for all of them


@every_figure
def test_row_0_is_on_top(figure):
    for trace in heatmaps(figure):
        bottom, top = y_axis(figure, trace).range
        assert bottom > top


@every_figure
def test_signed_scales_are_symmetric_and_grey_ones_run_from_0_to_1(figure):
    for trace in heatmaps(figure):
        assert (trace.zmin, trace.zmax) == (0, 1) or trace.zmin == -trace.zmax


@every_figure
def test_nothing_can_be_zoomed_or_dragged_away(figure):
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    assert all(axis.fixedrange for axis in axes)
    assert figure.layout.dragmode is False


@every_figure
def test_the_page_shines_through_and_text_has_no_colour_of_its_own(figure):
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None


# ---- the two colour scales


def test_zero_is_transparent_in_the_signed_scale():
    middle = [colour for place, colour in style.SIGNED if place == pytest.approx(0.5)]
    assert middle
    assert all(re.fullmatch(r"rgba\(\d+, \d+, \d+, 0(\.0)?\)", colour) for colour in middle)


def test_positive_is_blue_and_negative_red():
    red, _, blue = (int(c) for c in re.findall(r"\d+", style.SIGNED[-1][1])[:3])
    assert blue > red
    red, _, blue = (int(c) for c in re.findall(r"\d+", style.SIGNED[0][1])[:3])
    assert red > blue


def test_the_signed_scale_is_as_opaque_on_both_sides():
    opacity = [float(re.findall(r"[\d.]+", colour)[3]) for _, colour in style.SIGNED]
    assert opacity == opacity[::-1]


def test_no_ink_is_black_and_ink_is_white():
    assert style.GREY == [[0.0, "rgb(0,0,0)"], [1.0, "rgb(255,255,255)"]]


# ---- the layers


def test_the_layers_are_named_input_first():
    assert [trace.name for trace in figures.activations(TRACE).data] == ["input", "hidden 1", "hidden 2", "output"]


def test_every_layer_shows_its_activations():
    for trace, a in zip(figures.activations(TRACE).data, TRACE.activations, strict=True):
        np.testing.assert_allclose(np.ravel(trace.z), a, atol=1e-7)


def test_the_input_is_the_picture_row_by_row():
    np.testing.assert_allclose(figures.activations(TRACE).data[0].z, IMAGE, atol=1e-7)


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


def test_drawn_and_prepared_stand_side_by_side():
    figure = figures.preparation(IMAGE, IMAGE.T)
    np.testing.assert_allclose(named(figure, "as drawn").z, IMAGE, atol=1e-7)
    np.testing.assert_allclose(named(figure, "prepared").z, IMAGE.T, atol=1e-7)
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]


# ---- the gallery


def test_the_gallery_shows_every_map_on_one_scale():
    traces = heatmaps(figures.weight_maps(MAPS, CAPTIONS, 4.0))
    np.testing.assert_allclose([trace.z for trace in traces], MAPS, atol=1e-7)
    assert {(trace.zmin, trace.zmax) for trace in traces} == {(-4.0, 4.0)}


def test_the_gallery_is_sorted_as_asked():
    order = RNG.permutation(16).tolist()
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=order)
    assert [trace.name for trace in heatmaps(figure)] == [f"neuron {k}" for k in order]
    places = [(trace.y0, trace.x0) for trace in heatmaps(figure)]
    assert places == sorted(places)  # in reading order


def test_a_click_in_the_middle_of_any_map_reports_the_neuron_shown_there():
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=RNG.permutation(16).tolist())
    targets = named(figure, "neurons")
    for trace in heatmaps(figure):
        hit = np.argmin(np.hypot(np.subtract(targets.x, trace.x0 + 13.5), np.subtract(targets.y, trace.y0 + 13.5)))
        assert trace.name == f"neuron {targets.customdata[hit]}"


def test_targets_are_unseen_and_yet_take_clicks():
    targets = named(figures.weight_maps(MAPS, CAPTIONS, 4.0), "neurons")
    assert (targets.marker.opacity, targets.selected.marker.opacity, targets.unselected.marker.opacity) == (0, 0, 0)
    assert targets.hoverinfo != "skip"  # what takes no hover takes no click in Plotly


def test_each_caption_stands_below_its_own_map():
    order = RNG.permutation(16).tolist()
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, order=order)
    captions = named(figure, "captions")
    for trace, text, x, y in zip(heatmaps(figure), captions.text, captions.x, captions.y, strict=True):
        assert text == f"caption {trace.name.split()[1]}"
        assert x == trace.x0 + 13.5
        assert trace.y0 + 28 <= y < trace.y0 + 29  # the first row below the map


def test_only_the_chosen_map_has_the_frame_of_the_chosen():
    figure = figures.weight_maps(MAPS, CAPTIONS, 4.0, chosen=2)
    framed = [shape for shape in figure.layout.shapes if shape.line.color == style.ACCENT]
    (frame,), chosen = framed, named(figure, "neuron 2")
    assert (frame.x0 + frame.x1) / 2 == chosen.x0 + 13.5
    assert (frame.y0 + frame.y1) / 2 == chosen.y0 + 13.5


def test_maps_do_not_overlap():
    places = [(trace.x0, trace.y0) for trace in heatmaps(figures.weight_maps(MAPS, CAPTIONS, 4.0))]
    apart = [max(abs(x - u), abs(y - v)) for i, (x, y) in enumerate(places) for u, v in places[:i]]
    assert min(apart) > 28


# ---- one neuron


def test_weights_and_contributions_given_one_limit_share_one_scale():
    both = [figures.weight_map(image, 0.8, "weights").data[0] for image in (MAPS[0], MAPS[0] * IMAGE)]
    assert {(trace.zmin, trace.zmax) for trace in both} == {(-0.8, 0.8)}


def test_just_the_clearly_negative_weights_hold_a_minus_sign():
    image = np.full((28, 28), 0.9)
    image[3, 5], image[20, 7], image[20, 8] = -1, -0.5, -0.01  # the last is next to nothing
    signs = named(figures.weight_map(image, 1.0, "weights"), "minus signs")
    starts = [(y, (x0 + x1) / 2) for x0, x1, y in zip(signs.x[0::3], signs.x[1::3], signs.y[0::3], strict=True)]
    assert starts[1:] == [(3, 5), (20, 7)]  # the first is a path without length, for the live part to go on from
    assert (signs.x[0], signs.y[0]) == (signs.x[1], signs.y[1])


def test_the_gallery_marks_where_each_map_is_most_positive_and_most_negative():
    maps = np.zeros((2, 28, 28))
    maps[0, 4:7, 10:13], maps[0, 20:23, 3:6], maps[0, 0, 0] = 1, -2, 5  # the lone 5 adds up to less than nine ones
    signs = named(figures.weight_maps(maps, ["", ""], 2.0), "signs")
    assert list(zip(signs.text, signs.x, signs.y, strict=True)) == [("<b>+</b>", 11, 5), ("<b>−</b>", 4, 21)]


def test_every_pixel_is_written_with_one_decimal():
    image = np.zeros((28, 28))
    image[0, :6] = 0, 0.04, 0.06, 0.55, 0.949, 1
    text = named(figures.pixels(image), "input").text
    assert list(text[0][:6]) == ["0", ".0", ".1", ".6", ".9", "1"]


def test_a_weight_map_has_square_pixels():
    assert figures.weight_map(MAPS[0], 4.0, "weights").layout.yaxis.scaleanchor == "x"


def test_the_outline_is_drawn_over_the_map():
    corners = np.array([[3.0, 4.0], [20.0, 4.0], [20.0, 9.0]])
    outline = named(figures.weight_map(MAPS[0], 4.0, "weights", corners), "best fit")
    np.testing.assert_array_equal(np.c_[outline.x, outline.y], corners)


def test_incoming_weights_are_written_into_their_cells_with_their_sign():
    (column,) = figures.incoming(np.array([0.5, -0.25]), 1.0, "weights", "hidden 1").data
    assert np.ravel(column.z).tolist() == [0.5, -0.25]
    assert np.ravel(column.text).tolist() == ["+0.500", "−0.250"]


def test_pictures_stand_in_a_row_each_with_its_caption():
    figure = figures.pictures(MAPS[:3] ** 2 / 20, ["a", "b", "c"])
    assert [note.text for note in figure.layout.annotations] == ["a", "b", "c"]
    assert len(heatmaps(figure)) == 3


# ---- what is larger, or of another shape, than the lesson's


def test_more_than_64_incoming_numbers_become_a_grid_row_by_row():
    values = RNG.normal(size=500)
    figure = figures.incoming(values, 4.0, "weights", "hidden 1")
    cells = named(figure, "weights")
    shown = [value for row in cells.z for value in row if value is not None]
    np.testing.assert_allclose(shown, values, atol=1e-6)
    assert max(np.shape(cells.z)) < 30
    assert [k for row in cells.customdata for k in row][:500] == list(range(500))
    go.Figure(figure.to_dict())


@pytest.mark.parametrize("shape", [(8, 8), (9, 30), (64, 20)])
def test_maps_of_any_shape_stand_side_by_side_without_touching(shape):
    figure = figures.weight_maps(RNG.normal(size=(6, *shape)), ["caption"] * 6, 4.0, chosen=5)
    corners = [(trace.x0, trace.y0) for trace in heatmaps(figure)]
    for n, (x, y) in enumerate(corners):
        assert all(abs(x - u) > shape[1] or abs(y - v) > shape[0] for u, v in corners[:n])
    frames = [(round(each.x1 - each.x0, 6), round(each.y1 - each.y0, 6)) for each in figure.layout.shapes[:5]]
    assert set(frames) == {(shape[1], shape[0])}
