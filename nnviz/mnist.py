"""The digits in assets/: MNIST's 70,000 scanned ones, and where all data files lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parent / "assets"  # where nnviz is installed
if not ASSETS.is_dir():
    ASSETS = Path(__file__).parents[1] / "assets"  # in a checkout


@dataclass(frozen=True, eq=False)
class Digits:
    """Labelled pictures: `images` (n, 28, 28) uint8, 0 black to 255 white, and `labels` (n,) uint8, 0..9."""

    images: np.ndarray
    labels: np.ndarray

    def picture(self, k: int) -> np.ndarray:
        """One picture as the network reads it: (784,) float32, 0..1."""
        return self.images[k].reshape(-1).astype(np.float32) / np.float32(255)

    @property
    def x(self) -> np.ndarray:
        """The pictures as the network reads them: (n, 784) float32, 0..1."""
        return self.images.reshape(len(self.images), -1).astype(np.float32) / np.float32(255)


def load(part: str, path: Path = ASSETS / "mnist.npz") -> Digits:
    """Load MNIST's "train" (60,000 digits) or "test" part (10,000).

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If `part` is another word, or the file is damaged.

    References
    ----------
    LeCun, Cortes, Burges: The MNIST database of handwritten digits. Licence: CC BY-SA 3.0.
    """
    if part not in ("train", "test"):
        raise ValueError(f'part is {part!r}; expected "train" or "test"')
    if not path.is_file():
        raise FileNotFoundError(
            f"The data file {path.name} is missing from {path.parent}; restore it from the project."
        )
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return Digits(arrays[f"{part}_images"], arrays[f"{part}_labels"])
    except Exception as error:
        raise ValueError(f"The data file {path.name} is damaged: {error}") from error
