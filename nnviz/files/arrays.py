"""nnviz's own .npz files: W1, b1, W2, b2 and so on, and besides only what differs from the shipped networks.

`activations` (layers,), text: their names, "leaky relu 0.3" with its leak; without it all are sigmoids. `classes`
(outputs,), text. `shape` (2,), whole numbers: rows and columns. `preparation`, text: how a drawing is placed, and
"inverted" after it if it is. `scale` (2,): mean and deviation.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from nnviz.activations import LEAK
from nnviz.archives import LARGEST_FILE, unpack_arrays
from nnviz.files.chain import OPENS, kind_named
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.sentences import listed, quoted

BESIDES = {"activations": "U", "classes": "U", "shape": "iu", "preparation": "U", "scale": "f"}  # and of which kind


def read(data: bytes, largest: int = LARGEST_FILE) -> Network:
    """Read a network from the bytes of an .npz file; ValueError says what is wrong with it."""
    found = unpack_arrays(data, largest)
    besides = {name: found.pop(name) for name in BESIDES if name in found}
    for name, array in besides.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in BESIDES[name] or array.size > 64:
            raise ValueError(f"its array {name} is of another kind than nnviz writes")
    names = [str(name) for name in besides.get("activations", np.array([], str)).ravel()]
    return Network(
        _layers(found, names),
        _shape(besides.get("shape")),
        tuple(str(name)[:40] for name in besides.get("classes", np.array([], str)).ravel()),
        _preparation(besides),
    )


def of(network: Network) -> dict[str, Any]:
    """Return the arrays of a network's file."""
    arrays: dict[str, Any] = {}
    for number, layer in enumerate(network.layers, start=1):
        arrays[f"W{number}"], arrays[f"b{number}"] = layer.W, layer.b
    if any(layer.activation != "sigmoid" for layer in network.layers):
        arrays["activations"] = np.array([written(layer) for layer in network.layers])
    usual = Network(network.layers)
    if network.classes != usual.classes:
        arrays["classes"] = np.array(network.classes)
    if network.shape != usual.shape:
        arrays["shape"] = np.array(network.shape)
    wanted = network.preparation
    if wanted != usual.preparation:
        arrays["preparation"] = np.array(f"{wanted.place}{' inverted' * wanted.inverted}")
        arrays["scale"] = np.array([wanted.mean, wanted.deviation])
    return arrays


def written(layer: Layer) -> str:
    """Write a layer's activation in one word or two: "relu", "leaky relu", "leaky relu 0.3"."""
    leaks = layer.activation == "leaky relu" and layer.leak != LEAK
    return f"{layer.activation} {layer.leak:g}" if leaks else layer.activation


def parsed(text: str) -> tuple[str, float]:
    """Read what `written` writes: name and leak."""
    name, space, leak = text.partition("leaky relu ")
    if name or not space:
        return text, LEAK
    try:
        return "leaky relu", float(leak)
    except ValueError:
        raise ValueError(f'the activation is {quoted(text, 20)}; expected a number after "leaky relu"') from None


def _layers(found: Mapping[str, Any], names: list[str]) -> tuple[Layer, ...]:
    count = sum(name.startswith("W") for name in found)
    expected = [f"{kind}{number}" for number in range(1, count + 1) for kind in "Wb"]
    if kind := next(filter(None, map(kind_named, found)), None):
        raise ValueError(f"it has {kind} layer; {OPENS}")
    if not count or sorted(expected) != sorted(found):
        raise ValueError(f"it holds the arrays {listed(found)}; expected W1, b1, W2, b2 and so on")
    if any(not isinstance(array, np.ndarray) or array.dtype.kind != "f" for array in found.values()):
        raise ValueError("it holds something other than arrays, or its arrays are not of floating-point numbers")
    if names and len(names) != count:
        raise ValueError(f"it names {len(names)} activations, but has {count} layers")
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused
        stored = {name: np.ascontiguousarray(found[name], np.float32) for name in expected}
    return tuple(
        Layer(stored[f"W{number}"], stored[f"b{number}"], *parsed(name))
        for number, name in zip_longest(range(1, count + 1), names, fillvalue="sigmoid")
    )


def _shape(array: np.ndarray | None) -> tuple[int, int]:
    if array is None:
        return 0, 0
    if array.shape != (2,) or array.min() < 1:
        raise ValueError(f"its array shape is {array.shape}; expected rows and columns")
    return int(array[0]), int(array[1])


def _preparation(besides: Mapping[str, np.ndarray]) -> Preparation:
    words = str(besides.get("preparation", np.array("mnist")))
    scale = besides.get("scale", np.array([0.0, 1.0]))
    if scale.shape != (2,):
        raise ValueError(f"its array scale is of shape {scale.shape}; expected mean and deviation")
    mean, deviation = scale.tolist()
    return Preparation(words.removesuffix(" inverted"), words.endswith(" inverted"), mean, deviation)
