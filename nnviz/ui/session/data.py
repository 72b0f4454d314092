"""The networks, the digits, and what is measured on them: once per server, shared by all visitors.

A visitor's own network has a name that stands for its weights (`yours`), so that it is measured like a shipped one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import streamlit as st

from nnviz import mnist, served
from nnviz.figures.layers import layer_names
from nnviz.network import IMAGE_SHAPE, SURE, Network, Trace
from nnviz.preparation import Preparation
from nnviz.sentences import quoted
from nnviz.study import attribution, chance, edges, letters, patterns, ranking, scores, shapes, surgery
from nnviz.ui.session import yours

LESSONS = ("smooth", "rough", "plain", "untrained")  # of the lesson's shape, to be compared with each other
NETWORKS = (*LESSONS, "wide")
DIGITS = tuple("0123456789")
BATCH = 1000  # pictures prepared at once
FEWER = 2000  # test digits, for networks of large pictures
MOST = 64  # networks, and neurons knocked out of them, whose measurements are kept
TRACED = 40_000_000  # bytes of a network's traces that are kept
MULTIPLIED = 5_000_000_000  # multiplications that the patterns of one page of neurons may take
RANKED = 16_000_000_000  # and that a ranking of neurons may take,
AT_ONCE = 1_000_000_000  # without being asked for
FEWEST = 200  # pictures that neurons are ranked on
UNLABELLED = (
    "How many pictures it reads is not known: nnviz has labelled pictures of the ten digits alone, and its classes are "
    "others."
)
MANY = 32  # weight maps; more are not put to the test one after the other


class Unreadable(Exception):
    """A file in assets/ is missing or damaged; the message is a sentence for the page."""


@contextmanager
def explained(stop: bool = True) -> Iterator[None]:
    """Say on the page which file cannot be read instead of failing; then end the run, or go on after this part.

    As a decorator, `@explained(stop=False)` lets one part of a page fail alone.
    """
    try:
        yield
    except Unreadable as error:
        st.error(str(error), icon=":material/broken_image:")
        if stop:
            st.stop()


def names() -> tuple[str, ...]:
    """Name the networks there are: those that links can name, then the visitor's own."""
    return (*common(), *(own.name for own in yours.every()))


def common() -> tuple[str, ...]:
    """Name those that every visitor has and links can name: the shipped ones, then those the server started with."""
    return (*NETWORKS, *served.networks())


def network(name: str) -> Network:
    """Return a network by name; raises `Unreadable`."""
    if name in NETWORKS:
        return _shipped(name)
    own = yours.find(name)
    found = own.network if own else served.networks().get(name)
    if found is None:
        raise Unreadable(f"There is no network {quoted(name)}.")
    return found


@st.cache_resource(show_spinner=False)
def _shipped(name: str) -> Network:
    net = _read(Network.load, mnist.ASSETS / "networks" / f"{name}.npz")
    if (net.sizes[0], net.sizes[-1]) != (784, 10):
        raise Unreadable(f"{name}.npz has {net.sizes[0]} inputs and {net.sizes[-1]} outputs; nnviz draws 784 and 10.")
    return net


@st.cache_resource(show_spinner=False)
def test_digits() -> mnist.Digits:
    """Load MNIST's 10,000 test digits; raises `Unreadable`."""
    return _read(mnist.load, "test")


@st.cache_resource(show_spinner=False)
def test_x() -> np.ndarray:
    """Return the test digits as the shipped networks read them, (10000, 784); raises `Unreadable`."""
    return test_digits().x


def pictures(name: str) -> np.ndarray:
    """Return test digits as a network reads them, (n, n_in), prepared its own way; raises `Unreadable`.

    All 10,000; for a network whose pictures are larger than MNIST's, the first 2,000.
    """
    net = network(name)
    return _prepared(net.preparation, net.shape)


def labels(name: str) -> np.ndarray | None:
    """Return which output belongs to each of `pictures`, (n,); None if its classes are not the ten digits."""
    return test_digits().labels[: len(pictures(name))] if network(name).classes == DIGITS else None


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Preparation: repr})
def _prepared(preparation: Preparation, shape: tuple[int, int]) -> np.ndarray:
    if shape == IMAGE_SHAPE and preparation.place != "filling":
        return preparation.scaled(test_x())
    images = test_digits().images[: FEWER if math.prod(shape) > math.prod(IMAGE_SHAPE) else None]
    batches = [preparation.pictures(images[k : k + BATCH] / 255, shape) for k in range(0, len(images), BATCH)]
    return preparation.scaled(np.concatenate(batches)).reshape(len(images), -1)


@st.cache_resource(show_spinner=False)
def training_x(count: int = 5000) -> np.ndarray:
    """Return the first training digits as a network reads them, (count, 784); raises `Unreadable`."""
    digits = _read(mnist.load, "train")
    return mnist.Digits(digits.images[:count], digits.labels[:count]).x


