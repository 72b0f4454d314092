"""Training the shipped networks: backpropagation, Adam, and a penalty that makes the weight maps smooth.

``python -m nnviz.training`` rebuilds assets/networks/ from the digits in assets/. First comes the mathematics of one
step, then the loop over batches, then the command.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from nnviz import augment, threads
from nnviz.mnist import ASSETS, Digits
from nnviz.network import IMAGE_SHAPE, Layer, Network

SIZES = (784, 16, 16, 10)
GAINS = (2.0, 4.0)  # of the first weights: from pixels, and from sigmoids, whose slope is at most 1/4
SEED = 1

Gradients = tuple[Layer, ...]
Report = Callable[[int, Network], None]


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
        Factors of `penalty`'s two terms.
    """

    epochs: int
    batch: int = 100
    rate: float = 0.02
    warm_up: float = 0.03
    average: float = 0.999
    smoothness: float = 0.0
    sparsity: float = 0.0


RECIPES = {
    "smooth": Recipe(epochs=260, smoothness=3e-4, sparsity=1e-4),
    "rough": Recipe(epochs=260, sparsity=1e-4),
    "plain": Recipe(epochs=30, rate=0.005),
    "untrained": Recipe(epochs=0),
}
WITH_PENS = ("smooth", "rough")  # alike in all but the Laplacian's factor, so that they can be compared


def initial(rng: np.random.Generator, sizes: Sequence[int] = SIZES) -> Network:
    """Make an untrained network: normal weights of standard deviation `GAINS` over ``sqrt(n_in)``, biases 0.

    References
    ----------
    LeCun, Bottou, Orr, Müller: Efficient BackProp (1998), section 4.6, on keeping sums within a sigmoid's slope.
    """
    layers: list[Layer] = []
    for n_in, n_out in pairwise(sizes):
        spread = GAINS[bool(layers)] / np.sqrt(n_in)
        layers.append(Layer(rng.normal(0, spread, (n_out, n_in)).astype(np.float32), np.zeros(n_out, np.float32)))
    return Network(tuple(layers))


def cross_entropy(output: np.ndarray, y: np.ndarray) -> float:
    """Ten yes-or-no questions' cross entropy: ``-sum(y log a + (1 - y) log(1 - a))``, the mean over pictures.

    Parameters
    ----------
    output : array (n, 10), 0..1
        The output activations.
    y : array (n, 10), 0 or 1
        What they should be.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 3, equation 63.
    """
    wrong = np.abs(1 - y - output)  # log a where y is 1, log(1 - a) where y is 0
    return float(-np.log(wrong).sum() / len(y))


def gradients(network: Network, x: np.ndarray, y: np.ndarray) -> Gradients:
    """Differentiate `cross_entropy` by every weight and bias, by backpropagation.

    Parameters
    ----------
    network : Network
        With sigmoids at the output, or a softmax: then of ``-sum(y log a)``, whose derivative by z is the same.
    x, y : arrays (n, n_in), 0..1, and (n, n_out), 0 or 1
        Pictures, and what the output should be.

    Returns
    -------
    tuple of Layer
        ``dC/dW`` and ``dC/db`` of each layer, in the precision of `x` and the weights. With
        ``delta = dC/dz``: ``(a - y) / n`` at the output, ``(delta W) * slope`` one layer down;
        ``dC/dW = delta.T a_below``, ``dC/db = sum(delta)``.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 2, equations BP1 to BP4.
    """
    if network.layers[-1].activation not in ("sigmoid", "softmax"):
        raise ValueError(f"the output is {network.layers[-1].activation}; expected sigmoid or softmax")
    activations, zs = [x], []
    for layer in network.layers:
        zs.append(activations[-1] @ layer.W.T + layer.b)
        activations.append(layer.function.value(zs[-1]))
    delta = (activations[-1] - y) / np.float32(len(x))
    result = []
    for k in reversed(range(len(zs))):
        result.append(Layer(delta.T @ activations[k], delta.sum(axis=0)))
        if k:
            delta = (delta @ network.layers[k].W) * network.layers[k - 1].function.slope(zs[k - 1], activations[k])
    return tuple(reversed(result))


