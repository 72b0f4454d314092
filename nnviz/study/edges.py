"""How edge-like is a weight map? The oriented template that fits it best.

A template is an edge (one bright side, one dark) or a bar (a stripe between two flanks of the other sign): first or
second derivative of a Gaussian across, one along (Young: The Gaussian derivative model for spatial vision, 1987).
All templates sum to zero, so evenly lit paper says nothing to them. A good fit alone proves little, because smooth
noise fits some template too: `nnviz.study.chance` says how well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from nnviz.network import IMAGE_SHAPE

FAR_BEHIND = 0.6  # the best bar is not refined if it explains less than this share of what the best edge does

SMALLEST = 8  # rows and columns; in fewer pixels an edge and a bar are hardly told from one another
WIDTHS, RATIOS, ORIENTATIONS = (3.0, 5.0, 8.0), (1.6, 3.2), 8  # of the bank, in 28 x 28 pixels: length = ratio * width
NARROWEST = 1.2  # pixels: about the narrowest bar that is still a stripe between two flanks
# Of the search: kind, shift in lengths and in widths, degrees, log width and length.
STEPS = (0, 0.12, 0.12, 8, 0.25, 0.3)
LIMITS = np.array([[0, 0, 0, -np.inf, np.log(2), np.log(5)], [1, 27, 27, np.inf, np.log(10), np.log(28)]])
SLENDER = 1.5  # a line is at least so many times as long as wide; anything rounder is a blob
FWHM = np.sqrt(8 * np.log(2))  # a Gaussian's full width at half its height, in standard deviations
SIDES = ("right", "upper right", "top", "upper left", "left", "lower left", "bottom", "lower right")
PLACES = ("right", "upper right", "above", "upper left", "left", "lower left", "below", "lower right")
Grid = tuple[np.ndarray, np.ndarray]  # rows and columns of places, each (n,) float32


@dataclass(frozen=True, eq=False)
class Raster:
    """What maps of one shape are searched with; lengths grow with the shorter side.

    Attributes
    ----------
    shape : (rows, columns)
    scale : float
        The shorter side, as a multiple of MNIST's 28 pixels.
    block : int
        The coarse look takes together so many rows and so many columns.
    fine, coarse : pairs of arrays
        Where templates are computed: in all pixels, or in the middle of every block.
    widths : tuple of float, pixels
        Of the bank.
    limits : array (2, 6)
        Between which the search stays: kind, place, degrees, log width and length.
    """

    shape: tuple[int, int]
    scale: float
    block: int
    fine: Grid
    coarse: Grid
    widths: tuple[float, ...]
    limits: np.ndarray


@lru_cache(maxsize=8)
def raster(shape: tuple[int, int]) -> Raster:
    """Lay out the places for maps of a shape; ValueError if it is smaller than 8 x 8 pixels."""
    rows, columns = shape
    if min(shape) < SMALLEST:
        raise ValueError(f"the maps are of {rows} x {columns} pixels; expected at least {SMALLEST} x {SMALLEST}")
    scale, block = min(shape) / IMAGE_SHAPE[0], max(1, round(min(shape) / 14))
    fine = tuple(grid.astype(np.float32) for grid in np.indices(shape))
    coarse = tuple(grid[::block, ::block].ravel() + np.float32((block - 1) / 2) for grid in fine)
    limits = LIMITS.copy()
    limits[1, 1:3] = rows - 1, columns - 1
    limits[:, 4:] += np.log(scale)
    limits[0, 4:] = np.maximum(limits[0, 4:], np.log([NARROWEST, SLENDER * NARROWEST]))
    widths = tuple(max(NARROWEST, width * scale) for width in WIDTHS)
    both = fine[0].ravel(), fine[1].ravel()
    return Raster(shape, scale, block, both, (coarse[0], coarse[1]), widths, limits)


MNIST = raster(IMAGE_SHAPE)
ROWS, COLUMNS = FINE = MNIST.fine


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
    weight_map : array (rows, columns) or (784,)
        Weights of any scale; row 0 on top. At least 8 x 8; a flat one is 28 x 28.

    Returns
    -------
    Edge or None
        None if all weights are zero, for then there is nothing to explain.

    Raises
    ------
    ValueError
        If the map is smaller, or flat and of another size, or holds NaN or infinite numbers.
    """
    return fits(np.asarray(weight_map)[None])[0]


