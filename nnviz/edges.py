"""How edge-like is a weight map? The best oriented template, what noise of the same kind reaches, and a tuning curve.

A template is an edge (one bright side, one dark) or a bar (a stripe between two flanks of the other sign): first or
second derivative of a Gaussian across, one along (Young: The Gaussian derivative model for spatial vision, 1987).
All templates sum to zero, so evenly lit paper says nothing to them. A good fit alone proves little, because smooth
noise fits some template too: `noise_floor` says how well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from nnviz.network import IMAGE_SHAPE

WIDTHS, RATIOS, ORIENTATIONS = (3.0, 5.0, 8.0), (1.6, 3.2), 8  # of the bank: length = ratio * width
STEPS = (
    0,
    0.12,
    0.12,
    8,
    0.25,
    0.3,
)  # of the search: kind, shift in lengths and in widths, degrees, log width and length
LIMITS = np.array([[0, 0, 0, -np.inf, np.log(2), np.log(5)], [1, 27, 27, np.inf, np.log(10), np.log(28)]])
SLENDER = 1.5  # a line is at least so many times as long as wide; anything rounder is a blob
FWHM = np.sqrt(8 * np.log(2))  # a Gaussian's full width at half its height, in standard deviations
SIDES = ("right", "upper right", "top", "upper left", "left", "lower left", "bottom", "lower right")
ROWS, COLUMNS = (grid.ravel().astype(np.float32) for grid in np.indices(IMAGE_SHAPE))


@dataclass(frozen=True)
class Edge:
    """The template that explains a weight map best.

    Attributes
    ----------
    kind : "edge" or "bar"
    row, column : float, pixels
        Its centre; row 0 is on top.
    orientation : float, degrees, 0 <= orientation < 180
        The turn of the line: 0 is horizontal, 90 vertical, counter-clockwise as seen on screen.
    width : float, pixels
        Of an edge: from its brightest line to its darkest. Of a bar: its stripe, from sign change to sign change.
    length : float, pixels
        Along the line, from half strength to half strength; at least 1.5 widths.
    side : str
        Where the positive weights are. Edge: "left", "upper left", "top" and so on. Bar: "bright" stripe or "dark".
    explained : float, 0..1
        ``(w . t)**2 / (w . w)`` with t the template of length 1: the share of the weights' energy it explains. The mean
        of w stays in: weights that merely add up ink are energy no edge explains.
    amplitude : float
        ``w . t``, positive. ``amplitude * template(edge)`` is the part of w that is explained.
    """

    kind: str
    row: float
    column: float
    orientation: float
    width: float
    length: float
    side: str
    explained: float
    amplitude: float


@dataclass(frozen=True, eq=False)
class NoiseFloor:
    """What noise as smooth and as extended as a weight map reaches: `scores` (draws,), explained 0..1, ascending."""

    scores: np.ndarray

    @property
    def median(self) -> float:
        return float(np.median(self.scores))

    @property
    def percentile_95(self) -> float:
        return float(np.percentile(self.scores, 95))

    def reached_by(self, explained: float) -> float:
        """Return the share of the noise draws, 0..1, that explain as much or more."""
        return float(np.mean(self.scores >= explained))


def fit(weight_map: np.ndarray) -> Edge | None:
    """Find the edge or bar that explains most of a weight map.

    Parameters
    ----------
    weight_map : array (28, 28) or (784,)
        Weights of any scale; row 0 on top.

    Returns
    -------
    Edge or None
        None if all weights are zero, for then there is nothing to explain.

    Raises
    ------
    ValueError
        If the map has another size, or holds NaN or infinite numbers.
    """
    w, size = _unit(weight_map)
    if size == 0:
        return None
    shape = _search(w[None])[0][0]
    shape[3] %= 180
    cosine = float(_templates(shape[None])[0] @ w)
    bar, row, column, orientation, width, length = (float(number) for number in (*shape[:4], *np.exp(shape[4:])))
    found = row, column, orientation, width, length, _side(bar > 0, orientation, cosine)
    return Edge("bar" if bar else "edge", *found, explained=min(cosine**2, 1.0), amplitude=abs(cosine) * size)


def template(edge: Edge) -> np.ndarray:
    """Draw an edge's template: (28, 28), sum 0, sum of squares 1, positive on its bright side."""
    bar, sizes = edge.kind == "bar", np.log([edge.width, edge.length])
    t = _templates(np.array([[bar, edge.row, edge.column, edge.orientation, *sizes]]))[0].reshape(IMAGE_SHAPE)
    return t if edge.side == _side(bar, edge.orientation, 1.0) else -t


