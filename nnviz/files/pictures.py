"""Labelled pictures for a network whose classes or pictures are not MNIST's: an .npz with x and y, read with care.

`x`: the pictures as the network was taught with them, before mean and deviation. Whole numbers 0..255 or numbers 0..1,
(n, rows, columns), with a last axis of 1 if need be, or (n, pixels). `y` (n,): each one's class, number or name.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnviz.archives import LARGEST_FILE, unpack_arrays
from nnviz.network import Network
from nnviz.sentences import listed, quoted

MOST, MOST_PIXELS = 10_000, 8_000_000  # pictures, and pixels of all of them


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures and what they are of.

    Attributes
    ----------
    images : array (n, rows, columns) uint8
        0..255, as the network was taught with them.
    labels : int array (n,)
        Which of the classes each is of.
    classes : tuple of str
        Those of the network they were read for.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    def fit(self, network: Network) -> bool:
        """Say whether they are of the kind that a network reads."""
        return self.images.shape[1:] == network.shape and self.classes == network.classes

    def x(self, network: Network) -> np.ndarray:
        """Return them as a network reads them, (n, n_in) float32: its mean taken off, by its deviation divided."""
        wanted = network.preparation
        x = self.images.reshape(len(self.images), -1).astype(np.float32) / np.float32(255)
        return (x - np.float32(wanted.mean)) / np.float32(wanted.deviation)

    @cached_property
    def digest(self) -> str:
        """Text that only the same pictures share: what is measured on them is kept for all visitors."""
        digest = hashlib.blake2b(repr((self.images.shape, self.classes)).encode(), digest_size=16)
        digest.update(self.images.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()


def read(data: bytes, network: Network) -> Pictures:
    """Read labelled pictures of a network's kind from the bytes of an .npz file.

    Raises
    ------
    ValueError
        Whose message says what is wrong with the file, or what of it does not fit the network.
    """
    found = unpack_arrays(data, LARGEST_FILE)
    if not {"x", "y"} <= set(found):
        raise ValueError(f"it holds the arrays {listed(found)}; expected x, the pictures, and y, their labels")
    images, y = _images(found["x"], network.shape), found["y"]
    if y.shape not in ((len(images),), (len(images), 1)):
        raise ValueError(f"y is of shape {_shape(y)}; expected ({len(images)},), a label for each picture")
    return Pictures(images, _labels(y.ravel(), network.classes), network.classes)


def _images(x: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    rows, columns = shape
    n = len(x) if x.ndim else 0
    if x.dtype.kind not in "buif":
        raise ValueError(f"x holds {quoted(x.dtype, 12)}; expected numbers, 0..255 or 0..1")
    if x.shape[1:] not in ((rows, columns), (rows, columns, 1), (rows * columns,)):
        raise ValueError(f"x is of shape {_shape(x)}; expected (n, {rows}, {columns}), as the network reads them")
    most = min(MOST, MOST_PIXELS // math.prod(shape))
    if not 1 <= n <= most:
        raise ValueError(f"it holds {n:,} pictures; expected 1 to {most:,}")
    low, high = float(x.min()), float(x.max())
    whole = x.dtype.kind in "ui"
    if not (low >= 0 and high <= (255 if whole else 1)):  # NaN is in neither
        raise ValueError(f"x runs from {low:g} to {high:g}; expected whole numbers 0 to 255, or 0 to 1 with a point")
    levels = x if whole and high > 1 else np.rint(x.astype(np.float32) * 255)
    return np.ascontiguousarray(levels, np.uint8).reshape(n, rows, columns)


def _labels(y: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Turn labels into numbers of classes: by name, if all are names of classes, or else by number."""
    known = {name: number for number, name in enumerate(classes)}
    if y.dtype.kind not in "Uui":
        raise ValueError(f"y holds {quoted(y.dtype, 12)}; expected names of classes, or their whole numbers")
    each, places = np.unique(y, return_inverse=True)
    names = [str(name) for name in each.tolist()]
    if all(name in known for name in names):
        return np.array([known[name] for name in names])[places]
    if y.dtype.kind == "U":
        raise ValueError(f"y names {listed(set(names) - set(known))}, which the network does not know")
    if not 0 <= int(each[0]) <= int(each[-1]) < len(classes):
        raise ValueError(f"y runs from {each[0]} to {each[-1]}; the network's classes are 0 to {len(classes) - 1}")
    return y.astype(np.int64)


def _shape(array: np.ndarray) -> str:
    return quoted(array.shape, 30)[1:-1]
