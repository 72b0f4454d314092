"""Take the README's pictures again, and one of every page in every size and theme to look at: `make pictures`.

They are made of the running app, so that they stay true. The README's go to assets/pictures, the others to
.pictures, which git ignores, and in .pictures/sheets all pages of one size, theme and look are on one screen.
"""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from nnviz import pen
from tests.browser import animation
from tests.browser.conftest import LAPTOP, PHONE, ROOT, clear_digit, serve, start_browser
from tests.browser.visit import Visit

FOLDER, ALL = ROOT / "assets" / "pictures", ROOT / ".pictures"
DIGIT, NEURON = 3, 6
SIZES = {"1280x720": LAPTOP, "1920x1080": {"width": 1920, "height": 1080}, "390x844": PHONE}
PAGES = {
    "draw": "/",
    "neurons": "/neurons",
    "build": "/build",
    "network": "/network",
    "train": "/train",
    "digits": "/digits",
    "talk": "/talk",
}
LOOKS = {"": "", "-stage": "stage=1&"}  # the usual one, and the one for a stage
SCREEN = (1920, 1080)  # that a sheet of all pages fits on

# The animation: what is drawn, which part of the window is shown, how wide, and how long.
DRAWN, CLIP, WIDTH = (3, 5), {"x": 0, "y": 56, "width": 1280, "height": 664}, 800
FRAME, HOLD = 120, 1500  # milliseconds a frame, and at the end of a digit


def shoot(visit: Visit, **clip) -> Image.Image:
    with Image.open(io.BytesIO(visit.page.screenshot(animations="disabled", **clip))) as shot:
        return shot.convert("RGB")


def take(visit: Visit, path: Path) -> None:
    """Save what the window shows, in 256 colours."""
    visit.page.mouse.move(2, 2)  # away from anything that reacts to it
    visit.settled().page.wait_for_load_state("networkidle")
    visit.eventually(lambda: _is_drawn(visit))
    _save(visit, path)


def _is_drawn(visit: Visit) -> None:
    """Fail while the canvas does not show the drawing in the address: it comes as an image, which is decoded apart."""
    if "drawing" in visit.parameters() and visit.page.locator(".st-key-ink canvas").count():
        assert visit.pixels().any()


def take_the_explorer(visit: Visit, link: str, path: Path) -> None:
    """Save what the explorer in one file shows, which is no page of Streamlit's."""
    visit.page.goto(f"{visit.address}/pocket#{link}")
    visit.page.locator("#verdict .sure").wait_for()
    _save(visit, path)


def _save(visit: Visit, path: Path) -> None:
    shoot(visit).quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    _report(path)


def animate(visit: Visit, path: Path) -> None:
    """Draw digits and save what the window shows meanwhile, as a looping animation."""
    frames, times = [], []

    def frame(milliseconds: int) -> None:
        shot = shoot(visit, clip=CLIP)
        frames.append(shot.resize((WIDTH, WIDTH * shot.height // shot.width), Image.Resampling.LANCZOS))
        times.append(milliseconds)

    for label in DRAWN:
        visit.clear().page.mouse.move(2, 2)
        visit.page.wait_for_timeout(600)  # until the button's help is gone
        frame(300)
        for stroke in pen.place(clear_digit(label).strokes):
            points = visit.on_screen(stroke)
            visit.page.mouse.move(*points[0])
            visit.page.mouse.down()
            for number, point in enumerate(points[1:]):
                visit.page.mouse.move(*point, steps=2)
                if number % 2:
                    frame(FRAME)
            visit.page.mouse.up()
        visit.taken_over()
        visit.page.mouse.move(2, 2)
        frame(HOLD)
    animation.save(frames, times, path)
    _report(path)


def _report(path: Path) -> None:
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def take_all(visitor: Callable[..., Visit], link: str) -> None:
    """Save every page in every size and theme, the usual look and the one for a stage."""
    ALL.mkdir(exist_ok=True)
    for size, viewport in SIZES.items():
        touch = {"has_touch": True, "is_mobile": True} if viewport is PHONE else {}
        for theme in ("dark", "light"):
            visit = visitor(viewport=viewport, color_scheme=theme, reduced_motion="reduce", **touch)  # all at rest
            for page, path in PAGES.items():
                for look, more in LOOKS.items():
                    begun = "" if page == "build" else link  # it opens with a bar, but for a link that paints none
                    take(visit.open(f"{path}?{more}{begun}"), ALL / f"{page}{look}-{size}-{theme}.png")
            take_the_explorer(visit, link, ALL / f"pocket-{size}-{theme}.png")
            visit.page.context.close()
            for look in LOOKS:
                on_one_sheet([ALL / f"{page}{look}-{size}-{theme}.png" for page in (*PAGES, "pocket")])


def on_one_sheet(paths: list[Path]) -> None:
    """Lay pictures of one size side by side, as large as a screen has room for, and save them as one sheet."""
    (ALL / "sheets").mkdir(exist_ok=True)
    shots = [Image.open(path) for path in paths if path.exists()]  # the explorer has one look alone
    wide, tall = shots[0].size
    grids = [(n, math.ceil(len(shots) / n)) for n in range(1, len(shots) + 1)]
    columns, rows = max(grids, key=lambda grid: min(SCREEN[0] / grid[0] / wide, SCREEN[1] / grid[1] / tall))
    width, height = SCREEN[0] // columns, SCREEN[1] // rows
    sheet = Image.new("RGB", SCREEN, (128, 128, 128))
    for k, shot in enumerate(shots):
        small = shot.convert("RGB")
        small.thumbnail((width - 8, height - 8), Image.Resampling.LANCZOS)
        sheet.paste(small, (k % columns * width + 4, k // columns * height + 4))
    path = ALL / "sheets" / paths[0].name.replace("draw", "pages", 1)
    sheet.save(path)
    _report(path)


def take_the_readmes(visitor: Callable[..., Visit]) -> str:
    """Save the README's pictures; return the link of the digit drawn for them."""
    FOLDER.mkdir(exist_ok=True)
    strokes = pen.place(clear_digit(DIGIT).strokes)
    draw = visitor().open()
    animate(draw, FOLDER / "draw.gif")
    link = draw.clear().draw(strokes).page.url.partition("?")[2]
    take(visitor(color_scheme="light").open(f"/?{link}"), FOLDER / "draw-light.png")
    tall = {"width": 1280, "height": 900}
    take(visitor(viewport=tall).open(f"/neurons?neuron={NEURON}&{link}"), FOLDER / "neurons.png")
    take(visitor().open(f"/network?{link}"), FOLDER / "network.png")
    take(visitor(reduced_motion="reduce").open(f"/train?{link}"), FOLDER / "train.png")
    take(visitor(reduced_motion="reduce").open(f"/talk?step=7&stage=1&{link}"), FOLDER / "talk.png")
    take_the_explorer(visitor(), f"neuron={NEURON}&{link}", FOLDER / "pocket.png")
    take(visitor(viewport=PHONE, has_touch=True, is_mobile=True).open().touch(strokes), FOLDER / "phone.png")
    return link


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        visitor = _visitor(browser, address)
        take_all(visitor, take_the_readmes(visitor))


def _visitor(browser: Browser, address: str) -> Callable[..., Visit]:
    def visit(**options) -> Visit:
        return Visit(browser.new_page(**{"viewport": LAPTOP, "color_scheme": "dark", **options}), address)

    return visit


if __name__ == "__main__":
    main()
