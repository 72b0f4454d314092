"""Digits recorded as pen strokes, and how a canvas paints them: round-capped lines of one width."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nnviz.ink import CANVAS, PEN_WIDTH
from nnviz.mnist import ASSETS

FILL = 0.65  # the long side of a replayed digit, as a share of the canvas
Strokes = list[list[list[float]]]


@dataclass(frozen=True)
class PenDigit:
    """One recorded digit: its label 0..9, who wrote it, and its strokes as lists of [x, y], y pointing down."""

    label: int
    writer: str
    strokes: Strokes


def load(path: Path = ASSETS / "pen_digits.json.gz") -> list[PenDigit]:
    """Load 7,493 digits drawn by 30 people with a pen on a tablet.

    Raises
    ------
    FileNotFoundError
        If the data file is missing.

    References
    ----------
    Alpaydin, Alimoglu: Pen-Based Recognition of Handwritten Digits, UCI Machine Learning Repository (1996).
    Licence: CC BY 4.0.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"The data file {path.name} is missing from {path.parent}; restore it from the project."
        )
    with gzip.open(path) as file:
        return [PenDigit(**row) for row in json.load(file)]


def place(strokes: Strokes, fill: float = FILL, turn: float = 0.0) -> list[np.ndarray]:
    """Lay strokes in the middle of the canvas.

    Parameters
    ----------
    strokes : lists of [x, y]
    fill : float, 0..1
        The long side of the digit as a share of the canvas.
    turn : float, degrees
        Clockwise rotation about the digit's middle.

    Returns
    -------
    list of arrays (n, 2)
        x, y in canvas pixels.
    """
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = fill * CANVAS / max(float((high - low).max()), 1.0)
    c, s = np.cos(np.radians(turn)) * scale, np.sin(np.radians(turn)) * scale
    rotation = np.array([[c, s], [-s, c]])
    return [(np.asarray(stroke, float) - (low + high) / 2) @ rotation + CANVAS / 2 for stroke in strokes]


def render(strokes: list[np.ndarray], width: float = PEN_WIDTH) -> np.ndarray:
    """Paint strokes as the canvas does.

    Parameters
    ----------
    strokes : list of arrays (n, 2)
        x, y in canvas pixels, y down.
    width : float
        The pen's width in pixels.

    Returns
    -------
    array (280, 280), 0 or 1
        1 is ink.
    """
    picture = Image.new("L", (CANVAS, CANVAS))
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        pen.line(points, fill=1, width=round(width))
        for x, y in points:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=1)
    return np.asarray(picture, dtype=float)
