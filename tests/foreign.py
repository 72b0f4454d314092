"""Networks that are not the lesson's, for the tests: out of files, and made up."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from nnviz import files
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.ui.session.yours import Yours

ROOT = Path(__file__).parents[1]
FILES = {
    "relu and softmax, 8 x 8": "assets/examples/digits-8x8.onnx",
    "tanh and softmax": "assets/examples/mnist.keras",
    "named classes": "tests/data/sklearn_names.onnx",
    "leaky relu and identity": "tests/data/torch_mixed.onnx",
    "leaky relu, tanh and sigmoid": "tests/data/keras_functional.onnx",
}
LETTERS = tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
MARKUP = ("<b>bold</b> & **bold** :red[red]", "a name that is much too long to be shown as it is", "x\ny")
MADE = ("large", "letters", "deep", "markup", "one layer", "hyperbolic")


def made(sizes: tuple[int, ...], activations: str, **more) -> Network:
    """A network of random weights, large enough to answer something."""
    rng = np.random.default_rng(len(sizes))
    names = activations.split(", ")
    layers = [
        Layer(rng.normal(0, 2 / m**0.5, (n, m)).astype(np.float32), rng.normal(0, 0.1, n).astype(np.float32), name, 0.2)
        for m, n, name in zip(sizes, sizes[1:], names, strict=False)
    ]
    return Network(tuple(layers), **more)


@cache
def network(name: str) -> Network:
    """One of FILES, or of MADE."""
    if name in FILES:
        path = ROOT / FILES[name]
        return files.read(path.read_bytes(), path.name)
    if name == "large":
        return made((784, 512, 512, 10), "relu, relu, softmax", preparation=Preparation("mnist", True, 0.1307, 0.3081))
    if name == "letters":
        return made((784, 100, 62), "tanh, sigmoid", classes=LETTERS)
    if name == "deep":
        shape, sizes = (64, 64), (4096, 200, 512, 65, 64, 200, 26)
        return made(sizes, "relu, leaky relu, tanh, sigmoid, identity, identity", shape=shape,
                    preparation=Preparation("as drawn"), classes=LETTERS[10:36])  # fmt: skip
    if name == "markup":
        return made((240, 20, 3), "relu, softmax", shape=(12, 20), classes=MARKUP, preparation=Preparation("filling"))
    if name == "one layer":
        return made((784, 10), "softmax")
    return made((784, 16, 10), "tanh, tanh")


EVERY = (*FILES, *MADE)


def own() -> tuple[Yours, ...]:
    """All of them, as a session would hold them if they had been opened."""
    return tuple(Yours("", (network(name),)) for name in EVERY)


def key(name: str) -> str:
    """What the session calls one of them."""
    return Yours("", (network(name),)).name
