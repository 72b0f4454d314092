"""Draw: a digit on the canvas, every layer's answer beside it."""
