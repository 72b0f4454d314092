"""nnviz: draw a digit, watch a 784-16-16-10 network recognise it, and examine every neuron."""
