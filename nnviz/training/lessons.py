"""What is learned from, and what is only measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.mnist import Digits
from nnviz.training.recipe import Recipe

SCANS, PENS = 60_000, 5_994  # MNIST's training digits, and those of `pens`
VALIDATION = 5000  # the last of MNIST's training digits, never learned from by visitors' networks
MEASURED = {"training": 1000, "validation": 2000}  # at each moment, of the digits learned from and of those held back


@dataclass(frozen=True, eq=False)
class Lessons:
    """The digits of each epoch, and those a moment is measured on.

    Attributes
    ----------
    epoch : function of the epoch's number
        Gives the digits to learn from, in every epoch as many.
    training : Digits
        Some of them, with the labels as they are taught, wrong ones included.
    validation : Digits
        Others, with their true labels.
    held : str
        What the others are: "validation", the last of MNIST's training digits; or "test", of MNIST's test digits, for
        the shipped networks, which learn from all training digits.
    """

    epoch: Callable[[int], Digits]
    training: Digits
    validation: Digits
    held: str = "validation"


def learned_from(recipe: Recipe) -> int:
    """Count the digits that `lessons` has a visitor's network learn from, MNIST's and those of `pens`."""
    every = SCANS - VALIDATION + PENS * recipe.pens
    return max(1, round(recipe.share * every)) if recipe.share < 1 else every


def lessons(recipe: Recipe, scans: Digits, pens: Digits | None = None) -> Lessons:
    """Make the lessons of a visitor's recipe: all but the last 5,000 scans, of which and of whose labels it chooses.

    Parameters
    ----------
    recipe : Recipe
    scans : Digits
        MNIST's 60,000 training digits; at least 5,001.
    pens : Digits, optional
        Redrawn pen digits, which a recipe with `pens` needs.
    """
    if recipe.pens and pens is None:
        raise ValueError("the recipe asks for pen digits, and there are none")
    if len(scans.labels) <= VALIDATION:
        raise ValueError(f"there are {len(scans.labels):,} digits; expected more than {VALIDATION:,}")
    rng = np.random.default_rng([recipe.seed, 1])
    images, labels = scans.images[:-VALIDATION], scans.labels[:-VALIDATION]
    if recipe.pens and pens is not None:
        images, labels = np.concatenate([images, pens.images]), np.concatenate([labels, pens.labels])
    if recipe.share < 1:
        chosen = np.sort(rng.choice(len(labels), max(1, round(recipe.share * len(labels))), replace=False))
        images, labels = images[chosen], labels[chosen]
    learned = Digits(images, mislabelled(labels, recipe.noise, rng))
    return Lessons(lambda epoch: learned, some(learned, "training", rng), measured_on(scans))


def measured_on(scans: Digits) -> Digits:
    """Choose the digits held back that networks are measured on at each moment: the same for every recipe."""
    return some(held_back(scans), "validation", np.random.default_rng(0))


def held_back(scans: Digits) -> Digits:
    """Return the scans that visitors' networks do not learn from: the last 5,000."""
    return Digits(scans.images[-VALIDATION:], scans.labels[-VALIDATION:])


def some(digits: Digits, part: str, rng: np.random.Generator) -> Digits:
    """Choose as many digits as are measured at each moment."""
    count = min(MEASURED[part], len(digits.labels))
    chosen = np.sort(rng.choice(len(digits.labels), count, replace=False))
    return Digits(digits.images[chosen], digits.labels[chosen])


def mislabelled(labels: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """Make a share of labels (n,) wrong: each of them becomes one of the other nine digits, all alike likely."""
    wrong = rng.choice(len(labels), round(noise * len(labels)), replace=False)
    result = labels.copy()
    result[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return result
