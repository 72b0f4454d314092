"""How far a long command has come, in the terminal."""

from __future__ import annotations

import sys


def show_progress(label: str, done: int, total: int, before: int = -1) -> None:
    """Draw a bar on a terminal; elsewhere print a line at each tenth passed since `before`, usually one less."""
    if sys.stderr.isatty():
        filled = 40 * done // total
        end = "\n" if done == total else ""
        print(
            f"\r{label:<20} [{'#' * filled}{' ' * (40 - filled)}] {done / total:4.0%}",
            end=end,
            file=sys.stderr,
            flush=True,
        )
    elif 10 * done // total > 10 * max(done - 1 if before < 0 else before, 0) // total:
        print(f"{label}: {done / total:.0%}", file=sys.stderr)