def outline(edge: Edge) -> np.ndarray:
    """Return the corners (4, 2) of the edge's width x length rectangle as row, column, in order around it."""
    turn = np.deg2rad(edge.orientation)
    sides = np.array([[-np.sin(turn), np.cos(turn)], [-np.cos(turn), -np.sin(turn)]]) * [[edge.length], [edge.width]]
    return np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) / 2 @ sides + np.array([edge.row, edge.column])


def noise_floor(weight_map: np.ndarray, rng: np.random.Generator, draws: int = 100) -> NoiseFloor:
    """Score random maps as smooth and as extended as this one with the same search as `fit`.

    Parameters
    ----------
    weight_map : array (28, 28) or (784,)
    rng : numpy.random.Generator
        The same state gives the same scores.
    draws : int
        The number of random maps; about half a millisecond each.

    Returns
    -------
    NoiseFloor
        Of maps ``e * g``. e is the extent: a Gaussian, cut off by the borders, whose square has the same covariance
        about the same centre as the squared weights. g is Gaussian noise with the autocorrelation of ``w / e`` averaged
        over all directions: as smooth as the map, but with no preferred orientation. An all-zero map gives zeros.

    Raises
    ------
    ValueError
        If the map has another size or holds NaN or infinite numbers, or draws is less than 1.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; expected at least 1")
    w, size = _unit(weight_map)
    if size == 0:
        return NoiseFloor(np.zeros(draws))
    maps = noise(w.reshape(IMAGE_SHAPE), rng, draws).reshape(draws, -1)
    return NoiseFloor(np.sort(_search(maps / np.linalg.norm(maps, axis=1, keepdims=True))[1]))


def noise(weight_map: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Draw the random maps (draws, 28, 28) of `noise_floor`, for a map (28, 28) that is not all zero."""
    e = _extent(weight_map)
    field = 2 * IMAGE_SHAPE[0]  # twice the map, so that its opposite borders do not touch
    lag = np.hypot(*np.meshgrid(*[np.fft.fftfreq(field, 1 / field)] * 2))
    ring = np.rint(lag).astype(int).ravel()
    powers = (abs(np.fft.rfft2(image, (field, field))) ** 2 for image in (weight_map, e))
    sums = [np.bincount(ring, np.fft.irfft2(power, (field, field)).ravel()) for power in powers]
    rho = np.clip(sums[0] / np.maximum(sums[1], 1e-12 * sums[1][0]) * sums[1][0] / sums[0][0], -1, 1)
    rho *= np.cos(np.pi / 2 * np.clip((np.arange(rho.size) - 6) / 8, 0, 1)) ** 2  # trust lags to 6, none from 14 on
    spectrum = np.sqrt(np.maximum(np.fft.rfft2(np.interp(lag, np.arange(rho.size), rho)).real, 0))
    g = np.fft.irfft2(spectrum * np.fft.rfft2(rng.standard_normal((draws, field, field))), (field, field))
    return e * g[:, : IMAGE_SHAPE[0], : IMAGE_SHAPE[1]]


