"""A network brought along in a file: opened, and asked what the file does not say."""

from __future__ import annotations

import streamlit as st

from nnviz import described, files
from nnviz.files import arrays
from nnviz.network import Network
from nnviz.ui.kit import picker
from nnviz.ui.session import data, inputs, settings, state, yours

LARGEST = files.LARGEST_FILE // 1_000_000
OPENS = (
    "Dense layers from PyTorch (.safetensors, .onnx), Keras (.keras, .h5), scikit-learn (.onnx) or nnviz (.npz): 1 to "
    f"6 layers of up to 512 neurons, 2 to 62 classes, grey pictures of up to 64 × 64; files of up to {LARGEST} MB. "
    "Pickles (.pt, .pkl) could run code, so they are refused; a message then shows how to convert one."
)
UNSAID = {
    "activations": "which activation follows each layer",
    "shape": "the rows and columns of its pictures",
    "preparation": "how drawings are prepared for it",
}


def bring(net: Network) -> None:
    """Open a file; say what the network chosen is, and of one from a file ask what that does not say."""
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        st.file_uploader(
            "Open a network from a file", key="network_file", on_change=_opened,
            max_upload_size=LARGEST,
        )  # fmt: skip
        st.caption(OPENS)
    with right:
        own = yours.current()
        st.caption(f"Now chosen: {described.network(net)}.")
        if own and not own.base:
            with st.expander("What a file may leave out", expanded=bool(own.unsaid), icon=":material/help:"):
                _questions(own)
        else:
            st.caption(picker.sentence(st.session_state["network"]))


def _questions(own: yours.Yours) -> None:
    if own.unsaid:
        missing = ", nor ".join(UNSAID[what] for what in own.unsaid)
        st.markdown(f"The file does not say {missing}. The usual answers were assumed: **please check**.")
    with st.form("network_settings", border=False):
        _activations(own)
        left, right = st.columns(2, gap="medium")
        with left:
            _placing(own)
        with right:
            _scaling(own)
        st.form_submit_button(
            "Use these answers", type="primary", key="settle_network", on_click=_settled, args=(own.name,)
        )


def _activations(own: yours.Yours) -> None:
    st.caption(
        "**What follows each layer's sums?** Hidden layers most often have ReLU. The last one has softmax, which "
        "shares out 1 among the answers; PyTorch leaves it out of the network, so it has to be added here."
    )
    layers = own.network.layers
    columns = st.columns(min(len(layers), 3), gap="small")
    for number, layer in enumerate(layers, start=1):
        every = described.choices(layer, last=number == len(layers))
        columns[(number - 1) % 3].selectbox(
            data.layer_name(own.name, number).capitalize(), every, every.index(arrays.written(layer)),
            format_func=described.activation, key=settings.key(f"activation {number}", own.name),
        )  # fmt: skip


def _placing(own: yours.Yours) -> None:
    wanted, (rows, columns) = own.network.preparation, own.network.shape
    st.caption("**How does a drawing become its picture?** The way its training pictures were made.")
    st.radio(
        "The drawing is placed", list(described.PLACED), list(described.PLACED).index(wanted.place),
        format_func=described.PLACED.__getitem__, key=settings.key("place", own.name),
    )  # fmt: skip
    every = [f"{rows} × {columns}" for rows, columns in files.shapes(own.network.sizes[0])]
    st.selectbox(
        "Rows × columns", every, every.index(f"{rows} × {columns}"), key=settings.key("shape", own.name),
    )  # fmt: skip


def _scaling(own: yours.Yours) -> None:
    wanted = own.network.preparation
    st.caption("**What numbers are its pixels?** 0 black to 1 white, if nothing was done to them.")
    st.checkbox("Dark ink on white, not light on black", wanted.inverted, key=settings.key("inverted", own.name))
    st.number_input(
        "Subtracted from each pixel (the mean)", -1000.0, 1000.0, wanted.mean, step=0.01, format="%.4f",
        key=settings.key("mean", own.name), help="0 if nothing was; for MNIST often 0.1307, with 0.3081 below",
    )  # fmt: skip
    st.number_input(
        "then divided by (the standard deviation)", 0.001, 1000.0, wanted.deviation, step=0.01, format="%.4f",
        key=settings.key("deviation", own.name), help="1 if it was not",
    )  # fmt: skip


def _opened() -> None:
    """Use the network of an uploaded file, once; say what is wrong with any other."""
    file = inputs.uploaded("network_file")
    if file is None or file.file_id == st.session_state["loaded_file"]:
        return
    st.session_state["loaded_file"] = file.file_id
    try:
        yours.load(file.getvalue(), file.name)
    except files.Pickled as error:
        state.note(f"{error}")
    except ValueError as error:
        state.note(f"{error}. The present network stays.")
    _chosen()


def _settled(name: str) -> None:
    try:
        yours.settle(name, settings.answered(name))
    except ValueError as error:
        state.note(f"The answers were not used: {error}.")
    _chosen()


def _chosen() -> None:
    state.check_network()
    state.share()
