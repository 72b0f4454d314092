"""Training: backpropagation, Adam, and a penalty that makes the weight maps smooth.

``python -m nnviz.training`` rebuilds assets/networks/ from the digits in assets/. `backward` and `roughness` hold the
mathematics of one step, `optimiser` takes it, `loop` goes through the batches, `shipped` holds the recipes.
"""

from nnviz.training.backward import cross_entropy, gradients, loss, shared_cross_entropy
from nnviz.training.loop import SEED, SIZES, Learner, Recipe, batches, practice, train
from nnviz.training.optimiser import Adam, rate_at
from nnviz.training.parameters import flatten, fold, initial, unflatten
from nnviz.training.roughness import laplacian, penalty, penalty_gradient
from nnviz.training.shipped import PENS, RECIPES, build

__all__ = [
    "PENS",
    "RECIPES",
    "SEED",
    "SIZES",
    "Adam",
    "Learner",
    "Recipe",
    "batches",
    "build",
    "cross_entropy",
    "flatten",
    "fold",
    "gradients",
    "initial",
    "laplacian",
    "loss",
    "penalty",
    "penalty_gradient",
    "practice",
    "rate_at",
    "shared_cross_entropy",
    "train",
    "unflatten",
]
