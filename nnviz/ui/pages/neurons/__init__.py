"""Neurons: all weight maps of a layer, and one neuron taken apart."""
