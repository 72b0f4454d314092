"""Loops and strokes in pictures, found in the ink alone: no label and no network has a say in it."""

from __future__ import annotations

import numpy as np

FEATURES = ("a closed loop", "a long upright stroke", "a long level stroke")
INK = 128  # of 255: a pixel at least so bright is ink
LONG = 12  # pixels: a stroke is long if so many in one column, or one row, are ink without a gap


def features(images: np.ndarray) -> np.ndarray:
    """Say which pictures have each of `FEATURES`.

    Parameters
    ----------
    images : uint8 array (n, rows, columns), 0..255

    Returns
    -------
    bool array (3, n)
        A closed loop: some background cannot be reached from the border, as `has_loop` says. A long upright stroke: in
        some column at least `LONG` pixels are ink without a gap. A long level stroke: so in some row.

    Raises
    ------
    ValueError
        If the pictures are not of three axes.
    """
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(f"the pictures have shape {images.shape}; expected (n, rows, columns)")
    ink = np.ascontiguousarray(images.transpose(1, 2, 0) >= INK)  # pictures last: one step then takes all at once
    return np.stack([has_loop(ink), longest_run(ink) >= LONG, longest_run(ink.swapaxes(0, 1)) >= LONG])


def has_loop(ink: np.ndarray) -> np.ndarray:
    """Say in which pictures (rows, columns, n), bool, ink encloses background: (n,).

    The outside is flooded from the border, to the four neighbours of a pixel: ink that touches by a corner is closed.
    """
    free = np.pad(~ink, ((1, 1), (1, 1), (0, 0)), constant_values=True)
    wet = np.zeros_like(free)
    wet[0] = True
    before = -1
    while before != (before := int(wet.sum())):
        for water, ground in ((wet, free), (wet.swapaxes(0, 1), free.swapaxes(0, 1))):
            for k in range(1, len(water)):
                water[k] |= water[k - 1] & ground[k]
            for k in range(len(water) - 2, -1, -1):
                water[k] |= water[k + 1] & ground[k]
    return (free & ~wet).any(axis=(0, 1))


def longest_run(ink: np.ndarray) -> np.ndarray:
    """Return the longest run of ink without a gap in any column of pictures (rows, columns, n), bool: (n,), pixels."""
    run = longest = np.zeros(ink.shape[1:], int)
    for row in ink:
        run = (run + 1) * row
        longest = np.maximum(longest, run)
    return longest.max(axis=0)