def fits(weight_maps: np.ndarray) -> list[Edge | None]:
    """Do as `fit` for maps (n, rows, columns) or (n, 784), all at once."""
    found: list[Edge | None] = []
    units, places = [unit(weight_map) for weight_map in weight_maps], raster(shape_of(weight_maps[0]))
    some = [w for w, size in units if size]
    shapes = iter(search(np.stack(some), places)[0] if some else ())
    for w, size in units:
        found.append(_edge(next(shapes), w, size, places.fine) if size else None)
    return found


def _edge(shape: np.ndarray, w: np.ndarray, size: float, grid: Grid) -> Edge:
    """Describe the template of a shape (6,) as an edge of the map w (n,) of length 1, once of length `size`."""
    shape = shape.copy()
    shape[3] %= 180
    cosine = float(_templates(shape[None], grid)[0] @ w)
    bar, row, column, orientation, width, length = (float(number) for number in (*shape[:4], *np.exp(shape[4:])))
    found = row, column, orientation, width, length, _side(bar > 0, orientation, cosine)
    return Edge("bar" if bar else "edge", *found, explained=min(cosine**2, 1.0), amplitude=abs(cosine) * size)


def template(edge: Edge, shape: tuple[int, int] = IMAGE_SHAPE) -> np.ndarray:
    """Draw an edge's template in a shape: sum 0, sum of squares 1, positive on its bright side."""
    bar, sizes = edge.kind == "bar", np.log([edge.width, edge.length])
    numbers = np.array([[bar, edge.row, edge.column, edge.orientation, *sizes]])
    t = _templates(numbers, raster(shape).fine)[0].reshape(shape)
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


def stripe(
    row: float,
    column: float,
    orientation: float,
    length: float = 12,
    width: float = 2,
    shape: tuple[int, int] = IMAGE_SHAPE,
) -> np.ndarray:
    """Draw a bright bar in a shape, 1 on 0 with anti-aliased borders; lengths in pixels, orientation in degrees."""
    turn = np.array([[orientation]])
    along, across = _along_across(np.array([[row]]), np.array([[column]]), turn, raster(shape).fine)
    cover = np.clip(length / 2 + 0.5 - abs(along), 0, 1) * np.clip(width / 2 + 0.5 - abs(across), 0, 1)
    return cover.reshape(shape)


def describe(edge: Edge) -> str:
    """Name an edge in words: "a bright-left edge at 70°", "a dark bar at 10°"."""
    side = f"bright-{edge.side}" if edge.kind == "edge" else edge.side
    return f"a {side.replace(' ', '-')} {edge.kind} at {round(edge.orientation) % 180}°"


def looks(edge: Edge) -> str:
    """Say the same without a number: "bright above, dark below", "a dark horizontal bar"."""
    if edge.kind == "edge":
        bright = SIDES.index(edge.side)
        return f"bright {PLACES[bright]}, dark {PLACES[(bright + 4) % 8]}"
    lie = ("horizontal", "slanting", "vertical", "slanting")[round(edge.orientation / 45) % 4]
    return f"a {edge.side} {lie} bar"


def shape_of(weight_map: np.ndarray) -> tuple[int, int]:
    """Return the rows and columns of a map; of a flat one MNIST's, and ValueError if it has not as many numbers."""
    shape = np.shape(weight_map)
    if len(shape) == 2:
        return shape
    if shape != (ROWS.size,):
        raise ValueError(f"the weight map has shape {shape}; expected (rows, columns) or ({ROWS.size},)")
    return IMAGE_SHAPE


def unit(weight_map: np.ndarray) -> tuple[np.ndarray, float]:
    """Check a weight map; return it flat and of length 1, and its length; zeros have length 0."""
    w = np.asarray(weight_map, dtype=np.float64)
    raster(shape_of(w))
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
    row: np.ndarray, column: np.ndarray, turn: np.ndarray, grid: Grid = FINE
) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every pixel from a centre (m, 1): (m, 784) along the line, and across it, a quarter turn further."""
    cosine, sine = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    right, up = grid[1] - column, row - grid[0]
    return right * cosine + up * sine, up * cosine - right * sine


def _templates(shapes: np.ndarray, grid: Grid = FINE) -> np.ndarray:
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


@lru_cache(maxsize=4)
def _bank(shape: tuple[int, int]) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Shapes (N, 6) and coarse templates (N, pixels) for each width, edges first, then bars; about 10,000 in all."""
    places = raster(shape)
    angles = np.arange(ORIENTATIONS) * 180 / ORIENTATIONS
    bank = []
    for kind, width in product((0, 1), places.widths):
        centres = [_centres(side, width) for side in shape]
        axes = np.meshgrid(kind, *centres, angles, np.log(width), np.log(width * np.array(RATIOS)))
        shapes = np.stack([axis.ravel() for axis in axes], axis=1)
        bank.append((shapes, _templates(shapes, places.coarse)))
    return tuple(bank)


