"""Neurons: all weight maps of a layer, and one neuron taken apart."""

import streamlit as st

from nnviz.ui import menu, neuron, picker

menu.open_page(
    "Examine a neuron",
    "A neuron adds up weights × inputs, adds its bias and squashes the sum into 0..1. Click a map to take it apart.",
)

with st.container(key="bar", horizontal=True, vertical_alignment="bottom", gap="medium"):
    net = picker.network()
    trace = net.forward(st.session_state["x"])
    layer, chosen = picker.neuron(net)
    order = picker.order(layer, trace)
name = st.session_state["network"]

left, right = st.columns([1, 1.75], gap="medium")
with left:
    neuron.gallery(net, trace, layer, chosen, order)
with right:
    neuron.arithmetic(net, trace, layer, chosen)
    neuron.weights_and_terms(net, trace, layer, chosen)
    through = "Is it an edge detector?" if layer == 1 else "What it sees through the layers before"
    tabs = st.tabs([through, "What it answers to", "The ten largest terms"])
    with tabs[0]:
        if layer == 1:
            neuron.is_it_an_edge(name, chosen)
        else:
            neuron.pattern(name, layer, chosen)
    with tabs[1]:
        neuron.answers_to(name, layer, chosen)
    with tabs[2]:
        neuron.largest_terms(net, trace, layer, chosen)

st.divider()
st.markdown("#### The three networks side by side")
neuron.side_by_side()