def stripe(row: float, column: float, orientation: float, length: float = 12, width: float = 2) -> np.ndarray:
    """Draw a bright bar (28, 28), 1 on 0 with anti-aliased borders; lengths in pixels, orientation in degrees."""
    along, across = _along_across(*(np.array([[value]]) for value in (row, column, orientation)))
    cover = np.clip(length / 2 + 0.5 - abs(along), 0, 1) * np.clip(width / 2 + 0.5 - abs(across), 0, 1)
    return cover.reshape(IMAGE_SHAPE)


def tuning_curve(
    weight_map: np.ndarray, b: float, row: float, column: float, length: float = 12, width: float = 2, step: float = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Turn a bright bar about one place: orientations in degrees, 0, step, ... below 180, and a neuron's z for each.

    ``z = w @ stripe(row, column, orientation, length, width) + b`` for a weight map (28, 28) or (784,) and a bias b.
    """
    w, size = _unit(weight_map)
    orientations = np.arange(0, 180, step, dtype=np.float64)
    bars = [stripe(row, column, orientation, length, width).ravel() for orientation in orientations]
    return orientations, np.array(bars) @ w * size + b


def margin(edge: Edge | None, floor: NoiseFloor) -> float:
    """Return by how much the map explains more than 95 % of its noise does: -1..1, above 0 only if it beats it."""
    return -1.0 if edge is None else edge.explained - floor.percentile_95


def describe(edge: Edge) -> str:
    """Name an edge in words: "a bright-left edge at 70°", "a dark bar at 10°"."""
    side = f"bright-{edge.side}" if edge.kind == "edge" else edge.side
    return f"a {side.replace(' ', '-')} {edge.kind} at {round(edge.orientation) % 180}°"


def verdict(edge: Edge | None, floor: NoiseFloor) -> str:
    """Say in plain words how edge-like a map is, and how much of that chance alone would give."""
    if edge is None:
        return "All weights are zero: there is no edge to find."
    opening = "Edge-like, and more so than chance"
    if margin(edge, floor) <= 0:
        opening = "No more edge-like than noise as smooth and as extended"
    elif edge.explained < 0.5:
        opening = "More edge-like than such noise, but most of the weights are something else"
    own, half, most = (f"{100 * share:.0f} %" for share in (edge.explained, floor.median, floor.percentile_95))
    as_well = np.sum(floor.scores >= edge.explained)
    return (
        f"{opening}: {describe(edge)} explains {own} of the weights' energy. Of {floor.scores.size} random maps as "
        f"smooth and as extended, half reach {half}, 95 % stay below {most}, and {as_well} did as well as this one."
    )


def _unit(weight_map: np.ndarray) -> tuple[np.ndarray, float]:
    """Check a weight map; return it as (784,) of length 1, and its length; zeros have length 0."""
    w = np.asarray(weight_map, dtype=np.float64)
    if w.shape not in (IMAGE_SHAPE, (ROWS.size,)):
        raise ValueError(f"the weight map has shape {w.shape}; expected {IMAGE_SHAPE} or ({ROWS.size},)")
    if not np.isfinite(w).all():
        raise ValueError("the weight map holds NaN or infinite numbers; expected finite weights")
    largest = float(abs(w).max()) or 1.0
    w = w.ravel() / largest  # first, so that squares neither overflow nor vanish
    length = float(np.linalg.norm(w))
    return w / (length or 1), length * largest


def _side(bar: bool, orientation: float, sign: float) -> str:
    if bar:
        return "bright" if sign > 0 else "dark"
    return SIDES[round((orientation + (90 if sign > 0 else 270)) / 45) % 8]


def _along_across(row: np.ndarray, column: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every pixel from a centre (m, 1): (m, 784) along the line, and across it, a quarter turn further."""
    cosine, sine = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    right, up = COLUMNS - column, row - ROWS
    return right * cosine + up * sine, up * cosine - right * sine


def _templates(shapes: np.ndarray) -> np.ndarray:
    """Templates (m, 784) of length 1 and sum 0; shapes (m, 6): is it a bar, place, degrees, log sizes."""
    bar, row, column, turn, log_width, log_length = shapes.astype(np.float32).T[:, :, None]
    along, across = _along_across(row, column, turn)
    across /= np.exp(log_width) / 2
    along /= np.exp(log_length) / np.float32(FWHM)
    envelope = np.exp(-(along * along + across * across) / 2)
    t = envelope * np.where(bar > 0, 1 - across * across, across)
    t -= envelope * (t.sum(axis=1, keepdims=True) / envelope.sum(axis=1, keepdims=True))  # what the border cut off
    return t / np.linalg.norm(t, axis=1, keepdims=True)


@cache
def _bank() -> tuple[np.ndarray, np.ndarray]:
    """Shapes (N, 6) and templates (N, 784), N about 10,000, first all edges, then all bars; half a width apart."""
    angles = np.arange(ORIENTATIONS) * 180 / ORIENTATIONS
    grids = []
    for kind, width in product((0, 1), WIDTHS):
        centres = 13.5 + np.arange(-(21 // width), 21 // width + 1) * width / 2
        axes = np.meshgrid(kind, centres, centres, angles, np.log(width), np.log(width * np.array(RATIOS)))
        grids.append(np.stack([axis.ravel() for axis in axes], axis=1))
    shapes = np.concatenate(grids)
    return shapes, _templates(shapes)


def _search(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best template of each map (m, 784) of length 1: shapes (m, 6), explained (m,)."""
    shapes, templates = _bank()
    maps = maps.astype(np.float32)
    explained = ((maps @ templates.T) ** 2).reshape(len(maps), 2, -1)  # the best edge and the best bar are both refined
    best = explained.argmax(axis=2) + np.array([0, len(shapes) // 2])
    found, score = _refine(np.repeat(maps, 2, axis=0), shapes[best.ravel()], explained.max(axis=2).ravel())
    winner = 2 * np.arange(len(maps)) + score.reshape(-1, 2).argmax(axis=1)
    return found[winner], score[winner].astype(np.float64)


def _refine(maps: np.ndarray, shapes: np.ndarray, explained: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nudge each shape along, across, in turn and in size, keep what explains more; each round half as far."""
    for reach, k, sign in product((1, 0.5, 0.25), range(1, 6), (-1, 1)):
        moved, step = shapes.copy(), sign * reach * STEPS[k]
        if k < 3:
            turn = np.deg2rad(shapes[:, 3] + 90 * (k - 1))
            moved[:, 1:3] += (step * np.exp(shapes[:, 6 - k]) * np.array([-np.sin(turn), np.cos(turn)])).T
        else:
            moved[:, k] += step
        moved = np.clip(moved, *LIMITS)
        moved[:, 5] = np.maximum(moved[:, 5], moved[:, 4] + np.log(SLENDER))
        score = np.einsum("mp,mp->m", _templates(moved), maps) ** 2
        better = score > explained
        shapes, explained = np.where(better[:, None], moved, shapes), np.where(better, score, explained)
    return shapes, explained


def _extent(weight_map: np.ndarray) -> np.ndarray:
    """Gaussian (28, 28), cut off by the borders, whose square spreads as the squared weights do, about their centre."""
    energy = weight_map.ravel() ** 2 / np.sum(weight_map**2)
    places = np.stack([ROWS, COLUMNS], axis=1).astype(np.float64)
    away = places - energy @ places
    pixel = np.eye(2) / 4  # a map of one pixel would otherwise have no spread
    goal = precision = np.linalg.inv((away.T * energy) @ away + pixel)
    for _ in range(20):  # an evenly spread map wants a Gaussian much wider than itself
        square = np.exp(-np.sum(away @ precision * away, axis=1) / 2)
        precision = precision + goal - np.linalg.inv((away.T * square) @ away / square.sum() + pixel)
    return np.exp(-np.sum(away @ precision * away, axis=1) / 4).reshape(IMAGE_SHAPE)
