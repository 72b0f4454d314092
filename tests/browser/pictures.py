"""Take the README's screenshots again: `make pictures`. They are made of the running app, so that they stay true."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from nnviz import pen
from tests.browser.conftest import LAPTOP, PHONE, ROOT, Visit, clear_digit, serve, start_browser

FOLDER = ROOT / "assets" / "pictures"
DIGIT, NEURON = 3, 6


def take(visit: Visit, name: str) -> None:
    """Save what the window shows, in 256 colours."""
    visit.page.mouse.move(2, 2)  # away from anything that reacts to it
    visit.settled().page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(visit.page.screenshot(animations="disabled"))) as shot:
        shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(FOLDER / name, optimize=True)
    print(f"{(FOLDER / name).relative_to(ROOT)}: {(FOLDER / name).stat().st_size / 1000:.0f} kB")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    strokes = pen.place(clear_digit(DIGIT).strokes)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:

        def visit(**options):
            return Visit(browser.new_page(**{"viewport": LAPTOP, "color_scheme": "dark", **options}), address)

        draw = visit().open().draw(strokes)
        take(draw, "draw.png")
        take(visit(color_scheme="light").open().draw(strokes), "draw-light.png")
        neurons = visit(viewport={"width": 1280, "height": 900})
        take(neurons.open(draw.page.url.replace("/?", f"/neurons?neuron={NEURON}&")), "neurons.png")
        take(visit().open(draw.page.url.replace("/?", "/network?")), "network.png")
        take(visit(viewport=PHONE, has_touch=True, is_mobile=True).open().touch(strokes), "phone.png")


if __name__ == "__main__":
    main()
