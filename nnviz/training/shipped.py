"""The networks in assets/networks/, and how each of them was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnviz import augment, mnist
from nnviz.mnist import ASSETS, Digits
from nnviz.training.course import LARGER, Course, most_kept
from nnviz.training.lessons import Lessons, some
from nnviz.training.loop import learn, steps_of
from nnviz.training.progress import show_progress
from nnviz.training.recipe import Recipe

_STRANGERS = Recipe(  # for what strangers draw: chosen as assets/README.md says
    epochs=300, batch=400, rate=0.03, smoothness=3e-4, sparsity=1e-4, contest=10.0, warped=0.4, bending=0.7,
    optimiser="soap",
)  # fmt: skip
RECIPES = {
    "smooth": _STRANGERS,
    "rough": replace(_STRANGERS, smoothness=0.0),
    "plain": Recipe(epochs=30, rate=0.005),
    "untrained": Recipe(epochs=0),
    "wide": Recipe(
        epochs=150, batch=128, rate=0.002, sizes=(784, 110, 100, 100, 10), hidden="relu", output="softmax", warped=0.8
    ),
}
Drawing = tuple[int, bool]  # seed, and whether other hands drew it: as `augment.redraw_all` takes them


class Pens(NamedTuple):
    """How often each pen digit is redrawn for a network, and how many of all these drawings one epoch holds."""

    written: int  # by the hand and the pen that wrote it
    elsewhere: int  # as by other hands, on other devices
    per_epoch: int

    @property
    def drawings(self) -> list[Drawing]:
        """The drawings in the order they are learned from: by turns of either kind, if there are both."""
        times = {False: self.written, True: self.elsewhere}
        return [(seed, away) for seed in range(max(times.values())) for away in times if seed < times[away]]


PENS = {  # the others have none
    "smooth": Pens(16, 16, 4),
    "rough": Pens(16, 16, 4),  # as "smooth", so that they can be compared
    "wide": Pens(16, 0, 4),
}
COURSES = {  # whose courses are kept as well, and how many bytes each may have
    "smooth": 1_000_000,
    "rough": 1_000_000,
    "plain": 1_000_000,
    "wide": LARGER,
}


def course_file(name: str, networks: Path = ASSETS / "networks") -> Path:
    """Return where the course of a shipped network lies: beside the folder of the networks."""
    return networks.parent / "courses" / f"{name}.course"


def build(name: str, drawn: Mapping[Drawing, Digits], bar: bool) -> Course:
    """Train a shipped network: from MNIST, and those in `PENS` from the redrawn pen digits as well.

    Returns
    -------
    Course
        The network is its last moment's. Its marks are those of 1,000 digits learned from, and of all of MNIST's test
        digits: there are no others that it does not learn from. Nothing is chosen by them.
    """
    recipe = RECIPES[name]
    pens = PENS.get(name)
    versions = [drawn[each] for each in pens.drawings] if pens else []
    epoch = augment.scans_and_pens(versions, pens.per_epoch) if pens else augment.scans_only()
    first = epoch(0)
    lessons = Lessons(
        epoch, some(first, "training", np.random.default_rng([recipe.seed, 1])), mnist.load("test"), "test"
    )
    steps = steps_of(recipe, len(first.labels))
    course = Course(recipe, steps, lessons.held, most_kept(recipe.sizes, COURSES.get(name, 0)))
    before = 0
    for moment in learn(recipe, lessons):
        course.add(moment)
        if bar and steps:
            show_progress(f"training {name}", moment.step, steps, before)
            before = moment.step
    return course
