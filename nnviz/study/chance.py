"""What chance alone gives: random maps of the same kind as a weight map, and how often they are as edge-like.

Smooth noise fits some edge or bar as well, so a fit is worth only what it is ahead of noise equally smooth and equally
large. Many neurons looked at together have many chances to look like an edge by luck: `ahead` allows for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.study.edges import Edge, describe, looks, raster, search, shape_of, unit

CHANCE = 0.05  # a map is ahead of its noise if less than this share of the noise does as well
BATCH, ENOUGH = 50, 20  # random maps at a time; so many that did as well settle that a map is not ahead


@dataclass(frozen=True, eq=False)
class NoiseFloor:
    """What noise equally smooth and equally large reaches: `scores` (draws,), explained 0..1, ascending."""

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

    def p_value(self, explained: float) -> float:
        """Return how probable noise is to do as well, above 0..1: the map itself counts as one more draw.

        References
        ----------
        Davison, Hinkley: Bootstrap methods and their application (1997), section 4.2.
        """
        return float((np.sum(self.scores >= explained) + 1) / (self.scores.size + 1))

    def interval(self, explained: float) -> tuple[float, float]:
        """Return between which shares, 0..1, the true one lies with a confidence of 95 %, for draws are few.

        References
        ----------
        Wilson: Probable inference, the law of succession, and statistical inference (1927).
        """
        n, share, z = self.scores.size, self.reached_by(explained), 1.96
        middle, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(0.0, float((middle - half) / (1 + z * z / n))), min(1.0, float((middle + half) / (1 + z * z / n)))


def noise_floor(
    weight_map: np.ndarray, rng: np.random.Generator, draws: int = 100, explained: float | None = None
) -> NoiseFloor:
    """Score random maps equally smooth and equally large with the same search as `fit`.

    Parameters
    ----------
    weight_map : array (rows, columns), at least 8 x 8, or (784,)
    rng : numpy.random.Generator
        The same state gives the same scores.
    draws : int
        The number of random maps.
    explained : float, 0..1, optional
        What the map itself reaches: drawing then ends, after whole batches of `BATCH`, once `ENOUGH` random maps did
        as well, since no more of them could make it stand out.

    Returns
    -------
    NoiseFloor
        Of maps ``e * g``. e is the extent: a Gaussian, cut off by the borders, whose square has the same covariance
        about the same centre as the squared weights. g is Gaussian noise with the autocorrelation of ``w / e`` averaged
        over all directions: as smooth as the map, but with no preferred orientation. An all-zero map gives zeros.

    Raises
    ------
    ValueError
        If the map is smaller or holds NaN or infinite numbers, or draws is less than 1.

    References
    ----------
    Besag, Clifford: Sequential Monte Carlo p-values (1991).
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; expected at least 1")
    w, size = unit(weight_map)
    if size == 0:
        return NoiseFloor(np.zeros(draws))
    places = raster(shape_of(weight_map))
    draw, scores = _noise(w.reshape(places.shape)), np.empty(0)
    while scores.size < draws and (explained is None or np.sum(scores >= explained) < ENOUGH):
        maps = draw(rng, min(BATCH, draws - scores.size)).reshape(-1, w.size)
        scores = np.append(scores, search(maps / np.linalg.norm(maps, axis=1, keepdims=True), places)[1])
    return NoiseFloor(np.sort(scores))


