"""The Python face of the grid of weights a visitor paints (paint.js): hands it weights, reads what was painted."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from nnviz import build
from nnviz.figures.style import MUTED
from nnviz.network import IMAGE_SHAPE

SIZE = 280  # CSS pixels
WHAT = (
    "The neuron's 28 by 28 weights. Paint with mouse, pen or finger; or move the cursor with the arrow keys and paint "
    "with the space bar."
)
_component = st.components.v2.component(
    "nnviz_paint",
    html=f'<div class="grid"><canvas width="28" height="28" tabindex="0" role="application" aria-label="{WHAT}">'
    '</canvas><i hidden></i><output aria-live="polite"></output></div>',
    css=f"""
        .grid {{ position: relative; width: {SIZE}px; height: {SIZE}px; box-shadow: inset 0 0 0 1px {MUTED}; }}
        canvas {{ display: block; width: 100%; height: 100%; image-rendering: pixelated; touch-action: none;
            cursor: crosshair; }}
        i {{ position: absolute; inset: 0 auto auto 0; width: calc(100% / 28); height: calc(100% / 28);
            box-sizing: border-box; border: 2px solid rgb(240,165,0); pointer-events: none; }}
        output {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
    """,
    js=Path(__file__).with_name("paint.js").read_text(encoding="utf-8"),
)


def grid(
    weights: np.ndarray, edition: int, sign: int, strength: float, width: int, on_paint: Callable[[], None]
) -> None:
    """Show weights (28, 28) to be painted upon; `on_paint` is called when they were, and `painted` says how.

    Parameters
    ----------
    weights : array (28, 28)
    edition : int
        Another one replaces what is on the grid by `weights`; with the same one the visitor's own painting stays.
    sign : 1, -1 or 0
        Of the brush; 0 erases.
    strength : float, 0..1
    width : int, in cells
    on_paint : function
    """
    brush = {"sign": sign, "strength": strength, "width": width}
    _component(
        key="paint",
        data={"weights": base64.b64encode(_levels(weights).tobytes()).decode(), "edition": edition, **brush},
        default={"painted": None},
        on_painted_change=on_paint,
        width=SIZE,
        height=SIZE,
    )


def painted(edition: int) -> np.ndarray | None:
    """Return what was painted on this edition, (28, 28), or None; ValueError if the browser sent no such grid."""
    sent = st.session_state["paint"]["painted"]
    if not isinstance(sent, dict) or sent.get("edition") != edition:
        return None
    return read(sent.get("weights"))


def read(text: Any) -> np.ndarray:
    """Read weights (28, 28) as the grid sends them: base64 of int16 thousandths, row by row."""
    try:
        levels = np.frombuffer(base64.b64decode(text, validate=True), "<i2")
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValueError("it is damaged") from error
    if levels.size != np.prod(IMAGE_SHAPE):
        raise ValueError(f"it has {levels.size} weights; expected 784")
    return build.quantize(levels.reshape(IMAGE_SHAPE) / build.STEPS)


def _levels(weights: np.ndarray) -> np.ndarray:
    return np.rint(build.quantize(weights).astype(np.float64) * build.STEPS).astype("<i2")
