"""What the painted neuron makes of the present drawing, and the neuron as a file."""

from __future__ import annotations

import streamlit as st

from nnviz import figures
from nnviz.export import link
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE
from nnviz.sentences import quoted
from nnviz.ui.kit import answer, arithmetic, canvas
from nnviz.ui.pages.build import painted
from nnviz.ui.session import inputs, state


def present(found: painted.Answers) -> None:
    """Show what the neuron makes of the present drawing."""
    x = st.session_state["x"].reshape(IMAGE_SHAPE)
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown("**your drawing**" if x.any() else "**nothing drawn yet**")
        st.plotly_chart(
            figures.pictures(x[None], [""], height=138), key="present_input", config=SHOWN,
            alt=f"Your drawing, as the network reads it: {answer.where(x)}.",
        )  # fmt: skip
    with right:
        st.markdown("**weights × input**")
        st.plotly_chart(
            figures.weight_map(found.terms, painted.limit_of(found.weights), "weights × input", height=120),
            key="present_terms", config=SHOWN,
            alt=f"Weights × input: numbers from {found.terms.min():.3f} to {found.terms.max():.3f}.",
        )  # fmt: skip
    arithmetic.numbers(found.own.sum(0))


def actions(found: painted.Answers) -> None:
    """Offer another drawing, and the neuron as a file."""
    with st.container(key="present_actions", horizontal=True, gap="small"):
        st.button(
            "Another test digit", icon=":material/casino:", key="another_digit", on_click=_another_digit,
            help="Or draw one yourself on the Draw page: the drawing is the same everywhere",
        )  # fmt: skip
        _files(found)


def _another_digit() -> None:
    canvas.take_test_digit()
    state.share()


def _files(found: painted.Answers) -> None:
    with st.popover("Save or load", icon=":material/save:", key="files"):
        st.download_button(
            "Save this neuron", link.neuron_bytes(found.weights, found.bias), "neuron.npz", "application/octet-stream",
            key="save_neuron", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.file_uploader(
            "Load a neuron", type=["npz"], key="neuron_file", max_upload_size=5, on_change=_load,
            help="A file saved here: w (28, 28) and b",
        )  # fmt: skip


def _load() -> None:
    file = inputs.uploaded("neuron_file")
    if file is None:
        return
    try:
        painted.change(*link.load_neuron(file.getvalue()))
        st.session_state["guess"] = None
    except ValueError as error:
        state.note(f"{quoted(file.name)} cannot be used: {error}. The present neuron stays.")
