"""Pictures bent as if they were drawn on rubber: turned, slanted, stretched, and pushed about a little everywhere.

A warp says for every pixel from where in the picture its grey comes. A few thousand warps are chosen once and used
again and again, each time on other digits: choosing one takes far longer than bending by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.ink import CENTRE, SIDE

COUNT = 8192  # as many warps are chosen
TURN = 8.0  # degrees, standard deviation
SLANT = 0.12  # columns per row, standard deviation
STRETCH = 0.1  # log of height over width, standard deviation
GROWTH = 0.06  # log of size, standard deviation
SHIFT = 0.3  # pixels, standard deviation, either way
PUSH = 1.0  # pixels, standard deviation at a typical point, either way
KNOTS = 5  # pushes are chosen at so many points in a row, and blended in between


@dataclass(frozen=True, eq=False)
class Warps:
    """A choice of warps.

    Attributes
    ----------
    corner : int32 array (count, 784)
        Of the four pixels around the place a grey comes from, the index of the upper left one.
    down, right : float32 arrays (count, 784), 0..1
        How far below and to the right of that pixel the place lies.
    """

    corner: np.ndarray
    down: np.ndarray
    right: np.ndarray

    @classmethod
    def random(cls, rng: np.random.Generator, count: int = COUNT, strength: float = 1.0) -> Warps:
        """Choose warps of pictures (28, 28); all standard deviations are `strength` times as large."""
        places = _affine(rng, count, strength) + _pushes(rng, count, strength) + CENTRE
        return cls.to(places + rng.normal(0, SHIFT * strength, (count, 2, 1, 1)))

    @classmethod
    def to(cls, places: np.ndarray) -> Warps:
        """Make warps of places (count, 2, 28, 28): the row and column, from 0, that each pixel's grey comes from.

        A place outside the picture becomes the nearest on its border.
        """
        places = np.clip(places, 0, SIDE - 1).reshape(len(places), 2, -1)
        corners = np.minimum(np.floor(places), SIDE - 2)
        down, right = (places - corners).astype(np.float32).transpose(1, 0, 2)
        return cls((corners[:, 0] * SIDE + corners[:, 1]).astype(np.int32), down, right)

    def bend(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Bend pictures (n, 784) float32, each by a warp chosen at random; greys in between are blended linearly."""
        chosen = rng.integers(0, len(self.corner), len(x))
        corner = self.corner[chosen] + np.arange(0, x.size, x.shape[1], dtype=np.int32)[:, None]
        down, right, flat = self.down[chosen], self.right[chosen], x.ravel()
        upper, lower = (_blend(flat[k:].take(corner), flat[k + 1 :].take(corner), right) for k in (0, SIDE))
        return _blend(upper, lower, down)


def _blend(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """``first + share * (second - first)``, overwriting both."""
    second -= first
    second *= share
    first += second
    return first


def _affine(rng: np.random.Generator, count: int, strength: float) -> np.ndarray:
    """Places after a turn, slant, stretch and change of size about the middle: (count, 2, 28, 28), the middle 0, 0."""
    turn, slant = np.radians(rng.normal(0, TURN * strength, count)), rng.normal(0, SLANT * strength, count)
    stretch, growth = rng.normal(0, STRETCH * strength, count) / 2, rng.normal(0, GROWTH * strength, count)
    one, none = np.ones(count), np.zeros(count)
    turned = _matrices(np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn))
    sheared = _matrices(one, none, slant, one)
    scaled = _matrices(np.exp(growth + stretch), none, none, np.exp(growth - stretch))
    return np.einsum("nij,jrc->nirc", turned @ sheared @ scaled, np.indices((SIDE, SIDE)) - CENTRE)


def _matrices(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    return np.stack([a, b, c, d], axis=-1).reshape(-1, 2, 2)


def _pushes(rng: np.random.Generator, count: int, strength: float = 1.0) -> np.ndarray:
    """Shifts of every pixel, alike for neighbours: (count, 2, 28, 28)."""
    knots = np.linspace(2, SIDE - 3, KNOTS)
    blend = np.exp(-(((np.arange(SIDE)[:, None] - knots) / (0.7 * (knots[1] - knots[0]))) ** 2) / 2)
    blend /= blend.sum(axis=1, keepdims=True)
    spread = PUSH * strength / (blend**2).sum(axis=1).mean()  # blending makes the pushes smaller
    return blend @ rng.normal(0, spread, (count, 2, KNOTS, KNOTS)) @ blend.T
