"""Taking it home: the figures as pictures for slides, the explorer alive in one file, the numbers as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from nnviz.export import report
from nnviz.network import Network
from nnviz.study import surgery
from nnviz.ui.frame import share
from nnviz.ui.kit import answer, picker
from nnviz.ui.live.bundle import bundle
from nnviz.ui.live.live import MOST_NUMBERS
from nnviz.ui.pocket import handed
from nnviz.ui.pocket.page import Held
from nnviz.ui.session import data, inputs, yours
from nnviz.web.reach import reachable

BYTES = 16 / 3  # of the file, for each of a network's numbers: float32 in base64
LARGE = 40_000  # numbers; with more the file has over 400 kB, and its size is said
OF_A_NETWORK = {  # what a chart is called, by its key; others are called by their key
    "activations": "The layers",
    "drawn_and_prepared": "Drawn and prepared",
    "weight_maps": "All weight maps",
    "wiring": "The network",
    "confusion": "What it takes for what",
    "forming": "The weight maps at this moment",
    "course": "How it learned",
    "lens_weights": "The weights before the step",
    "lens_gradient": "The gradient",
    "digits": "The digits",
    "map": "The map of all digits",
    "differences": "Two digits, neuron by neuron",
    "nearest": "The digits nearest to the drawing",
    "two": "Two digits compared",
    "reliability": "Is a bright output a right one?",
    "convinced": "How sure it is of what is no digit",
    "answered": "If it may stay silent",
}
OF_A_NEURON = {
    "weight_map": "The weights",
    "contributions": "Weights × input",
    "sigmoid": "Bias and sigmoid",
    "best_fit": "Best fit over the weights",
    "noise": "Beside noise of the same kind",
    "tuning": "Sum z for what it looks for, turned",
    "most": "What excites it most",
    "least": "What excites it least",
    "by_digit": "Mean activation by digit",
    "pattern": "What it sees through the layers before",
}
_pictures = st.components.v2.component(
    "nnviz_pictures",
    html='<ul></ul><p hidden>There is no figure on this page.</p><output aria-live="polite"></output>',
    css="""
        ul { list-style: none; margin: 0; padding: 0; }
        li { display: flex; align-items: center; gap: .5rem; padding: .15rem 0; }
        li span { flex: 1; }
        p { margin: 0; }
        button { min-width: 3.5rem; min-height: 2.75rem; font: inherit; cursor: pointer; color: inherit;
            background: none; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
        button:hover { color: var(--st-primary-color); border-color: currentColor; }
        button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
        output { display: block; min-height: 1.5em; font-size: .875rem; }
    """,
    js=bundle(Path(__file__).with_name("take_home.js")),
)


def choices() -> None:
    """Offer every figure on the page, the explorer with the drawing in it, and the drawing's numbers."""
    net = data.network(st.session_state["network"])
    x, out = inputs.present(net), tuple(st.session_state["out"])
    st.markdown("**Figures** for slides, 1920 × 1080")
    _pictures(key="take_pictures", data={"titles": _titles()}, height="content")
    st.markdown("**The explorer**, alive, with this drawing in it")
    name = f"nnviz-{_file_name(net, x, out)}"
    # Both are made when pressed, outside the session: they hold all they need.
    st.download_button(
        "Explorer (HTML)", _explorer(net), f"{name}.html", "text/html", key="take_page",
        icon=":material/web:", on_click="ignore", width="stretch",
        help="Draw on, in one file that opens on any phone or laptop without nnviz and without the internet",
    )  # fmt: skip
    if net.parameter_count > MOST_NUMBERS:
        st.caption("This network is too large for it; the lesson’s four are in it.")
    elif net.parameter_count > LARGE:
        st.caption(f"With this network it is {net.parameter_count * BYTES / 1e6 + 0.4:.1f} MB.")
    st.markdown("**This drawing** in numbers")
    st.download_button(
        "Numbers (CSV)", partial(report.table, net, x, out), f"{name}.csv",
        "text/csv", key="take_numbers", icon=":material/table:", on_click="ignore", width="stretch",
        help="Every weight, contribution, bias, sum z and activation; one row per parameter",
    )  # fmt: skip
    if out:
        neurons = ", ".join(_place(layer, k) for layer, k in sorted(out))
        st.caption(f"Both are without what is knocked out on the Network page: {neurons}.")


def _file_name(net: Network, x: np.ndarray, out: Sequence[tuple[int, int]]) -> str:
    """Name a file after the answer: a class's name may hold anything, so only its letters and digits are used."""
    found = answer.digit(surgery.without(net, net.forward(x), out), net)
    if found is None:
        return "unsure"
    return re.sub(r"[^0-9A-Za-z]+", "-", net.classes[found]).strip("-")[:20] or str(found)


def _explorer(net: Network) -> Callable[[], str]:
    """Return what writes the explorer with the lesson's networks and this one, opening with what is on screen."""
    name, query = st.session_state["network"], st.query_params.to_dict()
    chooses = urlencode([(key, text) for key, text in query.items() if key in ("network", "turned")])
    own = Held(name, net, yours.shown(name), picker.about(name), "" if chooses == f"network={yours.WORD}" else chooses)
    fits = net.parameter_count <= MOST_NUMBERS
    kept = ("layer", "neuron", "out", "drawing") if fits else ("drawing",)  # the others are of this network
    state = {"network": name} if fits else {}
    state |= {key: text for key, text in query.items() if key in kept}
    url = st.context.url or ""
    return partial(handed.taken, own if fits else None, urlencode(state), share.app(reachable(url)[0] or url))


def _titles() -> dict[str, tuple[str, str]]:
    """Name the charts, and say what of; on the other pages that is not always the session's network or neuron."""
    opened, name = st.session_state["page"], yours.shown(st.session_state["network"])
    of_network = name if opened in ("Draw a digit", "Examine a neuron", "Network", "Know its mistakes") else ""
    place = _place(st.session_state["layer"], st.session_state["neuron"])
    of_neuron = f"{place} of {name}" if opened == "Examine a neuron" else ""
    return {key: (title, of_network) for key, title in OF_A_NETWORK.items()} | {
        key: (title, of_neuron) for key, title in OF_A_NEURON.items()
    }


def _place(layer: int, k: int) -> str:
    return f"{data.layer_name(st.session_state['network'], layer)}, neuron {k}"
