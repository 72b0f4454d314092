"""Pictures that are no digits, fed to a network that was never taught to refuse one."""

from __future__ import annotations

import numpy as np

from nnviz import ink, pen
from nnviz.network import IMAGE_SHAPE, Network

GREY = 0.1325  # the mean of all pixels of MNIST's test digits
LETTER: pen.Strokes = [[[0, 12], [5, 0], [10, 12]], [[2, 7], [8, 7]]]  # an A
SEVEN: pen.Strokes = [[[0, 0], [8, 0], [3, 12]]]


def pictures(
    rng: np.random.Generator, digit: np.ndarray | None = None, shape: tuple[int, int] = IMAGE_SHAPE
) -> dict[str, np.ndarray]:
    """Draw pictures of a shape, 0..1, that are no digits.

    Returns
    -------
    dict of pictures by name
        "noise", uniform from 0 to 1; "dim noise", uniform with a digit's ink; "letter", an A; "scribble"; "blank";
        "inverted", `digit` or else a 7, dark on white. Letter, scribble and 7 are drawn with the pen and prepared as
        every drawing is.
    """
    return {
        "noise": rng.random(shape, np.float32),
        "dim noise": rng.random(shape, np.float32) * np.float32(2 * GREY),
        "letter": _drawn(LETTER, shape),
        "scribble": _drawn([_scribble(rng)], shape),
        "blank": np.zeros(shape, np.float32),
        "inverted": 1 - (_drawn(SEVEN, shape) if digit is None else np.asarray(digit, np.float32)),
    }


def noise_confidence(network: Network, rng: np.random.Generator, n: int = 2000, grey: float = 0.5) -> float:
    """Measure the share, 0..1, of n pictures of noise that excite some output above one half: sigmoids, or a softmax.

    The noise is uniform from 0 to 2 x `grey`, its mean: 0.5 is noise at full strength, with four times a digit's ink;
    `GREY` is noise with as much ink as a digit. ValueError where one half means nothing, as for outputs without an end.
    """
    last = network.layers[-1].function
    if (last.low, last.high) != (0, 1):
        raise ValueError(f"the outputs are of {last.name}; expected sigmoid or softmax, where above one half is a yes")
    noise = rng.random((n, network.sizes[0]), np.float32) * np.float32(2 * grey)
    return float((network.forward(network.preparation.scaled(noise)).output.max(axis=1) > 0.5).mean())


def _drawn(strokes: pen.Strokes, shape: tuple[int, int]) -> np.ndarray:
    return ink.normalize(pen.render(pen.place(strokes)), shape)


def _scribble(rng: np.random.Generator) -> list[list[float]]:
    """A closed curve of eight random waves, each slower one larger."""
    turns = np.linspace(0, 2 * np.pi, 120)[:, None] * np.arange(1, 9)
    size, phase = rng.normal(size=(2, 8)) / np.sqrt(np.arange(1, 9)), rng.uniform(0, 2 * np.pi, (2, 8))
    return np.stack([np.sin(turns + phase[k]) @ size[k] for k in range(2)], axis=1).tolist()