def noise(weight_map: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Draw the random maps (draws, rows, columns) of `noise_floor`, for a map (rows, columns) that is not all zero."""
    return _noise(weight_map)(rng, draws)


def _noise(weight_map: np.ndarray) -> Callable[[np.random.Generator, int], np.ndarray]:
    """Return the function of a generator and a number that draws so many random maps."""
    e, scale, (rows, columns) = _extent(weight_map), raster(weight_map.shape).scale, weight_map.shape
    field = 2 * rows, 2 * columns  # twice the map, so that its opposite borders do not touch
    lag = np.hypot(*np.meshgrid(*[np.fft.fftfreq(side, 1 / side) for side in field], indexing="ij"))
    ring = np.rint(lag).astype(int).ravel()
    powers = (abs(np.fft.rfft2(image, field)) ** 2 for image in (weight_map, e))
    sums = [np.bincount(ring, np.fft.irfft2(power, field).ravel()) for power in powers]
    rho = np.clip(sums[0] / np.maximum(sums[1], 1e-12 * sums[1][0]) * sums[1][0] / sums[0][0], -1, 1)
    fading = np.clip((np.arange(rho.size) - 6 * scale) / (8 * scale), 0, 1)
    rho *= np.cos(np.pi / 2 * fading) ** 2  # trust lags to 6 of 28 pixels, none from 14 on
    spectrum = np.sqrt(np.maximum(np.fft.rfft2(np.interp(lag, np.arange(rho.size), rho)).real, 0))

    def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
        white = np.fft.rfft2(rng.standard_normal((draws, *field)))
        g = np.fft.irfft2(spectrum * white, field)
        return e * g[:, :rows, :columns]

    return draw


def margin(edge: Edge | None, floor: NoiseFloor) -> float:
    """Return by how much the map explains more than 95 % of its noise does: -1..1, above 0 only if it beats it."""
    return -1.0 if edge is None else edge.explained - floor.percentile_95


def ahead(p_values: np.ndarray, rate: float = CHANCE) -> np.ndarray:
    """Say which of several maps, looked at together, are ahead of their noise: booleans, in the order of the p-values.

    Of those it names, at most the share `rate` is expected to be there by luck.

    References
    ----------
    Benjamini, Hochberg: Controlling the false discovery rate (1995).
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] <= rate * np.arange(1, p.size + 1) / max(p.size, 1))
    found = np.zeros(p.size, bool)
    found[order[: passed[-1] + 1 if passed.size else 0]] = True
    return found


def verdict(edge: Edge | None, floor: NoiseFloor) -> str:
    """Say in plain words how edge-like a map is, and how much of that chance alone would give."""
    if edge is None:
        return "All weights are zero: there is no edge to find."
    low, high = floor.interval(edge.explained)
    if low > CHANCE:
        opening = "No more edge-like than noise of the same kind"
    elif high > CHANCE:
        opening = f"Too close to call with {floor.scores.size:,} random patterns"
    elif edge.explained < 0.5:
        opening = "More edge-like than such noise, but most of the weights are something else"
    else:
        opening = "Edge-like, and more so than chance"
    own, half, most = (f"{100 * share:.0f}\u00a0%" for share in (edge.explained, floor.median, floor.percentile_95))
    as_well = int(np.sum(floor.scores >= edge.explained))
    return (
        f"{opening}: {describe(edge)} accounts for {own} of the weights (of their squares). Of {floor.scores.size:,} "
        f"equally smooth and equally large random patterns, half reach {half}, 95\u00a0% stay below {most}, and "
        f"{as_well:,} did as well as this one."
    )


def in_short(edge: Edge | None, floor: NoiseFloor) -> tuple[str, str]:
    """Say the same in two short sentences: what a neuron is, its subject left out, and the two numbers."""
    if edge is None:
        return "has no edge", "All its weights are zero."
    low, high = floor.interval(edge.explained)
    partly = "partly " * (edge.explained < 0.5)
    opening = f"looks {partly}like {'an edge' if edge.kind == 'edge' else 'a bar'} detector: {looks(edge)}"
    if low > CHANCE:
        opening = "looks no more like an edge than noise does"
    elif high > CHANCE:
        opening = "is too close to call: it may be an edge detector, or luck"
    return opening, (
        f"The {edge.kind} drawn over its weights explains {100 * edge.explained:.0f}\u00a0% of their squares; noise "
        f"as smooth rarely reaches {100 * floor.percentile_95:.0f}\u00a0%."
    )


def _extent(weight_map: np.ndarray) -> np.ndarray:
    """Gaussian of a map's shape, cut off by its borders, whose square spreads as the squared weights do."""
    energy = weight_map.ravel() ** 2 / np.sum(weight_map**2)
    places = np.stack(raster(weight_map.shape).fine, axis=1).astype(np.float64)
    away = places - energy @ places
    pixel = np.eye(2) / 4  # a map of one pixel would otherwise have no spread
    goal = precision = np.linalg.inv((away.T * energy) @ away + pixel)
    for _ in range(20):  # an evenly spread map wants a Gaussian much wider than itself
        square = np.exp(-np.sum(away @ precision * away, axis=1) / 2)
        precision = precision + goal - np.linalg.inv((away.T * square) @ away / square.sum() + pixel)
    return np.exp(-np.sum(away @ precision * away, axis=1) / 4).reshape(weight_map.shape)
