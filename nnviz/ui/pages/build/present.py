"""What the painted neuron makes of the present drawing, or of a test digit, and the neuron as a file."""

from __future__ import annotations

from typing import Any

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
    """Show what the neuron makes of the present drawing, or of a test digit."""
    x, what = painted.looked_at().reshape(IMAGE_SHAPE), painted.what()
    with st.container(key="weighed", horizontal=True, gap="small"):
        _picture(
            what, figures.pictures(x[None], [""]), "present_input",
            f"{what.capitalize()}, as the network reads it: {answer.where(x)}.",
        )  # fmt: skip
        _picture(
            "weights × input", figures.weight_map(found.terms, painted.limit_of(found.weights), "weights × input"),
            "present_terms", f"Weights × input: numbers from {found.terms.min():.3f} to {found.terms.max():.3f}.",
        )  # fmt: skip
    arithmetic.numbers(found.own.sum(0))


def _picture(title: str, figure: Any, key: str, alt: str) -> None:
    with st.container(key=f"picture_{key}", height=150, border=False):  # the style sheet makes it a square
        st.html(f'<p class="said">{title}</p>')
        st.plotly_chart(figure, key=key, height="stretch", config=SHOWN, alt=alt)


def actions(found: painted.Answers) -> None:
    """Offer the neuron as a file, and another drawing."""
    with st.container(key="present_actions", horizontal=True, gap="small"):
        _files(found)
        st.button(
            "Another digit", icon=":material/casino:", key="another_digit", on_click=_another_digit,
            help="A test digit at random; or draw one yourself on the Draw page",
        )  # fmt: skip


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
