"""The explorer as one HTML file: the live part's own scripts, and networks to the last bit of their float32."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from nnviz import augment, pen
from nnviz.figures import style
from nnviz.network import Network
from nnviz.ui.live import live

HERE = Path(__file__).parent
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*|//.*?)\n", re.MULTILINE | re.DOTALL)  # on lines of its own
COLOURS = {"accent": style.ACCENT, "positive": style.POSITIVE, "negative": style.NEGATIVE, "muted": style.MUTED}


@dataclass(frozen=True, eq=False)
class Held:
    """A network in the file.

    Attributes
    ----------
    name : str
        What the file's links call it.
    network : Network
    title, about : str
        What a visitor reads: its name, and how it came to be.
    query : str
        What of an address chooses it in the app, such as "network=plain"; empty if nothing does.
    """

    name: str
    network: Network
    title: str
    about: str
    query: str = ""


@dataclass(frozen=True)
class Page:
    """The file, and the content security policy it keeps, which lets in what stands in it and nothing else."""

    text: str
    policy: str


def page(networks: Sequence[Held], state: str = "", app: str = "") -> Page:
    """Write the explorer.

    Parameters
    ----------
    networks : sequence of Held
        Those to choose from; none of more than `live.MOST_NUMBERS` parameters. The first is shown at first.
    state : str
        What it opens with, if its own address says nothing: "network=plain&layer=1&neuron=3&drawing=1....".
    app : str
        Where the app is that it was taken from; empty if it is to be found where the file came from.
    """
    sheet, script = _style(), _script()
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(sheet)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    text = Template((HERE / "pocket.html").read_text(encoding="utf-8")).substitute(
        policy=policy,
        style=sheet,
        script=script,
        opens=_json({"state": state, "app": app}),
        networks=_json([_written(each) for each in networks]),
        examples=_json(_examples()),
    )
    return Page(text, policy)


def _written(held: Held) -> dict[str, str]:
    """Write a network down as message.js reads it, and what a visitor is told of it."""
    message = live.message(live.described(held.name, held.network), None)
    data = base64.b64encode(message).decode()
    return {"name": held.name, "title": held.title, "about": held.about, "query": held.query, "data": data}


@cache
def _script() -> str:
    script = _COMMENT.sub("", live.script(str(HERE / "pocket.js")))
    if "</script" in script or "<!--" in script:
        raise ValueError("the script would end before its end")
    return script


@cache
def _style() -> str:
    tokens = "".join(f"--{name}: {colour};" for name, colour in COLOURS.items())
    return f":root {{{tokens}}}\n{(HERE / 'pocket.css').read_text(encoding='utf-8')}"


@cache
def _examples() -> list[list[list[list[int]]]]:
    """Choose a recorded digit of each kind, of writers no network has met, at random, be they read or not."""
    digits, rng = augment.writers(held_out=True), np.random.default_rng(0)
    chosen = [rng.choice([k for k, digit in enumerate(digits) if digit.label == label]) for label in range(10)]
    return [[np.rint(stroke[::2]).astype(int).tolist() for stroke in pen.place(digits[k].strokes)] for k in chosen]


def _json(value: Any) -> str:
    """Write JSON that may stand inside a script element, whatever words it holds."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