def laplacian(maps: np.ndarray) -> np.ndarray:
    """Sum of each pixel's four neighbours minus four times itself, (n, rows, columns); outside is 0."""
    result = -4 * maps
    result[:, 1:] += maps[:, :-1]
    result[:, :-1] += maps[:, 1:]
    result[:, :, 1:] += maps[:, :, :-1]
    result[:, :, :-1] += maps[:, :, 1:]
    return result


def penalty(W: np.ndarray, smoothness: float, sparsity: float) -> float:
    """Measure how rough and how large weight maps (n, 784) are.

    Returns
    -------
    float
        ``smoothness * sum(laplacian(W)**2) + sparsity * sum(|W|)``.
    """
    return float(smoothness * (laplacian(_maps(W)) ** 2).sum() + sparsity * np.abs(W).sum())


def penalty_gradient(W: np.ndarray, smoothness: float, sparsity: float) -> np.ndarray:
    """Differentiate `penalty` by every weight, (n, 784): the Laplacian is symmetric, so it is applied twice."""
    rough = laplacian(laplacian(_maps(W))).reshape(W.shape)
    return 2 * smoothness * rough + sparsity * np.sign(W)


def _maps(W: np.ndarray) -> np.ndarray:
    return W.reshape(-1, *IMAGE_SHAPE)


@dataclass(frozen=True, eq=False)
class Adam:
    """Adam's memory after `step` steps: running means `m` of the gradient and `v` of its square."""

    m: np.ndarray
    v: np.ndarray
    step: int = 0

    def update(self, gradient: np.ndarray, rate: float) -> tuple[np.ndarray, Adam]:
        """Take one step.

        Parameters
        ----------
        gradient : array (n,)
        rate : float
            The learning rate.

        Returns
        -------
        change : array (n,)
            What to add to the parameters.
        Adam
            The memory to use next time.

        References
        ----------
        Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1, with its default constants.
        """
        step = self.step + 1
        m = self.m + 0.1 * (gradient - self.m)
        v = self.v + 0.001 * (gradient * gradient - self.v)
        change = -rate / (1 - 0.9**step) * m / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        return change, Adam(m, v, step)


def rate_at(progress: float, recipe: Recipe) -> float:
    """Return the learning rate when this share (0..1) of all steps is done: a short rise, then half a cosine."""
    rise = progress / recipe.warm_up if recipe.warm_up else 1.0
    return float(recipe.rate * min(rise, (1 + np.cos(np.pi * progress)) / 2))


def flatten(layers: Sequence[Layer]) -> np.ndarray:
    """All weights and biases in one row: W1, b1, W2, b2, ..."""
    return np.concatenate([part.ravel() for layer in layers for part in (layer.W, layer.b)])


def unflatten(vector: np.ndarray, sizes: Sequence[int] = SIZES) -> tuple[Layer, ...]:
    """Undo `flatten`; the layers share the vector's memory."""
    layers, start = [], 0
    for n_in, n_out in pairwise(sizes):
        middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
        layers.append(Layer(vector[start:middle].reshape(n_out, n_in), vector[middle:end]))
        start = end
    return tuple(layers)


def fold(layers: Sequence[Layer], centres: Sequence[np.ndarray]) -> Network:
    """Rewrite ``W (a - centre) + b`` as ``W a + (b - W centre)``."""
    return Network(tuple(replace(layer, b=layer.b - layer.W @ c) for layer, c in zip(layers, centres, strict=True)))


def step_gradient(
    theta: np.ndarray, centres: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, recipe: Recipe
) -> np.ndarray:
    """Differentiate loss plus penalty by `theta`, the flattened layers before `fold`."""
    layers = unflatten(theta, (*map(len, centres), y.shape[1]))
    found = gradients(fold(layers, centres), x, y)
    found = tuple(Layer(g.W - np.outer(g.b, c), g.b) for g, c in zip(found, centres, strict=True))
    result = flatten(found)
    if recipe.smoothness or recipe.sparsity:
        W = layers[0].W
        result[: W.size] += penalty_gradient(W, recipe.smoothness, recipe.sparsity).ravel()
    return result


