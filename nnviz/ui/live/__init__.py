"""The live part: the figures follow the pen in the browser."""
