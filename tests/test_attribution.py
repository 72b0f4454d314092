"""nnviz.study.attribution against sums worked by hand, finite differences, and arithmetic that must be exact."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.network import Layer, Network, Trace, sigmoid
from nnviz.study import attribution

finite = st.floats(-1e6, 1e6)


def random_network(*sizes, seed=0):
    rng = np.random.default_rng(seed)
    return Network(
        tuple(
            Layer(rng.normal(0, 1 / np.sqrt(n_in), (n_out, n_in)), rng.normal(size=n_out))
            for n_in, n_out in pairwise(sizes)
        )
    )


def picture(seed=1):
    return np.random.default_rng(seed).random(784)


def tiny():
    """Two inputs, two hidden neurons, one output, worked by hand below."""
    return Network(
        (
            Layer(np.array([[2.0, -1.0], [0.5, 4.0]]), np.array([0.25, -3.0])),
            Layer(np.array([[1.0, -2.0]]), np.array([0.5])),
        )
    )


def test_contributions_are_weight_times_input():
    assert attribution.contributions([0.5, 0, 1], [4, 7, -2]).tolist() == [2, 0, -2]


def test_contributions_of_several_pictures_keep_their_rows():
    assert attribution.contributions([[1, 0], [0.5, 1]], [2, -2]).tolist() == [[2, 0], [1, -2]]


def test_contributions_of_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match=r"x has shape \(2,\) and w \(3,\)"):
        attribution.contributions([1, 2], [1, 2, 3])


def test_a_hand_worked_sum():
    network = tiny()
    parts = attribution.take_apart(network, network.forward([1.0, 0.5]), layer=1, neuron=0)
    assert (parts.positive, parts.negative, parts.bias, parts.z) == (2, -0.5, 0.25, 1.75)
    assert parts.a == pytest.approx(1 / (1 + np.exp(-1.75)))


def test_every_neurons_parts_add_up_to_the_networks_own_z():
    network = random_network(784, 16, 16, 10)
    trace = network.forward(picture())
    for layer, neuron in [(1, 3), (2, 15), (3, 9)]:
        parts = attribution.take_apart(network, trace, layer, neuron)
        assert parts.positive + parts.negative + parts.bias == pytest.approx(trace.zs[layer - 1][neuron], abs=1e-5)


def test_a_sum_shown_is_exact_although_the_network_counts_in_float32():
    network = random_network(784, 16, 10)
    for seed in range(50):
        trace = network.forward(picture(seed))
        positive, negative, bias, z = attribution.take_apart(network, trace, 1, 5).shown(digits=3)
        assert positive + negative + bias == z
        assert z == round(Decimal(float(trace.zs[0][5])), 3)


def test_taking_apart_several_pictures_at_once_is_refused():
    network = tiny()
    with pytest.raises(ValueError, match="of 3 pictures"):
        attribution.take_apart(network, network.forward(np.zeros((3, 2))), 1, 0)


@pytest.mark.parametrize(("layer", "neuron"), [(0, 0), (3, 0), (1, 2), (1, -1)])
def test_a_neuron_that_does_not_exist_is_refused(layer, neuron):
    network = tiny()
    with pytest.raises(ValueError, match="expected"):
        attribution.take_apart(network, network.forward([0, 0]), layer, neuron)


def test_three_thirds_shown_with_two_digits_are_not_all_rounded_down():
    parts, total = attribution.add_up([1 / 3, 1 / 3, 1 / 3], 1, digits=2)
    assert [str(part) for part in parts] == ["0.34", "0.33", "0.33"]
    assert str(total) == "1.00"


@settings(deadline=None)  # a busy machine is not a wrong sum
@given(st.lists(finite, min_size=1, max_size=6), st.floats(-0.4, 0.4), st.integers(0, 6))
def test_shown_parts_add_up_exactly_and_each_stays_within_one_unit(parts, discrepancy, digits):
    unit = Decimal(1).scaleb(-digits)
    total = float(sum(map(Decimal, parts)) + Decimal(discrepancy) * unit)
    shown, shown_total = attribution.add_up(parts, total, digits)
    assert sum(shown) == shown_total
    assert abs(shown_total - Decimal(total)) <= unit / 2
    assert all(abs(number - Decimal(part)) <= unit for number, part in zip(shown, parts, strict=True))


@settings(deadline=None)
@given(st.lists(finite, min_size=1, max_size=5), finite, st.integers(0, 4))
def test_shown_parts_add_up_exactly_even_to_a_total_that_is_not_theirs(parts, total, digits):
    shown, shown_total = attribution.add_up(parts, total, digits)
    assert sum(shown) == shown_total


@settings(deadline=None)
@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=5))
def test_numbers_that_need_no_rounding_stay_as_they_are(parts):
    assert attribution.add_up(parts, sum(parts), 2)[0] == tuple(parts)


@settings(deadline=None)
@given(finite, finite)
def test_a_part_of_exactly_zero_is_shown_as_zero(positive, bias):
    (_, negative, _), _ = attribution.add_up([positive, 0.0, bias], float(Decimal(positive) + Decimal(bias)), 2)
    assert negative == 0


def test_the_total_is_rounded_half_to_even():
    assert attribution.add_up([0.125], 0.125, 2)[1] == Decimal("0.12")


@pytest.mark.parametrize(("parts", "total"), [([np.nan], 0), ([1.0], np.inf), ([], 0)])
def test_sums_without_parts_or_not_finite_are_refused(parts, total):
    with pytest.raises(ValueError, match="expected at least one part, all finite"):
        attribution.add_up(parts, total)


def test_the_largest_terms_are_ordered_by_absolute_value():
    places, values = attribution.largest_terms(np.array([1.0, -5.0, 3.0, 0.0, 5.0]), 3)
    assert (places.tolist(), values.tolist()) == ([1, 4, 2], [-5, 5, 3])


def test_the_largest_terms_of_a_picture_come_with_row_and_column():
    terms = np.zeros((28, 28))
    terms[3, 20], terms[27, 1] = -2, 1
    assert attribution.largest_terms(terms, 1)[0].tolist() == [[3, 20]]


def test_terms_of_zero_are_left_out():
    places, values = attribution.largest_terms(np.zeros((28, 28)))
    assert (places.shape, values.shape) == ((0, 2), (0,))


def test_switching_off_a_neuron_by_hand():
    trace = attribution.ablate(tiny(), [1.0, 0.5], [(1, 1)])
    assert trace.activations[1][1] == 0
    assert trace.zs[0][1] == -0.5
    assert trace.zs[1][0] == pytest.approx(sigmoid(1.75) + 0.5)


def test_switching_off_equals_setting_activations_to_zero_on_the_way():
    network, x = random_network(784, 12, 9, 8, 5), np.stack([picture(1), picture(2)])
    a = x
    for number, layer in enumerate(network.layers, start=1):
        a = 1 / (1 + np.exp(-(a @ layer.W.T + layer.b)))
        a[:, [k for at, k in [(1, 4), (1, 0), (3, 7)] if at == number]] = 0
    np.testing.assert_allclose(attribution.ablate(network, x, [(1, 4), (1, 0), (3, 7)]).output, a, rtol=1e-5)


def test_switching_off_equals_setting_the_outgoing_weights_to_zero():
    network = random_network(784, 16, 16, 10)
    W2 = network.layers[1].W.copy()
    W2[:, 6] = 0
    cut = Network((network.layers[0], Layer(W2, network.layers[1].b), network.layers[2]))
    output = attribution.ablate(network, picture(), [(1, 6)]).output
    np.testing.assert_array_equal(output, cut.forward(picture()).output)


def test_switching_off_nothing_changes_nothing():
    network = random_network(784, 16, 10)
    np.testing.assert_array_equal(attribution.ablate(network, picture(), []).output, network.forward(picture()).output)


def test_switching_off_leaves_the_network_as_it_was():
    network = random_network(784, 16, 10)
    before = network.layers[1].W.copy()
    attribution.ablate(network, picture(), [(1, 2)])
    np.testing.assert_array_equal(network.layers[1].W, before)


@pytest.mark.parametrize("neuron", [(2, 0), (0, 0), (1, 16)])
def test_only_hidden_neurons_can_be_switched_off(neuron):
    with pytest.raises(ValueError, match="expected"):
        attribution.ablate(random_network(784, 16, 10), picture(), [neuron])


@pytest.mark.parametrize(("layer", "neuron"), [(1, 3), (2, 5), (3, 1)])
def test_saliency_agrees_with_finite_differences(layer, neuron):
    network, x, step = random_network(784, 8, 6, 4), picture(), 1e-4

    def z(x):  # in float64, unlike the network
        for below in network.layers[: layer - 1]:
            x = 1 / (1 + np.exp(-(below.W @ x + below.b)))
        return network.layers[layer - 1].W[neuron] @ x

    found = attribution.saliency(network, x, layer, neuron)
    for pixel in (0, 300, 783):
        nudge = step * (np.arange(784) == pixel)
        slope = (z(x + nudge) - z(x - nudge)) / (2 * step)
        assert found[divmod(pixel, 28)] == pytest.approx(abs(slope), rel=1e-4, abs=1e-9)


def test_the_pixel_pattern_of_a_first_layer_neuron_is_its_weight_map():
    network = random_network(784, 16, 10)
    pattern = attribution.pixel_pattern(network, network.forward(picture()), 1, 2)
    np.testing.assert_array_equal(pattern.ravel(), network.layers[0].W[2])


@pytest.mark.parametrize("layer", [2, 3, 4])
def test_the_pixel_pattern_of_many_pictures_is_the_mean_of_each_ones(layer):
    network, x = random_network(784, 7, 6, 5, 4), np.stack([picture(seed) for seed in range(5)])
    each = [attribution.pixel_pattern(network, network.forward(one), layer, 1) for one in x]
    together = attribution.pixel_pattern(network, network.forward(x), layer, 1)
    np.testing.assert_allclose(together, np.mean(each, axis=0), rtol=1e-4, atol=1e-9)


def test_a_saturated_neuron_passes_no_pattern_on():
    W1 = np.stack([np.ones(784), np.zeros(784)])
    network = Network((Layer(W1, np.array([500.0, 0.0])), Layer(np.array([[9.0, 1.0]]), np.zeros(1))))
    assert attribution.pixel_pattern(network, network.forward(picture()), 2, 0).max() == 0


def test_half_excited_neurons_pass_on_a_quarter_of_each_weight():
    half = Trace((np.zeros(784), np.array([0.5, 0.5]), np.zeros(1)), (np.zeros(2), np.zeros(1)))
    W1 = np.stack([np.full(784, 2.0), np.full(784, -1.0)])
    network = Network((Layer(W1, np.zeros(2)), Layer(np.array([[4.0, 8.0]]), np.zeros(1))))
    np.testing.assert_array_equal(attribution.pixel_pattern(network, half, 2, 0), (4 * 2 - 8 * 1) / 4)


def test_the_extremes_come_most_extreme_first():
    most, least = attribution.extremes(np.array([0.3, -2.0, 5.0, 1.0]), 2)
    assert (most.tolist(), least.tolist()) == ([2, 3], [1, 0])


def test_fewer_pictures_than_asked_for_are_all_returned():
    assert [len(found) for found in attribution.extremes(np.arange(3.0), 10)] == [3, 3]


def test_mean_by_digit_by_hand():
    means = attribution.mean_by_digit(np.array([0.2, 0.4, 1.0]), np.array([7, 7, 0], np.uint8))
    assert means.shape == (10,)
    assert means[[0, 7]] == pytest.approx([1.0, 0.3])
    assert np.isnan(means[[1, 2, 3, 4, 5, 6, 8, 9]]).all()


def test_mean_by_digit_refuses_labels_of_another_length():
    with pytest.raises(ValueError, match=r"\(3,\) and the labels \(2,\)"):
        attribution.mean_by_digit(np.zeros(3), np.zeros(2, int))


def test_the_steepest_rise_is_from_rest_to_a_digits_median():
    rest = np.array([0.1, 0.5])
    a = np.array([[0.9, 0.6], [0.2, 0.7], [0.3, 0.6], [0.9, 1.0], [0.8, 0.95], [0.7, 0.9]])
    rise = attribution.steepest_rise(rest, a, np.array([4, 4, 4, 7, 7, 7]))
    assert (rise.neuron, rise.digit, rise.rest, rise.half) == (0, 7, 0.1, 0.8)


ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky relu", "identity")


def deep_network(activation, *sizes, seed=0):
    return Network(
        tuple(Layer(each.W, each.b, activation) for each in random_network(*sizes, seed=seed).layers), shape=(5, 3)
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layer", [1, 2, 3, 4, 5])
def test_the_patterns_of_a_layer_are_the_mean_slopes_that_finite_differences_find(activation, layer):
    network, step = deep_network(activation, 15, 6, 5, 4, 3, 7), 1e-2
    pictures = np.random.default_rng(2).normal(size=(4, 15))

    def z(x):
        for k, each in enumerate(network.layers[:layer], start=1):  # in float64: float32 has too few digits for this
            x = x @ each.W.T + each.b if k == layer else each.function.value(x @ each.W.T + each.b)
        return x

    small = step * 1e-4
    rises = [(z(pictures + small * pixel) - z(pictures - small * pixel)).mean(axis=0) for pixel in np.eye(15)]
    patterns = attribution.pixel_patterns(network, network.forward(pictures), layer)
    assert patterns.shape == (network.sizes[layer], 5, 3)
    np.testing.assert_allclose(patterns.reshape(-1, 15), np.array(rises).T / (2 * small), atol=1e-5)


@pytest.mark.parametrize("layer", [1, 2, 3, 4])
def test_the_pattern_of_some_neurons_is_theirs_among_all(layer):
    network = deep_network("tanh", 15, 6, 5, 4, 7)
    trace = network.forward(np.random.default_rng(2).normal(size=(4, 15)))
    every, some = (attribution.pixel_patterns(network, trace, layer, of) for of in (None, [3, 1]))
    np.testing.assert_allclose(some, every[[3, 1]])
    np.testing.assert_allclose(attribution.pixel_pattern(network, trace, layer, 3), some[0])
