"""Training: backpropagation, Adam, and a penalty that makes the weight maps smooth.

``python -m nnviz.training`` rebuilds assets/networks/ from the digits in assets/. `backward` and `roughness` hold the
mathematics of one step, `optimiser` takes it, `loop` goes through the batches, `shipped` holds the recipes.
"""

from nnviz.training import pens
from nnviz.training.backward import cross_entropy, gradients, loss, shared_cross_entropy
from nnviz.training.course import Course
from nnviz.training.lens import Lens, lens
from nnviz.training.lessons import Lessons, lessons
from nnviz.training.loop import Learner, batches, learn, practice, schedule, steps_of, train
from nnviz.training.moment import Examiner, Marks, Moment, OverflowedError
from nnviz.training.optimiser import OPTIMISERS, Adam, Descent, Momentum, Soap, rate_at
from nnviz.training.parameters import flatten, fold, initial, unflatten
from nnviz.training.presets import PRESETS
from nnviz.training.recipe import SEED, SIZES, Recipe
from nnviz.training.roughness import laplacian, penalty, penalty_gradient
from nnviz.training.shipped import COURSES, PENS, RECIPES, build, course_file
from nnviz.training.words import WORDS

__all__ = [
    "COURSES",
    "OPTIMISERS",
    "PENS",
    "PRESETS",
    "RECIPES",
    "SEED",
    "SIZES",
    "WORDS",
    "Adam",
    "Course",
    "Descent",
    "Examiner",
    "Learner",
    "Lens",
    "Lessons",
    "Marks",
    "Moment",
    "Momentum",
    "OverflowedError",
    "Recipe",
    "Soap",
    "batches",
    "build",
    "course_file",
    "cross_entropy",
    "flatten",
    "fold",
    "gradients",
    "initial",
    "laplacian",
    "learn",
    "lens",
    "lessons",
    "loss",
    "penalty",
    "penalty_gradient",
    "pens",
    "practice",
    "rate_at",
    "schedule",
    "shared_cross_entropy",
    "steps_of",
    "train",
    "unflatten",
]
