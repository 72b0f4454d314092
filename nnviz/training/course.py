"""The course of a training: its kept moments and its curves, and all of it as bytes that a browser reads too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from nnviz.network import Network
from nnviz.training import course_bytes
from nnviz.training.loop import KEPT
from nnviz.training.moment import Marks, Moment
from nnviz.training.recipe import Recipe

BUDGET, LARGER = 2_000_000, 3_900_000  # bytes of a whole course; and of one that would keep very few moments in those
FEW = 30  # moments
POINTS = 600  # of the curves, at most


def most_kept(sizes: Sequence[int], budget: int = 0) -> int:
    """Count the moments whose weights fit so many bytes: 60, or fewer for a large network, but never under 2.

    Without a budget they may have 2 MB, or for a large network up to 3.9.
    """
    parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    room = (budget or BUDGET) - course_bytes.BESIDES - POINTS * course_bytes.POINT - 4 * parameters
    fits = room // (course_bytes.width(parameters, room) * parameters)
    if fits < FEW and not budget:
        return min(FEW, max(2, (room + LARGER - BUDGET) // parameters))
    return max(2, min(KEPT, fits))


@dataclass(eq=False)
class Course:
    """What is kept of a training.

    Attributes
    ----------
    recipe : Recipe
    steps : int
        Of the whole training, those to come included.
    held : str
        As in `Lessons`: of which digits `Moment.loss_validation` and `right_validation` are.
    most : int
        How many moments are kept with their networks. The first and the last always are; of the others, the one whose
        neighbours are closest on a logarithmic scale of steps goes when another comes.
    moments : list of Moment
        Those.
    curve : list of Marks
        Of the kept moments, and of others between them, at most 600.
    """

    recipe: Recipe
    steps: int
    held: str = "validation"
    most: int = 0
    moments: list[Moment] = field(default_factory=list)
    curve: list[Marks] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.most = self.most or most_kept(self.recipe.sizes)

    def add(self, moment: Moment) -> None:
        """Keep a moment; it comes after those before, or a ValueError says so."""
        if self.curve and moment.step <= self.curve[-1].step:
            raise ValueError(f"step {moment.step} comes after step {self.curve[-1].step}")
        self.curve.append(moment.marks)
        self.moments.append(moment)
        if len(self.moments) > self.most:
            self.moments.pop(_most_crowded([math.log1p(each.step) for each in self.moments]))
        if len(self.curve) > POINTS:
            kept = {each.step for each in self.moments}
            free = [k for k in range(1, len(self.curve) - 1) if self.curve[k].step not in kept]
            gaps = [self.curve[k + 1].step - self.curve[k - 1].step for k in free]
            self.curve.pop(free[int(np.argmin(gaps))])

    def network(self, k: int) -> Network:
        """Return the network of the kept moment k."""
        return self.moments[k].network

    def to_bytes(self) -> bytes:
        """Write it all down, as `course_bytes` says; the last network exactly, the others in 16 or 8 bits a weight."""
        return course_bytes.write(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Course:
        """Read what `to_bytes` wrote, from whomever it comes; ValueError says what is wrong with it."""
        recipe, steps, held, moments, curve = course_bytes.read(data)
        return cls(recipe, steps, held, max(2, len(moments)), moments, curve)


def _most_crowded(places: Sequence[float]) -> int:
    """Return which place but the first and the last leaves the smallest gap when it goes."""
    return 1 + int(np.argmin([after - before for before, after in zip(places, places[2:], strict=False)]))
