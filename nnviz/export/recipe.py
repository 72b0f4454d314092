"""A recipe as the text of a link: "epochs:20,sizes:32-16,rate:0.01", what is not said being as usual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from nnviz.sentences import quoted
from nnviz.training.recipe import SIZES, Recipe

LONGEST = 400  # characters
# Those a visitor chooses; and what a link says of one of them it says forever.
CHOSEN = (
    "sizes", "hidden", "output", "optimiser", "rate", "batch", "epochs", "smoothness", "sparsity", "average", "share",
    "noise", "pens", "seed", "contest",
)  # fmt: skip
_USUAL = {field.name: field.default for field in fields(Recipe)}
_KINDS = {field.name: str(field.type) for field in fields(Recipe)}


def encode(recipe: Recipe) -> str:
    """Write down what of a recipe is not as usual; `epochs` always."""
    stated = {name: getattr(recipe, name) for name in CHOSEN}
    return ",".join(f"{name}:{_written(value)}" for name, value in stated.items() if value != _USUAL[name])


def decode(text: str) -> Recipe:
    """Read what `encode` wrote; ValueError, whose message says what is wrong, if nobody can train here by it."""
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text):,} characters; expected at most {LONGEST}")
    stated: dict[str, Any] = {}
    for part in text.split(","):
        name, _, value = part.partition(":")
        if name not in CHOSEN or name in stated:
            raise ValueError(f"{quoted(part)} is not understood; epochs:10 is")
        try:
            stated[name] = _READERS[_KINDS[name]](value)
        except (ValueError, OverflowError):
            raise ValueError(f"the recipe's {name} is {quoted(value)}, which it cannot be") from None
    recipe = Recipe.of(stated)
    recipe.check()
    return recipe


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "-".join(map(str, value[1:-1]))  # the first and the last are those of the digits
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not (text.isascii() and len(text) <= 12 and set(text) <= set("0123456789.e-")):
        raise ValueError(text)
    return float(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "int": _whole,
    "float": _number,
    "str": lambda text: text,
    "bool": lambda text: {"0": False, "1": True}[text] if text in ("0", "1") else _whole("-"),
    "tuple[int, ...]": lambda text: (SIZES[0], *map(_whole, text.split("-")), SIZES[-1]),
}
