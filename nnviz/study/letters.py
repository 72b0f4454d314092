"""Letters, drawn as digits are, which no network of digits was ever taught to refuse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnviz import pen

LETTERS = {  # strokes in a square of side 1, y downwards; those that look like a digit are left out
    "A": ([(0, 1), (0.5, 0), (1, 1)], [(0.2, 0.62), (0.8, 0.62)]),
    "E": ([(0.9, 0), (0, 0), (0, 1), (0.9, 1)], [(0, 0.5), (0.7, 0.5)]),
    "F": ([(0.9, 0), (0, 0), (0, 1)], [(0, 0.5), (0.7, 0.5)]),
    "H": ([(0, 0), (0, 1)], [(0.9, 0), (0.9, 1)], [(0, 0.5), (0.9, 0.5)]),
    "K": ([(0, 0), (0, 1)], [(0.8, 0), (0, 0.55), (0.85, 1)]),
    "M": ([(0, 1), (0.1, 0), (0.5, 0.7), (0.9, 0), (1, 1)],),
    "N": ([(0, 1), (0, 0), (0.85, 1), (0.85, 0)],),
    "R": ([(0, 1), (0, 0), (0.7, 0.05), (0.8, 0.28), (0.65, 0.5), (0, 0.53)], [(0.35, 0.53), (0.85, 1)]),
    "T": ([(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]),
    "V": ([(0, 0), (0.5, 1), (1, 0)],),
    "W": ([(0, 0), (0.25, 1), (0.5, 0.35), (0.75, 1), (1, 0)],),
    "X": ([(0, 0), (0.9, 1)], [(0.9, 0), (0, 1)]),
}
EACH = 10
TURN, WIDTHS, SQUEEZED = 12.0, (14.0, 26.0), (0.7, 1.1)  # degrees, pixels of the pen, width beside height


def drawings(rng: np.random.Generator, each: int = EACH) -> Iterator[np.ndarray]:
    """Draw every letter so many times, a little turned, squeezed, and with pens of other widths: ink, 0..1."""
    for strokes in LETTERS.values():
        for _ in range(each):
            squeeze = np.array([rng.uniform(*SQUEEZED), 1.0])
            placed = pen.place([np.array(stroke) * squeeze for stroke in strokes], turn=rng.uniform(-TURN, TURN))
            yield pen.render(placed, rng.uniform(*WIDTHS))
