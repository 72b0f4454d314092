"""Sentences that hold words of a stranger's: names in files and links, quoted on one line and cut short."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 200  # characters of a sentence


def quoted(text: object, most: int = 40) -> str:
    """Write foreign text in quotation marks, on one line and in at most `most` characters, marks not counted."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in str(text)[: most + 1])
    return f'"{line[: most - 1]}…"' if len(line) > most else f'"{line}"'


def literal(text: str) -> str:
    """Write text so that Markdown shows it as it is: no stars, links or formulas."""
    return re.sub(r"([^\w\s])", r"\\\1", " ".join(text.split()))


def listed(names: Iterable[object], most: int = 4) -> str:
    """Name a few foreign things, sorted, and say how many more there are: "a", "b" and 3 more."""
    every = sorted(map(str, names))
    shown = ", ".join(quoted(name, 12) for name in every[:most]) or "none"
    return shown + (f" and {len(every) - most:,} more" if len(every) > most else "")


def capped(sentence: str, most: int = LONGEST) -> str:
    """Put a sentence on one line, and cut it off with … if it is longer than `most` characters."""
    line = " ".join(sentence.split())
    return line if len(line) <= most else line[: most - 1] + "…"
