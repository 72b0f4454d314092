"""The networks in assets/networks/, and how each of them was trained."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz import augment
from nnviz.mnist import Digits
from nnviz.network import Network
from nnviz.training.loop import train
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


def build(name: str, versions: Sequence[Digits], bar: bool) -> Network:
    """Train a shipped network: from MNIST, and those in `PENS` from the redrawn pen digits as well."""
    recipe = RECIPES[name]
    many, per_epoch = PENS.get(name, (0, 0))
    lessons = augment.scans_and_pens(versions[:many], per_epoch) if many else augment.scans_only()

    def report(epoch: int, network: Network) -> None:
        if bar:
            show_progress(f"training {name}", epoch + 1, recipe.epochs)

    return train(lessons, recipe, report=report)
