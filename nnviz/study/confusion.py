"""What a network makes of many labelled pictures: what it takes for what, how far wrong, how sure, how torn.

Rows are pictures. An answer is the brightest output's number, whether or not the network is sure of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.network import SURE, Network, Trace

BINS = 10


def matrix(labels: np.ndarray, answers: np.ndarray, classes: int) -> np.ndarray:
    """Count which label got which answer.

    Parameters
    ----------
    labels, answers : int arrays (n,), 0..classes-1
    classes : int

    Returns
    -------
    int array (classes, classes)
        ``[label, answer]``: how many pictures of a label got that answer. The diagonal is right.

    Raises
    ------
    ValueError
        If there are not as many answers as labels, or one is no class.
    """
    labels, answers = np.asarray(labels, np.int64), np.asarray(answers, np.int64)
    if labels.shape != answers.shape or labels.ndim != 1:
        raise ValueError(f"labels have shape {labels.shape} and answers {answers.shape}; expected (n,) both")
    for what, numbers in (("label", labels), ("answer", answers)):
        if numbers.size and not 0 <= numbers.min() <= numbers.max() < classes:
            raise ValueError(f"a {what} lies outside 0..{classes - 1}")
    return np.bincount(labels * classes + answers, minlength=classes * classes).reshape(classes, classes)


def wrongness(output: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Say how far wrong each answer is: the brightest other output less that of the label, (n,).

    Below 0 where it is right.

    Parameters
    ----------
    output : array (n, classes)
        Two classes or more.
    labels : int array (n,), 0..classes-1
    """
    rows = np.arange(len(labels))
    others = np.array(output, np.float64)
    own = others[rows, labels]
    others[rows, labels] = -np.inf
    return others.max(axis=1) - own


def sure(output: np.ndarray) -> np.ndarray:
    """Say which pictures have exactly one output above one half, (n,) bool, for output (n, classes)."""
    return (np.asarray(output) > SURE).sum(axis=1) == 1


def gap(output: np.ndarray) -> np.ndarray:
    """Return the lead of the brightest output over the second, (n,), for output (n, classes >= 2): small is torn."""
    two = np.partition(np.asarray(output, np.float64), -2, axis=1)[:, -2:]
    return two[:, 1] - two[:, 0]


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often answers are right where the brightest output is about so bright.

    Attributes
    ----------
    brightest : array (bins,)
        The mean brightest output of each bin's pictures; NaN where there are none.
    right : array (bins,)
        The share of them that is answered correctly.
    count : int array (bins,)
    """

    brightest: np.ndarray
    right: np.ndarray
    count: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: how far `brightest` is from `right`, weighted by count.

        References
        ----------
        Naeini, Cooper, Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning (2015).
        """
        here = self.count > 0
        apart = np.abs(self.brightest[here] - self.right[here])
        return float((apart * self.count[here]).sum() / self.count.sum())


def reliability(brightest: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """Sort pictures into bins of equal width by their brightest output.

    Parameters
    ----------
    brightest : array (n,), 0..1
    right : bool array (n,)
        Which pictures are read correctly.
    bins : int
    """
    place = np.clip((np.asarray(brightest, np.float64) * bins).astype(int), 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        sums = (np.bincount(place, weights=values, minlength=bins) for values in (brightest, right))
        means = [total / count for total in sums]
    return Reliability(means[0], means[1], count)


def answered(brightest: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Let a network stay silent where it is least sure: the share it answers, and the share of that it gets right.

    Parameters
    ----------
    brightest : array (n,)
    right : bool array (n,)
        Which pictures are read correctly.

    Returns
    -------
    share, right : arrays (k,), 0..1
        One point for each different brightest output, the surest first: equally sure pictures are answered together.
    """
    order = np.argsort(-np.asarray(brightest), kind="stable")
    sure, good = np.asarray(brightest)[order], np.cumsum(np.asarray(right)[order])
    last = np.flatnonzero(np.r_[sure[1:] != sure[:-1], True])
    return (last + 1) / len(order), good[last] / (last + 1)


def nearest(activations: np.ndarray, mine: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the pictures whose activations in a layer are most like one's own, the nearest first.

    Parameters
    ----------
    activations : array (n, k)
    mine : array (k,)
    count : int
        How many; all, if there are fewer pictures.

    Returns
    -------
    which : int array (count,)
    distance : array (count,)
        Euclid's, in units of activation.
    """
    apart = np.square(activations - mine).sum(axis=1)
    count = min(count, len(apart))
    which = np.argpartition(apart, count - 1)[:count]
    which = which[np.lexsort((which, apart[which]))]
    return which, np.sqrt(apart[which])


def differences(network: Network, one: Trace, other: Trace, layer: int, neuron: int) -> np.ndarray:
    """Say which neurons of the layer before make a neuron's z differ between two pictures.

    Parameters
    ----------
    network : Network
    one, other : Trace
        Each of one picture.
    layer : int, 1..number of layers of weights
    neuron : int

    Returns
    -------
    array (n_in,) float64
        ``W[neuron] * (a_other - a_one)``; they add up to ``z_other - z_one``, for the bias is the same.
    """
    before = np.asarray(other.activations[layer - 1], np.float64) - one.activations[layer - 1]
    return network.layers[layer - 1].W[neuron].astype(np.float64) * before
