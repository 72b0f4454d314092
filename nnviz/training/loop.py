"""From a recipe and lessons to a network: batches, steps, epochs, and moments to look at on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from nnviz.elastic import Warps
from nnviz.mnist import Digits
from nnviz.network import Layer, Network
from nnviz.training.backward import Backward
from nnviz.training.lessons import Lessons
from nnviz.training.moment import OVERFLOWED, Examiner, Moment, OverflowedError
from nnviz.training.optimiser import OPTIMISERS, Optimiser, move, rate_at
from nnviz.training.parameters import flatten, fold, initial, unflatten
from nnviz.training.recipe import Recipe
from nnviz.training.roughness import penalty_gradient

Report = Callable[[int, Network], None]
Batch = tuple[np.ndarray, np.ndarray]
KEPT = 60  # moments of a training that are kept with their weights, at most
CURVE = 120  # beside the kept moments, a training is measured at so many evenly spaced steps


class Learner:
    """A network that is being trained, and what has to be remembered between two steps.

    While training, each layer's inputs are centred, on the mean picture or on the middle of a sigmoid's range, as LeCun
    et al. advise; the centres are folded into the biases of every network it shows.

    Parameters
    ----------
    recipe : Recipe
    mean_picture : array (n_in,) float32
    rng : Generator
        Of the first weights.

    Attributes
    ----------
    parameters : array (n,)
        The weights and biases at this moment, before `fold`, in one row.

    References
    ----------
    LeCun, Bottou, Orr, Müller: Efficient BackProp (1998), section 4.3, on centring.
    """

    def __init__(self, recipe: Recipe, mean_picture: np.ndarray, rng: np.random.Generator) -> None:
        self.recipe = recipe
        first = initial(rng, recipe.sizes, recipe.hidden, recipe.output)
        middle = 0.5 if recipe.hidden == "sigmoid" else 0.0
        self.centres = [mean_picture, *(np.full(n, middle, np.float32) for n in recipe.sizes[1:-1])]
        self._kinds = [layer.activation for layer in first.layers]
        self.parameters = flatten(first.layers)
        self._mean = self.parameters.copy() if recipe.average else self.parameters
        self._spare = np.empty_like(self.parameters)
        self._layers = self._split(self.parameters)
        self._bias = self._layers[0].b.copy()  # of the first layer, its centre folded in
        folded = (replace(self._layers[0], b=self._bias), *self._layers[1:])
        self._gradient = np.zeros_like(self.parameters)
        self._gradients = self._split(self._gradient)
        self._backward = Backward(folded, self._gradients, recipe.batch, middle, recipe.contest)
        self._product = np.empty_like(self._layers[0].W)
        self._optimiser: Optimiser = OPTIMISERS[recipe.optimiser](self.parameters, recipe.sizes)
        self._steps = 0

    def _split(self, row: np.ndarray) -> tuple[Layer, ...]:
        return unflatten(row, self.recipe.sizes, self._kinds)

    @property
    def network(self) -> Network:
        """The network so far, with the running average of the weights."""
        return fold(self._split(self._mean.copy()), self.centres)

    def resume(self, network: Network, steps: int) -> None:
        """Go on from a network that this recipe showed after so many steps; ValueError if its layers are others."""
        if network.sizes != self.recipe.sizes or [layer.activation for layer in network.layers] != self._kinds:
            raise ValueError(f"the moment's network has other layers than the recipe: {network.sizes}")
        for layer, shown, centre in zip(self._layers, network.layers, self.centres, strict=True):
            layer.W[...], layer.b[...] = shown.W, shown.b + shown.W @ centre
        self._mean[...] = self.parameters
        self._steps = steps

    def gradient(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Differentiate loss plus penalty by the weights and biases of the layers before `fold`, in one row.

        The row is overwritten by the next call.
        """
        recipe, first, mean_picture = self.recipe, self._layers[0], self.centres[0]
        np.subtract(first.b, np.matmul(first.W, mean_picture, out=self._bias), out=self._bias)
        self._backward.differentiate(x, y)
        found = self._gradients[0]
        found.W[...] -= np.multiply(found.b[:, None], mean_picture, out=self._product)
        if recipe.smoothness or recipe.sparsity:
            found.W[...] += penalty_gradient(first.W, recipe.smoothness, recipe.sparsity)
        return self._gradient

    def step(self, x: np.ndarray, y: np.ndarray, rate: float) -> None:
        """Learn from one batch: x (n, n_in), y (n, n_out)."""
        self._steps += 1
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is found when the network is asked for
            self._optimiser.update(self.parameters, self.gradient(x, y), rate)
            if self.recipe.average:
                kept = min(self.recipe.average, self._steps / (self._steps + 10))
                move(self._mean, self.parameters, 1 - kept, self._spare)


