"""Recipes to begin with: what goes well, and five ways for it to go wrong or short."""

from __future__ import annotations

from dataclasses import replace

from nnviz.training.recipe import Recipe

PLAIN = Recipe(epochs=30, rate=0.005)  # exactly

PRESETS: dict[str, Recipe] = {
    "as plain": PLAIN,
    "as smooth": Recipe(epochs=30, smoothness=3e-4, sparsity=1e-4, pens=True),
    "far too fast": replace(PLAIN, rate=1.0, average=0.0, epochs=5),
    "far too small": replace(PLAIN, epochs=10, sizes=(784, 2, 2, 10)),
    "wrong labels": replace(PLAIN, epochs=10, noise=0.5),
    "one epoch": replace(PLAIN, epochs=1),
}
