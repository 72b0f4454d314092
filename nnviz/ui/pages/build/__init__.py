"""Build: a neuron painted by hand."""