def batches(lesson: Digits, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield all digits once in random order, as x (size, 784) and y (size, 10) float32; the last may be smaller.

    Each x is overwritten by the next.
    """
    targets = np.eye(10, dtype=np.float32)
    flat = lesson.images.reshape(len(lesson.images), -1)
    order = rng.permutation(len(flat))
    greys, x = np.empty((size, flat.shape[1]), np.uint8), np.empty((size, flat.shape[1]), np.float32)
    for start in range(0, len(flat), size):
        chosen = order[start : start + size]
        n = len(chosen)
        flat.take(chosen, axis=0, out=greys[:n], mode="clip")  # which, other than "raise", writes there at once
        x[:n] = greys[:n]  # which is faster than to multiply one kind of number into another
        x[:n] *= np.float32(1 / 255)
        yield x[:n], targets[lesson.labels[chosen]]


def practice(lesson: Digits, recipe: Recipe, warps: Warps | None, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield an epoch's batches as the recipe has them: some of the pictures bent."""
    for x, y in batches(lesson, recipe.batch, rng):
        if warps:
            bent = round(recipe.warped * len(x))
            x[:bent] = warps.bend(x[:bent], rng)
        yield x, y


def _silent(epoch: int, network: Network) -> None:
    pass


def train(lessons: Callable[[int], Digits], recipe: Recipe, report: Report = _silent) -> Network:
    """Train a network, the same one every time for the same arguments on one machine.

    Parameters
    ----------
    lessons : function of the epoch's number
        Gives the digits of that epoch.
    recipe : Recipe
    report : function of the epoch's number and the network so far
        Called after each epoch.

    Returns
    -------
    Network
        With the running average of the weights.
    """
    walk = _Walk(lessons, recipe)
    for step in walk:
        if step and step % walk.steps_an_epoch == 0:
            report(step // walk.steps_an_epoch - 1, walk.network)
    return walk.network


def learn(
    recipe: Recipe, lessons: Lessons, due: Callable[[int], bool] | None = None, since: Moment | None = None
) -> Iterator[Moment]:
    """Train, and stop to look at the moments that are due: the untrained network first, the trained one last.

    For the same recipe and lessons it is the same to the last bit every time, whichever moments are due: on one kind of
    processor, with one NumPy and as many threads of its linear algebra. Elsewhere sums are rounded otherwise.

    Parameters
    ----------
    recipe : Recipe
    lessons : Lessons
    due : function of the number of steps taken, optional
        Whether to stop there as well. Usually at log-spaced steps, and at 120 evenly spaced ones.
    since : Moment, optional
        Go on after it rather than from the beginning; it is not yielded again. Lost are what the optimiser
        remembered, the weights before their average was taken, and the order in which the rest of the epoch's digits
        would have come.

    Raises
    ------
    OverflowedError
        If the weights grow beyond what numbers hold.
    """
    walk = _Walk(lessons.epoch, recipe, since)
    examiner = Examiner(lessons)
    due = due or schedule(walk.steps)
    for step in islice(walk, 1 if since else 0, None):
        if step in (0, walk.steps) or due(step):
            yield examiner.moment(step, step / walk.steps_an_epoch, walk.network)


def steps_of(recipe: Recipe, digits: int) -> int:
    """Count the steps of a training on so many digits."""
    return recipe.epochs * -(-digits // recipe.batch)


def schedule(steps: int) -> Callable[[int], bool]:
    """Say at which of so many steps a training is looked at, if nobody says otherwise."""
    chosen = {0, *np.rint(np.geomspace(1, max(steps, 1), 2 * KEPT)).astype(int).tolist()}
    chosen.update(np.rint(np.linspace(0, steps, CURVE + 1)).astype(int).tolist())
    return chosen.__contains__


class _Walk:
    """The steps of a training, one after the other: yields how many were taken, 0 first."""

    def __init__(self, lessons: Callable[[int], Digits], recipe: Recipe, since: Moment | None = None) -> None:
        self.recipe, self._lessons, self._start = recipe, lessons, since.step if since else 0
        self._rng = np.random.default_rng([recipe.seed, since.step] if since else recipe.seed)
        first = lessons(0)
        self.steps_an_epoch = -(-len(first.labels) // recipe.batch)
        self.steps = steps_of(recipe, len(first.labels))
        self._learner = Learner(recipe, _mean_picture(first), self._rng)
        if since:
            self._learner.resume(since.network, since.step)
        self._warps = Warps.random(self._rng, strength=recipe.bending) if recipe.warped else None

    @property
    def network(self) -> Network:
        """The network so far; OverflowedError if its weights are no longer numbers."""
        if not np.isfinite(self._learner.parameters).all():
            raise OverflowedError(OVERFLOWED)
        return self._learner.network

    def __iter__(self) -> Iterator[int]:
        step = self._start
        yield step
        for epoch in range(step // self.steps_an_epoch, self.recipe.epochs):
            rest = (epoch + 1) * self.steps_an_epoch - step
            for x, y in islice(practice(self._lessons(epoch), self.recipe, self._warps, self._rng), rest):
                rate = rate_at((step + 0.5) / self.steps, self.recipe.rate, self.recipe.warm_up)
                self._learner.step(x, y, rate)
                step += 1
                yield step


def _mean_picture(lesson: Digits) -> np.ndarray:
    """Average pictures, 0..1: (784,) float32, summed up in whole numbers."""
    flat = lesson.images.reshape(len(lesson.images), -1)
    return (flat.sum(axis=0, dtype=np.uint32) / (255 * len(flat))).astype(np.float32)
