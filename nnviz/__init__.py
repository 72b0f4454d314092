"""nnviz: watch a neural network recognise what you draw, layer by layer.

As a library: ``nnviz.Network.load("smooth.npz")``, ``nnviz.figures.activations(network.forward(x))``,
``nnviz.ink.normalize(drawing)``, ``nnviz.files.read(data, "mine.onnx")``. Each part is imported when it is first used,
so that numbers alone need NumPy alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz import figures, files, ink
    from nnviz.network import Network

__all__ = ["Network", "figures", "files", "ink"]


def __getattr__(name: str) -> Any:
    if name == "Network":
        return importlib.import_module("nnviz.network").Network
    if name in __all__:
        return importlib.import_module(f"nnviz.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
