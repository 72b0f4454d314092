"""The common look: the style sheets of the frame, of what pages share, and of each page, in this order."""

from __future__ import annotations

from pathlib import Path

from nnviz.figures import style

UI = Path(__file__).parents[1]
SHEETS = (UI / "frame" / "frame.css", UI / "kit" / "kit.css", *sorted(UI.glob("pages/*/*.css")))
# What repeats, by name. The colours are the figures' own.
TOKENS = {
    "accent": style.ACCENT,
    "accent-text": f"light-dark(rgb(150 90 0), {style.ACCENT})",  # dark enough on white
    "positive": style.POSITIVE,
    "negative": style.NEGATIVE,
    "gap": style.GAP,
    "finger": "44px",  # the least that is to be pressed
    "menu": "56px",  # a phone's, along the lower edge
}
ROOT = ":root {" + "".join(f"--{name}: {value};" for name, value in TOKENS.items()) + "}"
STYLE = "<style>" + ROOT + "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS) + "</style>"
