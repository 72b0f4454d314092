"""A looping GIF of pictures of a page, small: few colours, and only what has changed since the picture before."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

GREYS, COLOURS = 24, 39  # with the two below less than 64, so that six bits a pixel do
DARK = [[0, 0, 0], [13, 17, 23]]  # paper and page, which greys evenly apart would confuse
COLOURED = 24  # between the largest and the smallest of red, green and blue
SAME = 12  # of 255: a pixel that has changed by less stays as it was


def save(shots: list[Image.Image], times: list[int], path: Path) -> None:
    """Save pictures of one size, each shown for so many milliseconds."""
    colours = _palette(shots[len(shots) // 4 :: len(shots) // 4])
    first = Image.new("P", (1, 1))
    first.putpalette(colours.astype(np.uint8).tobytes())
    cells = [np.asarray(shot.quantize(palette=first, dither=Image.Dither.NONE)).copy() for shot in shots]
    for (before, now), shot in zip(pairwise(cells), shots[1:], strict=True):
        same = np.abs(colours[before] - np.asarray(shot, int)).max(axis=-1) <= SAME
        now[same] = before[same]
    frames = [Image.fromarray(each) for each in cells]
    for frame in frames:
        frame.putpalette(colours.astype(np.uint8).tobytes())
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True)


def _palette(shots: list[Image.Image]) -> np.ndarray:
    """Choose the colours (n, 3): greys evenly apart, and those that stand best for what is coloured."""
    pixels = np.concatenate([np.asarray(shot).reshape(-1, 3) for shot in shots])
    coloured = pixels[np.ptp(pixels, axis=1) > COLOURED]
    best = Image.fromarray(coloured[None]).quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=3)
    greys = np.linspace(14, 255, GREYS - len(DARK)).round()[:, None] * np.ones(3)
    return np.concatenate([DARK, greys, np.array(best.getpalette()).reshape(-1, 3)[:COLOURS]]).astype(int)
