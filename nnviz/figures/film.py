"""The course of a training as a film: the first layer's weight maps, moment after moment, in one GIF."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nnviz.figures.style import BLUE, POWER, RED
from nnviz.training.course import Course
from nnviz.training.moment import Moment

PAGE, INK = (13, 17, 23), (232, 236, 243)  # the film's own dark page, and its letters
MOST_MAPS = 36
WIDTH = 448  # pixels of all maps side by side, about
GAP, LINE = 6, 34  # pixels between maps, and of the line of words below
EACH, LAST = 90, 2500  # ms a picture is shown, and the last one
LEVELS = 126  # of each colour


def gif(course: Course) -> bytes:
    """Draw a course's kept moments as a GIF of some megabytes that plays again and again.

    Each moment has a scale of its own, from its largest weight in blue to as far below zero in red, as on the page.
    """
    frames = [_frame(moment, course) for moment in course.moments]
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], loop=0, optimize=False,
        duration=[EACH] * (len(frames) - 1) + [LAST],
    )  # fmt: skip
    return file.getvalue()


def _frame(moment: Moment, course: Course) -> Image.Image:
    net = moment.network
    maps = net.layers[0].W.reshape(-1, *net.shape)[:MOST_MAPS]
    columns = math.ceil(math.sqrt(len(maps)))
    rows = -(-len(maps) // columns)
    larger = max(1, WIDTH // (columns * maps.shape[2]))
    high, wide = larger * maps.shape[1], larger * maps.shape[2]
    sheet = np.zeros((rows * (high + GAP) + GAP + LINE, columns * (wide + GAP) + GAP), np.uint8)
    for k, levels in enumerate(_levels(maps)):
        top, left = GAP + k // columns * (high + GAP), GAP + k % columns * (wide + GAP)
        sheet[top : top + high, left : left + wide] = np.kron(levels, np.ones((larger, larger), np.uint8))
    picture = Image.fromarray(sheet)
    picture.putpalette(_palette())
    words = f"{moment.step:,} batches: {100 * moment.right_validation:.1f} % of {course.held} digits"
    ImageDraw.Draw(picture).text((GAP, sheet.shape[0] - LINE + 4), words, 255, ImageFont.load_default(18))
    return picture


def _levels(maps: np.ndarray) -> np.ndarray:
    """Turn weights into numbers of the palette: 0 is the page, 1..126 red, 127..252 blue."""
    limit = float(np.abs(maps).max()) or 1.0
    strength = np.rint(LEVELS * (np.abs(maps) / limit) ** POWER).astype(np.uint8)
    return np.where(strength == 0, 0, strength + np.where(maps > 0, LEVELS, 0)).astype(np.uint8)


def _palette() -> bytes:
    """List the colours: the page, red from weak to strong, blue, and last the letters'."""
    shades = np.arange(1, LEVELS + 1)[:, None] / LEVELS
    page = np.array(PAGE)
    colours = np.concatenate([[page], *(page + shades * (np.array(each) - page) for each in (RED, BLUE))])
    all_of_them = np.zeros((256, 3))
    all_of_them[: len(colours)], all_of_them[255] = colours, INK
    return np.rint(all_of_them).astype(np.uint8).tobytes()
