"""From a drawing of any size to the 28 x 28 picture the network reads, prepared as MNIST's digits were.

MNIST (LeCun et al. 1998, section III.A) scaled each digit to fit a 20 x 20 box with its aspect ratio kept, then put
its centre of mass in the middle of a 28 x 28 field. The same here, in two matrices of overlaps.
"""

from __future__ import annotations

import numpy as np

PEN_WIDTH = 20  # default pen on the 280 x 280 canvas, in pixels
CANVAS = 280  # the canvas is this many pixels wide and high
SIDE = 28  # the network's picture
BOX = 20  # the long side of the ink in it
CENTRE = 14.0  # the centre of mass: pixel index, measured on MNIST as 14.0 +/- 0.3
FAINT = 0.2  # ink below this share of the strongest does not stretch the box: the ghost an eraser leaves


def check(ink: np.ndarray) -> np.ndarray:
    """Return `ink` as float64 after checking it is a (H, W) picture of finite numbers in 0..1.

    Raises
    ------
    ValueError
        Naming what was met and what was expected.
    """
    ink = np.asarray(ink, dtype=np.float64)
    if ink.ndim != 2 or 0 in ink.shape:
        raise ValueError(f"the picture has shape {ink.shape}; expected (height, width), each at least 1")
    if not np.isfinite(ink).all():
        raise ValueError("the picture holds NaN or infinite numbers; expected 0 (no ink) to 1 (ink)")
    if ink.min() < 0 or ink.max() > 1:
        raise ValueError(f"the picture's values run from {ink.min():g} to {ink.max():g}; expected 0..1")
    return ink


def box(ink: np.ndarray) -> tuple[int, int, int, int] | None:
    """Find the ink's bounding box.

    Parameters
    ----------
    ink : array (H, W), 0..1
        1 is ink.

    Returns
    -------
    (top, bottom, left, right) or None
        Rows top..bottom-1 and columns left..right-1 hold all ink above `FAINT` times the strongest; None when blank.
    """
    strong = ink > FAINT * ink.max()
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    if not rows.size:
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def normalize(ink: np.ndarray, shape: tuple[int, int] = (SIDE, SIDE), share: float = BOX / SIDE) -> np.ndarray:
    """Prepare a drawing as MNIST's digits were: long side of the ink 20 pixels, centre of mass at index 14.0.

    Parameters
    ----------
    ink : array (H, W), 0..1
        The drawing, row 0 on top, 1 where there is ink; any height and width.
    shape : (rows, columns)
        Of the picture to make; then 20 pixels and index 14.0 are in proportion.
    share : float, above 0 to 1
        The long side of the ink, as a share of the picture's short side.

    Returns
    -------
    array of `shape`, float32, 0..1 in steps of 1/255
        ``R @ ink @ C.T``: every pixel is the average of exactly the area of the drawing it covers. A blank drawing
        gives zeros. Ink whose centre of mass lies so far to one side that it would leave the field stays inside.

    Raises
    ------
    ValueError
        If `ink` is not a two-dimensional array of finite numbers in 0..1.
    """
    ink = check(ink)
    edges = box(ink)
    if edges is None:
        return np.zeros(shape, np.float32)
    top, bottom, left, right = edges
    step = max(bottom - top, right - left) / (share * min(shape))  # drawing pixels per network pixel
    R = _overlaps(ink.sum(axis=1), top, bottom, step, shape[0])
    C = _overlaps(ink.sum(axis=0), left, right, step, shape[1])
    return quantize(R @ ink @ C.T)


def moved(ink: np.ndarray) -> tuple[float, float, float] | None:
    """Say what `normalize` does to a drawing, in the picture's pixels, of which its longer side has 28.

    Parameters
    ----------
    ink : array (H, W), 0..1

    Returns
    -------
    (length, down, right) or None
        The long side of the ink before it is scaled to 20, and how far its centre of mass is moved; None when blank.
    """
    ink = check(ink)
    edges = box(ink)
    if edges is None:
        return None
    top, bottom, left, right = edges
    long, pixel = max(bottom - top, right - left), max(ink.shape) / SIDE
    step, ways = long / BOX, []
    for profile, start, end in ((ink.sum(axis=1), top, bottom), (ink.sum(axis=0), left, right)):
        mass, shift = _placed(profile, start, end, step, SIDE)
        ways.append(float(mass / step + shift - mass / pixel))
    return long / pixel, ways[0], ways[1]


