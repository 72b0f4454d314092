"""What a visitor makes: the picture, and the neuron painted by hand; checked as they are taken over."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from nnviz.export import link
from nnviz.ink import SIDE, shrink
from nnviz.network import Network
from nnviz.preparation import MNIST
from nnviz.study import build
from nnviz.ui.session.notes import note


def set_picture(x: np.ndarray, ink: np.ndarray | None = None) -> None:
    """Make `x` (784,) or (28, 28), 0..1, the drawing; `ink` (H, W), 0..1, is what it was prepared from, if it was."""
    session = st.session_state
    session["x"] = np.array(x, np.float32).reshape(-1)  # a copy: a view would keep alive all it is a view of
    session["canvas_ink"] = None if ink is None else np.rint(ink * 255).astype(np.uint8)
    session["drawn"] = session["x"].reshape(SIDE, SIDE) if ink is None else shrink(ink)


def present(net: Network) -> np.ndarray:
    """Return the drawing as a network reads it, (n_in,) float32, prepared its own way.

    A picture that was prepared before it came here, a test digit or a link's, is a drawing of 28 x 28 pixels.
    """
    session = st.session_state
    if net.shape == (SIDE, SIDE) and net.preparation.place == MNIST.place:
        return net.preparation.scaled(session["x"])
    ink = session["x"].reshape(SIDE, SIDE) if session["canvas_ink"] is None else session["canvas_ink"] / 255
    return net.preparation.apply(ink, net.shape)


def set_neuron(weights: np.ndarray, bias: float) -> None:
    """Make weights (28, 28) and a bias the neuron made by hand; ValueError, and no change, if they are out of range."""
    weights, bias = build.quantize(weights), build.check_bias(bias)
    link.encode_neuron(weights, bias)  # what cannot go into the address is not taken over either
    st.session_state["painted"], st.session_state["painted_bias"] = weights, bias
    st.session_state["build_begun"] = True


def uploaded(key: str) -> UploadedFile | None:
    """Return the file that was put into a widget; of one that the server has not, or no more, say so: None."""
    file = st.session_state[key]
    if isinstance(file, DeletedFile):
        note("This file is not on the server any more. Choose it again.")
        return None
    return file
