"""The shipped networks and digits, read once per server and shared by all visitors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import mnist
from nnviz.network import Network

NETWORKS = ("smooth", "plain", "untrained")


@st.cache_resource(show_spinner=False)
def network(name: str) -> Network:
    """Load a shipped network by name."""
    return Network.load(mnist.ASSETS / "networks" / f"{name}.npz")


@st.cache_resource(show_spinner=False)
def test_digits() -> mnist.Digits:
    """Load MNIST's 10,000 test digits."""
    return mnist.load("test")


@st.cache_resource(show_spinner=False)
def test_activations(name: str) -> tuple[np.ndarray, ...]:
    """Run all test digits through a network: one array (10000, n) per layer, the input left out."""
    return network(name).forward(test_digits().x).activations[1:]
