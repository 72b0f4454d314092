"""From a drawing to the numbers a network was taught to read: how it is placed, whether inverted, how scaled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnviz import ink
from nnviz.sentences import quoted

PLACES = ("mnist", "filling", "as drawn")


@dataclass(frozen=True)
class Preparation:
    """How a network's pictures are made of drawings.

    Attributes
    ----------
    place : str
        "mnist": the ink fits a box of 20 of 28 pixels, its centre of mass in the middle, as `ink.normalize` does.
        "filling": the ink's long side fills the picture. "as drawn": the canvas merely shrunk.
    inverted : bool
        Dark ink on white: 0 where there is ink, 1 where there is none.
    mean, deviation : float
        What was taken from every pixel, and what it was divided by after that.
    """

    place: str = "mnist"
    inverted: bool = False
    mean: float = 0.0
    deviation: float = 1.0

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise ValueError(f"a drawing is placed {quoted(self.place, 20)}; expected {', '.join(PLACES)}")
        if not (abs(self.mean) <= 1000 and 1e-3 <= self.deviation <= 1000):
            raise ValueError(f"mean and deviation are {self.mean:g} and {self.deviation:g}; expected 0.001 to 1,000")

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and largest number a pixel can become."""
        low, high = (self.scaled(np.array([0.0, 1.0], np.float32))).tolist()
        return min(low, high), max(low, high)

    def picture(self, drawing: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Place a drawing (H, W), 0..1, 1 = ink, in a picture of a network's shape: float32, 0..1, 1 = ink still."""
        if self.place == "as drawn":
            return ink.shrink(drawing, shape)
        return ink.normalize(drawing, shape, share=1.0 if self.place == "filling" else ink.BOX / ink.SIDE)

    def pictures(self, drawings: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Place many drawings (n, H, W) at once, as `picture` does each: (n, *shape)."""
        if self.place == "as drawn":
            return np.stack([ink.shrink(drawing, shape) for drawing in drawings])
        return ink.normalize_all(drawings, shape, share=1.0 if self.place == "filling" else ink.BOX / ink.SIDE)

    def scaled(self, picture: np.ndarray) -> np.ndarray:
        """Turn pictures of any shape, 0..1, 1 = ink, into the numbers the network reads, float32.

        Returns
        -------
        array
            ``(picture - mean) / deviation``, after ``1 - picture`` if inverted. Without any of it, the picture's own
            bits.
        """
        picture = np.asarray(picture, np.float32)
        if self.inverted:
            picture = 1 - picture
        if (self.mean, self.deviation) == (0, 1):
            return picture
        return (picture - np.float32(self.mean)) / np.float32(self.deviation)

    def apply(self, drawing: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Prepare a drawing (H, W), 0..1, 1 = ink, for a network that reads pictures of `shape`: x (n_in,) float32."""
        return self.scaled(self.picture(drawing, shape)).reshape(math.prod(shape))


MNIST = Preparation()
