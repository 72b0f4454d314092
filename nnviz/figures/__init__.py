"""Figures: arrays in, a Plotly figure out; no Streamlit, no clock, no randomness, no theme colours."""

from nnviz.figures.curves import beside_noise, by_digit, sigmoid, tuning
from nnviz.figures.layers import activations, preparation
from nnviz.figures.maps import incoming, pictures, weight_map, weight_maps

__all__ = [
    "activations",
    "beside_noise",
    "by_digit",
    "incoming",
    "pictures",
    "preparation",
    "sigmoid",
    "tuning",
    "weight_map",
    "weight_maps",
]
