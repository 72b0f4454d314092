"""Networks in .safetensors files, weights and biases by PyTorch's names: 0.weight, fc1.bias and so on.

They hold no activations and no order: the order comes from the names, or from the one way in which the shapes fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations

import numpy as np

from nnviz.files.chain import MOST_LAYERS, OPENS, Dense, Refused, kind_named
from nnviz.sentences import listed, quoted

LONGEST_HEADER = 100_000  # bytes
KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def read(data: bytes) -> tuple[Dense, ...]:
    """Read the dense layers of a .safetensors file, in order."""
    import safetensors

    header = int.from_bytes(data[:8], "little")
    if header > LONGEST_HEADER and header + 8 <= len(data):
        raise Refused(f"its list of arrays is {header / 1e3:,.0f} kB long; expected at most 100 kB")
    try:
        found = {name: _array(about) for name, about in safetensors.deserialize(data)}
    except Refused:
        raise
    except Exception as error:
        raise Refused("it is damaged or not a .safetensors file") from error
    return _in_order({name: array for name, array in found.items() if array is not None})


def _array(about: Mapping) -> np.ndarray | None:
    kind, shape = about["dtype"], about["shape"]
    if kind == "BF16":  # the upper half of a float32
        halves = np.frombuffer(about["data"], "<u2").astype("<u4")
        return (halves << 16).view("<f4").reshape(shape)
    return np.frombuffer(about["data"], KINDS[kind]).reshape(shape) if kind in KINDS else np.zeros(shape, np.int8)


def _in_order(found: Mapping[str, np.ndarray]) -> tuple[Dense, ...]:
    for name, array in found.items():
        _check(name, array)
    names = sorted({name.removesuffix("weight") for name in found if name.endswith("weight")}, key=_by_number)
    lost = [name for name in found if name.endswith("bias") and name.removesuffix("bias") not in names]
    if not names or lost:
        raise Refused(f"it holds the arrays {listed(found)}; expected 0.weight, 0.bias and so on")
    if len(names) > MOST_LAYERS:
        raise Refused(f"it has {len(names)} layers; expected at most {MOST_LAYERS}")
    layers = [_dense(found, name) for name in names]
    numbered = [any(map(str.isdigit, name)) for name in names]
    if not all(numbered) and not (any(numbered) and _fits(layers)):
        orders = [order for order in permutations(layers) if _fits(order)]
        if len(orders) != 1:
            ways = "more than one order" if orders else "no order"
            raise Refused(f"the layers {listed(names)} fit together in {ways}; numbers in their names would tell")
        layers = list(orders[0])
    return tuple(layers)


def _check(name: str, array: np.ndarray) -> None:
    kind = kind_named(name)
    if array.ndim > 2 and kind is None:
        kind = "a convolutional"
    if kind or not name.endswith(("weight", "bias")) or array.dtype.kind != "f":
        what = f"{quoted(name, 30)}, of {kind} layer" if kind else quoted(name, 30)
        raise Refused(f"it holds {what}; {OPENS}")
    if array.ndim != (2 if name.endswith("weight") else 1):
        raise Refused(f"{quoted(name, 30)} has {array.ndim} axes, so it is not from a dense layer; {OPENS}")


def _by_number(name: str) -> list[tuple[int, int | str]]:
    """Sort as people count: fc2 before fc10."""
    parts = re.split(r"(\d{1,9})", name)
    return [(0, int(part)) if part.isascii() and part.isdigit() else (1, part) for part in parts]


def _dense(found: Mapping[str, np.ndarray], name: str) -> Dense:
    W = found[f"{name}weight"]
    return Dense(W, found.get(f"{name}bias", np.zeros(len(W), np.float32)))


def _fits(layers: Sequence[Dense]) -> bool:
    return all(len(before.W) == after.W.shape[1] for before, after in pairwise(layers))
