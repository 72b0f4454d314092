"""The common look: the style sheets of the frame, of what pages share, of each page, and of a stage, in this order."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import streamlit

from nnviz.figures import style

UI = Path(__file__).parents[1]
SHEETS = (UI / "frame" / "frame.css", UI / "kit" / "kit.css", *sorted(UI.glob("pages/*/*.css")))
# What repeats, by name. The colours are the figures' own.
TOKENS = {
    "accent": style.ACCENT,
    "accent-text": f"light-dark(rgb(150 90 0), {style.ACCENT})",  # dark enough on white
    "positive": style.POSITIVE,
    "negative": style.NEGATIVE,
    "press": "light-dark(#1a5fd0, #5aa2ff)",  # what is to be pressed, or drawn on: Streamlit's own primary colour
    "gap": style.GAP,
    "finger": "44px",  # the least that is to be pressed
    "menu": "56px",  # a phone's, along the lower edge
}
ROOT = ":root {" + "".join(f"--{name}: {value};" for name, value in TOKENS.items()) + "}"
STYLE = "<style>" + ROOT + "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS) + "</style>"
STAGE = (UI / "frame" / "stage.css").read_text(encoding="utf-8")
SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
# Streamlit's scripts of what every page shows. It asks for them when they are to be drawn, one after another.
EARLY = ("PlotlyChart", "BidiComponent", "ButtonGroup", "Selectbox", "Slider")


def head(query: str) -> str:
    """Return what is added to a page asked for with this query: style sheets, and the scripts it is going to need.

    The stage's rests where it is not asked for; `stage.js` wakes it when that look is chosen on the page.
    """
    asked = parse_qs(query).get("stage", [""])[-1] == "1"
    return f'{early()}{STYLE}<style id="stage-look" media="{"all" if asked else "not all"}">{STAGE}</style>'


@cache
def early() -> str:
    """Return links to those of Streamlit's scripts, whose names end in another word in each of its editions."""
    found = [path.name for name in EARLY for path in sorted(SCRIPTS.glob(f"{name}.*.js"))]
    return "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found)