def batches(lesson: Digits, size: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield all digits once in random order, as x (size, 784) and y (size, 10) float32; the last may be smaller."""
    targets = np.eye(10, dtype=np.float32)
    flat = lesson.images.reshape(len(lesson.images), -1)
    order = rng.permutation(len(flat))
    for start in range(0, len(flat), size):
        chosen = order[start : start + size]
        yield flat[chosen] * np.float32(1 / 255), targets[lesson.labels[chosen]]


def _silent(epoch: int, network: Network) -> None:
    pass


def train(lessons: Callable[[int], Digits], recipe: Recipe, seed: int = SEED, report: Report = _silent) -> Network:
    """Train a network of `SIZES`, the same one every time for the same arguments on one machine.

    Each layer's inputs are centred while training, on the mean picture or 0.5, as LeCun et al. advise, and the
    centres are folded into the biases in the end.

    Parameters
    ----------
    lessons : function of the epoch's number
        Gives the digits of that epoch.
    recipe : Recipe
    seed : int
        Of the first weights and of the digits' order.
    report : function of the epoch's number and the network so far
        Called after each epoch.

    Returns
    -------
    Network
        With the running average of the weights.

    References
    ----------
    LeCun, Bottou, Orr, Müller: Efficient BackProp (1998), section 4.3, on centring.
    Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5, on the cosine.
    """
    rng = np.random.default_rng(seed)
    centres = [lessons(0).x.mean(axis=0), *(np.full(n, 0.5, np.float32) for n in SIZES[1:-1])]
    theta = flatten(initial(rng).layers)
    mean, adam = theta.copy(), Adam(np.zeros_like(theta), np.zeros_like(theta))
    for epoch in range(recipe.epochs):
        lesson = lessons(epoch)
        steps = -(-len(lesson.labels) // recipe.batch)
        for number, (x, y) in enumerate(batches(lesson, recipe.batch, rng)):
            rate = rate_at((epoch + (number + 0.5) / steps) / recipe.epochs, recipe)
            change, adam = adam.update(step_gradient(theta, centres, x, y, recipe), rate)
            theta = theta + change
            mean = mean + (1 - min(recipe.average, adam.step / (adam.step + 10))) * (theta - mean)
        report(epoch, fold(unflatten(mean), centres))
    return fold(unflatten(mean), centres)


def build(name: str, versions: Sequence[Digits], bar: bool) -> Network:
    """Train a shipped network: from MNIST, and those in `WITH_PENS` from the redrawn pen digits as well."""
    recipe = RECIPES[name]
    lessons = augment.scans_and_pens(versions) if name in WITH_PENS else augment.scans_only()
    return train(lessons, recipe, report=partial(_report, name, recipe.epochs) if bar else _silent)


def _report(name: str, epochs: int, epoch: int, network: Network) -> None:
    show_progress(f"training {name}", epoch + 1, epochs)


def show_progress(label: str, done: int, total: int) -> None:
    """Draw a bar on a terminal; elsewhere print a line at each tenth."""
    if sys.stderr.isatty():
        filled = 40 * done // total
        end = "\n" if done == total else ""
        print(
            f"\r{label:<20} [{'#' * filled}{' ' * (40 - filled)}] {done / total:4.0%}",
            end=end,
            file=sys.stderr,
            flush=True,
        )
    elif 10 * done // total > 10 * (done - 1) // total:
        print(f"{label}: {done / total:.0%}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the networks named on the command line, in two processes of one thread each, and save them."""
    parser = argparse.ArgumentParser(prog="python -m nnviz.training", description="Rebuild assets/networks/.")
    parser.add_argument("--only", choices=RECIPES, help="train this one alone")
    parser.add_argument("--out", type=Path, default=ASSETS / "networks", help="where to write the .npz files")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    names = [options.only] if options.only else list(RECIPES)
    os.environ.update(threads.ONE)  # read by the new processes' NumPy
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        versions = _versions(pool) if set(names) & set(WITH_PENS) else []
        found = {name: pool.submit(build, name, versions, bar=name == names[0]) for name in names}
        for name, network in found.items():
            network.result().save(options.out / f"{name}.npz")


def _versions(pool: ProcessPoolExecutor) -> list[Digits]:
    """Redraw the pen digits of all writers but the held-out ones, several times."""
    versions = []
    for version in pool.map(partial(augment.redraw_all, augment.writers(held_out=False)), range(augment.VERSIONS)):
        versions.append(version)
        show_progress("redrawing pen digits", len(versions), augment.VERSIONS)
    return versions


if __name__ == "__main__":
    main()
