"""From a recipe and lessons to a network: batches, steps, epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nnviz.elastic import Warps
from nnviz.mnist import Digits
from nnviz.network import Layer, Network
from nnviz.training.backward import backpropagate
from nnviz.training.optimiser import Adam, move, rate_at
from nnviz.training.parameters import flatten, fold, initial, unflatten
from nnviz.training.roughness import penalty_gradient

SIZES = (784, 16, 16, 10)
SEED = 1

Report = Callable[[int, Network], None]
Batch = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes
    ----------
    epochs, batch : int
        Passes through the digits, and digits per step.
    rate, warm_up : float
        The highest learning rate, and the share of all steps spent rising to it; after that it falls as a cosine.
    average : float, 0..1
        How much of the running average of the weights is kept at each step; the average is what training returns.
    smoothness, sparsity : float
        Factors of `roughness.penalty`'s two terms.
    sizes : tuple of int
        The number of neurons in each layer, the input first.
    hidden, output : str
        The activations of the hidden layers, and of the last.
    warped : float, 0..1
        The share of each batch that is bent before it is learned from, as `elastic` does.
    """

    epochs: int
    batch: int = 100
    rate: float = 0.02
    warm_up: float = 0.03
    average: float = 0.999
    smoothness: float = 0.0
    sparsity: float = 0.0
    sizes: tuple[int, ...] = SIZES
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    warped: float = 0.0


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
        self._mean, self._spare = self.parameters.copy(), np.empty_like(self.parameters)
        self._folded = [Layer(each.W, each.b.copy(), each.activation) for each in self._split(self.parameters)]
        self._layers, self._averages = self._split(self.parameters), self._split(self._mean)
        self._gradient = np.zeros_like(self.parameters)
        self._gradients = self._split(self._gradient)
        self._adam = Adam(self.parameters)

    def _split(self, row: np.ndarray) -> tuple[Layer, ...]:
        return unflatten(row, self.recipe.sizes, self._kinds)

    @property
    def network(self) -> Network:
        """The network so far, with the running average of the weights."""
        return fold(self._averages, self.centres)

    def gradient(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Differentiate loss plus penalty by the weights and biases of the layers before `fold`, in one row.

        The row is overwritten by the next call.
        """
        recipe = self.recipe
        for layer, folded, centre in zip(self._layers, self._folded, self.centres, strict=True):
            np.subtract(layer.b, layer.W @ centre, out=folded.b)
        backpropagate(self._folded, x, y, self._gradients)
        for found, centre in zip(self._gradients, self.centres, strict=True):
            if centre.any():
                found.W[...] -= np.outer(found.b, centre)
        if recipe.smoothness or recipe.sparsity:
            self._gradients[0].W[...] += penalty_gradient(self._layers[0].W, recipe.smoothness, recipe.sparsity)
        return self._gradient

    def step(self, x: np.ndarray, y: np.ndarray, rate: float) -> None:
        """Learn from one batch: x (n, n_in), y (n, n_out)."""
        self._adam.update(self.parameters, self.gradient(x, y), rate)
        kept = min(self.recipe.average, self._adam.step / (self._adam.step + 10))
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
        yield np.multiply(greys[:n], np.float32(1 / 255), out=x[:n]), targets[lesson.labels[chosen]]


def practice(lesson: Digits, recipe: Recipe, warps: Warps | None, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield an epoch's batches as the recipe has them: some of the pictures bent."""
    for x, y in batches(lesson, recipe.batch, rng):
        if warps:
            bent = round(recipe.warped * len(x))
            x[:bent] = warps.bend(x[:bent], rng)
        yield x, y


def _silent(epoch: int, network: Network) -> None:
    pass


def train(lessons: Callable[[int], Digits], recipe: Recipe, seed: int = SEED, report: Report = _silent) -> Network:
    """Train a network, the same one every time for the same arguments on one machine.

    Parameters
    ----------
    lessons : function of the epoch's number
        Gives the digits of that epoch.
    recipe : Recipe
    seed : int
        Of the first weights, of the digits' order, and of how they are bent.
    report : function of the epoch's number and the network so far
        Called after each epoch.

    Returns
    -------
    Network
        With the running average of the weights.
    """
    rng = np.random.default_rng(seed)
    learner = Learner(recipe, lessons(0).x.mean(axis=0), rng)
    warps = Warps.random(rng) if recipe.warped else None
    for epoch in range(recipe.epochs):
        lesson = lessons(epoch)
        steps = -(-len(lesson.labels) // recipe.batch)
        for number, (x, y) in enumerate(practice(lesson, recipe, warps, rng)):
            progress = (epoch + (number + 0.5) / steps) / recipe.epochs
            learner.step(x, y, rate_at(progress, recipe.rate, recipe.warm_up))
        report(epoch, learner.network)
    return learner.network
