"""From gradients to steps: plain descent, momentum, Adam, Soap, and how long a step is at which time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from nnviz.training.axes import Axes

MOMENTUM = 0.9  # the share of the last change that goes into the next
FADES, TINY = (0.9, 0.999), 1e-8  # Adam's constants
RENEWED, EVERY = 10, 20  # Soap's axes are first chosen after so many steps, and anew after every so many


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


class Soap:
    """Adam along other axes than single weights, those of each layer's `Axes`; biases are as in Adam.

    Parameters
    ----------
    parameters : array (n,)
        The weights and biases of all layers, as `flatten` has them.
    sizes : sequence of int
        Neurons in each layer, the input first.

    References
    ----------
    Vyas et al., SOAP: Improving and Stabilizing Shampoo using Adam (2024), algorithm 3. Ours are that a layer's axes
    may be waves; that eigenvectors are found exactly, not by a step of power iteration, and before a step, not after
    it; and how long the covariances are remembered. The mean is kept along the axes, and turned with them.
    """

    def __init__(self, parameters: np.ndarray, sizes: Sequence[int]) -> None:
        self._adam, self._along, self._change = Adam(parameters), np.empty_like(parameters), np.empty_like(parameters)
        self._layers: list[tuple[slice, Axes]] = []
        start = 0
        for n_in, n_out in pairwise(sizes):
            self._layers.append((slice(start, start + n_in * n_out), Axes(n_out, n_in, parameters.dtype)))
            start += (n_in + 1) * n_out

    def update(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        step, mean = self._adam.step + 1, self._adam.m
        renew = step == RENEWED or step % EVERY == 0
        self._along[...] = gradient
        for part, axes in self._layers:
            axes.meet(gradient[part])
            if renew:
                weights = axes.back(mean[part])
                axes.renew()
                mean[part] = axes.along(weights)
            self._along[part] = axes.along(gradient[part])
        self._change[...] = 0
        self._adam.update(self._change, self._along, rate)
        for part, axes in self._layers:
            self._change[part] = axes.back(self._change[part])
        parameters += self._change


OPTIMISERS: dict[str, Callable[[np.ndarray, Sequence[int]], Optimiser]] = {  # of the parameters, and the layers' sizes
    "sgd": lambda parameters, sizes: Descent(parameters),
    "momentum": lambda parameters, sizes: Momentum(parameters),
    "adam": lambda parameters, sizes: Adam(parameters),
    "soap": Soap,
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
