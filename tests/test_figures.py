"""The figures by their traces: what stands where, on which scale, and what a click or a hover reports."""

import copy
import pickle
import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz import figures
from nnviz.figures import style
from nnviz.figures.curves import signed_text
from nnviz.network import Layer, Network
from nnviz.tuning import Tuning

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


# ---- curves


@pytest.mark.parametrize(("z", "a"), [(0, 0.5), (2, 0.8807971), (-30, 0), (60, 1)])
def test_the_point_stands_on_the_sigmoid_inside_the_window(z, a):
    figure = figures.sigmoid(z, 1.0)
    point = named(figure, "neuron")
    assert (point.x[0], point.y[0]) == pytest.approx((z, a), abs=1e-7)
    low, high = figure.layout.xaxis.range
    assert low < z < high


def test_the_curve_passes_one_half_at_zero():
    curve = named(figures.sigmoid(1.0, 0.5), "sigmoid")
    assert np.interp(0, curve.x, curve.y) == pytest.approx(0.5)


def test_the_threshold_is_written_as_minus_b():
    assert any("−1.25" in note.text for note in figures.sigmoid(0.0, 1.25).layout.annotations)


def test_the_tuning_curve_marks_the_blank_picture_and_the_best_orientation():
    found = Tuning(np.array([0.0, 90.0]), np.array([1.0, 2.0]), 30, "a bright bar", True)
    figure = figures.tuning(found, -0.5)
    lines = {(line.x0, line.y0, line.x1, line.y1) for line in figure.layout.shapes}
    assert {(0, -0.5, 1, -0.5), (30, 0, 30, 1)} <= lines


def test_a_score_stands_among_the_scores_of_noise():
    figure = figures.beside_noise(0.7, np.array([0.1, 0.2]), 0.5)
    assert list(named(figure, "noise").x) == [0.1, 0.2]
    assert {line.x0 for line in figure.layout.shapes} == {0.7, 0.5}
    assert figure.layout.xaxis.range == (0, 1)


def test_means_by_digit_are_bars_on_a_fixed_scale():
    means = np.linspace(0, 1, 10)
    figure = figures.by_digit(means, "mean activation")
    (bars,) = figure.data
    assert list(bars.x) == list(range(10))
    np.testing.assert_allclose(bars.y, means, atol=1e-6)
    assert figure.layout.yaxis.range == (0, 1)


@pytest.mark.parametrize(("value", "says"), [(-0.001, "0.00"), (-0.0, "0.00"), (-0.006, "−0.01"), (1.5, "1.50")])
def test_a_number_is_written_with_a_real_minus_sign_and_zero_without_one(value, says):
    assert signed_text(value) == says


def test_a_neuron_without_a_bias_has_its_threshold_at_plain_zero():
    assert "weighted sum = −b = 0.00" in str(figures.sigmoid(1.0, 0.0).layout.annotations)


# ---- figures whose objects are made when somebody asks for them


def test_a_figures_spec_is_the_one_plotly_makes_of_it():
    parts = [{"type": "scatter", "x": [1, 2], "y": [3, 4], "name": "line"}], {"xaxis": {"visible": False}}
    figure = style.assemble(*parts, height=100)
    spec = figure.to_dict()
    assert "_data" not in vars(figure)  # no objects yet
    assert spec == go.Figure({"data": parts[0], "layout": figure.to_dict()["layout"]}).to_dict()
    assert spec["layout"]["template"] == go.Figure().to_dict()["layout"]["template"]


def test_a_figure_can_be_changed_as_any_of_plotlys():
    figure = style.assemble([{"type": "scatter", "y": [1]}], {}, height=100)
    figure.add_scatter(y=[2])
    figure.update_layout(height=200)
    assert len(figure.data) == 2
    assert figure.to_dict()["layout"]["height"] == 200
    assert not hasattr(figure, "nonsense")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda figure: pickle.loads(pickle.dumps(figure))])
def test_a_figure_can_be_copied_before_its_objects_are_made(copied):
    figure = style.assemble([{"type": "scatter", "y": [1]}], {}, height=100)
    assert copied(figure).to_dict() == figure.to_dict()


# ---- strips


def test_a_strip_shows_the_least_explained_neuron_first_and_names_each():
    dots = named(ALL["strips"], "one")
    assert list(dots.y) == [0.2, 0.4, 0.6]
    assert list(dots.customdata) == [1, 2, 0]


def test_dots_are_full_only_where_ahead_of_noise():
    assert list(named(ALL["strips"], "one").marker.symbol) == ["circle-open", "circle-open", "circle"]


def test_a_neurons_noise_stands_where_its_dot_does():
    noise = named(ALL["strips"], "noise one")
    assert list(noise.x) == [0, 0, None, 1, 1, None, 2, 2, None]
    assert list(noise.y) == [0.15, 0.35, None, 0.3, 0.5, None, 0.1, 0.3, None]


def test_strips_share_one_scale_of_shares_and_say_their_medians():
    figure = ALL["strips"]
    assert {trace.yaxis for trace in figure.data} == {"y"}
    low, high = figure.layout.yaxis.range
    assert low <= 0 < 1 <= high
    assert [note.text for note in figure.layout.annotations] == [
        f"<b>{name}</b>: half of its maps above 40%" for name in ("one", "other")
    ]
    first, second = figure.layout.xaxis.domain, figure.layout.xaxis2.domain
    assert first[1] < second[0]


# ---- what neurons tell apart


def test_each_dot_stands_at_its_neurons_share_the_best_on_top():
    dots = named(ALL["separation"], "neurons")
    assert list(dots.customdata) == [1, 2, 0, 2, 0, 1]
    assert list(dots.x) == [0.8, 0.7, 0.6, 0.95, 0.55, 0.5]
    assert list(dots.y) == sorted(dots.y)
    low, high = ALL["separation"].layout.yaxis.range
    assert low > max(dots.y) > min(dots.y) > high  # row 0 on top, and nothing cut off


def test_a_neuron_ahead_is_marked_by_its_shape():
    assert list(named(ALL["separation"], "neurons").marker.symbol) == ["diamond"] + ["circle"] * 5


def test_shuffles_lie_behind_their_own_neuron_and_the_single_one_beside_its_own_feature():
    figure = ALL["separation"]
    dots, lines, single = (named(figure, name) for name in ("neurons", "shuffled", "single"))
    assert list(lines.x) == [0.5, 0.65, None] * 6
    assert [y for y in lines.y if y is not None] == [y for y in dots.y for _ in range(2)]
    assert list(single.x) == [0.72, 0.72, None, 0.6, 0.6, None]
    assert single.y[0] < dots.y[0] < dots.y[2] < single.y[1] < single.y[3] < dots.y[3] < dots.y[5] < single.y[4]
    assert list(named(figure, "shares").text) == ["best of hidden 1: 72%", "best of hidden 1: 60%"]


def test_shares_beyond_the_usual_ones_widen_the_axis():
    args = np.array([[[0.3, 0.6]]]), np.array([0.6]), np.array([[False]]), ["a loop"], "hidden 1"
    low, high = figures.separation(np.array([[0.97]]), *args).layout.xaxis.range
    assert low < 0.3
    assert high > 0.97
