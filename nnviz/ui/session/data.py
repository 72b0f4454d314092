"""The networks and the digits: once per server, shared by all visitors.

A visitor's own network has a name that stands for its weights (`yours`), so that it is measured like a shipped one
(`measured`).
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
from nnviz.network import IMAGE_SHAPE, Network
from nnviz.preparation import Preparation
from nnviz.sentences import quoted
from nnviz.study import nonsense
from nnviz.ui.session import yours

LESSONS = ("smooth", "rough", "plain", "untrained")  # of the lesson's shape, to be compared with each other
NETWORKS = (*LESSONS, "wide")
DIGITS = tuple("0123456789")
BATCH = 1000  # pictures prepared at once
FEWER = 2000  # test digits, for networks of large pictures
MOST = 64  # networks, and neurons knocked out of them, whose measurements are kept
UNLABELLED = (
    "How many pictures it reads is not known: nnviz comes with labelled pictures of the ten digits only, and "
    "this network has other classes."
)


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


def network(name: str | None) -> Network:
    """Return a network by name, the first by none, which no page sends, but other programs; raises `Unreadable`."""
    name = name or NETWORKS[0]
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
    return prepared(net.preparation, net.shape)


def labels(name: str) -> np.ndarray | None:
    """Return which output belongs to each of `pictures`, (n,); None if its classes are not the ten digits."""
    return test_digits().labels[: len(pictures(name))] if network(name).classes == DIGITS else None


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Preparation: repr})
def prepared(preparation: Preparation, shape: tuple[int, int]) -> np.ndarray:
    """Return test digits prepared this way for pictures of this shape, (n, n_in), as `pictures` has them."""
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


def counted(n: int) -> str:
    """Write which test digits something was measured on: "10,000 test digits", or the first so many."""
    every = len(test_digits().labels)
    return f"{n:,} test digits" if n == every else f"first {n:,} test digits"


def letter(name: str) -> np.ndarray:
    """Return an A, drawn with the pen, as a network reads it: (n_in,)."""
    net = network(name)
    drawn = nonsense.pictures(np.random.default_rng(0))["letter"]
    return net.preparation.apply(drawn, net.shape)


def layer_name(name: str, layer: int) -> str:
    """Name a layer as the figures do: input, hidden 1, hidden 2, output."""
    return layer_names(len(network(name).layers))[layer]


def limit(values: np.ndarray) -> float:
    """Return the end of a colour scale for signed values: the largest, or 1 if all are zero."""
    return float(np.abs(values).max()) or 1.0


def _read(load: Callable[[Any], Any], what: Any) -> Any:
    try:
        return load(what)
    except (OSError, ValueError) as error:
        raise Unreadable(str(error)) from error
