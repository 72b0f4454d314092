"""Does a later layer put strokes together? What its neurons tell apart, beside one neuron before it and beside chance.

    python -m nnviz.study.patterns

measures the shipped networks' second hidden layers and keeps the result in assets. A network is known by its bytes.

What is told apart needs no label: `shapes` finds it in the ink. Chance is a neuron whose incoming weights are shuffled
among its inputs: it differs from the neuron in one thing only, which weight belongs to which input. The weights' sizes
and signs, and the whole layer before, stay as they were trained; new random weights would change all of that. It is a
strict judge: two equal weights among 16 come to their places again in one shuffle of 120, three in one of 560, so a
neuron that listens to so few is hardly ever told from luck when many are looked at.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np

from nnviz import mnist
from nnviz.network import Network, Trace
from nnviz.study import attribution, chance
from nnviz.study.shapes import FEATURES, features

FILE = mnist.ASSETS / "pattern_scores.npz"
DRAWS, FEWER = 10_000, 200  # shuffles of a shipped neuron's weights, and of any other's
BATCH = 500  # shuffles at a time
SHARES = (5, 50, 95)  # the percentiles kept of what shuffled weights reach
ALIKE = 1e-6  # shares of pairs closer than this are equal, but for rounding


@dataclass(frozen=True, eq=False)
class Separation:
    """How well neurons tell pictures with a feature from pictures without it, as shares of pairs, 0..1.

    A share is the area under the ROC curve: of all pairs of a picture with the feature and one without, those in which
    z is on the right side. One half is guessing. Which side is right is settled on other pictures than are counted, so
    a share may fall below one half. f counts `FEATURES`, n the neurons measured.

    Attributes
    ----------
    own : array (f, n)
    side : int array (f, n)
        1 where z is higher for pictures with the feature, -1 where it is lower.
    single : array (f,)
        Of the best single neuron of the layer before.
    which : int array (f,)
        That neuron.
    shuffled : array (f, n, 3)
        What the neuron reaches with its incoming weights shuffled: the percentiles `SHARES` over the draws.
    as_well : int array (f, n)
        The number of shuffles that reached `own` or more.
    doubt : array (f, n)
        The p-value, 0..1, of the neuron being better than the single one: how probable so large a lead is if it is not.
    draws : int
        The number of shuffles.
    """

    own: np.ndarray
    side: np.ndarray
    single: np.ndarray
    which: np.ndarray
    shuffled: np.ndarray
    as_well: np.ndarray
    doubt: np.ndarray
    draws: int

    @property
    def luck(self) -> np.ndarray:
        """How probable shuffled weights are to do as well (f, n), above 0..1: the neuron counts as one more draw."""
        return (self.as_well + 1) / (self.draws + 1)

    @property
    def p_values(self) -> np.ndarray:
        """The larger of `luck` and `doubt` (f, n): small only for a neuron ahead of its shuffles and of the single one.

        References
        ----------
        Berger: Multiparameter hypothesis testing and acceptance sampling (1982), on intersection-union tests.
        """
        return np.maximum(self.luck, self.doubt)

    @property
    def ahead(self) -> np.ndarray:
        """Say which neurons are ahead of both (f, n): of their shuffled weights, and of the best single neuron.

        All looks, f times n, are allowed for: of those named, at most a twentieth is expected to be there by luck.
        """
        return chance.ahead(self.p_values.ravel()).reshape(self.own.shape)

    @property
    def nearest(self) -> tuple[int, int]:
        """The feature and the neuron with the smallest p-value."""
        f, n = np.unravel_index(self.p_values.argmin(), self.own.shape)
        return int(f), int(n)


# ---- how well


def told_apart(z: np.ndarray, has: np.ndarray) -> np.ndarray:
    """Return in what share of pairs z is higher for the picture that has the feature; ties count one half.

    Parameters
    ----------
    z : array (..., n)
        Of n pictures.
    has : bool array (f, n)

    Returns
    -------
    array (f, ...), 0..1
        The area under the ROC curve, U / (n_with * n_without); NaN for a feature that all pictures have, or none.

    References
    ----------
    Mann, Whitney: On a test of whether one of two random variables is stochastically larger than the other (1947).
    """
    z, has = np.asarray(z), np.asarray(has, np.float64)
    flat = np.ascontiguousarray(z.reshape(-1, z.shape[-1]))
    count = has.sum(axis=1)[:, None]
    sums = np.stack([has @ ranks(row) for row in flat], axis=1)
    pairs = count * (has.shape[1] - count)
    shares = (sums - count * (count + 1) / 2) / np.where(pairs, pairs, np.nan)
    return shares.reshape(len(has), *z.shape[:-1])


def ranks(z: np.ndarray) -> np.ndarray:
    """Rank numbers (n,) from 1 to n; equal ones share the mean of their ranks."""
    order = np.argsort(z)
    inorder = z[order]
    starts = np.flatnonzero(np.append(True, inorder[1:] != inorder[:-1]))
    ends = np.append(starts[1:], z.size)
    found = np.empty(z.size)
    found[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return found


def doubt(z: np.ndarray, other: np.ndarray, has: np.ndarray) -> float:
    """Return how probable so large a lead of z over `other`, both (n,), in telling `has` apart is if there is none.

    One-sided, for the same pictures: a p-value, 0..1, by the normal approximation; 1 where neither ever differs.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson: Comparing the areas under two or more correlated ROC curves (1988).
    """
    lead_with, lead_without = (one - two for one, two in zip(_placements(z, has), _placements(other, has), strict=True))
    variance = lead_with.var(ddof=1) / lead_with.size + lead_without.var(ddof=1) / lead_without.size
    if not variance > 0:
        return 1.0
    return math.erfc(float(lead_with.mean()) / math.sqrt(2 * variance)) / 2


def _placements(z: np.ndarray, has: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each picture with the feature, and each without, the share of the others it is right about."""
    every, count = ranks(z), int(has.sum())
    with_it = (every[has] - ranks(z[has])) / (has.size - count)
    return with_it, 1 - (every[~has] - ranks(z[~has])) / count


