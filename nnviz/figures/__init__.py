"""Figures: arrays in, a Plotly figure out; no Streamlit, no clock, no randomness, no theme colours."""

from nnviz.figures.layers import activations, preparation

__all__ = ["activations", "preparation"]
