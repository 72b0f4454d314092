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

from nnviz import attribution, chance, edges, mnist, patterns, scores, served, shapes, surgery
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.preparation import Preparation
from nnviz.sentences import quoted
from nnviz.ui.session import yours

LESSONS = ("smooth", "rough", "plain", "untrained")  # of the lesson's shape, to be compared with each other
NETWORKS = (*LESSONS, "wide")
DIGITS = tuple("0123456789")
FEWER = 2000  # test digits, for networks of large pictures
MOST = 64  # networks, and neurons knocked out of them, whose measurements are kept


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
    return np.stack([preparation.apply(image / 255, shape) for image in images])


@st.cache_resource(show_spinner=False)
def training_x(count: int = 5000) -> np.ndarray:
    """Return the first training digits as a network reads them, (count, 784); raises `Unreadable`."""
    digits = _read(mnist.load, "train")
    return mnist.Digits(digits.images[:count], digits.labels[:count]).x


@st.cache_resource(show_spinner=False, max_entries=MOST // 8)
def test_trace(name: str) -> Trace:
    """Run all test digits through a network."""
    return network(name).forward(pictures(name))


@st.cache_resource(show_spinner=False, max_entries=MOST * 8)
def cost(name: str, out: tuple[tuple[int, int], ...]) -> surgery.Cost:
    """Measure on all test digits what losing neurons costs; without any, how good the network is."""
    return surgery.cost_of_losing(network(name), test_x(), test_digits().labels, out)


@st.cache_resource(show_spinner=False, max_entries=MOST)
def ranking(name: str) -> list[surgery.Cost]:
    """Measure on all test digits what losing each single neuron costs, the costliest first."""
    return surgery.ranking(network(name), test_x(), test_digits().labels)


@st.cache_resource(show_spinner=False, max_entries=MOST)
def noise_confidence(name: str, dim: bool = False) -> float:
    """Measure the share of 2,000 pictures of noise, at full strength or `dim` as a digit, that convince some output."""
    grey = surgery.GREY if dim else 0.5
    return surgery.noise_confidence(network(name), np.random.default_rng(0), grey=grey)


def layer_name(name: str, layer: int) -> str:
    """Name a layer as the figures do: input, hidden 1, hidden 2, output."""
    last = len(network(name).layers)
    return "input" if layer == 0 else "output" if layer == last else f"hidden {layer}"


@st.cache_resource(show_spinner=False, max_entries=MOST)
def maps(name: str, layer: int) -> np.ndarray:
    """Return a picture (28, 28) per neuron of a layer: its weights, or its pattern through the layers before."""
    net = network(name)
    if layer == 1:
        return net.layers[0].W.reshape(-1, *IMAGE_SHAPE)
    return np.stack([attribution.pixel_pattern(net, test_trace(name), layer, k) for k in range(net.sizes[layer])])


def limit(values: np.ndarray) -> float:
    """Return the end of a colour scale for signed values: the largest, or 1 if all are zero."""
    return float(np.abs(values).max()) or 1.0


@st.cache_resource(show_spinner=False, max_entries=MOST)
def shuffled_maps(name: str, layer: int) -> np.ndarray:
    """Return a picture (28, 28) per neuron of a later layer: what its pattern were with its weights shuffled."""
    return patterns.shuffled_patterns(network(name), test_trace(name), layer)


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
    z = test_trace(name).zs[layer - 1][1::2, k] * found.side[feature, place]
    return patterns.by_digit(z, features()[feature, 1::2], test_digits().labels[1::2])


@st.cache_resource(show_spinner=False, max_entries=MOST)
def _separation(name: str, layer: int, k: int) -> patterns.Separation:
    return patterns.measure(network(name), test_trace(name), features(), layer, neurons=[k])


def edge_score(name: str, k: int) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Fit a first-layer weight map, and measure what noise like it reaches."""
    return scored(network(name).layers[0].W[k].tobytes())


@st.cache_resource(show_spinner=False, max_entries=MOST * 16)
def scored(weights: bytes) -> tuple[edges.Edge | None, chance.NoiseFloor]:
    """Do so for a weight map given as the bytes of its float32: one turned knob makes one map new, not sixteen."""
    weight_map = np.frombuffer(weights, np.float32).reshape(IMAGE_SHAPE)
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
