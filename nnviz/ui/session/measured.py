"""What is measured on the networks and the digits: once per server, shared by all visitors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz.network import IMAGE_SHAPE, SURE, Network, Trace
from nnviz.study import attribution, chance, edges, letters, nonsense, patterns, ranking, scores, shapes, surgery
from nnviz.ui.session import data

TRACED = 40_000_000  # bytes of a network's traces that are kept
MULTIPLIED = 5_000_000_000  # multiplications that the patterns of one page of neurons may take
RANKED = 16_000_000_000  # and that a ranking of neurons may take,
AT_ONCE = 1_000_000_000  # without being asked for
FEWEST = 200  # pictures that neurons are ranked on
MANY = 32  # weight maps; more are not put to the test one after the other


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 8)
def test_trace(name: str) -> Trace:
    """Run all of `pictures` through a network, or as many thousands of them as are worth keeping."""
    net = data.network(name)
    most = TRACED // (8 * sum(net.sizes[1:])) // 1000 * 1000
    return net.forward(data.pictures(name)[: max(most, 1000)])


@st.cache_resource(show_spinner=False, max_entries=data.MOST * 8)
def cost(name: str, out: tuple[tuple[int, int], ...]) -> surgery.Cost | None:
    """Measure on all `pictures` what losing neurons costs, or none: how good the network is. None without labels."""
    known, net = data.labels(name), data.network(name)
    if known is None:
        return None
    return surgery.cost_of_losing(
        net, data.pictures(name), known, out, _first_sums(net) if counted_live(name) else None
    )


def counted_live(name: str) -> bool:
    """Say whether the browser can count what a network reads while one plays with it: on MNIST's pictures as they are.

    The scripts are told so (count.js), and both count in double precision.
    """
    net = data.network(name)
    plain = net.shape == IMAGE_SHAPE and net.preparation.place != "filling"
    return plain and net.classes == data.DIGITS and surgery.counted_twice(net)


def _first_sums(net: Network) -> np.ndarray:
    """Return the first layer's sums of all test digits: kept, since only a knob of that layer changes them."""
    first = net.layers[0]
    return _kept_sums(first.W.tobytes() + first.b.tobytes(), repr(net.preparation), net)


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 4)
def _kept_sums(weights: bytes, preparation: str, _net: Network) -> np.ndarray:
    return surgery.first_sums(_net, data.prepared(_net.preparation, _net.shape))


def accuracy(name: str) -> float | None:
    """Return the share of `pictures` that a network reads, 0..1; None without labels."""
    found = cost(name, ())
    return found.before if found else None


