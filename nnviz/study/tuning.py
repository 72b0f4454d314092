"""A tuning curve: what a neuron's sum becomes as what it looks for is turned before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.network import IMAGE_SHAPE
from nnviz.study.edges import Edge, bright_direction, raster, shape_of, stripe


@dataclass(frozen=True, eq=False)
class Tuning:
    """What a neuron makes of a picture that is turned.

    Attributes
    ----------
    angles : array (n,), degrees, counter-clockwise
        For a bar the orientation of its line, 0 to below 180, 0 horizontal. For a disc with one bright half where that
        half points to, 0 to below 360, 0 to the right.
    z : array (n,)
        The weighted sum plus bias for each.
    best : float, degrees
        The angle at which the fitted edge or bar itself stands.
    turned : str
        What is turned, in words.
    peak : bool
        Whether z should be largest there; for a dark bar it should be smallest.
    """

    angles: np.ndarray
    z: np.ndarray
    best: float
    turned: str
    peak: bool


def between(weight_map: np.ndarray, b: float, ends: tuple[float, float]) -> tuple[np.ndarray, float]:
    """Return weights and bias that make of a picture in 0..1 what these make of it stretched from dark to bright.

    Parameters
    ----------
    weight_map : array (rows, columns)
    b : float
    ends : (dark, bright)
        The numbers a pixel lies between, as `Preparation.range` tells them.

    Returns
    -------
    weights : array (rows, columns)
    bias : float
        Also z of a picture that is dark all over.
    """
    dark, bright = ends
    return weight_map * (bright - dark), b + dark * float(weight_map.sum(dtype=np.float64))


def curve(weight_map: np.ndarray, b: float, edge: Edge, step: float = 5) -> Tuning:
    """Turn what an edge or bar should answer to about its middle, as long and as wide as it is.

    An edge is turned a disc with one bright half: a bar on its border would lie half on either side, and say nothing.

    Parameters
    ----------
    weight_map : array (rows, columns), at least 8 x 8, or (784,)
    b : float
        The neuron's bias.
    edge : Edge
        Fitted to the map.
    step : float, degrees

    References
    ----------
    Hubel, Wiesel: Receptive fields of single neurones in the cat's striate cortex (1959).
    """
    bar, shape = edge.kind == "bar", shape_of(weight_map)
    angles = np.arange(0, 180 if bar else 360, step, dtype=np.float64)
    if bar:
        pictures = [stripe(edge.row, edge.column, angle, edge.length, edge.width, shape) for angle in angles]
    else:
        radius = max(edge.length, 2 * edge.width) / 2
        pictures = [half_disc(edge.row, edge.column, angle, radius, shape) for angle in angles]
    z = np.array(pictures).reshape(len(angles), -1) @ np.asarray(weight_map, np.float64).ravel() + b
    best = edge.orientation if bar else bright_direction(edge)
    return Tuning(angles, z, best, "a bright bar" if bar else "a half-bright disc", edge.side != "dark")


def half_disc(
    row: float, column: float, direction: float, radius: float, shape: tuple[int, int] = IMAGE_SHAPE
) -> np.ndarray:
    """Draw a disc in a shape whose half towards `direction`, degrees, is 1, with anti-aliased borders, all else 0."""
    turn, (rows, columns) = np.deg2rad(direction), raster(shape).fine
    right, up = columns - column, row - rows
    towards = np.clip(right * np.cos(turn) + up * np.sin(turn) + 0.5, 0, 1)
    return (towards * np.clip(radius + 0.5 - np.hypot(right, up), 0, 1)).reshape(shape)
