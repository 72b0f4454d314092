"""The Python face of the grid of weights a visitor paints and of the threshold they drag (paint.js, curve.js)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from nnviz.figures.style import ACCENT, MUTED
from nnviz.network import IMAGE_SHAPE
from nnviz.study import build
from nnviz.ui.live import live

WHAT = (
    "The neuron's 28 by 28 weights. Paint with mouse, pen or finger; or move the cursor with the arrow keys and paint "
    "with the space bar."
)
_component = st.components.v2.component(
    "nnviz_paint",
    html=f'<div class="grid"><canvas width="28" height="28" tabindex="0" role="application" aria-label="{WHAT}">'
    '</canvas><svg viewBox="0 0 28 28" aria-hidden="true"><path></path></svg><i hidden></i>'
    '<output aria-live="polite"></output></div>',
    css=f"""
        .grid {{ position: relative; width: var(--grid, 280px); aspect-ratio: 1; box-shadow: inset 0 0 0 1px {MUTED}; }}
        canvas {{ display: block; width: 100%; height: 100%; image-rendering: pixelated; touch-action: none;
            cursor: crosshair; }}
        svg {{ position: absolute; inset: 0; pointer-events: none; stroke: currentColor; stroke-width: .15; }}
        i {{ position: absolute; inset: 0 auto auto 0; width: calc(100% / 28); height: calc(100% / 28);
            box-sizing: border-box; border: 2px solid {ACCENT}; pointer-events: none; }}
        output {{ position: absolute; top: 0; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
    """,
    js=live.script("paint.js"),
)


@dataclass(frozen=True)
class Brush:
    """What the grid paints with: sign 1, -1 or 0, which erases; strength 0..1; width in cells."""

    sign: int
    strength: float
    width: int


def grid(
    weights: np.ndarray,
    bias: float,
    x: np.ndarray,
    edition: int,
    brush: Brush,
    on_paint: Callable[[], None],
    on_drag: Callable[[], None],
) -> None:
    """Show weights (28, 28) to be painted upon, and let the page's numbers follow brush and threshold.

    Parameters
    ----------
    weights : array (28, 28)
    bias : float
    x : array (784,), 0..1
        The present drawing.
    edition : int
        Another one replaces what is on the grid by `weights`; with the same one the visitor's own painting stays.
    brush : Brush
    on_paint, on_drag : functions
        Called when weights were painted, which `painted` then returns, or the threshold dragged: `dragged`.
    """
    _component(
        key="paint",
        data={
            "weights": _base64(_levels(weights)),
            "bias": bias,
            "x": _base64(x.astype("<f4")),
            "edition": edition,
            **asdict(brush),
        },
        default={"painted": None, "threshold": None},
        on_painted_change=on_paint,
        on_threshold_change=on_drag,
        width="content",
        height="content",
    )


def painted(edition: int) -> np.ndarray | None:
    """Return what was painted on this edition, (28, 28), or None; ValueError if the browser sent no such grid."""
    sent = st.session_state["paint"]["painted"]
    if not isinstance(sent, dict) or sent.get("edition") != edition:
        return None
    return read(sent.get("weights"))


def sent() -> dict[str, Any]:
    """Return all that the browser has sent last."""
    return dict(st.session_state.get("paint") or {})


def read(text: Any) -> np.ndarray:
    """Read weights (28, 28) as the grid sends them: base64 of int16 thousandths, row by row."""
    try:
        levels = np.frombuffer(base64.b64decode(text, validate=True), "<i2")
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValueError("it is damaged") from error
    if levels.size != np.prod(IMAGE_SHAPE):
        raise ValueError(f"it has {levels.size} weights; expected 784")
    return build.quantize(levels.reshape(IMAGE_SHAPE) / build.STEPS)


def dragged() -> tuple[float, float]:
    """Return the threshold just dragged to, and when that drag began; ValueError if the browser sent no such thing."""
    return read_drag(st.session_state["paint"]["threshold"])


def read_drag(sent: Any) -> tuple[float, float]:
    """Read what the curve sends: {"at": threshold, "began": milliseconds}."""
    if not isinstance(sent, dict) or any(type(sent.get(key)) not in (int, float) for key in ("at", "began")):
        raise ValueError("it is damaged")
    if not abs(sent["at"]) <= build.BIAS_LIMIT:
        raise ValueError(f"it is out of range; expected within ±{build.BIAS_LIMIT:g}")
    return sent["at"], sent["began"]


def _base64(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def _levels(weights: np.ndarray) -> np.ndarray:
    return np.rint(build.quantize(weights).astype(np.float64) * build.STEPS).astype("<i2")
