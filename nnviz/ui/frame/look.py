"""The common look: the style sheets of the frame, of what pages share, and of each page, in this order."""

from __future__ import annotations

from pathlib import Path

UI = Path(__file__).parents[1]
SHEETS = (UI / "frame" / "frame.css", UI / "kit" / "kit.css", *sorted(UI.glob("pages/*/*.css")))
STYLE = "<style>" + "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS) + "</style>"
