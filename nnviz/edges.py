"""How edge-like is a weight map? The oriented template that fits it best.

A template is an edge (one bright side, one dark) or a bar (a stripe between two flanks of the other sign): first or
second derivative of a Gaussian across, one along (Young: The Gaussian derivative model for spatial vision, 1987).
All templates sum to zero, so evenly lit paper says nothing to them. A good fit alone proves little, because smooth
noise fits some template too: `nnviz.chance` says how well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from nnviz.network import IMAGE_SHAPE

FAR_BEHIND = 0.6  # the best bar is not refined if it explains less than this share of what the best edge does

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
FINE = ROWS, COLUMNS  # where templates are computed: in all pixels, or in the middle of every two by two
COARSE = tuple(grid.reshape(IMAGE_SHAPE)[::2, ::2].ravel() + np.float32(0.5) for grid in FINE)


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
        ``(w . t)**2 / (w . w)`` with t the template of length 1: the share of the squared weights it explains. The mean
        of w stays in: weights that merely add up ink are a share no edge explains.
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
    return fits(np.asarray(weight_map)[None])[0]


def fits(weight_maps: np.ndarray) -> list[Edge | None]:
    """Do as `fit` for maps (n, 28, 28) or (n, 784), all at once."""
    found: list[Edge | None] = []
    units = [unit(weight_map) for weight_map in weight_maps]
    shapes = iter(search(np.stack([w for w, size in units if size]))[0]) if any(size for _, size in units) else iter(())
    for w, size in units:
        found.append(_edge(next(shapes), w, size) if size else None)
    return found


def _edge(shape: np.ndarray, w: np.ndarray, size: float) -> Edge:
    """Describe the template of a shape (6,) as an edge of the map w (784,) of length 1, once of length `size`."""
    shape = shape.copy()
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


def bright_direction(edge: Edge) -> float:
    """Return where an edge's bright side is, seen from its middle: degrees, 0..360, 0 right, counter-clockwise."""
    forwards = edge.side == _side(False, edge.orientation, 1.0)
    return (edge.orientation + (90 if forwards else 270)) % 360


def outline(edge: Edge) -> np.ndarray:
    """Return the corners (4, 2) of the edge's width x length rectangle as row, column, in order around it."""
    turn = np.deg2rad(edge.orientation)
    sides = np.array([[-np.sin(turn), np.cos(turn)], [-np.cos(turn), -np.sin(turn)]]) * [[edge.length], [edge.width]]
    return np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) / 2 @ sides + np.array([edge.row, edge.column])


def stripe(row: float, column: float, orientation: float, length: float = 12, width: float = 2) -> np.ndarray:
    """Draw a bright bar (28, 28), 1 on 0 with anti-aliased borders; lengths in pixels, orientation in degrees."""
    along, across = _along_across(np.array([[row]]), np.array([[column]]), np.array([[orientation]]))
    cover = np.clip(length / 2 + 0.5 - abs(along), 0, 1) * np.clip(width / 2 + 0.5 - abs(across), 0, 1)
    return cover.reshape(IMAGE_SHAPE)


def describe(edge: Edge) -> str:
    """Name an edge in words: "a bright-left edge at 70°", "a dark bar at 10°"."""
    side = f"bright-{edge.side}" if edge.kind == "edge" else edge.side
    return f"a {side.replace(' ', '-')} {edge.kind} at {round(edge.orientation) % 180}°"


def unit(weight_map: np.ndarray) -> tuple[np.ndarray, float]:
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


