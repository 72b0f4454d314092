"""Networks taken apart against copies altered by hand, and numpy's own least squares."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network, sigmoid
from nnviz.study import attribution, build, surgery

SMOOTH = Network.load(ASSETS / "networks" / "smooth.npz")
TEST = load("test")
X, LABELS = TEST.x[:1000], TEST.labels[:1000]


def random_network(*sizes, seed=0):
    rng = np.random.default_rng(seed)
    return Network(
        tuple(
            Layer(rng.normal(size=(n_out, n_in)).astype(np.float32), rng.normal(size=n_out).astype(np.float32))
            for n_in, n_out in pairwise(sizes)
        )
    )


def altered(network, layer, change):
    """A deep copy in which `change` has had its way with one layer's W and b."""
    layers = [Layer(each.W.copy(), each.b.copy()) for each in network.layers]
    change(layers[layer].W, layers[layer].b)
    return Network(tuple(layers))


def silence(*neurons):
    def change(W, b):
        W[:, list(neurons)] = 0

    return change


@pytest.mark.parametrize(("layer", "neuron"), [(1, 4), (1, 15), (2, 0), (2, 11)])
def test_losing_a_neuron_costs_what_setting_its_outgoing_weights_to_zero_costs(layer, neuron):
    cut = altered(SMOOTH, layer, silence(neuron))
    cost = surgery.cost_of_losing(SMOOTH, X, LABELS, [(layer, neuron)])
    assert cost.before == accuracy_score(LABELS, SMOOTH.forward(X).prediction)
    assert cost.after == accuracy_score(LABELS, cut.forward(X).prediction)
    for digit in range(10):
        own = digit == LABELS
        assert cost.after_by_digit[digit] == accuracy_score(LABELS[own], cut.forward(X[own]).prediction)


def test_losing_several_neurons_at_once_is_losing_them_together():
    cut = altered(altered(SMOOTH, 1, silence(3, 4)), 2, silence(7))
    cost = surgery.cost_of_losing(SMOOTH, X, LABELS, [(2, 7), (1, 3), (1, 4)])
    assert cost.after == accuracy_score(LABELS, cut.forward(X).prediction)


def test_where_many_outputs_round_to_1_the_largest_sum_is_the_answer():
    lost, last = (2, 7), SMOOTH.layers[-1]
    loud = SMOOTH.with_layers(
        [*SMOOTH.layers[:-1], Layer(5 * last.W, 5 * last.b)]
    )  # above 17 a float32 activation is 1
    a = [np.asarray(TEST.x, np.float64)]
    for number, layer in enumerate(loud.layers, start=1):
        z = a[-1] @ layer.W.T.astype(np.float64) + layer.b
        a.append(1 / (1 + np.exp(-z)))
        if number == lost[0]:
            a[-1][:, lost[1]] = 0
    rounded = a[-1].astype(np.float32).argmax(axis=1)
    assert (rounded == TEST.labels).sum() != (z.argmax(axis=1) == TEST.labels).sum()
    assert surgery.cost_of_losing(loud, TEST.x, TEST.labels, [lost]).after == (z.argmax(axis=1) == TEST.labels).mean()


