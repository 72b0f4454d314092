"""Figures: arrays in, a Plotly figure out; no Streamlit, no clock, no randomness, no theme colours."""

from nnviz.figures.building import probe_row, sums_by_digit, threshold
from nnviz.figures.compared import differences
from nnviz.figures.confusion import answered, confusion, convinced, reliability
from nnviz.figures.course import MOST_MAPS, course, forming
from nnviz.figures.curves import beside_noise, by_digit, sigmoid, tuning
from nnviz.figures.layers import activations, preparation
from nnviz.figures.maps import incoming, pictures, weight_map, weight_maps
from nnviz.figures.separation import separation
from nnviz.figures.strips import Strip, strips
from nnviz.figures.wiring import wiring

__all__ = [
    "MOST_MAPS",
    "Strip",
    "activations",
    "answered",
    "beside_noise",
    "by_digit",
    "confusion",
    "convinced",
    "course",
    "differences",
    "forming",
    "incoming",
    "pictures",
    "preparation",
    "probe_row",
    "reliability",
    "separation",
    "sigmoid",
    "strips",
    "sums_by_digit",
    "threshold",
    "tuning",
    "weight_map",
    "weight_maps",
    "wiring",
]
