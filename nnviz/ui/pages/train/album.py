"""A course as one HTML file that plays without nnviz and without a network."""

from __future__ import annotations

import base64
import hashlib
import html
from functools import cache
from pathlib import Path
from string import Template

from nnviz.export.recipe import CHOSEN
from nnviz.training.course import Course
from nnviz.ui.live import live

PAGE = Path(__file__).with_name("album.html")


def album(course: Course) -> str:
    """Write a course's scrubber, maps and curve as a page of their own, of one to six megabytes."""
    first, last = course.moments[0], course.moments[-1]
    stated = course.recipe.stated()
    rows = "".join(
        f"<tr><th scope=row>{name}</th><td>{html.escape(str(stated[name]).strip('[]'))}</td></tr>" for name in CHOSEN
    )
    said = (
        f"From {100 * first.right_validation:.1f} % of the {course.held} digits read correctly to "
        f"{100 * last.right_validation:.1f} %, over {course.steps:,} batches."
    )
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        hash=f"sha256-{digest}", script=script, recipe=rows, curve=html.escape(said), held=course.held.capitalize(),
        course=base64.b64encode(course.to_bytes()).decode(),
    )  # fmt: skip


@cache
def _script() -> str:
    return live.script("../pages/train/album.js")
