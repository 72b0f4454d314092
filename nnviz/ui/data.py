"""The shipped networks, the digits, and what is measured on them: once per server, shared by all visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import streamlit as st

from nnviz import attribution, edges, mnist
from nnviz.network import IMAGE_SHAPE, Network, Trace

NETWORKS = ("smooth", "plain", "untrained")


class Unreadable(Exception):
    """A file in assets/ is missing or damaged; the message is a sentence for the page."""


@contextmanager
def explained() -> Iterator[None]:
    """Say on the page which file cannot be read, and end the run there, instead of failing."""
    try:
        yield
    except Unreadable as error:
        st.error(str(error), icon=":material/broken_image:")
        st.stop()


@st.cache_resource(show_spinner=False)
def network(name: str) -> Network:
    """Load a shipped network by name; raises `Unreadable`."""
    return _read(Network.load, mnist.ASSETS / "networks" / f"{name}.npz")


@st.cache_resource(show_spinner=False)
def test_digits() -> mnist.Digits:
    """Load MNIST's 10,000 test digits; raises `Unreadable`."""
    return _read(mnist.load, "test")


@st.cache_resource(show_spinner=False)
def test_trace(name: str) -> Trace:
    """Run all test digits through a network."""
    return network(name).forward(test_digits().x)


def layer_name(name: str, layer: int) -> str:
    """Name a layer as the figures do: input, hidden 1, hidden 2, output."""
    last = len(network(name).layers)
    return "input" if layer == 0 else "output" if layer == last else f"hidden {layer}"


@st.cache_resource(show_spinner=False)
def maps(name: str, layer: int) -> np.ndarray:
    """Return a picture (28, 28) per neuron of a layer: its weights, or its pattern through the layers before."""
    net = network(name)
    if layer == 1:
        return net.layers[0].W.reshape(-1, *IMAGE_SHAPE)
    return np.stack([attribution.pixel_pattern(net, test_trace(name), layer, k) for k in range(net.sizes[layer])])


@st.cache_resource(show_spinner=False)
def edge_score(name: str, k: int) -> tuple[edges.Edge | None, edges.NoiseFloor]:
    """Fit a first-layer weight map, and measure what noise like it reaches."""
    weight_map = maps(name, 1)[k]
    return edges.fit(weight_map), edges.noise_floor(weight_map, np.random.default_rng(k))


def edge_scores(name: str) -> tuple[list[edges.Edge | None], list[edges.NoiseFloor]]:
    """Fit and measure all first-layer weight maps of a network."""
    scores = [edge_score(name, k) for k in range(network(name).sizes[1])]
    return [edge for edge, _ in scores], [floor for _, floor in scores]


def margins(name: str) -> np.ndarray:
    """Return by how much each first-layer weight map (16,) explains more than 95 % of its own noise does."""
    return np.array([edges.margin(edge, floor) for edge, floor in zip(*edge_scores(name), strict=True)])


def _read(load: Callable[[Any], Any], what: Any) -> Any:
    try:
        return load(what)
    except (OSError, ValueError) as error:
        raise Unreadable(str(error)) from error
