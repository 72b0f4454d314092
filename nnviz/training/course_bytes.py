"""The bytes of a course, which Python writes, and Python and a browser read.

First the eight bytes ``nnviz 1\\n``; then the length of the header, uint32; then the header, JSON in UTF-8, with spaces
after it, so that what follows begins at a multiple of 8; then arrays of little-endian numbers, row by row, each
beginning at a multiple of 8. The header's members:

``recipe``
    As `Recipe.stated` has it; its ``sizes``, ``hidden`` and ``output`` say what the networks are.
``steps``, ``held``
    As `Course` has them.
``arrays``
    For each array its ``at``, the first byte counted from the beginning; its ``kind``, "int8", "int16", "int32" or
    "float32"; and its ``shape``.

The arrays, for K kept moments of N parameters in P parts (W1, b1, W2, b2, ...), and M points of the curve:

``steps`` int32 (M,), ``marks`` float32 (M, 15)
    Of each point: epoch, loss_training, loss_validation, right_training, right_validation, right_by_digit.
``kept`` int32 (K,)
    Which points the kept moments are.
``scales`` float32 (K, P), ``weights`` int8 or int16 (K, N)
    A moment's parameters, part after part, are its whole numbers times their part's scale. They are within half a scale
    of the true ones; a scale is the part's largest parameter over 127 or 32,767.
``last`` float32 (N,)
    The last kept moment's parameters, exactly; use them instead.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.network import Network
from nnviz.training.moment import Marks, Moment
from nnviz.training.parameters import flatten, unflatten
from nnviz.training.recipe import Recipe

if TYPE_CHECKING:
    from nnviz.training.course import Course

MAGIC = b"nnviz 1\n"
LARGEST, LARGEST_HEADER = 4_000_000, 8_000  # bytes
MOST_KEPT, MOST_POINTS = 200, 5000
POINT, BESIDES = 64, 9_000  # bytes of a point of the curve, and, at most, of header and what is kept beside the weights
COLUMNS = 15
FINE = 30  # with room for so many moments in 16 bits, 8 are not enough


def width(parameters: int, room: int) -> int:
    """Return how many bytes a weight has, 2 or 1, with so much room for all."""
    return 2 if room >= FINE * 2 * parameters else 1


def write(course: Course) -> bytes:
    """Write a course of at least one moment down."""
    flat = np.stack([flatten(each.network.layers) for each in course.moments])
    bits = 16 if len(flat) * flat.shape[1] * 2 <= LARGEST // 2 else 8
    weights, scales = _quantised(flat, _parts(course.recipe), bits)
    points = {each.step: k for k, each in enumerate(course.curve)}
    arrays = {
        "steps": np.array([each.step for each in course.curve], "<i4"),
        "marks": np.array([_row(each) for each in course.curve], "<f4"),
        "kept": np.array([points[each.step] for each in course.moments], "<i4"),
        "scales": scales.astype("<f4"),
        "weights": weights.astype(f"<i{bits // 8}"),
        "last": flat[-1].astype("<f4"),
    }
    return _joined({"recipe": course.recipe.stated(), "steps": course.steps, "held": course.held}, arrays)


def read(data: bytes) -> tuple[Recipe, int, str, list[Moment], list[Marks]]:
    """Read a course's recipe, steps, held, moments and curve; ValueError says what is wrong with the bytes."""
    header = _header(data)
    recipe, steps, held = _recipe(header.get("recipe")), header.get("steps"), header.get("held")
    if type(steps) is not int or not 0 <= steps < 2**31 or held not in ("validation", "test"):
        raise ValueError("the course does not say how many steps it has, or which digits were held back")
    arrays = _arrays(data, header.get("arrays"), _parts(recipe))
    curve = _curve(arrays["steps"], arrays["marks"], steps)
    kept = arrays["kept"]
    if not len(kept) or kept[0] < 0 or kept[-1] >= len(curve) or (np.diff(kept) <= 0).any():
        raise ValueError("the course's kept moments are not points of its curve, one after the other")
    with np.errstate(over="ignore"):
        flat = arrays["weights"] * np.repeat(arrays["scales"], _parts(recipe), axis=1)
    flat[-1] = arrays["last"]
    moments = [
        Moment(**vars(curve[k]), network=network_of(recipe, row)) for k, row in zip(kept.tolist(), flat, strict=True)
    ]
    return recipe, steps, held, moments, curve


def write_moment(moment: Moment, recipe: Recipe, steps: int, held: str) -> bytes:
    """Write one moment down, for whoever watches a training: a course of it alone, without `last`."""
    weights, scales = _quantised(flatten(moment.network.layers)[None], _parts(recipe), 16)
    arrays = {
        "steps": np.array([moment.step], "<i4"),
        "marks": np.array([_row(moment)], "<f4"),
        "kept": np.zeros(1, "<i4"),
        "scales": scales.astype("<f4"),
        "weights": weights.astype("<i2"),
    }
    return _joined({"recipe": recipe.stated(), "steps": steps, "held": held}, arrays)


@lru_cache(64)  # as many as are kept of a training
def read_moment(data: bytes) -> tuple[int, str, Moment]:
    """Read what `write_moment` wrote: the steps of the whole training, which digits are held back, and the moment.

    It comes from this server's own workers: what is wrong with it is not said in sentences.
    """
    header = _header(data)
    recipe, places = Recipe.of(header["recipe"]), header["arrays"]
    steps, marks, scales, weights = (
        np.frombuffer(data, places[name]["kind"], math.prod(places[name]["shape"]), places[name]["at"])
        for name in ("steps", "marks", "scales", "weights")
    )
    (point,) = _curve(steps, marks.reshape(1, -1), header["steps"])
    network = network_of(recipe, weights * np.repeat(scales, _parts(recipe)))
    return header["steps"], header["held"], Moment(**vars(point), network=network)


