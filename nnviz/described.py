"""Networks in words: their sizes, activations, and how drawings are prepared for them."""

from __future__ import annotations

from nnviz.files import arrays
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation

PLACED = {  # what a file seldom says, as a choice
    "mnist": "As MNIST's digits: in 20 of 28 pixels, its centre of mass in the middle",
    "filling": "The ink fills the picture",
    "as drawn": "As drawn: the whole canvas, scaled down",
}
_IN_SHORT = {"mnist": "placed as MNIST's digits", "filling": "the ink filling them", "as drawn": "as drawn"}
_IN_FULL = {
    "mnist": "the drawing scaled and centred as MNIST’s digits were",
    "filling": "the drawing scaled until the long side of its ink fills the picture",
    "as drawn": "the whole canvas, scaled down",
}


def network(net: Network) -> str:
    """Say what a network is: 64-32-10, ReLU then softmax; pictures of 8 × 8, the ink filling them."""
    rows, columns = net.shape
    sizes = "-".join(map(str, net.sizes))
    return f"{sizes}, {activations(net)}; pictures of {rows} × {columns}, {preparation(net.preparation)}"


def activations(net: Network) -> str:
    """Name a network's activations in order, those of layers in a row that are alike once."""
    names = [activation(arrays.written(layer)) for layer in net.layers]
    different = [name for k, name in enumerate(names) if k == 0 or name != names[k - 1]]
    if len(different) == 1 and len(names) > 1:
        return f"{different[0]} throughout"
    return " then ".join(different)


def activation(written: str) -> str:
    """Name an activation as people write it: ReLU, leaky ReLU 0.2."""
    return written.replace("relu", "ReLU")


def preparation(wanted: Preparation) -> str:
    """Say how drawings are prepared."""
    return _IN_SHORT[wanted.place] + _scaled(wanted)


def how(net: Network) -> str:
    """Say in a sentence how a network's pictures are made of drawings."""
    rows, columns = net.shape
    return f"This network reads {rows} × {columns} pixels: {_IN_FULL[net.preparation.place]}{_scaled(net.preparation)}."


def _scaled(wanted: Preparation) -> str:
    ink = ", dark on white" if wanted.inverted else ""
    mean = f", minus {wanted.mean:.4g}".replace("minus -", "plus ") if wanted.mean else ""
    return ink + mean + (f", divided by {wanted.deviation:.4g}" if wanted.deviation != 1 else "")


def choices(layer: Layer, last: bool) -> list[str]:
    """List the activations a layer may have, as `nnviz.files` reads them, with the one it has."""
    usual = ["sigmoid", "tanh", "relu", "leaky relu", "leaky relu 0.1", "leaky relu 0.2", "leaky relu 0.3", "identity"]
    usual += ["softmax"] * last
    own = arrays.written(layer)
    return usual if own in usual else [*usual, own]