@st.cache_resource(show_spinner=False, max_entries=MOST // 8)
def test_trace(name: str) -> Trace:
    """Run all of `pictures` through a network, or as many thousands of them as are worth keeping."""
    net = network(name)
    most = TRACED // (8 * sum(net.sizes[1:])) // 1000 * 1000
    return net.forward(pictures(name)[: max(most, 1000)])


def counted(n: int) -> str:
    """Write which test digits something was measured on: "10,000 test digits", or the first so many."""
    every = len(test_digits().labels)
    return f"{n:,} test digits" if n == every else f"first {n:,} test digits"


@st.cache_resource(show_spinner=False, max_entries=MOST * 8)
def cost(name: str, out: tuple[tuple[int, int], ...]) -> surgery.Cost | None:
    """Measure on all `pictures` what losing neurons costs, or none: how good the network is. None without labels."""
    known, net = labels(name), network(name)
    if known is None:
        return None
    return surgery.cost_of_losing(net, pictures(name), known, out, _first_sums(net) if counted_live(name) else None)


def counted_live(name: str) -> bool:
    """Say whether the browser can count what a network reads while one plays with it: on MNIST's pictures as they are.

    The scripts are told so (count.js), and both count in double precision.
    """
    net = network(name)
    plain = net.shape == IMAGE_SHAPE and net.preparation.place != "filling"
    return plain and net.classes == DIGITS and surgery.counted_twice(net)


def _first_sums(net: Network) -> np.ndarray:
    """Return the first layer's sums of all test digits: kept, since only a knob of that layer changes them."""
    first = net.layers[0]
    return _kept_sums(first.W.tobytes() + first.b.tobytes(), repr(net.preparation), net)


@st.cache_resource(show_spinner=False, max_entries=MOST // 4)
def _kept_sums(weights: bytes, preparation: str, _net: Network) -> np.ndarray:
    return surgery.first_sums(_net, _prepared(_net.preparation, _net.shape))


def accuracy(name: str) -> float | None:
    """Return the share of `pictures` that a network reads, 0..1; None without labels."""
    found = cost(name, ())
    return found.before if found else None


def ranks(name: str, layer: int) -> tuple[int | None, int, bool]:
    """Say how neurons can be ranked in bounded time: of all layers (None) or of one, on how many pictures, and at once?

    At once, without being asked for, only where that is done in about a second.
    """
    net, every = network(name), len(pictures(name))
    of = None if ranking.work(net) * FEWEST <= RANKED else layer
    work = ranking.work(net, of)
    return of, int(np.clip(RANKED // work // 100 * 100, FEWEST, every)), work * every <= AT_ONCE


@st.cache_resource(show_spinner=False, max_entries=MOST)
def ranked(name: str, layer: int | None, count: int) -> list[surgery.Cost]:
    """Measure on the first pictures what losing each single neuron costs, the costliest first; needs labels."""
    known = labels(name)
    if known is None:
        raise ValueError(f"the network {name} has no labelled pictures; expected one of the ten digits")
    return ranking.ranking(network(name), pictures(name)[:count], known[:count], layer)


@st.cache_resource(show_spinner=False, max_entries=MOST)
def noise_confidence(name: str, dim: bool = False) -> float:
    """Measure the share of 2,000 pictures of noise, at full strength or `dim` as a digit, that convince some output."""
    grey = surgery.GREY if dim else 0.5
    return surgery.noise_confidence(network(name), np.random.default_rng(0), grey=grey)


@st.cache_resource(show_spinner=False, max_entries=MOST)
def letters_confidence(name: str) -> float:
    """Measure the share of 120 drawn letters, none like a digit, that convince some output."""
    net = network(name)
    drawn = np.stack(list(letters.drawings(np.random.default_rng(0))))
    x = net.preparation.scaled(net.preparation.pictures(drawn, net.shape)).reshape(len(drawn), -1)
    return float((net.forward(x).output.max(axis=1) > SURE).mean())


def letter(name: str) -> np.ndarray:
    """Return an A, drawn with the pen, as a network reads it: (n_in,)."""
    net = network(name)
    drawn = surgery.nonsense(np.random.default_rng(0))["letter"]
    return net.preparation.apply(drawn, net.shape)


def layer_name(name: str, layer: int) -> str:
    """Name a layer as the figures do: input, hidden 1, hidden 2, output."""
    return layer_names(len(network(name).layers))[layer]


def maps(name: str, layer: int, neurons: tuple[int, ...] | None = None) -> np.ndarray:
    """Return a picture (rows, columns) for each of some neurons of a layer, or all: its weights, or its pattern.

    The pattern through the layers before is the mean over the first `averaged` pictures.
    """
    net = network(name)
    if layer == 1:
        every = net.layers[0].W.reshape(-1, *net.shape)
        return every if neurons is None else every[list(neurons)]
    return _patterns(name, layer, neurons)


@st.cache_resource(show_spinner=False, max_entries=MOST // 4)
def _patterns(name: str, layer: int, neurons: tuple[int, ...] | None) -> np.ndarray:
    return attribution.pixel_patterns(network(name), _first(name, layer, neurons), layer, neurons).astype(np.float32)


def _first(name: str, layer: int, neurons: tuple[int, ...] | None) -> Trace:
    trace, count = test_trace(name), averaged(name, layer, len(neurons or network(name).layers[layer - 1].b))
    return Trace(tuple(a[:count] for a in trace.activations), tuple(z[:count] for z in trace.zs))


def averaged(name: str, layer: int, many: int = 1) -> int:
    """Return over how many pictures the patterns of so many neurons of a layer are averaged."""
    sizes, every = network(name).sizes, len(test_trace(name).output)
    work = many * sum(sizes[below] * sizes[below - 1] for below in range(2, layer)) if layer > 3 else 0
    return int(np.clip(MULTIPLIED // max(work, 1), 20, every))


def limit(values: np.ndarray) -> float:
    """Return the end of a colour scale for signed values: the largest, or 1 if all are zero."""
    return float(np.abs(values).max()) or 1.0


@st.cache_resource(show_spinner=False, max_entries=MOST // 4)
def shuffled_maps(name: str, layer: int, neurons: tuple[int, ...] | None = None) -> np.ndarray:
    """Return what the patterns of a later layer's neurons were with their weights shuffled: (n, rows, columns)."""
    return patterns.shuffled_patterns(network(name), _first(name, layer, neurons), layer, neurons=neurons)


@st.cache_resource(show_spinner=False)
def features() -> np.ndarray:
    """Say which test digits have each of `shapes.FEATURES`: (3, 10000)."""
    return shapes.features(test_digits().images)


def kept_separation(name: str) -> patterns.Separation | None:
    """Return what a shipped network's second hidden layer tells apart; None for another network's."""
    return patterns.kept(network(name))


def separation(name: str, layer: int, k: int) -> tuple[patterns.Separation, int]:
    """Measure what a neuron of a later layer tells apart; also its place among those measured together."""
    kept = kept_separation(name) if layer == 2 else None
    return (kept, k) if kept else (_separation(name, layer, k), 0)


def shares_by_digit(name: str, layer: int, k: int, feature: int) -> dict[int, float]:
    """Measure how well a neuron tells each digit's pictures with a feature from all without, on those counted."""
    found, place = separation(name, layer, k)
    z = test_trace(name).zs[layer - 1][:, k] * found.side[feature, place]
    has, digits = features()[feature, : len(z)], test_digits().labels[: len(z)]
    return patterns.by_digit(z[1::2], has[1::2], digits[1::2])


@st.cache_resource(show_spinner=False, max_entries=MOST)
def _separation(name: str, layer: int, k: int) -> patterns.Separation:
    trace = test_trace(name)
    return patterns.measure(network(name), trace, features()[:, : len(trace.output)], layer, neurons=[k])


def edge_score(name: str, k: int) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Fit a first-layer weight map, of at least 8 x 8 pixels, and measure what noise like it reaches."""
    net = network(name)
    return scored(net.layers[0].W[k].astype(np.float32).tobytes(), net.shape)


def testable(name: str) -> bool:
    """Say whether all first-layer weight maps can be put to the test of `edge_score`: not too small, nor too many."""
    net = network(name)
    return min(net.shape) >= edges.SMALLEST and net.sizes[1] <= MANY


@st.cache_resource(show_spinner=False, max_entries=MOST * 16)
def scored(weights: bytes, shape: tuple[int, int] = IMAGE_SHAPE) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Do so for a weight map given as the bytes of its float32: one turned knob makes one map new, not sixteen."""
    weight_map = np.frombuffer(weights, np.float32).reshape(shape)
    edge = edges.fit(weight_map)
    return edge, scores.beside_noise(weight_map, edge.explained if edge else 0.0)


def edge_scores(name: str) -> tuple[list[edges.Edge | None], list[chance.NoiseFloor]]:
    """Fit and measure all first-layer weight maps of a network."""
    each = [edge_score(name, k) for k in range(network(name).sizes[1])]
    return [edge for edge, _ in each], [floor for _, floor in each]


def margins(name: str) -> np.ndarray:
    """Return by how much each first-layer weight map (16,) explains more than 95 % of its own noise does."""
    return np.array([chance.margin(edge, floor) for edge, floor in zip(*edge_scores(name), strict=True)])


def ahead(name: str) -> np.ndarray:
    """Say which first-layer weight maps (16,) are ahead of their noise, allowing for sixteen looks at once."""
    pairs = zip(*edge_scores(name), strict=True)
    return chance.ahead(np.array([1.0 if edge is None else floor.p_value(edge.explained) for edge, floor in pairs]))


@st.cache_resource(show_spinner=False, max_entries=MOST)
def rise(name: str) -> attribution.Rise:
    """Find the first-layer neuron that some digit brightens most; measured on all test digits."""
    rest = network(name).forward(np.zeros(test_x().shape[1], np.float32)).activations[1]
    return attribution.steepest_rise(rest, test_trace(name).activations[1], test_digits().labels)


def _read(load: Callable[[Any], Any], what: Any) -> Any:
    try:
        return load(what)
    except (OSError, ValueError) as error:
        raise Unreadable(str(error)) from error
