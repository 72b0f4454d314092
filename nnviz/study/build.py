"""A neuron made by hand: its weights painted, its answers to pictures, and which digits make it fire.

Painted weights are (28, 28), row 0 on top, in thousandths: what a link or file holds is exactly what is used. The
brush paints -1..1; up to -4..4 is allowed, so that a trained neuron can be the start (the shipped ones reach 3.4).
Rows, columns, lengths and widths are in pixels; an orientation is in degrees, 0 horizontal, 90 vertical.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.network import IMAGE_SHAPE, Network, sigmoid
from nnviz.study.attribution import Sum
from nnviz.study.edges import stripe

STEPS = 1000  # levels of weight per unit
WEIGHT_LIMIT = 4.0
BIAS_LIMIT = WEIGHT_LIMIT * IMAGE_SHAPE[0] * IMAGE_SHAPE[1]  # no threshold beyond it could ever be crossed
ROW, COLUMN, LENGTH, WIDTH = 8.0, 13.5, 10.0, 3.0  # where a 7 has its bar; whole pixels, no grey borders


@dataclass(frozen=True, eq=False)
class Response:
    """What a neuron makes of n pictures: ``z = positive + negative + bias``.

    Attributes
    ----------
    positive, negative : float64 arrays (n,)
        The contributions above zero, added up, and those below.
    bias : float
    """

    positive: np.ndarray
    negative: np.ndarray
    bias: float

    @property
    def sums(self) -> np.ndarray:
        """The weighted sums (n,) before the bias: a change of the bias leaves them as they are."""
        return self.positive + self.negative

    @property
    def z(self) -> np.ndarray:
        return self.sums + self.bias

    def sum(self, k: int) -> Sum:
        """Return picture k's sum taken apart, to be shown so that it adds up."""
        z = float(self.z[k])
        return Sum(float(self.positive[k]), float(self.negative[k]), self.bias, z, float(sigmoid(self.z[k])))


@dataclass(frozen=True, eq=False)
class Firing:
    """How many pictures of each digit there are, `counts` (digits,), and for how many a neuron `fires` (digits,)."""

    counts: np.ndarray
    fires: np.ndarray

    @property
    def silent(self) -> np.ndarray:
        return self.counts - self.fires

    @property
    def shares(self) -> np.ndarray:
        """The share of each digit's pictures it fires for, 0..1; NaN where there is none."""
        return self.fires / np.where(self.counts, self.counts, np.nan)


@dataclass(frozen=True)
class Separation:
    """A digit told from all others by whether a neuron fires.

    Attributes
    ----------
    digit : int
    balanced_accuracy : float, 0.5..1
    polarity : "fires" or "silent"
        What the neuron does for that digit, and does not for the others.
    """

    digit: int
    balanced_accuracy: float
    polarity: str


@dataclass(frozen=True, eq=False)
class Histogram:
    """Weighted sums by digit: `edges` (bins + 1,), ascending, and `counts` (digits, bins)."""

    edges: np.ndarray
    counts: np.ndarray


def zero() -> np.ndarray:
    """Paint nothing: every weight 0."""
    return np.zeros(IMAGE_SHAPE, np.float32)


def region(row: float = ROW, column: float = COLUMN, height: float = WIDTH, width: float = LENGTH) -> np.ndarray:
    """Paint a bright rectangle about a centre: the sum adds up its pixels, and any big blob fools it."""
    return quantize(_rectangle(row, column, height, width))


def surround(
    row: float = ROW, column: float = COLUMN, height: float = WIDTH, width: float = LENGTH, margin: float = 3
) -> np.ndarray:
    """Paint a bright rectangle within a dark frame, `margin` pixels wide, that cancels it on evenly bright paper."""
    bright = _rectangle(row, column, height, width)
    return _against(bright, _rectangle(row, column, height + 2 * margin, width + 2 * margin) - bright)


def bar(
    row: float = ROW, column: float = COLUMN, orientation: float = 0, length: float = LENGTH, width: float = WIDTH
) -> np.ndarray:
    """Paint a bright bar between two dark flanks, each as wide, that cancel it on evenly bright paper."""
    _check_sizes(length=length, width=width)
    bright = stripe(row, column, orientation, length, width)
    return _against(bright, stripe(row, column, orientation, length, 3 * width) - bright)


def ring(row: float = 14, column: float = 14, radius: float = 7, width: float = WIDTH) -> np.ndarray:
    """Paint a bright ring between two dark ones, each as wide, that cancel it on evenly bright paper."""
    _check_sizes(radius=radius, width=width)
    bright, wider = (
        _disc(row, column, radius + reach) - _disc(row, column, radius - reach) for reach in (width / 2, 1.5 * width)
    )
    return _against(bright, wider - bright)


