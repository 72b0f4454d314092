"""A layer's activations for many pictures as points in a plane: principal components, and how far apart classes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Plane:
    """The directions in which a layer's activations differ most, the first most of all.

    Attributes
    ----------
    mean : array (k,) float32
    axes : array (count, k) float32
        Orthonormal rows.
    points : array (n, count) float32
        Each picture's place on the axes: ``(a - mean) @ axes.T``.
    held : array (count,)
        The share of all variance that lies along each axis, 0..1; 0 if nothing differs.
    """

    mean: np.ndarray
    axes: np.ndarray
    points: np.ndarray
    held: np.ndarray

    def place(self, activations: np.ndarray) -> np.ndarray:
        """Return where activations (k,) or (n, k) lie on the axes."""
        return (np.asarray(activations, np.float32) - self.mean) @ self.axes.T


def principal(activations: np.ndarray, count: int = 2, beside: np.ndarray | None = None) -> Plane:
    """Find the plane, or space of `count` axes, in which pictures are spread out most.

    Parameters
    ----------
    activations : array (n, k)
    count : int
        How many axes; those beyond k hold nothing and are zero.
    beside : array (n, count), optional
        Points of another layer: of each axis's two directions, which mean the same, the one that agrees with these is
        taken. Otherwise the one along which the largest weight is positive.

    References
    ----------
    Pearson, On lines and planes of closest fit to systems of points in space (1901).
    """
    a = np.asarray(activations, np.float32)
    mean = a.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = a - mean
    total = float(np.square(centred, dtype=np.float64).sum())
    axes = np.zeros((count, a.shape[1]), np.float32)
    found = _directions(centred, count)
    axes[: len(found)] = found
    points = centred @ axes.T
    largest = axes[np.arange(count), np.abs(axes).argmax(axis=1)]
    turn = np.where((largest if beside is None else np.einsum("nc,nc->c", points, beside)) < 0, -1, 1).astype(
        np.float32
    )
    along = np.square(points, dtype=np.float64).sum(axis=0)
    return Plane(mean, axes * turn[:, None], points * turn, along / total if total else along)


def _directions(centred: np.ndarray, count: int) -> np.ndarray:
    """Return the first principal directions (up to count, k) by the smaller of the two matrices of products."""
    n, k = centred.shape
    small = centred.T @ centred if k <= n else centred @ centred.T
    vectors = np.linalg.eigh(small.astype(np.float64))[1][:, ::-1].T[:count]
    if k > n:
        vectors = vectors @ centred
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-12)


def between(activations: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of all variance, in all dimensions, that lies between the classes' means, 0..1.

    1 where all pictures of a class are the same to the layer; labels dealt at random reach about classes / n.

    Parameters
    ----------
    activations : array (n, k)
    labels : int array (n,)

    References
    ----------
    Fisher, Statistical methods for research workers (1925): the correlation ratio, squared, of many dimensions.
    """
    a, mean = np.asarray(activations, np.float32), np.mean(activations, axis=0, dtype=np.float64)
    total = sum(float(np.square(part - mean).sum()) for part in np.array_split(a, 10))  # in float64, a tenth at a time
    classes, counts = np.unique(labels, return_counts=True)
    means = np.stack([a[labels == each].mean(axis=0, dtype=np.float64) for each in classes])
    return float((np.square(means - mean).sum(axis=1) * counts).sum() / total) if total else 0.0
