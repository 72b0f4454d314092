"""Taking it home: the figures as pictures for slides, the drawing as a page of its own, its numbers as a table."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from nnviz import figures
from nnviz.export import report
from nnviz.study import surgery
from nnviz.ui.kit import answer, picker
from nnviz.ui.session import data, inputs, yours

OF_A_NETWORK = {  # what a chart is called, by its key; others are called by their key
    "activations": "The layers",
    "drawn_and_prepared": "Drawn and prepared",
    "weight_maps": "All weight maps",
    "wiring": "The network",
    "confusion": "What it takes for what",
    "digits": "The digits",
    "nearest": "The digits nearest to the drawing",
    "two": "Two digits compared",
    "reliability": "Is a bright output a right one?",
    "answered": "If it may stay silent",
}
OF_A_NEURON = {
    "weight_map": "The weights",
    "contributions": "Weights × input",
    "sigmoid": "Bias and sigmoid",
    "best_fit": "Best fit over the weights",
    "noise": "Beside noise of the same kind",
    "tuning": "z for what it looks for, turned",
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
    js=Path(__file__).with_name("take_home.js").read_text(encoding="utf-8"),
)


def choices() -> None:
    """Offer every figure on the page, the drawing as a page, and its numbers."""
    shown = _snapshot()
    st.markdown("**Figures** for slides, 1920 × 1080")
    _pictures(key="take_pictures", data={"titles": _titles(shown)}, height="content")
    st.markdown("**This drawing** with all its numbers")
    name = f"nnviz-{_file_name(shown)}"
    # Both are made when pressed, outside the session: they hold all they need.
    st.download_button(
        "Page (HTML)", partial(figures.page, shown), f"{name}.html", "text/html", key="take_page",
        icon=":material/web:", on_click="ignore", width="stretch",
        help="Layers, weight maps and the chosen neuron, with hover, in one file that opens without nnviz",
    )  # fmt: skip
    st.download_button(
        "Numbers (CSV)", partial(report.table, shown.network, shown.trace.activations[0], shown.out), f"{name}.csv",
        "text/csv", key="take_numbers", icon=":material/table:", on_click="ignore", width="stretch",
        help="Every weight, contribution, bias, z and activation; one row per parameter",
    )  # fmt: skip
    if shown.out:
        neurons = ", ".join(_place(layer, k) for layer, k in sorted(shown.out))
        st.caption(f"Both are without what is knocked out on the Network page: {neurons}.")


def _file_name(shown: figures.Snapshot) -> str:
    """Name a file after the answer: a class's name may hold anything, so only its letters and digits are used."""
    if shown.answer is None:
        return "unsure"
    return re.sub(r"[^0-9A-Za-z]+", "-", shown.network.classes[shown.answer]).strip("-")[:20] or str(shown.answer)


def _snapshot() -> figures.Snapshot:
    """Gather what is shown now."""
    session = st.session_state
    name = session["network"]
    net = data.network(name)
    trace = surgery.without(net, net.forward(inputs.present(net)), session["out"])
    return figures.Snapshot(
        network=net,
        trace=trace,
        layer=session["layer"],
        neuron=session["neuron"],
        name=yours.shown(name),
        about=picker.about(name),
        answer=answer.digit(trace, net),
        sentence=answer.sentence(trace, net),
        description=answer.describe(trace, net),
        out=tuple(session["out"]),
        query=f"?{urlencode(st.query_params.to_dict())}",
    )


def _titles(shown: figures.Snapshot) -> dict[str, tuple[str, str]]:
    """Name the charts, and say what of; on the other pages that is not always the session's network or neuron."""
    page = st.session_state["page"]
    of_network = shown.name if page in ("Draw a digit", "Examine a neuron", "Network", "Know its mistakes") else ""
    of_neuron = f"{_place(shown.layer, shown.neuron)} of {shown.name}" if page == "Examine a neuron" else ""
    return {key: (title, of_network) for key, title in OF_A_NETWORK.items()} | {
        key: (title, of_neuron) for key, title in OF_A_NEURON.items()
    }


def _place(layer: int, k: int) -> str:
    return f"{data.layer_name(st.session_state['network'], layer)}, neuron {k}"