def network_of(recipe: Recipe, parameters: np.ndarray) -> Network:
    """Make the network that a recipe's parameters (n,) are."""
    kinds = [recipe.hidden] * (len(recipe.sizes) - 2) + [recipe.output]
    return Network(unflatten(parameters, recipe.sizes, kinds))


def _parts(recipe: Recipe) -> list[int]:
    """Count the numbers of W1, b1, W2, b2, ..."""
    return [count for n_in, n_out in pairwise(recipe.sizes) for count in (n_in * n_out, n_out)]


def _quantised(flat: np.ndarray, parts: Sequence[int], bits: int) -> tuple[np.ndarray, np.ndarray]:
    largest = 2 ** (bits - 1) - 1
    starts = np.cumsum([0, *parts[:-1]])
    scales = np.maximum.reduceat(np.abs(flat), starts, axis=1) / np.float32(largest)
    scales[scales == 0] = 1
    return np.clip(np.rint(flat / np.repeat(scales, parts, axis=1)), -largest, largest), scales


def _row(marks: Marks) -> list[float]:
    ends = marks.loss_training, marks.loss_validation, marks.right_training, marks.right_validation
    return [marks.epoch, *ends, *marks.right_by_digit.tolist()]


def _joined(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    def stated(start: int) -> bytes:
        places, at = {}, start
        for name, array in arrays.items():
            places[name] = {"at": at, "kind": array.dtype.name, "shape": array.shape}
            at += -(-array.nbytes // 8) * 8
        return json.dumps({**header, "arrays": places}, separators=(",", ":")).encode()

    start = -(-(len(stated(LARGEST)) + 12) // 8) * 8  # no start is written in more figures
    text = stated(start).ljust(start - 12)
    parts = [MAGIC, struct.pack("<I", len(text)), text]
    for array in arrays.values():
        parts.append(array.tobytes().ljust(-(-array.nbytes // 8) * 8, b"\0"))
    return b"".join(parts)


def _header(data: bytes) -> dict[str, Any]:
    if not data.startswith(MAGIC) or len(data) < 12:
        raise ValueError("it is not a course of a training that nnviz wrote")
    if len(data) > LARGEST:
        raise ValueError(f"it is {len(data) / 1e6:.1f} MB; expected at most {LARGEST / 1e6:.0f} MB")
    (length,) = struct.unpack_from("<I", data, 8)
    if length > LARGEST_HEADER or 12 + length > len(data):
        raise ValueError(f"its header says it is {length:,} bytes long; expected fewer")
    try:
        header = json.loads(data[12 : 12 + length])
    except (ValueError, RecursionError) as error:
        raise ValueError("its header is damaged") from error
    if not isinstance(header, dict):
        raise ValueError("its header is damaged")
    return header


def _recipe(stated: object) -> Recipe:
    if not isinstance(stated, dict):
        raise ValueError("the course does not say its recipe")
    recipe = Recipe.of(stated)
    if len(recipe.sizes) > 8 or sum(_parts(recipe)) > LARGEST // 4:
        raise ValueError(f"its network has {sum(_parts(recipe)):,} weights and biases; expected far fewer")
    return recipe


def _arrays(data: bytes, places: object, parts: Sequence[int]) -> dict[str, np.ndarray]:
    """Find the arrays, which must be of the shapes that the recipe, and the steps and kept moments, leave them."""
    if not isinstance(places, dict):
        raise ValueError("the course does not say where its arrays are")
    points, kept = (_count(places.get(name)) for name in ("steps", "kept"))
    if points > MOST_POINTS or kept > MOST_KEPT:
        raise ValueError(f"it has {points:,} points and {kept:,} moments; expected fewer")
    expected = {
        "steps": (("int32",), (points,)),
        "marks": (("float32",), (points, COLUMNS)),
        "kept": (("int32",), (kept,)),
        "scales": (("float32",), (kept, len(parts))),
        "weights": (("int8", "int16"), (kept, sum(parts))),
        "last": (("float32",), (sum(parts),)),
    }
    return {name: _array(data, name, places.get(name), *wanted) for name, wanted in expected.items()}


def _count(place: object) -> int:
    shape = place.get("shape") if isinstance(place, dict) else None
    if not isinstance(shape, list) or len(shape) != 1 or type(shape[0]) is not int or shape[0] < 1:
        raise ValueError("the course does not say how many points or moments it has")
    return shape[0]


def _array(data: bytes, name: str, place: object, kinds: Sequence[str], shape: tuple[int, ...]) -> np.ndarray:
    if not isinstance(place, dict) or place.get("kind") not in kinds or place.get("shape") != list(shape):
        raise ValueError(f"its array {name} is not {' or '.join(kinds)} of shape {shape}")
    at, dtype = place.get("at"), np.dtype(place["kind"]).newbyteorder("<")
    count = int(np.prod(shape))
    if type(at) is not int or not 0 <= at <= len(data) - count * dtype.itemsize:
        raise ValueError(f"its array {name} lies outside of it")
    array = np.frombuffer(data, dtype, count, at).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"its array {name} holds NaN or infinite numbers")
    return array


def _curve(steps: np.ndarray, marks: np.ndarray, most: int) -> list[Marks]:
    if steps[0] < 0 or steps[-1] > most or (np.diff(steps) <= 0).any():
        raise ValueError("the steps of its curve are not in order")
    if marks.min() < 0 or marks[:, 3:].max() > 1:
        raise ValueError("its curve has losses below 0, or shares that are not 0 to 1")
    rows = zip(steps.tolist(), marks.tolist(), strict=True)
    return [Marks(step, a, b, c, d, e, np.array(rest)) for step, (a, b, c, d, e, *rest) in rows]