def _centres(side: int, width: float) -> np.ndarray:
    """Return rows or columns half a width apart, over the middle three quarters of a side."""
    reach = 0.75 * side // (width - 1e-9)
    return (side - 1) / 2 + np.arange(-reach, reach + 1) * width / 2


def _shrunk(images: np.ndarray, places: Raster) -> np.ndarray:
    """Add up the pixels of pictures (n, pixels) block by block; what a last block lacks is 0."""
    block, pictures = places.block, images.reshape(-1, *places.shape)
    lacking = [(0, -side % block) for side in places.shape]
    if any(more for _, more in lacking):
        pictures = np.pad(pictures, [(0, 0), *lacking])
    rows, columns = (side // block for side in pictures.shape[1:])
    return pictures.reshape(-1, rows, block, columns, block).sum(axis=(2, 4)).reshape(len(images), -1)


def search(maps: np.ndarray, places: Raster = MNIST) -> tuple[np.ndarray, np.ndarray]:
    """Best template of each map (m, pixels) of length 1: shapes (m, 6), explained (m,).

    A coarse look at all templates chooses one of each kind and width. The best edge and the best bar are refined: on
    the shrunk map first, then on the whole one; not a kind that is far behind the other.
    """
    maps = maps.astype(np.float32)
    small = _shrunk(maps, places)
    bank = _bank(places.shape)
    chosen = np.stack([shapes[_largest(small @ templates.T)] for shapes, templates in bank], axis=1)
    fine = _templates(chosen.reshape(-1, 6), places.fine).reshape(*chosen.shape[:2], -1)
    exact = np.einsum("mkp,mp->mk", fine, maps) ** 2
    by_kind = exact.reshape(len(maps), 2, len(WIDTHS))
    best = by_kind.max(axis=2)
    row, kind = np.nonzero(best >= FAR_BEHIND * best.max(axis=1, keepdims=True))
    start = chosen[row, kind * len(WIDTHS) + by_kind.argmax(axis=2)[row, kind]]
    found, score = _refine(maps[row], start, places)
    order = np.lexsort((score, row))
    winner = order[np.append(np.flatnonzero(np.diff(row[order])), len(order) - 1)]  # the last, the highest, of each map
    return found[winner], score[winner].astype(np.float64)


def _largest(values: np.ndarray) -> np.ndarray:
    """Return where in each row the number furthest from zero is."""
    high, low = values.argmax(axis=1), values.argmin(axis=1)
    every = np.arange(len(values))
    return np.where(values[every, high] >= -values[every, low], high, low)


def _refine(maps: np.ndarray, shapes: np.ndarray, places: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Nudge each shape along, across, in turn and in size, keep what explains more; each round half as far."""
    small = _shrunk(maps, places)
    small /= np.maximum(np.linalg.norm(small, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    for reaches, images, grid in (((1, 0.5), small, places.coarse), ((0.25,), maps, places.fine)):
        explained = np.einsum("mp,mp->m", _templates(shapes, grid), images) ** 2
        for reach, k, sign in product(reaches, range(1, 6), (-1, 1)):
            moved = _moved(shapes, k, sign * reach * STEPS[k], places.limits)
            score = np.einsum("mp,mp->m", _templates(moved, grid), images) ** 2
            better = score > explained
            shapes, explained = np.where(better[:, None], moved, shapes), np.where(better, score, explained)
    return shapes, explained


def _moved(shapes: np.ndarray, k: int, step: float, limits: np.ndarray) -> np.ndarray:
    moved = shapes.copy()
    if k < 3:
        turn = np.deg2rad(shapes[:, 3] + 90 * (k - 1))
        moved[:, 1:3] += (step * np.exp(shapes[:, 6 - k]) * np.array([-np.sin(turn), np.cos(turn)])).T
    else:
        moved[:, k] += step
    moved = np.clip(moved, *limits)
    moved[:, 5] = np.maximum(moved[:, 5], moved[:, 4] + np.log(SLENDER))
    return moved
