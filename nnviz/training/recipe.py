"""How to train, in one value: what may be chosen, and how much of it visitors may have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any

from nnviz.sentences import quoted
from nnviz.training.backward import LOSSES
from nnviz.training.optimiser import OPTIMISERS
from nnviz.training.parameters import GAINS

SIZES = (784, 16, 16, 10)
SEED = 1

MOST_HIDDEN, MOST_NEURONS = 4, 128  # hidden layers, and neurons in each
MOST_EPOCHS, MOST_BATCH = 30, 1000
RATES = (1e-5, 10.0)
MOST_SMOOTHNESS, MOST_SPARSITY = 0.1, 0.01
MOST_AVERAGE = 0.9999
MOST_CONTEST = 10.0
LEAST_SHARE = 0.01
LARGEST_SEED = LARGEST = 2**31 - 1  # LARGEST: of any whole number
MOST_STEPS = 200_000
MOST_MULTIPLICATIONS = 1e11  # of forward passes, in all of a training: about four times `as plain` in 30 epochs


@dataclass(frozen=True)
class Recipe:
    """How to train. What cannot be meant raises a ValueError at once; what is too much for visitors, in `check`.

    Attributes
    ----------
    epochs, batch : int
        Passes through the digits, and digits per step.
    rate, warm_up : float
        The highest learning rate, and the share of all steps spent rising to it; after that it falls as a cosine.
    average : float, 0..1
        How much of the running average of the weights is kept at each step; the average is what training returns.
    smoothness, sparsity : float
        Factors of `roughness.penalty`'s two terms.
    sizes : tuple of int
        The number of neurons in each layer, the input first.
    hidden, output : str
        The activations of the hidden layers, and of the last.
    contest : float
        How much the question which output is to be brightest counts beside those that ten sigmoids answer; a softmax
        is asked nothing else.
    warped : float, 0..1
        The share of each batch that is bent before it is learned from, as `elastic` does.
    bending : float
        How strongly: by so many times `elastic`'s own standard deviations.
    optimiser : str
        "sgd", "momentum", "adam" or "soap": what makes a step of a gradient.
    share : float, 0.01..1
        How many of the digits there are to learn from are used.
    noise : float, 0..1
        The share of their labels that are made wrong.
    pens : bool
        Whether the pen digits are learned from as well.
    seed : int
        Of the first weights, of the digits' choice and order, of the wrong labels, and of how pictures are bent.
    """

    epochs: int
    batch: int = 100
    rate: float = 0.02
    warm_up: float = 0.03
    average: float = 0.999
    smoothness: float = 0.0
    sparsity: float = 0.0
    sizes: tuple[int, ...] = SIZES
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    contest: float = 0.0
    warped: float = 0.0
    bending: float = 1.0
    optimiser: str = "adam"
    share: float = 1.0
    noise: float = 0.0
    pens: bool = False
    seed: int = SEED

    def __post_init__(self) -> None:
        _between("number of epochs", self.epochs, 0, math.inf)
        _between("batch", self.batch, 1, math.inf)
        _between("learning rate", self.rate, 0, math.inf)
        for name in ("smoothness", "sparsity", "contest", "bending"):
            _between(name, getattr(self, name), 0, math.inf)
        for name in ("warm_up", "average", "warped", "noise"):
            _between(_SAID.get(name, name), getattr(self, name), 0, 1)
        _between("share of the digits", self.share, LEAST_SHARE, 1)
        _between("seed", self.seed, 0, LARGEST_SEED)
        _one_of("activation of the hidden layers", self.hidden, GAINS)
        _one_of("activation of the output", self.output, LOSSES)
        _one_of("optimiser", self.optimiser, OPTIMISERS)
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(f"the layers have {quoted(self.sizes)} neurons; expected two layers or more, none empty")

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Recipe:
        """Make a recipe of what somebody says it is, by name; what is not said is as usual.

        Raises
        ------
        ValueError
            If a name is unknown, `epochs` is missing, or a value is of another kind or cannot be meant.
        """
        kinds = {field.name: str(field.type) for field in fields(cls)}
        for name, value in stated.items():
            if name not in kinds:
                raise ValueError(f"a recipe has no {quoted(name)}")
            if not _of_kind(value, kinds[name]):
                raise ValueError(f"the recipe's {name} is {quoted(value)}; expected {_KINDS[kinds[name]]}")
        if "epochs" not in stated:
            raise ValueError("the recipe does not say how many epochs")
        values: dict[str, Any] = {name: tuple(v) if name == "sizes" else v for name, v in stated.items()}
        return cls(**values)

    def stated(self) -> dict[str, Any]:
        """Say all of it by name, as `of` reads it."""
        return {**asdict(self), "sizes": list(self.sizes)}

    @property
    def weights(self) -> int:
        """Multiplications in one forward pass."""
        return sum(n_in * n_out for n_in, n_out in pairwise(self.sizes))

    def check(self, digits: int = 60_000) -> None:
        """Refuse what is too much for a visitor to train, with so many digits to learn from.

        Raises
        ------
        ValueError
            With a sentence that names what is too much, and what may be.
        """
        hidden = self.sizes[1:-1]
        if (self.sizes[0], self.sizes[-1]) != (SIZES[0], SIZES[-1]):
            raise ValueError("a network trained here has 784 inputs and 10 outputs")
        if not 1 <= len(hidden) <= MOST_HIDDEN:
            raise ValueError(f"it has {len(hidden)} hidden layers; expected 1 to {MOST_HIDDEN}")
        for count in hidden:
            _between("number of neurons in a layer", count, 1, MOST_NEURONS)
        _between("number of epochs", self.epochs, 1, MOST_EPOCHS)
        _between("batch", self.batch, 1, MOST_BATCH)
        _between("learning rate", self.rate, *RATES)
        _between("smoothness", self.smoothness, 0, MOST_SMOOTHNESS)
        _between("sparsity", self.sparsity, 0, MOST_SPARSITY)
        _between("average", self.average, 0, MOST_AVERAGE)
        _between("contest", self.contest, 0, MOST_CONTEST)
        if self.warped:
            raise ValueError("pictures are not bent here")
        self._check_work(round(self.share * digits))

    def _check_work(self, digits: int) -> None:
        steps = self.epochs * -(-digits // self.batch)
        if steps > MOST_STEPS:
            raise ValueError(f"it takes {steps:,} steps; expected at most {MOST_STEPS:,}: larger batches, fewer epochs")
        multiplications = self.epochs * digits * self.weights
        if multiplications > MOST_MULTIPLICATIONS:
            times = multiplications / MOST_MULTIPLICATIONS
            raise ValueError(
                f"so many weights, digits and epochs take {times:.1f} times as long as may be; "
                "choose fewer of one of them"
            )


_SAID = {"warm_up": "share spent warming up", "warped": "share bent", "noise": "share of wrong labels"}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a word",
    "bool": "true or false",
    "tuple[int, ...]": "a list of whole numbers",
}


def _of_kind(value: object, kind: str) -> bool:
    if kind == "bool" or isinstance(value, bool):
        return kind == "bool" and isinstance(value, bool)
    if isinstance(value, int) and abs(value) > LARGEST:
        return False
    if kind in ("int", "float"):
        return isinstance(value, (int, float) if kind == "float" else int)
    if kind == "str":
        return isinstance(value, str)
    return isinstance(value, (list, tuple)) and len(value) <= 16 and all(_of_kind(n, "int") for n in value)


def _between(what: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most or value == math.inf:  # which NaN is not
        limits = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
        raise ValueError(f"the {what} is {value:.6g}; expected {limits}")


def _one_of(what: str, value: str, known: Mapping[str, object]) -> None:
    if value not in known:
        raise ValueError(f"the {what} is {quoted(value)}; expected {', '.join(known)}")
