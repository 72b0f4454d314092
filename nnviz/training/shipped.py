"""The networks in assets/networks/, and how each of them was trained."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz import augment
from nnviz.mnist import Digits
from nnviz.network import Network
from nnviz.training.loop import Recipe, train
from nnviz.training.progress import show_progress

RECIPES = {
    "smooth": Recipe(epochs=260, smoothness=3e-4, sparsity=1e-4),
    "rough": Recipe(epochs=260, sparsity=1e-4),
    "plain": Recipe(epochs=30, rate=0.005),
    "untrained": Recipe(epochs=0),
}
WITH_PENS = ("smooth", "rough")  # alike in all but the Laplacian's factor, so that they can be compared


def build(name: str, versions: Sequence[Digits], bar: bool) -> Network:
    """Train a shipped network: from MNIST, and those in `WITH_PENS` from the redrawn pen digits as well."""
    recipe = RECIPES[name]
    lessons = augment.scans_and_pens(versions) if name in WITH_PENS else augment.scans_only()

    def report(epoch: int, network: Network) -> None:
        if bar:
            show_progress(f"training {name}", epoch + 1, recipe.epochs)

    return train(lessons, recipe, report=report)