def normalize_all(inks: np.ndarray, shape: tuple[int, int] = (SIDE, SIDE), share: float = BOX / SIDE) -> np.ndarray:
    """Prepare many drawings (n, H, W) at once as `normalize` does each: (n, *shape) float32; the same but for rounding.

    Raises
    ------
    ValueError
        If `inks` are not finite numbers in 0..1, or not three-dimensional.
    """
    inks = np.asarray(inks, np.float64)
    if inks.ndim != 3:
        raise ValueError(f"the pictures have shape {inks.shape}; expected (n, height, width)")
    check(inks.reshape(len(inks), -1))
    strong = inks > FAINT * inks.max(axis=(1, 2), keepdims=True)
    drawn = strong.any(axis=(1, 2))
    pictures = np.zeros((len(inks), *shape), np.float32)
    if not drawn.any():
        return pictures
    inks, strong = inks[drawn], strong[drawn]
    (top, bottom), (left, right) = (_ends(strong.any(axis=axis)) for axis in (2, 1))
    step = np.maximum(bottom - top, right - left) / (share * min(shape))
    R = _overlaps(inks.sum(axis=2), top, bottom, step, shape[0])
    C = _overlaps(inks.sum(axis=1), left, right, step, shape[1])
    pictures[drawn] = quantize(R @ inks @ C.swapaxes(1, 2))
    return pictures


def shrink(ink: np.ndarray, shape: tuple[int, int] = (SIDE, SIDE)) -> np.ndarray:
    """Average a drawing down without scaling or centring its ink: what an unprepared network would get.

    Parameters
    ----------
    ink : array (H, W), 0..1

    Returns
    -------
    array of `shape`, float32, 0..1 in steps of 1/255
    """
    ink = check(ink)
    R, C = (_averages(np.linspace(0, n, side + 1), n) for n, side in zip(ink.shape, shape, strict=True))
    return quantize(R @ ink @ C.T)


def quantize(image: np.ndarray) -> np.ndarray:
    """Round 0..1 to the nearest of MNIST's 256 grey levels, as float32."""
    return (np.rint(np.clip(image, 0, 1) * 255) / 255).astype(np.float32)


def _ends(there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first place of each row (n, k) where there is something, and the one behind the last: (n,) both."""
    return there.argmax(axis=1), there.shape[1] - there[:, ::-1].argmax(axis=1)


def _overlaps(
    profile: np.ndarray, start: np.ndarray | int, end: np.ndarray | int, step: np.ndarray | float, side: int
) -> np.ndarray:
    """Average along one axis (side, n) so that the profile's centre of mass, or at least all its ink, is in place.

    One drawing's profile (n,), or several (k, n), with as many starts, ends and steps.
    """
    _, shift = _placed(profile, start, end, step, side)
    borders = (np.arange(side + 1) - np.asarray(shift)[..., None]) * np.asarray(step)[..., None]
    return _averages(borders, profile.shape[-1])


def _placed(
    profile: np.ndarray, start: np.ndarray | int, end: np.ndarray | int, step: np.ndarray | float, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the profile's centre of mass, and by how much it is moved once it is scaled, in the picture's pixels."""
    mass = (profile * (np.arange(profile.shape[-1]) + 0.5)).sum(axis=-1) / profile.sum(axis=-1)
    return mass, np.clip((CENTRE + 0.5) * side / SIDE - mass / step, -start / step, side - end / step)


def _averages(borders: np.ndarray, n: int) -> np.ndarray:
    """Weights (..., borders - 1, n) of unit cells 0..n-1 in the average over each interval between borders."""
    cells = np.arange(n)
    low, high = borders[..., :-1, None], borders[..., 1:, None]
    overlap = np.minimum(high, cells + 1) - np.maximum(low, cells)
    return np.clip(overlap, 0, None) / (high - low)
