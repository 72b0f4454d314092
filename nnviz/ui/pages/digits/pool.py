"""The labelled pictures the page is about: the test digits, or a visitor's own; and what a network makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnviz.files.pictures import Pictures
from nnviz.network import Network, Trace
from nnviz.study import plane
from nnviz.ui.session import data, measured


@dataclass(frozen=True, eq=False)
class Pool:
    """Pictures, their labels, and one pass of a network over all of them.

    Attributes
    ----------
    images : array (n, rows, columns) uint8
    labels : int array (n,)
    trace : Trace
    called : str
        What one of them is called.
    key : str
        Stands for network and pictures, so that what is measured is kept for just these.
    own : bool
        Whether they are the visitor's.
    """

    images: np.ndarray
    labels: np.ndarray
    trace: Trace
    called: str
    key: str
    own: bool = False

    @property
    def answers(self) -> np.ndarray:
        """The brightest output's number for each picture (n,), sure or not."""
        return self.trace.prediction


def of(net: Network, name: str) -> Pool | None:
    """Return the pictures for a network: the visitor's own, if they fit, or the test digits; None if neither do."""
    own: Pictures | None = st.session_state["own_pictures"]
    if own is not None and own.fit(net):
        key = f"{name} {own.digest}"
        return Pool(own.images, own.labels, _traced(key, net, own), "picture", key, own=True)
    labels = data.labels(name)
    if labels is None:
        return None
    trace = measured.test_trace(name)
    n = len(trace.output)  # a large network's trace is of fewer
    return Pool(data.test_digits().images[:n], labels[:n].astype(np.int64), trace, "test digit", name)


@st.cache_resource(show_spinner=False, max_entries=3)
def _traced(key: str, _net: Network, _own: Pictures) -> Trace:
    return _net.forward(_own.x(_net))


def planes(net: Network, pool: Pool) -> list[plane.Plane]:
    """Find the plane in which the pictures are spread out most, in each layer, the input first."""
    kind = f"{net.preparation!r} {net.shape} {len(pool.labels)} {pool.key if pool.own else ''}"
    return _planes(pool.key, kind, pool.trace)


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 8)
def _planes(key: str, kind: str, _trace: Trace) -> list[plane.Plane]:
    found = [_input_plane(kind, _trace.activations[0])]
    for activations in _trace.activations[1:]:
        found.append(plane.principal(activations, beside=found[-1].points))
    return found


@st.cache_resource(show_spinner=False, max_entries=4)
def _input_plane(kind: str, _x: np.ndarray) -> plane.Plane:
    """Find it for the input, which networks of one kind share and whose 784 pixels take the longest."""
    return plane.principal(_x)


def apart(net: Network, pool: Pool) -> list[float]:
    """Measure which share of the variance lies between the classes, in each layer."""
    return _apart(pool.key, pool.trace, pool.labels)


@st.cache_resource(show_spinner=False, max_entries=data.MOST // 4)
def _apart(key: str, _trace: Trace, _labels: np.ndarray) -> list[float]:
    return [plane.between(activations, _labels) for activations in _trace.activations]