def test_a_pass_without_neurons_is_the_one_attribution_makes_from_the_start():
    network = random_network(784, 12, 9, 8, 5)
    lost = [(1, 4), (1, 0), (3, 7)]
    found, expected = surgery.without(network, network.forward(X), lost), attribution.ablate(network, X, lost)
    for ours, theirs in zip((*found.activations, *found.zs), (*expected.activations, *expected.zs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_a_pass_without_neurons_leaves_the_pass_it_came_from_as_it_was():
    trace = SMOOTH.forward(X[0])
    before = [a.copy() for a in trace.activations]
    assert surgery.without(SMOOTH, trace, [(1, 2), (3, 7)]).output[7] == 0
    assert all((a == b).all() for a, b in zip(trace.activations, before, strict=True))


def test_losing_nothing_costs_nothing():
    cost = surgery.cost_of_losing(SMOOTH, X, LABELS, [])
    assert cost.drop == 0
    assert (cost.drop_by_digit == 0).all()


def test_an_output_that_is_lost_gets_every_one_of_its_digits_wrong():
    cost = surgery.cost_of_losing(SMOOTH, X, LABELS, [(3, 7)])
    assert cost.after_by_digit[7] == 0
    others = np.delete(cost.after_by_digit - cost.before_by_digit, 7)
    assert (others >= 0).all()  # whatever was mistaken for a 7 may now be right


def test_a_lost_output_never_wins_although_all_others_are_zero_too():
    network = Network((Layer(np.zeros((3, 784)), np.full(3, -1e4)),))
    cost = surgery.cost_of_losing(network, np.zeros((1, 784)), np.array([1]), [(1, 0)])
    assert cost.after == 1


def test_without_any_output_there_is_no_right_answer():
    cost = surgery.cost_of_losing(SMOOTH, X, LABELS, [(3, k) for k in range(10)])
    assert cost.after == 0


@pytest.mark.parametrize("neuron", [(0, 0), (4, 0), (1, 16), (3, 10), (2, -1)])
def test_a_neuron_that_does_not_exist_cannot_be_lost(neuron):
    with pytest.raises(ValueError, match="expected"):
        surgery.cost_of_losing(SMOOTH, X, LABELS, [neuron])


def test_turning_one_knob_changes_that_number_alone():
    changed = surgery.change(SMOOTH, 2, 3, 5, 7.5)
    expected = altered(SMOOTH, 1, lambda W, b: W.__setitem__((3, 5), 7.5))
    for ours, theirs in zip(changed.layers, expected.layers, strict=True):
        assert (ours.W == theirs.W).all()
        assert (ours.b == theirs.b).all()
    assert SMOOTH.layers[1].W[3, 5] != 7.5


def test_turning_a_bias_moves_z_by_as_much():
    changed = surgery.change(SMOOTH, 1, 2, "bias", float(SMOOTH.layers[0].b[2]) + 1.5)
    moved = changed.forward(X[0]).zs[0] - SMOOTH.forward(X[0]).zs[0]
    assert moved == pytest.approx(1.5 * (np.arange(16) == 2), abs=1e-5)


@pytest.mark.parametrize(
    ("knob", "says"),
    [
        ((4, 0, 0, 1.0), "layer is 4"),
        ((2, 16, 0, 1.0), "neuron is 16"),
        ((2, 0, 16, 1.0), 'source is 16; expected "bias" or 0 to 15'),
        ((2, 0, -1, 1.0), "source is -1"),
        ((2, 0, "b", 1.0), "source is 'b'"),
        ((2, 0, 0, np.nan), "the value is nan"),
        ((2, 0, "bias", 1e39), "the value is 1e.39"),
    ],
)
def test_a_knob_that_does_not_exist_or_no_number_is_refused(knob, says):
    with pytest.raises(ValueError, match=says):
        surgery.change(SMOOTH, *knob)


def test_the_layers_parameters_add_up_to_13002():
    assert surgery.parameter_counts(SMOOTH) == [(784 * 16, 16), (16 * 16, 16), (16 * 10, 10)]
    assert sum(map(sum, surgery.parameter_counts(SMOOTH))) == 13_002


def tiny():
    return Network(
        (
            Layer(np.array([[1.0, -3.0, 2.0], [0.0, 0.0, 0.5]]), np.zeros(2)),
            Layer(np.array([[-1.0, 4.0]]), np.zeros(1)),
        )
    )


def triples(lines):
    return list(zip(lines.source.tolist(), lines.target.tolist(), lines.value.tolist(), strict=True))


def test_the_strongest_lines_by_weight_worked_by_hand():
    first, second = surgery.strongest_lines(tiny(), tiny().forward([1, 0, 1]), per_neuron=2)
    assert triples(first) == [(1, 0, -3), (2, 0, 2), (2, 1, 0.5)]  # the second neuron has but one that is not zero
    assert triples(second) == [(1, 0, 4), (0, 0, -1)]


def test_the_strongest_lines_by_signal_leave_out_dark_pixels():
    first, second = surgery.strongest_lines(tiny(), tiny().forward([1, 0, 0.25]), 1, by="signal")
    assert triples(first) == [(0, 0, 1), (2, 1, 0.125)]
    assert triples(second)[0] == (1, 0, pytest.approx(4 * sigmoid(np.float32(0.125))))


def test_a_network_of_zeros_has_no_lines_at_all():
    network = Network((Layer(np.zeros((3, 784)), np.zeros(3)),))
    assert triples(surgery.strongest_lines(network, network.forward(X[0]), 5)[0]) == []


@pytest.mark.parametrize(("by", "x"), [("bias", X[0]), ("weight", X[:3])])
def test_lines_by_another_measure_or_of_several_pictures_are_refused(by, x):
    with pytest.raises(ValueError, match='expected "weight" or "signal"'):
        surgery.strongest_lines(SMOOTH, SMOOTH.forward(x), 3, by=by)


def test_a_neuron_put_in_answers_by_hand_and_nothing_else_changes():
    changed = surgery.put_in(SMOOTH, 3, build.bar(), -8)
    trace, old = changed.forward(X), SMOOTH.forward(X)
    assert trace.zs[0][:, 3] == pytest.approx(X @ build.bar().ravel() - 8, abs=1e-4)
    assert (np.delete(trace.zs[0], 3, axis=1) == np.delete(old.zs[0], 3, axis=1)).all()
    assert changed.layers[1:] == SMOOTH.layers[1:]


def test_refitted_weights_are_those_of_numpys_least_squares():
    changed = surgery.put_in(SMOOTH, 5, build.ring(), 1.5, refit=True, x=X)
    old, new = SMOOTH.forward(X), changed.forward(X)
    others = np.arange(16) != 5
    wanted = old.zs[1] - old.activations[1][:, others] @ SMOOTH.layers[1].W[:, others].T
    columns = np.column_stack([new.activations[1][:, 5], np.ones(len(X))]).astype(float)
    v, c = np.linalg.lstsq(columns, wanted.astype(float), rcond=None)[0]
    assert changed.layers[1].W[:, 5] == pytest.approx(v, abs=1e-3)
    assert changed.layers[1].b == pytest.approx(c, abs=1e-3)
    assert (changed.layers[1].W[:, others] == SMOOTH.layers[1].W[:, others]).all()


def test_no_nudge_of_a_refitted_weight_or_bias_comes_nearer():
    changed = surgery.put_in(SMOOTH, 2, build.bar(), -4, refit=True, x=X)
    goal = SMOOTH.forward(X).zs[1].astype(float)

    def miss(network):
        return ((network.forward(X).zs[1] - goal) ** 2).sum()

    for source in (2, "bias"):
        present = changed.layers[1].b[7] if source == "bias" else changed.layers[1].W[7, 2]
        for nudge in (-0.05, 0.05):
            assert miss(surgery.change(changed, 2, 7, source, float(present) + nudge)) > miss(changed)


def test_a_neuron_put_back_in_its_own_place_and_refitted_changes_next_to_nothing():
    weights, bias = build.from_network(SMOOTH, 6)
    changed = surgery.put_in(SMOOTH, 6, weights, bias, refit=True, x=X)
    np.testing.assert_allclose(changed.layers[1].W, SMOOTH.layers[1].W, atol=0.05)
    assert np.mean(changed.forward(X).prediction == SMOOTH.forward(X).prediction) > 0.99


@pytest.mark.parametrize("bias", [0, -3000])
def test_a_neuron_that_never_changes_only_makes_up_for_the_old_ones_mean(bias):
    changed = surgery.put_in(SMOOTH, 6, build.zero(), bias, refit=True, x=X)
    old, new = SMOOTH.forward(X).zs[1], changed.forward(X).zs[1]
    assert new.mean(axis=0) == pytest.approx(old.mean(axis=0), abs=1e-3)
    assert abs(changed.layers[1].W).max() <= abs(SMOOTH.layers[1].W).max()


def test_a_neuron_that_fires_for_one_picture_only_does_not_get_giant_weights():
    weights, bias = np.zeros((28, 28)), -20.0
    weights[0, 0] = 4
    x = np.concatenate([X, np.eye(1, 784)])
    changed = surgery.put_in(SMOOTH, 6, weights, bias, refit=True, x=x)
    assert abs(changed.layers[1].W).max() <= abs(SMOOTH.layers[1].W).max()


@pytest.mark.parametrize(
    ("network", "neuron", "x", "says"),
    [
        (SMOOTH, 16, X, "neuron is 16; expected 0 to 15"),
        (SMOOTH, 0, None, r"x has shape \(\); expected"),
        (SMOOTH, 0, X[:, :700], r"\(1000, 700\); expected"),
        (random_network(784, 10), 0, X, "expected 784 inputs and a hidden layer"),
        (random_network(64, 5, 10), 0, X, r"\(64, 5, 10\); expected 784 inputs"),
    ],
)
def test_a_neuron_that_fits_nowhere_is_refused(network, neuron, x, says):
    with pytest.raises(ValueError, match=says):
        surgery.put_in(network, neuron, build.bar(), 0, refit=True, x=x)
