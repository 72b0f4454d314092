"""What the shipped networks practise on: MNIST's digits and, for some, recorded strokes bent and drawn again.

Every redrawn digit ends in `ink.normalize`, so a network learns what a visitor's drawing looks like to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nnviz import hands, ink, mnist, pen
from nnviz.mnist import Digits

HELD_OUT_WRITERS = tuple(f"train-{number:02d}" for number in range(5, 31, 5))  # every fifth: never trained on
PEN_WIDTHS = (13.0, 29.0)  # canvas pixels: a little beyond the thinnest and thickest pen offered
FILLS = (0.3, 0.85)  # the digit's long side as a share of the canvas
TURN = 7.0  # degrees, standard deviation
SLANT = 0.12  # columns per row, standard deviation
STRETCH = 0.12  # log of width over height, standard deviation
WOBBLE = 0.02  # how far points wander, as a share of the digit's long side


def writers(held_out: bool) -> list[pen.PenDigit]:
    """Load the pen digits of the writers no network is trained on, or of all the others."""
    return [digit for digit in pen.load() if (digit.writer in HELD_OUT_WRITERS) == held_out]


def distortion(rng: np.random.Generator) -> np.ndarray:
    """Choose a small random turn, slant and change of proportions.

    Returns
    -------
    array (2, 2)
        Maps x, y about the digit's middle; nearly the identity.
    """
    turn, slant, stretch = np.radians(rng.normal(0, TURN)), rng.normal(0, SLANT), rng.normal(0, STRETCH)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return rotation @ np.array([[1, slant], [0, 1]]) @ np.diag(np.exp([stretch / 2, -stretch / 2]))


def bend(strokes: Sequence[ArrayLike], rng: np.random.Generator) -> pen.Strokes:
    """Distort strokes, and let their points wander along a random wave.

    Parameters
    ----------
    strokes : lists of [x, y], or arrays (n, 2)
        In any unit, which the result keeps.
    rng : Generator

    Returns
    -------
    lists of [x, y]
        As many strokes, each of as many points.
    """
    points = [np.asarray(stroke, float) for stroke in strokes]
    size = max(float(np.ptp(np.concatenate(points), axis=0).max()), 1.0)
    matrix, waves, phases = distortion(rng), rng.normal(0, 4, (2, 2)), rng.uniform(0, 2 * np.pi, 2)
    return [((p + WOBBLE * size * np.sin(p / size @ waves + phases)) @ matrix.T).tolist() for p in points]


def redraw(strokes: Sequence[ArrayLike], rng: np.random.Generator) -> np.ndarray:
    """Draw a recorded digit once more: bent a little, of random size, with a pen of random width.

    Parameters
    ----------
    strokes : lists of [x, y], or arrays (n, 2), y down
    rng : Generator

    Returns
    -------
    array (28, 28) uint8
        0 black to 255 white, painted on the canvas and prepared by `ink.normalize`.
    """
    placed = pen.place(bend(strokes, rng), fill=rng.uniform(*FILLS))
    picture = ink.normalize(pen.render(placed, rng.uniform(*PEN_WIDTHS)))
    return np.rint(picture * 255).astype(np.uint8)


def redraw_all(digits: Sequence[pen.PenDigit], seed: int, elsewhere: bool = False) -> Digits:
    """Redraw pen digits, each in its own way; the same seed gives the same pictures.

    With `elsewhere`, each first becomes what another hand or device would have made of it (`hands.elsewhere`).
    """
    rng = np.random.default_rng(seed)
    drawn = (hands.elsewhere(digit, rng) if elsewhere else digit.strokes for digit in digits)
    images = np.stack([redraw(strokes, rng) for strokes in drawn])
    return Digits(images, np.array([digit.label for digit in digits], np.uint8))


def scans_only() -> Callable[[int], Digits]:
    """Make lessons for `training.train`: MNIST's 60,000 training digits in every epoch."""
    scans = mnist.load("train")
    return lambda epoch: scans


def scans_and_pens(versions: Sequence[Digits], per_epoch: int) -> Callable[[int], Digits]:
    """Make lessons for `training.train`: MNIST's training digits, and the next few versions of the pen digits."""
    scans = mnist.load("train")

    def lesson(epoch: int) -> Digits:
        first = epoch * per_epoch
        parts = [scans, *(versions[(first + k) % len(versions)] for k in range(per_epoch))]
        return Digits(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))

    return lesson