def measure(
    network: Network,
    trace: Trace,
    has: np.ndarray,
    layer: int = 2,
    draws: int = FEWER,
    neurons: list[int] | None = None,
    seed: int = 0,
) -> Separation:
    """Measure how well a layer's neurons tell pictures apart, beside one neuron before and beside shuffled weights.

    Parameters
    ----------
    network : Network
    trace : Trace
        Of n pictures. Those of even number settle which neuron of the layer before is best and on which side of z the
        feature is, for every neuron and every shuffle; those of odd number are then counted.
    has : bool array (f, n)
    layer : int, 2..number of layers of weights
    draws : int
        Shuffles of each neuron's weights.
    neurons : list of ints or None
        Those to measure; all of the layer when None.
    seed : int
        The same seed gives the same shuffles.

    Returns
    -------
    Separation

    Raises
    ------
    ValueError
        If there is no such layer, or none before it, or the pictures of a half all have a feature, or none has.
    """
    if not 2 <= layer <= len(network.layers):
        raise ValueError(f"layer is {layer}; expected 2 to {len(network.layers)}")
    if any(half.all(axis=1).any() or not half.any(axis=1).all() for half in (has[:, ::2], has[:, 1::2])):
        raise ValueError("all pictures of a half have a feature, or none has it; expected some of both kinds")
    before = trace.zs[layer - 2].T
    each, which = np.arange(len(has)), abs(told_apart(before[:, ::2], has[:, ::2]) - 0.5).argmax(axis=1)
    single, side = _directed(before, has)
    best = before[which] * side[each, which][:, None]
    rows = []
    for k in range(network.sizes[layer]) if neurons is None else neurons:
        z = trace.zs[layer - 1][:, k]
        own, side = (part[:, 0] for part in _directed(z[None], has))
        mixed = shuffles(network.layers[layer - 1].W[k], draws, seed + k)
        batches = (mixed[i : i + BATCH] @ trace.activations[layer - 1].T for i in range(0, draws, BATCH))
        reached = np.concatenate([_directed(batch, has)[0] for batch in batches], axis=1)
        as_well = (reached >= own[:, None] - ALIKE).sum(axis=1)
        lead = np.array([doubt(z[1::2] * side[f], best[f, 1::2], has[f, 1::2]) for f in each])
        rows.append((own, side, np.percentile(reached, SHARES, axis=1).T, as_well, lead))
    own, side, shuffled, as_well, lead = (np.stack(part, axis=1) for part in zip(*rows, strict=True))
    return Separation(own, side, single[each, which], which, shuffled, as_well, lead, draws)


