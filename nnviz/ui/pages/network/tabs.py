"""Below the picture: one neuron, neurons lost, a knob turned, sums, nonsense, a network brought along."""

from __future__ import annotations

import streamlit as st

from nnviz.network import Network, Trace
from nnviz.study import surgery
from nnviz.ui.frame import menu
from nnviz.ui.kit import arithmetic, nonsense, picker
from nnviz.ui.pages.network import bring, knobs, losses, signal, wiring
from nnviz.ui.session import data, inputs


def which(net: Network) -> tuple[int, int]:
    """Count the knobs, and choose the neuron that the tabs are about."""
    with st.container(key="which", horizontal=True, vertical_alignment="bottom"):
        chosen = picker.neuron(net)
        wiring.counts(net)
    return chosen


def more(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the open one of six tabs."""
    sections = {
        "One neuron": lambda: one_neuron(net, trace, layer, k),
        "Knock neurons out": lambda: losses.knock_out(net, trace, layer),
        "Turn a knob": lambda: knobs.turn(net, layer, k),
        "The sums": lambda: signal.sums(net, trace),
        "Feed it nonsense": nonsense.choices,
        "Bring your own": lambda: bring.bring(net),
    }
    for tab, show in zip(st.tabs(list(sections), key="dismantle", on_change="rerun"), sections.values(), strict=True):
        if tab.open:
            with tab:
                show()


def one_neuron(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show a neuron's arithmetic, and the way to its weight map."""
    into, out_of = net.sizes[layer - 1], net.sizes[layer + 1] if layer < len(net.layers) else 0
    most = f" (of those in, the {wiring.FOCUS} strongest)" if into > wiring.FOCUS else ""
    st.caption(
        f"Neuron {k} of {data.layer_name(st.session_state['network'], layer)} has {into:,} lines in, {out_of:,} out "
        f"and a bias. “Lines” above can draw only these{most}."
    )
    out = st.session_state["out"]
    if (layer, k) in out:
        st.caption("It is knocked out: it passes on 0, whatever its sum. These are the numbers it would have.")
        whole = net.forward(inputs.present(net))
        trace = surgery.without(net, whole, [place for place in out if place != (layer, k)])
    arithmetic.arithmetic(net, trace, layer, k)
    if st.button("Its weights on the Neurons page", key="to_neurons", icon=":material/grid_view:"):
        st.switch_page(menu.ROOT / "pages" / "2_neurons.py")
