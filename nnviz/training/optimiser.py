"""From gradients to steps: plain descent, momentum, Adam, and how long a step is at which time."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

MOMENTUM = 0.9  # the share of the last change that goes into the next
FADES, TINY = (0.9, 0.999), 1e-8  # Adam's constants


class Optimiser(Protocol):
    """Changes parameters (n,) in place, against a gradient (n,), at a learning rate; remembers what it needs."""

    def update(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None: ...


class Descent:
    """Stochastic gradient descent: ``w - rate * gradient``, and no memory."""

    def __init__(self, parameters: np.ndarray) -> None:
        self._change = np.empty_like(parameters)

    def update(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        parameters -= np.multiply(gradient, rate, out=self._change)


class Momentum:
    """Descent that keeps nine tenths of its speed: ``v = 0.9 v - rate * gradient``, ``w + v``.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (2013),
    equations 1 and 2.
    """

    def __init__(self, parameters: np.ndarray) -> None:
        self.v, self._change = np.zeros_like(parameters), np.empty_like(parameters)

    def update(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        self.v *= MOMENTUM
        self.v -= np.multiply(gradient, rate, out=self._change)
        parameters += self.v


class Adam:
    """Adam: steps along the gradient's running mean, shorter where gradients are large.

    Attributes
    ----------
    m, v : arrays (n,)
        Running sums of the gradient and of its square, which fade by `FADES` at each step: Adam's running means over
        0.1 and 0.001. Kept so, they are changed in two operations and three.
    step : int
        How many steps were taken.

    References
    ----------
    Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1, with its default constants.
    """

    def __init__(self, parameters: np.ndarray) -> None:
        self.m, self.v = np.zeros_like(parameters), np.zeros_like(parameters)
        self.step = 0
        self._spare = np.empty_like(parameters)

    def update(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        self.step += 1
        spare, (slow, slower) = self._spare, FADES
        self.m *= slow
        self.m += gradient
        self.v *= slower
        self.v += np.square(gradient, out=spare)
        # rate m' / (sqrt(v') + tiny), m' and v' being the means; both over the square root of what makes v' of v
        scale = math.sqrt((1 - slower) / (1 - slower**self.step))
        np.sqrt(self.v, out=spare)
        spare += TINY / scale
        np.divide(self.m, spare, out=spare)
        spare *= -rate * (1 - slow) / (1 - slow**self.step) / scale
        parameters += spare


OPTIMISERS: dict[str, type[Descent] | type[Momentum] | type[Adam]] = {
    "sgd": Descent,
    "momentum": Momentum,
    "adam": Adam,
}


def move(mean: np.ndarray, towards: np.ndarray, share: float, spare: np.ndarray) -> None:
    """Take a running mean a share of the way towards new values; `spare` is overwritten."""
    np.subtract(towards, mean, out=spare)
    spare *= share
    mean += spare


def rate_at(progress: float, highest: float, warm_up: float) -> float:
    """Return the learning rate when this share (0..1) of all steps is done: a short rise, then half a cosine.

    References
    ----------
    Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5, on the cosine.
    """
    rise = progress / warm_up if warm_up else 1.0
    return float(highest * min(rise, (1 + np.cos(np.pi * progress)) / 2))