def shuffles(w: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Shuffle a neuron's incoming weights (n_in,) among its inputs, again and again: (draws, n_in)."""
    return np.random.default_rng(seed).permuted(np.tile(w, (draws, 1)), axis=1)


def _directed(z: np.ndarray, has: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of pairs z (m, n) tells apart on the odd pictures, and the side settled on the even: (f, m)."""
    side = np.where(told_apart(z[:, ::2], has[:, ::2]) < 0.5, -1, 1)
    odd = told_apart(z[:, 1::2], has[:, 1::2])
    return np.where(side < 0, 1 - odd, odd), side


def by_digit(z: np.ndarray, has: np.ndarray, labels: np.ndarray, fewest: int = 100) -> dict[int, float]:
    """Return how well z (n,) tells the pictures `has` (n,) of each digit from all pictures without: shares by digit.

    Digits with fewer such pictures than `fewest` are left out.
    """
    counts = np.bincount(labels[has], minlength=10)
    chosen = {int(d): ~has | (labels == d) for d in np.flatnonzero(counts >= fewest)}
    return {d: float(told_apart(z[among], has[None, among])[0]) for d, among in chosen.items()}


def verdict(found: Separation, f: int, n: int, neuron: int, before: str) -> str:
    """Say in plain words how well the n-th neuron measured, of number `neuron`, tells feature f apart.

    `before` is the name of the layer before.
    """
    opening = "Ahead of both its shuffles and" if found.ahead[f, n] else "Not ahead of both its shuffles and"
    median = found.shuffled[f, n, SHARES.index(50)]
    return (
        f"{opening} the best single neuron of {before}, allowing for {found.own.size} looks. Of all pairs of a picture "
        f"with {FEATURES[f]} and one without, neuron {neuron} tells {found.own[f, n]:.0%} apart, neuron "
        f"{found.which[f]} of {before} alone {found.single[f]:.0%}; guessing gives 50%. With its weights shuffled, "
        f"half of {found.draws:,} draws reach {median:.0%}, and {found.as_well[f, n]:,} do as well."
    )


# ---- what it responds to


def shuffled_patterns(
    network: Network, trace: Trace, layer: int = 2, seed: int = 0, neurons: Sequence[int] | None = None
) -> np.ndarray:
    """Return what a layer's neurons would respond to with their weights shuffled, one shuffle each: (n, rows, columns).

    Of all neurons when None. As `attribution.pixel_patterns` does for the weights as they are; `trace` is of many
    pictures.
    """
    old, W = network.layers[layer - 1], network.layers[layer - 1].W.copy()
    chosen = range(len(W)) if neurons is None else neurons
    for k in chosen:
        W[k] = shuffles(W[k], 1, seed + k)[0]
    other = network.with_layers((*network.layers[: layer - 1], replace(old, W=W), *network.layers[layer:]))
    return attribution.pixel_patterns(other, trace, layer, chosen)


# ---- what is kept


def kept(network: Network) -> Separation | None:
    """Return what was measured on a shipped network's second hidden layer; None for another network's."""
    return _kept(FILE).get(digest(network))


def digest(network: Network) -> str:
    """Name a network by the bytes of its first two layers, and by their activations where they are no sigmoids."""
    parts = [
        np.ascontiguousarray(part, np.float32).tobytes() for each in network.layers[:2] for part in (each.W, each.b)
    ]
    parts += [f"{each.activation} {each.leak}".encode() for each in network.layers[:2] if each.activation != "sigmoid"]
    return hashlib.blake2b(b"".join(parts), digest_size=8).hexdigest()


def make(networks: Path = mnist.ASSETS / "networks", draws: int = DRAWS) -> dict[str, np.ndarray]:
    """Measure the networks smooth, rough, plain and untrained of a folder: arrays named DIGEST.FIELD.

    Those that the file has already are taken from there, if they were measured with as many draws.
    """
    digits, arrays = mnist.load("test"), {}
    has = features(digits.images)
    for name in ("smooth", "rough", "plain", "untrained"):
        network = Network.load(networks / f"{name}.npz")
        found = kept(network)
        if not found or found.draws != draws:
            found = measure(network, network.forward(digits.x), has, draws=draws)
        for field in fields(Separation):
            arrays[f"{digest(network)}.{field.name}"] = np.asarray(getattr(found, field.name))
    return arrays


@cache
def _kept(file: Path) -> dict[str, Separation]:
    """Read the file; without one, or from a damaged one, nothing is kept, and all is measured when needed."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            names = {key.partition(".")[0] for key in arrays.files}
            parts = {name: {f.name: arrays[f"{name}.{f.name}"] for f in fields(Separation)} for name in names}
        return {name: Separation(**{**each, "draws": int(each["draws"])}) for name, each in parts.items()}
    except Exception:
        return {}


if __name__ == "__main__":
    made = make()
    np.savez_compressed(FILE, **made)  # type: ignore[arg-type]
    count = len({name.partition(".")[0] for name in made})
    print(f"{count} networks measured with {DRAWS:,} shuffles a neuron: {FILE.stat().st_size:,} bytes")
