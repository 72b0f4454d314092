"""``python -m nnviz.training`` rebuilds assets/networks/ from the digits in assets/."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from nnviz import augment, threads
from nnviz.mnist import ASSETS, Digits
from nnviz.training import pens
from nnviz.training.progress import show_progress
from nnviz.training.shipped import COURSES, PENS, RECIPES, Drawing, build, course_file


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the networks named on the command line, in two processes of one thread each, and save them."""
    parser = argparse.ArgumentParser(prog="python -m nnviz.training", description="Rebuild assets/networks/.")
    parser.add_argument("--only", choices=RECIPES, help="train this one alone")
    parser.add_argument("--pens", action="store_true", help="draw the pen digits that visitors train on, and stop")
    parser.add_argument(
        "--out",
        type=Path,
        default=ASSETS / "networks",
        help="where to write the .npz files; their courses are written beside that folder",
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    course_file("", options.out).parent.mkdir(exist_ok=True)
    if options.pens:
        return pens.write(options.out.parent / pens.PICTURES.name)
    names = [options.only] if options.only else list(RECIPES)
    os.environ.update(threads.ONE)  # read by the new processes' NumPy
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        wanted = dict.fromkeys(drawing for name in names if name in PENS for drawing in PENS[name].drawings)
        versions = _versions(pool, list(wanted))
        found = {name: pool.submit(build, name, versions, bar=name == names[0]) for name in names}
        for name, trained in found.items():
            course = trained.result()
            course.network(-1).save(options.out / f"{name}.npz")
            if name in COURSES:
                course_file(name, options.out).write_bytes(course.to_bytes())


def _versions(pool: ProcessPoolExecutor, wanted: Sequence[Drawing]) -> dict[Drawing, Digits]:
    """Redraw the pen digits of all writers but the held-out ones, so many times."""
    versions: dict[Drawing, Digits] = {}
    if wanted:
        redraw = partial(augment.redraw_all, augment.writers(held_out=False))
        for drawing, version in zip(wanted, pool.map(redraw, *zip(*wanted, strict=True)), strict=True):
            versions[drawing] = version
            show_progress("redrawing pen digits", len(versions), len(wanted))
    return versions


if __name__ == "__main__":
    main()