def ranks(name: str, layer: int) -> tuple[int | None, int, bool]:
    """Say how neurons can be ranked in bounded time: of all layers (None) or of one, on how many pictures, and at once?

    At once, without being asked for, only where that is done in about a second.
    """
    net, every = data.network(name), len(data.pictures(name))
    of = None if ranking.work(net) * FEWEST <= RANKED else layer
    work = ranking.work(net, of)
    return of, int(np.clip(RANKED // work // 100 * 100, FEWEST, every)), work * every <= AT_ONCE


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def ranked(name: str, layer: int | None, count: int) -> list[surgery.Cost]:
    """Measure on the first pictures what losing each single neuron costs, the costliest first; needs labels."""
    known = data.labels(name)
    if known is None:
        raise ValueError(f"the network {name} has no labelled pictures; expected one of the ten digits")
    return ranking.ranking(data.network(name), data.pictures(name)[:count], known[:count], layer)


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def noise_confidence(name: str, dim: bool = False) -> float:
    """Measure the share of 2,000 pictures of noise, at full strength or `dim` as a digit, that convince some output."""
    grey = nonsense.GREY if dim else 0.5
    return nonsense.noise_confidence(data.network(name), np.random.default_rng(0), grey=grey)


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def letters_confidence(name: str) -> float:
    """Measure the share of 120 drawn letters, none like a digit, that convince some output."""
    net = data.network(name)
    drawn = np.stack(list(letters.drawings(np.random.default_rng(0))))
    x = net.preparation.scaled(net.preparation.pictures(drawn, net.shape)).reshape(len(drawn), -1)
    return float((net.forward(x).output.max(axis=1) > SURE).mean())


def maps(name: str, layer: int, neurons: tuple[int, ...] | None = None) -> np.ndarray:
    """Return a picture (rows, columns) for each of some neurons of a layer, or all: its weights, or its pattern.

    The pattern through the layers before is the mean over the first `averaged` pictures.
    """
    net = data.network(name)
    if layer == 1:
        every = net.layers[0].W.reshape(-1, *net.shape)
        return every if neurons is None else every[list(neurons)]
    return _patterns(name, layer, neurons)


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 4)
def _patterns(name: str, layer: int, neurons: tuple[int, ...] | None) -> np.ndarray:
    return attribution.pixel_patterns(data.network(name), _first(name, layer, neurons), layer, neurons).astype(
        np.float32
    )


def _first(name: str, layer: int, neurons: tuple[int, ...] | None) -> Trace:
    trace, count = test_trace(name), averaged(name, layer, len(neurons or data.network(name).layers[layer - 1].b))
    return Trace(tuple(a[:count] for a in trace.activations), tuple(z[:count] for z in trace.zs))


def averaged(name: str, layer: int, many: int = 1) -> int:
    """Return over how many pictures the patterns of so many neurons of a layer are averaged."""
    sizes, every = data.network(name).sizes, len(test_trace(name).output)
    work = many * sum(sizes[below] * sizes[below - 1] for below in range(2, layer)) if layer > 3 else 0
    return int(np.clip(MULTIPLIED // max(work, 1), 20, every))


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 4)
def shuffled_maps(name: str, layer: int, neurons: tuple[int, ...] | None = None) -> np.ndarray:
    """Return what the patterns of a later layer's neurons were with their weights shuffled: (n, rows, columns)."""
    return patterns.shuffled_patterns(data.network(name), _first(name, layer, neurons), layer, neurons=neurons)


@st.cache_resource(show_spinner=False)
def features() -> np.ndarray:
    """Say which test digits have each of `shapes.FEATURES`: (3, 10000)."""
    return shapes.features(data.test_digits().images)


def kept_separation(name: str) -> patterns.Separation | None:
    """Return what a shipped network's second hidden layer tells apart; None for another network's."""
    return patterns.kept(data.network(name))


def separation(name: str, layer: int, k: int) -> tuple[patterns.Separation, int]:
    """Measure what a neuron of a later layer tells apart; also its place among those measured together."""
    kept = kept_separation(name) if layer == 2 else None
    return (kept, k) if kept else (_separation(name, layer, k), 0)


def shares_by_digit(name: str, layer: int, k: int, feature: int) -> dict[int, float]:
    """Measure how well a neuron tells each digit's pictures with a feature from all without, on those data.counted."""
    found, place = separation(name, layer, k)
    z = test_trace(name).zs[layer - 1][:, k] * found.side[feature, place]
    has, digits = features()[feature, : len(z)], data.test_digits().labels[: len(z)]
    return patterns.by_digit(z[1::2], has[1::2], digits[1::2])


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def _separation(name: str, layer: int, k: int) -> patterns.Separation:
    trace = test_trace(name)
    return patterns.measure(data.network(name), trace, features()[:, : len(trace.output)], layer, neurons=[k])


def edge_score(name: str, k: int) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Fit a first-layer weight map, of at least 8 x 8 pixels, and measure what noise like it reaches."""
    net = data.network(name)
    return scored(net.layers[0].W[k].astype(np.float32).tobytes(), net.shape)


def testable(name: str) -> bool:
    """Say whether all first-layer weight maps can be put to the test of `edge_score`: not too small, nor too many."""
    net = data.network(name)
    return min(net.shape) >= edges.SMALLEST and net.sizes[1] <= MANY


@st.cache_resource(show_spinner=False, max_entries=data.MOST * 16)
def scored(weights: bytes, shape: tuple[int, int] = IMAGE_SHAPE) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Do so for a weight map given as the bytes of its float32: one turned knob makes one map new, not sixteen."""
    weight_map = np.frombuffer(weights, np.float32).reshape(shape)
    edge = edges.fit(weight_map)
    return edge, scores.beside_noise(weight_map, edge.explained if edge else 0.0)


def edge_scores(name: str) -> tuple[list[edges.Edge | None], list[chance.NoiseFloor]]:
    """Fit and measure all first-layer weight maps of a network."""
    each = [edge_score(name, k) for k in range(data.network(name).sizes[1])]
    return [edge for edge, _ in each], [floor for _, floor in each]


def margins(name: str) -> np.ndarray:
    """Return by how much each first-layer weight map (16,) explains more than 95 % of its own noise does."""
    return np.array([chance.margin(edge, floor) for edge, floor in zip(*edge_scores(name), strict=True)])


def ahead(name: str) -> np.ndarray:
    """Say which first-layer weight maps (16,) are ahead of their noise, allowing for sixteen looks at once."""
    pairs = zip(*edge_scores(name), strict=True)
    return chance.ahead(np.array([1.0 if edge is None else floor.p_value(edge.explained) for edge, floor in pairs]))


@st.cache_resource(show_spinner=False, max_entries=data.MOST)
def rise(name: str) -> attribution.Rise:
    """Find the first-layer neuron that some digit brightens most; measured on all test digits."""
    rest = data.network(name).forward(np.zeros(data.test_x().shape[1], np.float32)).activations[1]
    return attribution.steepest_rise(rest, test_trace(name).activations[1], data.test_digits().labels)