PATTERNS: dict[str, Callable[..., np.ndarray]] = {
    "zero": zero,
    "region": region,
    "surround": surround,
    "bar": bar,
    "ring": ring,
}


def from_network(network: Network, neuron: int) -> tuple[np.ndarray, float]:
    """Copy weights (28, 28), rounded to thousandths, and bias of a first hidden layer's neuron.

    One with weights beyond `WEIGHT_LIMIT` is scaled down as a whole: it fires for the same pictures, less steeply.
    """
    w = network.layers[0].W[neuron].reshape(IMAGE_SHAPE).astype(np.float64)
    scale = max(1.0, float(abs(w).max()) / WEIGHT_LIMIT)
    bias = np.clip(network.layers[0].b[neuron] / scale, -BIAS_LIMIT, BIAS_LIMIT)  # beyond, no picture matters
    return quantize(w / scale), float(np.float32(bias))


def probes(
    row: float = ROW, column: float = COLUMN, orientation: float = 0, length: float = LENGTH, width: float = WIDTH
) -> dict[str, np.ndarray]:
    """Draw the pictures (28, 28), 0..1, that tell a stroke detector from a neuron that only adds up.

    Returns
    -------
    dict of pictures by name
        "blank"; "full", all white; "blob", a disc of diameter 1.5 lengths over the place; "bar", the one that `bar`
        looks for; "turned", by 90 degrees; "beside", one width across, on the flank, towards the middle of the picture;
        "inverse", the bar dark on white.
    """
    _check_sizes(length=length, width=width)
    across = width * np.array([np.cos(np.deg2rad(orientation)), np.sin(np.deg2rad(orientation))])
    inward = across if across @ (13.5 - np.array([row, column])) >= 0 else -across
    bright = stripe(row, column, orientation, length, width)
    return {
        "blank": np.zeros(IMAGE_SHAPE),
        "full": np.ones(IMAGE_SHAPE),
        "blob": _disc(row, column, 0.75 * length),
        "bar": bright,
        "turned": stripe(row, column, orientation + 90, length, width),
        "beside": stripe(row + inward[0], column + inward[1], orientation, length, width),
        "inverse": 1 - bright,
    }


def respond(weights: np.ndarray, bias: float, pictures: np.ndarray) -> Response:
    """Let a neuron of weights (28, 28) and a bias look at pictures (n, 28, 28) or (n, 784), 0..1.

    Raises
    ------
    ValueError
        If the pictures or the weights have another shape, or a weight or the bias is out of range.
    """
    w, bias = quantize(weights).ravel(), check_bias(bias)
    pictures = np.asarray(pictures, np.float32)
    if pictures.shape[1:] not in (IMAGE_SHAPE, w.shape):
        raise ValueError(f"the pictures have shape {pictures.shape}; expected (n, 28, 28) or (n, 784)")
    parts = pictures.reshape(len(pictures), w.size) @ np.stack([np.maximum(w, 0), np.minimum(w, 0)], axis=1)
    positive, negative = parts.T.astype(np.float64)
    return Response(positive, negative, bias)


def respond_exactly(weights: np.ndarray, bias: float, images: np.ndarray, at_once: int = 1000) -> Response:
    """Do so for pictures in whole greys (n, 28, 28), uint8, without rounding: thousandths times greys add up exactly.

    So a browser that counts who fires (fires.js) and Python agree on those that lie on the threshold, too.
    """
    levels = np.rint(quantize(weights).astype(np.float64).ravel() * STEPS)
    signed = np.stack([np.maximum(levels, 0), np.minimum(levels, 0)], axis=1)
    flat = images.reshape(len(images), -1)
    sums = np.concatenate([flat[k : k + at_once].astype(np.float64) @ signed for k in range(0, len(flat), at_once)])
    positive, negative = sums.T / (255 * STEPS)
    return Response(positive, negative, check_bias(bias))


def firing(z: np.ndarray, labels: np.ndarray, digits: int = 10) -> Firing:
    """Count for which pictures a neuron fires: those with z above 0, where its activation passes one half.

    Raises
    ------
    ValueError
        If there are not as many labels (n,) as z (n,), or a label is not within 0..digits-1.
    """
    z, labels = _check_labelled(z, labels, digits)
    counts = np.bincount(labels, minlength=digits)
    return Firing(counts, np.bincount(labels[z > 0], minlength=digits))


