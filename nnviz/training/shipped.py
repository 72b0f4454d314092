"""The networks in assets/networks/, and how each of them was trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnviz import augment, mnist
from nnviz.mnist import ASSETS, Digits
from nnviz.training.course import Course, most_kept
from nnviz.training.lessons import Lessons, some
from nnviz.training.loop import learn, steps_of
from nnviz.training.progress import show_progress
from nnviz.training.recipe import Recipe

RECIPES = {
    "smooth": Recipe(epochs=260, smoothness=3e-4, sparsity=1e-4),
    "rough": Recipe(epochs=260, sparsity=1e-4),
    "plain": Recipe(epochs=30, rate=0.005),
    "untrained": Recipe(epochs=0),
    "wide": Recipe(
        epochs=150, batch=128, rate=0.002, sizes=(784, 110, 100, 100, 10), hidden="relu", output="softmax", warped=0.8
    ),
}
PENS = {  # how often each pen digit is redrawn, and how many of these drawings one epoch holds; the others have none
    "smooth": (augment.VERSIONS, augment.VERSIONS_PER_EPOCH),
    "rough": (augment.VERSIONS, augment.VERSIONS_PER_EPOCH),  # as "smooth", so that they can be compared
    "wide": (16, 4),
}
COURSES = ("smooth", "rough", "plain")  # whose courses are kept as well
COURSE_BYTES = 1_000_000  # of each, at most


def course_file(name: str, networks: Path = ASSETS / "networks") -> Path:
    """Return where the course of a shipped network lies: beside the folder of the networks."""
    return networks.parent / "courses" / f"{name}.course"


def build(name: str, versions: Sequence[Digits], bar: bool) -> Course:
    """Train a shipped network: from MNIST, and those in `PENS` from the redrawn pen digits as well.

    Returns
    -------
    Course
        The network is its last moment's. Its marks are those of 1,000 digits learned from, and of all of MNIST's test
        digits: there are no others that it does not learn from. Nothing is chosen by them.
    """
    recipe = RECIPES[name]
    many, per_epoch = PENS.get(name, (0, 0))
    epoch = augment.scans_and_pens(versions[:many], per_epoch) if many else augment.scans_only()
    first = epoch(0)
    lessons = Lessons(
        epoch, some(first, "training", np.random.default_rng([recipe.seed, 1])), mnist.load("test"), "test"
    )
    steps = steps_of(recipe, len(first.labels))
    course = Course(recipe, steps, lessons.held, most_kept(recipe.sizes, COURSE_BYTES))
    before = 0
    for moment in learn(recipe, lessons):
        course.add(moment)
        if bar and steps:
            show_progress(f"training {name}", moment.step, steps, before)
            before = moment.step
    return course