def _along_across(
    row: np.ndarray, column: np.ndarray, turn: np.ndarray, grid: tuple[np.ndarray, ...] = FINE
) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every pixel from a centre (m, 1): (m, 784) along the line, and across it, a quarter turn further."""
    cosine, sine = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    right, up = grid[1] - column, row - grid[0]
    return right * cosine + up * sine, up * cosine - right * sine


def _templates(shapes: np.ndarray, grid: tuple[np.ndarray, ...] = FINE) -> np.ndarray:
    """Templates (m, 784) of length 1 and sum 0; shapes (m, 6): is it a bar, place, degrees, log sizes."""
    bar, row, column, turn, log_width, log_length = shapes.astype(np.float32).T[:, :, None]
    along, across = _along_across(row, column, turn, grid)
    across *= 2 * np.exp(-log_width)
    along *= np.float32(FWHM) * np.exp(-log_length)
    across_squared = across * across
    along *= along
    along += across_squared
    along *= np.float32(-0.5)
    envelope = np.exp(along, out=along)
    t = np.where(bar > 0, 1 - across_squared, across)
    t *= envelope
    envelope *= t.sum(axis=1, keepdims=True) / envelope.sum(axis=1, keepdims=True)
    t -= envelope  # what the border cut off
    t /= np.sqrt(np.einsum("mp,mp->m", t, t))[:, None]
    return t


@cache
def _bank() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Shapes (N, 6) and coarse templates (N, 196) for each width, edges first, then bars; about 10,000 in all."""
    angles = np.arange(ORIENTATIONS) * 180 / ORIENTATIONS
    bank = []
    for kind, width in product((0, 1), WIDTHS):
        centres = 13.5 + np.arange(-(21 // width), 21 // width + 1) * width / 2  # half a width apart
        axes = np.meshgrid(kind, centres, centres, angles, np.log(width), np.log(width * np.array(RATIOS)))
        shapes = np.stack([axis.ravel() for axis in axes], axis=1)
        bank.append((shapes, _templates(shapes, COARSE)))
    return tuple(bank)


def _shrunk(images: np.ndarray) -> np.ndarray:
    """Add up the pixels of pictures (n, 784) two by two: (n, 196)."""
    rows, columns = IMAGE_SHAPE
    return images.reshape(-1, rows // 2, 2, columns // 2, 2).sum(axis=(2, 4)).reshape(len(images), -1)


def search(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best template of each map (m, 784) of length 1: shapes (m, 6), explained (m,).

    A coarse look at all templates chooses one of each kind and width. The best edge and the best bar are refined: on
    the shrunk map first, then on the whole one; not a kind that is far behind the other.
    """
    maps = maps.astype(np.float32)
    small = _shrunk(maps)
    chosen = np.stack([shapes[_largest(small @ templates.T)] for shapes, templates in _bank()], axis=1)
    exact = np.einsum("mkp,mp->mk", _templates(chosen.reshape(-1, 6)).reshape(*chosen.shape[:2], -1), maps) ** 2
    by_kind = exact.reshape(len(maps), 2, len(WIDTHS))
    best = by_kind.max(axis=2)
    row, kind = np.nonzero(best >= FAR_BEHIND * best.max(axis=1, keepdims=True))
    found, score = _refine(maps[row], chosen[row, kind * len(WIDTHS) + by_kind.argmax(axis=2)[row, kind]])
    order = np.lexsort((score, row))
    winner = order[np.append(np.flatnonzero(np.diff(row[order])), len(order) - 1)]  # the last, the highest, of each map
    return found[winner], score[winner].astype(np.float64)


def _largest(values: np.ndarray) -> np.ndarray:
    """Return where in each row the number furthest from zero is."""
    high, low = values.argmax(axis=1), values.argmin(axis=1)
    every = np.arange(len(values))
    return np.where(values[every, high] >= -values[every, low], high, low)


def _refine(maps: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nudge each shape along, across, in turn and in size, keep what explains more; each round half as far."""
    small = _shrunk(maps)
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    for reaches, images, grid in (((1, 0.5), small, COARSE), ((0.25,), maps, FINE)):
        explained = np.einsum("mp,mp->m", _templates(shapes, grid), images) ** 2
        for reach, k, sign in product(reaches, range(1, 6), (-1, 1)):
            moved = _moved(shapes, k, sign * reach * STEPS[k])
            score = np.einsum("mp,mp->m", _templates(moved, grid), images) ** 2
            better = score > explained
            shapes, explained = np.where(better[:, None], moved, shapes), np.where(better, score, explained)
    return shapes, explained


def _moved(shapes: np.ndarray, k: int, step: float) -> np.ndarray:
    moved = shapes.copy()
    if k < 3:
        turn = np.deg2rad(shapes[:, 3] + 90 * (k - 1))
        moved[:, 1:3] += (step * np.exp(shapes[:, 6 - k]) * np.array([-np.sin(turn), np.cos(turn)])).T
    else:
        moved[:, k] += step
    moved = np.clip(moved, *LIMITS)
    moved[:, 5] = np.maximum(moved[:, 5], moved[:, 4] + np.log(SLENDER))
    return moved
