"""A training at one moment: the network so far, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from nnviz.mnist import Digits
from nnviz.network import Network
from nnviz.training.backward import losses
from nnviz.training.lessons import Lessons

OVERFLOWED = "The weights grew beyond what numbers hold: the learning rate is far too high."


class OverflowedError(ValueError):
    """A training has come to numbers that cannot be gone on with."""


@dataclass(frozen=True, eq=False)
class Marks:
    """How well a network did after so many steps.

    Attributes
    ----------
    step : int
        Steps taken; 0 is before the first.
    epoch : float
        Passes through the digits.
    loss_training, loss_validation : float
        The mean loss of a picture, without penalty or contest, of `Lessons.training` and `Lessons.validation`.
    right_training, right_validation : float, 0..1
        The shares of them read as they are labelled.
    right_by_digit : array (10,), 0..1
        The same of `Lessons.validation`, for each digit.
    """

    step: int
    epoch: float
    loss_training: float
    loss_validation: float
    right_training: float
    right_validation: float
    right_by_digit: np.ndarray


@dataclass(frozen=True, eq=False)
class Moment(Marks):
    """The network after so many steps, and its marks."""

    network: Network

    @property
    def marks(self) -> Marks:
        """The marks alone."""
        return Marks(**{each.name: getattr(self, each.name) for each in fields(Marks)})


class Examiner:
    """Measures networks on the same digits every time."""

    def __init__(self, lessons: Lessons) -> None:
        self._training, self._validation = (_prepared(part) for part in (lessons.training, lessons.validation))

    def moment(self, step: int, epoch: float, network: Network) -> Moment:
        """Measure a network after so many steps; a loss that is no number is an OverflowedError."""
        with np.errstate(over="ignore", invalid="ignore"):
            loss_training, right_training = _measured(network, *self._training)
            loss_validation, right = _measured(network, *self._validation)
        if not np.isfinite([loss_training, loss_validation]).all():
            raise OverflowedError(OVERFLOWED)
        labels = self._validation[1]
        met = np.bincount(labels, minlength=10)
        by_digit = np.bincount(labels, right, minlength=10) / np.maximum(met, 1)
        rights = float(right_training.mean()), float(right.mean())
        return Moment(step, epoch, loss_training, loss_validation, *rights, by_digit, network)


def _prepared(digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    return digits.x, digits.labels


def _measured(network: Network, x: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss, and for each picture whether it is read correctly."""
    trace = network.forward(x)
    z = trace.zs[-1].astype(np.float64)
    return float(losses(network, z, np.eye(z.shape[1])[labels]).mean()), trace.prediction == labels
