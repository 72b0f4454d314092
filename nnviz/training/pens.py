"""The pen digits visitors' networks learn from: each drawn again once, a seed settles how, and kept as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnviz import augment
from nnviz.mnist import ASSETS, Digits

PICTURES = ASSETS / "pen_pictures.npz"
SEED = 0


def load(path: Path = PICTURES) -> Digits:
    """Load the redrawn digits of all writers but the held-out ones.

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If it is damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"The data file {path.name} is missing from {path.parent}; restore it from the project."
        )
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return Digits(arrays["images"], arrays["labels"])
    except Exception as error:
        raise ValueError(f"The data file {path.name} is damaged: {error}") from error


def write(path: Path = PICTURES) -> None:
    """Draw them again and keep them."""
    digits = augment.redraw_all(augment.writers(held_out=False), SEED)
    np.savez_compressed(path, images=digits.images, labels=digits.labels)
