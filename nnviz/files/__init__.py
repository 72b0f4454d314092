"""Networks read from files of many kinds, and nothing in them trusted: `read` is the one door.

Each kind has a module of its own, which imports its library only when a file of that kind comes.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from nnviz.activations import ACTIVATIONS
from nnviz.network import Network
from nnviz.preparation import Preparation
from nnviz.sentences import capped, listed, quoted

LARGEST_FILE = 16_000_000  # bytes
KINDS = (".npz", ".safetensors", ".onnx", ".keras", ".h5")
TORCH = ("from safetensors.torch import save_file", 'save_file(model.state_dict(), "model.safetensors")')
SCIKIT_LEARN = (
    "from skl2onnx import to_onnx",
    'open("model.onnx", "wb").write(to_onnx(model, X[:1]).SerializeToString())',
)
PICKLES = dict.fromkeys((".pt", ".pth", ".ckpt", ".bin"), TORCH)
PICKLES |= dict.fromkeys((".pkl", ".pickle", ".joblib"), SCIKIT_LEARN)


class Unsaid(ValueError):
    """The file is fine, but does not say something that must be chosen: call `read` again with it.

    Attributes
    ----------
    what : str
        The argument of `read` that is missing: "activations" or "shape".
    sizes : tuple of int
        The network's, the input first: one activation is needed for each but the first, or rows x columns for that.
    """

    def __init__(self, sentence: str, what: str, sizes: tuple[int, ...]) -> None:
        super().__init__(sentence)
        self.what, self.sizes = what, sizes


class Pickled(ValueError):
    """A pickle, which could run code; `lines` are the two of Python that convert it where it was made."""

    def __init__(self, sentence: str, lines: tuple[str, str]) -> None:
        super().__init__(sentence)
        self.lines = lines


def read(
    data: bytes,
    name: str,
    activations: Sequence[str] | None = None,
    shape: tuple[int, int] | None = None,
    preparation: Preparation | None = None,
) -> Network:
    """Read a network from a file's bytes.

    Parameters
    ----------
    data : bytes
    name : str
        The file's; what follows its last dot says which kind it is.
    activations : names, optional
        One a layer, "relu" or "leaky relu 0.2". Needed for .safetensors, which does not say them; elsewhere they
        replace what the file says.
    shape : (rows, columns), optional
        Of the pictures, if neither the file says it nor the number of inputs is a square.
    preparation : Preparation, optional
        How pictures are made of drawings. Only nnviz's own files say it, and Keras's Rescaling says mean and deviation;
        else 784 inputs are taken to be MNIST's kind and others to be filled by the ink.

    Raises
    ------
    Unsaid
        If the file is fine, but activations or shape must be chosen.
    ValueError
        If it is no such file, or is damaged, too large, a pickle, or has layers nnviz does not know: in one sentence.
    """
    try:
        network = _opened(data, PurePath(name).suffix.lower(), activations)
        network = _completed(network, shape, preparation)
        _module("chain").check_sizes(network)
        _module("chain").check_reach(network)
        return network
    except Unsaid:
        raise
    except Pickled as error:
        raise Pickled(f"{_short(name)} {error}", error.lines) from None
    except ValueError as error:
        raise ValueError(capped(f"{_short(name)} cannot be opened: {error}")) from error


def _short(name: str) -> str:
    return quoted(PurePath(name).name, 24)[1:-1] or "The file"


def _opened(data: bytes, ending: str, activations: Sequence[str] | None) -> Network:
    if ending in PICKLES or (data[:1] == b"\x80" and ending not in (".onnx", ".safetensors")):
        lines = PICKLES.get(ending, TORCH)
        raise Pickled(f"is a pickle and could run code, so it stays shut. Convert it: {'; '.join(lines)}", lines)
    if ending not in KINDS:
        raise ValueError(f"its name ends in {quoted(ending, 12)}; expected {', '.join(KINDS)}")
    if len(data) > LARGEST_FILE:
        raise ValueError(f"it is {len(data) / 1e6:,.1f} MB large; expected at most {LARGEST_FILE / 1e6:.0f} MB")
    if ending == ".safetensors":
        return _from_torch(data, activations)
    network: Network = _READERS[ending](data)
    return _with_activations(network, activations) if activations else network


def _module(name: str) -> Any:
    return importlib.import_module(f"nnviz.files.{name}")


_READERS = {
    ".npz": lambda data: _module("arrays").read(data, LARGEST_FILE),
    ".onnx": lambda data: _module("onnx").read(data),
    ".keras": lambda data: _module("apart").read(data, ".keras"),
    ".h5": lambda data: _module("apart").read(data, ".h5"),
}


def _from_torch(data: bytes, activations: Sequence[str] | None) -> Network:
    network = _module("chain").network(_module("torch").read(data))
    _module("chain").check_sizes(network)
    if activations is None:
        count = len(network.layers)
        raise Unsaid(
            f"The file does not say which activation follows each of its {count} layers. Choose {count}: "
            f"{', '.join(ACTIVATIONS)}; PyTorch's training usually wants identity or softmax last.",
            "activations",
            network.sizes,
        )
    return _with_activations(network, activations)


def _with_activations(network: Network, names: Sequence[str]) -> Network:
    if len(names) != len(network.layers):
        raise ValueError(f"it has {len(network.layers)} layers, but {listed(names)} are {len(names)} activations")
    pairs = [(layer, *_module("arrays").parsed(name)) for layer, name in zip(network.layers, names, strict=True)]
    return network.with_layers(replace(layer, activation=name, leak=leak) for layer, name, leak in pairs)


def _completed(network: Network, shape: tuple[int, int] | None, preparation: Preparation | None) -> Network:
    if preparation is not None:
        network = replace(network, preparation=preparation)
    if shape is not None:
        return replace(network, shape=shape)
    if network.shape[0] == 1 and network.sizes[0] > 1:
        raise Unsaid(
            f"The file does not say how its {network.sizes[0]:,} inputs make up a picture. Choose rows and columns.",
            "shape",
            network.sizes,
        )
    return network
