"""A training at one moment: the network so far, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from nnviz.mnist import Digits
from nnviz.network import Network
from nnviz.training.lessons import Lessons


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
        The mean loss of a picture, without the penalty, of `Lessons.training` and `Lessons.validation`.
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
        loss_training, right_training = _measured(network, *self._training)
        loss_validation, right = _measured(network, *self._validation)
        labels = self._validation[1]
        met = np.bincount(labels, minlength=10)
        by_digit = np.bincount(labels, right, minlength=10) / np.maximum(met, 1)
        rights = float(right_training.mean()), float(right.mean())
        return Moment(step, epoch, loss_training, loss_validation, *rights, by_digit, network)


def _prepared(digits: Digits) -> tuple[np.ndarray, np.ndarray]:
    return digits.x, digits.labels


def _measured(network: Network, x: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss, and for each picture whether it is read rightly."""
    z = network.forward(x).zs[-1].astype(np.float64)
    wanted = z[np.arange(len(z)), labels]
    top = z.max(axis=1)
    if network.layers[-1].activation == "softmax":
        losses = top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - wanted
    else:  # -log a is log(1 + exp(-z)), and -log(1 - a) is log(1 + exp(z))
        losses = np.logaddexp(0, z).sum(axis=1) - wanted
    return float(losses.mean()), z.argmax(axis=1) == labels
