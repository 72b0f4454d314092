"""How many digits the shipped networks read, and what the preparation is worth: a table in Markdown.

python benchmarks/accuracy.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[1]))

from nnviz import augment, ink, mnist, pen
from nnviz.mnist import Digits
from nnviz.network import Network

NAMES = ("smooth", "rough", "plain", "untrained", "wide")
REDRAWN = 1500  # as many of the test digits are redrawn, the first ones
USUAL = 182  # side of the 28 x 28 picture on the 280 x 280 canvas; the digit in it is 20 / 28 of that
ELSEWHERE = "the same, as by other hands on other devices"
HARD = {  # side, distance of its middle from the canvas's, filter
    "usual size": (USUAL, (0, 0), None),
    "small": (84, (0, 0), None),
    "large": (340, (0, 0), None),
    "off-centre": (USUAL, (60, -45), None),
    "thick": (USUAL, (0, 0), ImageFilter.MaxFilter(7)),
    "thin": (USUAL, (0, 0), ImageFilter.MinFilter(7)),
}


def paint(image: np.ndarray, side: int, shift: tuple[int, int], change: ImageFilter.Filter | None) -> np.ndarray:
    """Paint a 28 x 28 uint8 picture on the canvas, (280, 280), 0..1."""
    picture = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
    picture = picture.filter(change) if change else picture
    canvas = Image.new("L", (ink.CANVAS, ink.CANVAS))
    corner = (ink.CANVAS - side) // 2
    canvas.paste(picture, (corner + shift[0], corner + shift[1]))
    return np.asarray(canvas) / 255


def both_ways(drawings: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Prepare drawings, and only shrink them: two arrays (n, 784)."""
    pairs = [(ink.normalize(drawing).ravel(), ink.shrink(drawing).ravel()) for drawing in drawings]
    return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])


def percent(network: Network, x: np.ndarray, labels: np.ndarray) -> str:
    return f"{100 * (network.forward(x).prediction == labels).mean():.1f}"


def row(title: str, networks: list[Network], labels: np.ndarray, prepared: np.ndarray, raw: np.ndarray) -> str:
    cells = [f"{percent(n, prepared, labels)} | {percent(n, raw, labels)}" for n in networks]
    return f"| {title} | {len(labels):,} | {' | '.join(cells)} |"


def prepared_row(title: str, networks: list[Network], digits: Digits) -> str:
    """Say how many digits are read that there are as prepared pictures only."""
    cells = [f"{percent(n, digits.x, digits.labels)} | " for n in networks]
    return f"| {title} | {len(digits.labels):,} | {' | '.join(cells)} |"


def rows(networks: list[Network]) -> Iterable[str]:
    test = mnist.load("test")
    yield prepared_row("MNIST test, as it is", networks, test)
    for title, change in HARD.items():
        drawings = (paint(image, *change) for image in test.images[:REDRAWN])
        yield row(f"MNIST test redrawn, {title}", networks, test.labels[:REDRAWN], *both_ways(drawings))
    digits = augment.writers(held_out=True)
    labels = np.array([digit.label for digit in digits])
    for width in (14, 20, 28):
        drawings = (pen.render(pen.place(digit.strokes), width) for digit in digits)
        yield row(f"pen digits of other writers, pen {width}", networks, labels, *both_ways(drawings))
    yield prepared_row(ELSEWHERE, networks, augment.redraw_all(digits, seed=0, elsewhere=True))


def main() -> None:
    networks = [Network.load(mnist.ASSETS / "networks" / f"{name}.npz") for name in NAMES]
    print("Per cent read correctly: prepared by `ink.normalize`, and (raw) only shrunk to 28 x 28.\n")
    print("| digits | n | " + " | ".join(f"{name} | {name}, raw" for name in NAMES) + " |")
    print("|---|---:|" + "---:|" * 2 * len(NAMES))
    for line in rows(networks):
        print(line, flush=True)


if __name__ == "__main__":
    main()
