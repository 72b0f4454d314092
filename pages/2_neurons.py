"""Neurons."""

from nnviz.ui import menu

menu.open_page("Examine a neuron", "soon")
