"""Recipes to begin with: what goes well, and five ways for it to go wrong or short."""

from __future__ import annotations

from dataclasses import replace

from nnviz.training.recipe import MOST_EPOCHS, Recipe
from nnviz.training.shipped import RECIPES

PLAIN = RECIPES["plain"]

PRESETS: dict[str, Recipe] = {
    "as plain": PLAIN,
    "as smooth": replace(RECIPES["smooth"], epochs=MOST_EPOCHS, warped=0.0, bending=1.0, pens=True),
    "far too fast": replace(PLAIN, rate=1.0, average=0.0, epochs=5),
    "far too small": replace(PLAIN, epochs=10, sizes=(784, 2, 2, 10)),
    "wrong labels": replace(PLAIN, epochs=10, noise=0.5),
    "one epoch": replace(PLAIN, epochs=1),
}