def best_separated(z: np.ndarray, labels: np.ndarray, digits: int = 10) -> Separation:
    """Find the digit that "it fires", or "it is silent", tells from all others best.

    Returns
    -------
    Separation
        ``balanced_accuracy = (share of the digit's pictures it is right about + that of all others') / 2``: 0.5 is what
        a neuron reaches that fires always, never or at random. It is the best of 2 x `digits` tries, so on few
        pictures it is a little flattered. The first of equals, firing before silent.

    Raises
    ------
    ValueError
        As `firing`, or if the pictures are not of two digits at least.
    """
    found = firing(z, labels, digits)
    present = np.flatnonzero(found.counts)
    if present.size < 2:
        raise ValueError(f"the pictures are of {present.size} digits; expected at least two")
    own = found.shares[present]
    others = (found.fires.sum() - found.fires[present]) / (found.counts.sum() - found.counts[present])
    when_firing = (own + 1 - others) / 2
    best = int(abs(when_firing - 0.5).argmax())
    right = float(when_firing[best])
    return Separation(int(present[best]), max(right, 1 - right), "fires" if right >= 0.5 else "silent")


def histogram(sums: np.ndarray, labels: np.ndarray, bins: int = 40, digits: int = 10) -> Histogram:
    """Count the weighted sums (n,), before the bias, by digit: a change of the bias only moves the threshold -bias."""
    sums, labels = _check_labelled(sums, labels, digits)
    edges = np.histogram_bin_edges(sums, bins)
    place = np.clip(np.searchsorted(edges, sums, side="right") - 1, 0, bins - 1)  # the last bin has both its edges
    return Histogram(edges, np.bincount(labels * bins + place, minlength=digits * bins).reshape(digits, bins))


def quantize(weights: np.ndarray) -> np.ndarray:
    """Round weights to thousandths, (28, 28) float32.

    Raises
    ------
    ValueError
        If they have another shape, are not finite, or go beyond `WEIGHT_LIMIT`.
    """
    w = np.asarray(weights, np.float64)
    if w.shape != IMAGE_SHAPE:
        raise ValueError(f"the weights have shape {w.shape}; expected {IMAGE_SHAPE}")
    if not np.isfinite(w).all():
        raise ValueError("the weights hold NaN or infinite numbers; expected finite ones")
    if abs(w).max() > WEIGHT_LIMIT:
        raise ValueError(f"the weights run from {w.min():g} to {w.max():g}; expected within ±{WEIGHT_LIMIT:g}")
    return (np.rint(w * STEPS) / STEPS + 0.0).astype(np.float32, order="C")  # + 0.0: no minus zero


def check_bias(bias: float) -> float:
    """Return the bias as a float32 holds it, or raise ValueError if it is not finite or beyond `BIAS_LIMIT`."""
    if not abs(bias) <= BIAS_LIMIT:
        raise ValueError(f"the bias is {bias:g}; expected within ±{BIAS_LIMIT:g}")
    return float(np.float32(bias))


def _against(bright: np.ndarray, dark: np.ndarray) -> np.ndarray:
    """Weigh the bright part positively and the dark negatively, so that both have the same sum; the larger is 1."""
    if bright.sum() < 0.5 or dark.sum() < 0.5:
        raise ValueError("the pattern or its surround lies outside the picture; expected room for both")
    ratio = bright.sum() / dark.sum()
    return quantize((bright - ratio * dark) / max(1.0, ratio))


def _rectangle(row: float, column: float, height: float, width: float) -> np.ndarray:
    _check_sizes(height=height, width=width)
    return stripe(row, column, 0, length=width, width=height)


def _disc(row: float, column: float, radius: float) -> np.ndarray:
    rows, columns = np.indices(IMAGE_SHAPE)
    return np.clip(radius + 0.5 - np.hypot(rows - row, columns - column), 0, 1)


def _check_sizes(**sizes: float) -> None:
    for name, size in sizes.items():
        if not 0 < size < np.inf:
            raise ValueError(f"the {name} is {size:g}; expected more than 0 pixels")


def _check_labelled(values: np.ndarray, labels: np.ndarray, digits: int) -> tuple[np.ndarray, np.ndarray]:
    values, labels = np.asarray(values), np.asarray(labels)
    if values.ndim != 1 or values.shape != labels.shape or not values.size:
        raise ValueError(f"the sums have shape {values.shape} and the labels {labels.shape}; expected (n,) for both")
    if labels.min() < 0 or labels.max() >= digits:
        raise ValueError(f"the labels run from {labels.min()} to {labels.max()}; expected 0 to {digits - 1}")
    return values, labels.astype(np.intp)
