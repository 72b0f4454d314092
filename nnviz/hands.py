"""Recorded strokes as another hand or another device would have left them.

A finger leaves few points, far apart and beside where it meant to be; a hurried hand rounds corners, stops early and
does not lift the pen; a mouse trembles. Strokes are arrays (n, 2) of x, y; the digit's long side is 100.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.pen import PenDigit

Points = list[np.ndarray]

SIZE = 100.0
FINE = 3.0  # distance of the points that a steady pen leaves
SPARSE = (6.0, 25.0)  # and of those a finger leaves
TREMBLE = 2.5  # how far such points lie beside the line, standard deviation, at most
DRIFT = 5.0  # how far the hand wanders in between, standard deviation, at most
ROUNDED = (2, 7)  # fine points to either side over which a corner is rounded
SHORTER = 0.1  # the share of a stroke that is missing at either end, at most
APART = 5.0  # how far a stroke lies beside its place, standard deviation
BAR = 7  # the digit that is as often written without its second stroke


def elsewhere(digit: PenDigit, rng: np.random.Generator) -> Points:
    """Draw a recorded digit as somebody else might have, on another device.

    Each change happens to some drawings, and to each of these as much as chance has it.

    Returns
    -------
    list of arrays (n, 2)
        x, y, y down, the long side about 100.
    """
    strokes = sized(digit.strokes)
    if digit.label == BAR and len(strokes) == 2 and rng.random() < 0.5:
        strokes = [max(strokes, key=extent)]
    if rng.random() < 0.3:
        strokes = [stroke + rng.normal(0, APART, 2) for stroke in strokes]
    if rng.random() < 0.15:
        strokes = [np.concatenate(strokes)]  # the pen was not lifted
    strokes = [resample(stroke, FINE) for stroke in strokes]
    if rng.random() < 0.4:
        reach = int(rng.integers(*ROUNDED))
        strokes = [rounded(stroke, reach) for stroke in strokes]
    if rng.random() < 0.4:
        strokes = [shortened(stroke, rng) for stroke in strokes]
    if rng.random() < 0.5:
        strength = DRIFT * rng.random()
        strokes = [stroke + strength * wander(len(stroke), rng) for stroke in strokes]
    if rng.random() < 0.6:
        step, strength = rng.uniform(*SPARSE), TREMBLE * rng.random()
        strokes = [resample(stroke, step) for stroke in strokes]
        strokes = [stroke + rng.normal(0, strength, stroke.shape) for stroke in strokes]
    return strokes


def sized(strokes: Sequence[Sequence[Sequence[float]]]) -> Points:
    """Make strokes of any size ones whose long side is 100; a dot stays as it is."""
    points = [np.asarray(stroke, float) for stroke in strokes]
    size = extent(np.concatenate(points)) or SIZE
    return [stroke * (SIZE / size) for stroke in points]


def extent(stroke: np.ndarray) -> float:
    """The long side of the box around points (n, 2)."""
    return float(np.ptp(stroke, axis=0).max())


def resample(stroke: np.ndarray, step: float) -> np.ndarray:
    """Follow a stroke (n, 2) from end to end in even paces of about `step`: (k, 2), at least one pace unless a dot."""
    way = np.concatenate([[0.0], np.linalg.norm(np.diff(stroke, axis=0), axis=1).cumsum()])
    if way[-1] == 0:
        return stroke[:1]
    places = np.linspace(0, way[-1], max(round(way[-1] / step), 1) + 1)
    return np.stack([np.interp(places, way, stroke[:, k]) for k in (0, 1)], axis=1)


def rounded(stroke: np.ndarray, reach: int) -> np.ndarray:
    """Put each point (n, 2) where it and `reach` neighbours to either side lie on average; the ends stay."""
    if len(stroke) < 3:
        return stroke
    return averaged(np.pad(stroke, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd"), reach)


def averaged(points: np.ndarray, reach: int) -> np.ndarray:
    """Average over ``2 reach + 1`` points in a row: (n, 2) to (n - 2 reach, 2)."""
    window = np.full(2 * reach + 1, 1 / (2 * reach + 1))
    return np.stack([np.convolve(points[:, k], window, mode="valid") for k in (0, 1)], axis=1)


def shortened(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave out a little of a stroke (n, 2) at its beginning and at its end."""
    first, last = (len(stroke) * SHORTER * rng.random(2)).astype(int)
    return stroke[first : len(stroke) - last]


def wander(count: int, rng: np.random.Generator) -> np.ndarray:
    """A slow random walk beside the line, (count, 2), standard deviation about 1: neighbours move alike."""
    reach = 6
    return averaged(rng.normal(0, (2 * reach + 1) ** 0.5, (count + 2 * reach, 2)), reach)
