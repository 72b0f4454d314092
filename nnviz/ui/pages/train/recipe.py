"""The recipe, choice by choice, each with a sentence on what it does to the maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from nnviz.export import recipe as written
from nnviz.sentences import quoted
from nnviz.training.optimiser import OPTIMISERS
from nnviz.training.recipe import LARGEST_SEED, MOST_EPOCHS, Recipe
from nnviz.training.words import WORDS
from nnviz.ui.session import state

RATES = (1e-4, 3e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = (10, 20, 50, 100, 200, 500, 1000)
CONTESTS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
SMOOTHNESS = (0.0, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1)
SPARSITY = (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01)
AVERAGES = (0.0, 0.9, 0.99, 0.999, 0.9999)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
NOISES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
HIDDEN = ("sigmoid", "tanh", "relu", "leaky relu", "identity")
OUTPUTS = ("sigmoid", "softmax")
OPTIMISER = {"sgd": "plain descent", "momentum": "momentum", "adam": "Adam", "soap": "Adam along waves (SOAP)"}
assert set(OPTIMISER) == set(OPTIMISERS)


def choices() -> None:
    """Show all choices; what is chosen goes into the link at once, and into the next training."""
    session = st.session_state
    before: Recipe = session["recipe"]
    found: dict[str, Any] = {}
    columns = st.columns(3, gap="large")
    for name, ask in _QUESTIONS.items():
        with columns[_COLUMN[name]]:
            found[name] = ask(getattr(before, name))
            st.caption(WORDS[name])
    st.caption(
        "The recipe is in this page's link. It trains the same weights again to the bit, on the same machine with the "
        "same version of NumPy."
    )
    try:
        found["sizes"] = _sizes(found["sizes"], before)
        wanted = replace(before, **found)
        wanted.check()
    except ValueError as error:
        st.html(f'<p class="note" role="alert">{_sentence(error)}</p>')
        return
    if wanted != before:
        session["recipe"] = session["asked"] = wanted
        state.share()
        _again()


def _again() -> None:
    """Run the part of the page that shows it; or all of it, where all is run: a connection was lost meanwhile, say."""
    try:
        st.rerun(scope="fragment")
    except StreamlitInvalidLayoutContextError:
        st.rerun()


def _sentence(error: ValueError) -> str:
    import html

    return html.escape(f"This cannot be trained here: {error}. The recipe stays as it was.")


def _sizes(text: str, before: Recipe) -> tuple[int, ...]:
    """Read the neurons of the hidden layers, "16, 16"."""
    try:
        return written.decode(f"epochs:1,sizes:{text.replace(' ', '').replace(',', '-')}").sizes
    except ValueError:
        raise ValueError(f"hidden layers of {quoted(text)} neurons are not understood; 16, 16 or 32 are") from None


def _key(name: str) -> str:
    """Name a widget; when the recipe was chosen elsewhere, by a preset say, they begin anew with what it says."""
    session = st.session_state
    if session["asked"] != session["recipe"]:
        session["asked"], session["asking"] = session["recipe"], session["asking"] + 1
    return f"recipe {name} {session['asking']}"


def _slider(title: str, name: str, usual: Sequence[float], said: Callable[[Any], str] = "{:g}".format) -> Any:
    def ask(value: float) -> float:
        options = sorted({*usual, value})
        return st.select_slider(title, options, value, key=_key(name), format_func=said)

    return ask


def _words(title: str, name: str, titles: dict[str, str]) -> Any:
    def ask(value: str) -> str:
        return str(st.selectbox(title, list(titles), list(titles).index(value), key=_key(name),
                                format_func=titles.__getitem__))  # fmt: skip

    return ask


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


_QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "sizes": lambda sizes: st.text_input(
        "Neurons in the hidden layers, such as 16, 16", ", ".join(map(str, sizes[1:-1])), key=_key("sizes"),
        max_chars=40,
    ),
    "hidden": _words("Activation of hidden layers", "hidden", {name: name for name in HIDDEN}),
    "output": _words("Activation of the output", "output", {name: name for name in OUTPUTS}),
    "contest": _slider("Also ask which output is brightest", "contest", CONTESTS),
    "smoothness": _slider("Smoothness", "smoothness", SMOOTHNESS),
    "sparsity": _slider("Sparsity (L1)", "sparsity", SPARSITY),
    "optimiser": _words("Optimiser", "optimiser", OPTIMISER),
    "rate": _slider("Learning rate", "rate", RATES),
    "batch": _slider("Digits in a batch", "batch", BATCHES),
    "epochs": lambda epochs: int(st.slider("Epochs", 1, MOST_EPOCHS, epochs, key=_key("epochs"))),
    "average": _slider("Average of the weights", "average", AVERAGES),
    "pens": lambda pens: st.toggle("With the pen digits", pens, key=_key("pens")),
    "share": _slider("Share of the training digits", "share", SHARES, _percent),
    "noise": _slider("Share of wrong labels", "noise", NOISES, _percent),
    "seed": lambda seed: int(st.number_input("Seed", 0, LARGEST_SEED, seed, step=1, key=_key("seed"), format="%d")),
}  # fmt: skip
_COLUMN = {name: min(2, k // 5) for k, name in enumerate(_QUESTIONS)}
