"""The ranking of neurons against each of them lost in a network of its own."""

from itertools import pairwise

import numpy as np
import pytest

from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network
from nnviz.study import ranking, surgery

TEST = load("test")
X, LABELS = TEST.x[:300], TEST.labels[:300]
HIDDEN = ("sigmoid", "tanh", "relu", "leaky relu", "identity")


def network(*sizes, hidden="relu", last="softmax", seed=0):
    """A network of random weights; a tenth of its first layer's neurons pass on nothing if they are relus."""
    rng, many = np.random.default_rng(seed), len(sizes) - 1
    return Network(
        tuple(
            Layer(
                rng.normal(0, 2 / np.sqrt(n_in), (n_out, n_in)).astype(np.float32),
                rng.normal(size=n_out).astype(np.float32) - 20 * (np.arange(n_out) % 10 == 7) * (number == 1),
                last if number == many else hidden,
            )
            for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1)
        )
    )


def lost(net, layer, k):
    """The share of right answers without a neuron, the slow way."""
    cost = surgery.cost_of_losing(net, X, LABELS, [(layer, k)])
    return cost.before, cost.after, cost.after_by_digit.tolist()


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("last", [*HIDDEN, "softmax"])
def test_every_neuron_costs_what_losing_it_alone_costs(hidden, last):
    net = network(784, 12, 7, 5, 10, hidden=hidden, last=last)
    costs = ranking.ranking(net, X, LABELS)
    assert sorted(cost.neurons[0] for cost in costs) == [
        (layer, k) for layer, size in enumerate(net.sizes) if layer for k in range(size)
    ]
    for cost in costs:
        assert (cost.before, cost.after, cost.after_by_digit.tolist()) == lost(net, *cost.neurons[0])


def test_the_costliest_stand_first():
    drops = [cost.drop for cost in ranking.ranking(network(784, 12, 10), X, LABELS)]
    assert drops == sorted(drops, reverse=True)


def test_one_layer_alone_can_be_ranked():
    net = network(784, 12, 7, 10)
    costs = ranking.ranking(net, X, LABELS, layer=2)
    assert {cost.neurons[0] for cost in costs} == {(2, k) for k in range(7)}
    assert {cost.neurons[0]: cost.after for cost in costs} == {(2, k): lost(net, 2, k)[1] for k in range(7)}


def test_a_network_of_one_layer_has_outputs_to_lose():
    net = network(784, 10)
    assert [cost.after for cost in ranking.ranking(net, X, LABELS)] == [
        lost(net, *cost.neurons[0])[1] for cost in ranking.ranking(net, X, LABELS)
    ]


@pytest.mark.parametrize("name", ["smooth", "rough", "plain", "untrained"])
def test_a_shipped_networks_costs_are_those_of_losing_each_alone(name):
    net = Network.load(ASSETS / "networks" / f"{name}.npz")
    costs = ranking.ranking(net, X, LABELS)
    assert len(costs) == 42
    for cost in costs:
        assert (cost.before, cost.after, cost.after_by_digit.tolist()) == lost(net, *cost.neurons[0])


def test_the_work_of_all_layers_is_that_of_each_layer():
    net = network(784, 12, 7, 5, 10)
    assert ranking.work(net) == 1 + sum(ranking.work(net, layer) - 1 for layer in (1, 2, 3))
