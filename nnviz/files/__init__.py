"""Networks read from files of many kinds, and nothing in them trusted: `read` is the one door.

Each kind has a module of its own, which imports its library only when a file of that kind comes.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from nnviz.activations import ACTIVATIONS
from nnviz.network import Network
from nnviz.preparation import Preparation
from nnviz.sentences import capped, listed, quoted

LARGEST_FILE = 16_000_000  # bytes
LONGEST_TITLE = 24  # characters
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
        return checked(_completed(network, shape, preparation))
    except Unsaid:
        raise
    except Pickled as error:
        raise Pickled(f"{_short(name)} {error}", error.lines) from None
    except ValueError as error:
        raise ValueError(capped(f"{_short(name)} cannot be opened: {error}")) from error


def read_as_usual(data: bytes, name: str) -> tuple[Network, tuple[str, ...]]:
    """Read a network as `read` does; what the file does not say is taken to be what it most often is.

    Returns
    -------
    (Network, tuple of str)
        Also what was not said: "activations" (then relu, and softmax last), "shape" (the rows and columns most alike),
        "preparation" (only nnviz's own files say how a drawing is placed).
    """
    chosen: dict[str, Any] = {}
    while True:
        try:
            network = read(data, name, **chosen)
        except Unsaid as error:
            if error.what == "activations":
                chosen["activations"] = ["relu"] * (len(error.sizes) - 2) + ["softmax"]
            elif possible := shapes(error.sizes[0]):
                chosen["shape"] = possible[-1]
            else:
                raise ValueError(f"{_short(name)} cannot be opened: its {error.sizes[0]:,} inputs do not make up a "
                                 "picture of at most 64 x 64 pixels") from None  # fmt: skip
            continue
        placed = PurePath(name).suffix.lower() == ".npz"
        return network, (*chosen, *(() if placed else ("preparation",)))


def shapes(pixels: int) -> list[tuple[int, int]]:
    """List the rows and columns, at most 64, that so many pixels may have: wide pictures first, the squarest last."""
    most = _module("chain").LONGEST_SIDE
    each = [(rows, pixels // rows) for rows in range(1, most + 1) if pixels % rows == 0 and pixels // rows <= most]
    return sorted(each, key=lambda shape: (-abs(shape[0] - shape[1]), shape[1] >= shape[0]))


def checked(network: Network) -> Network:
    """Return a network as it is; ValueError if it is too large to explore, or its numbers could overflow."""
    _module("chain").check_sizes(network)
    _module("chain").check_reach(network)
    return network


def title(name: str) -> str:
    """Return what a network is called after its file: the name without folder and ending, at most 24 characters long.

    Letters, digits, spaces, and single - and _ between them: words from outside that mean nothing in a link, in HTML or
    in Markdown. Other characters become -; empty if nothing is left.
    """
    stem = unicodedata.normalize("NFC", PurePath(name).stem[:200])
    words = re.sub(r"[-_ ]{2,}", "-", re.sub(r"[^\w ]+", "-", stem))
    return words.strip("-_ ")[:LONGEST_TITLE].strip("-_ ")


def _short(name: str) -> str:
    return quoted(PurePath(name).name, 24)[1:-1] or "The file"


def _opened(data: bytes, ending: str, activations: Sequence[str] | None) -> Network:
    if ending in PICKLES or (data[:1] == b"\x80" and ending not in (".onnx", ".safetensors")):
        lines = PICKLES.get(ending, TORCH)
        raise Pickled(f"is a pickle and could run code, so it was not opened. Convert it: {'; '.join(lines)}", lines)
    if ending not in KINDS:
        raise ValueError(f"its name ends in {quoted(ending, 12)}; expected {', '.join(KINDS)}")
    if len(data) > LARGEST_FILE:
        raise ValueError(f"it is {len(data) / 1e6:,.1f} MB; expected at most {LARGEST_FILE / 1e6:.0f} MB")
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
            f"{', '.join(ACTIVATIONS)}; networks from PyTorch usually end with identity or softmax.",
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
