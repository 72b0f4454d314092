"""How soon Network says how many test digits are read, in headless Chromium: `python -m benchmarks.counting`.

From a click on a neuron, or a key on the slider of a bias, to the end of the first frame that shows another number,
which the browser has counted, and to that of the one that shows Python's own count in its place.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks.changes import DRAWING
from tests.browser.conftest import LAPTOP, serve, start_browser
from tests.browser.test_count import LAYERS, ready
from tests.browser.test_network import place
from tests.browser.visit import Visit

BEHIND = ("browser", "Python")
WATCH = """(kind) => {
    const shown = () => document.querySelector(".st-key-read [data-count=read]"), before = shown().textContent
    shown().old = true
    window.took = {}
    window.pressed = Infinity
    document.addEventListener(kind, ({timeStamp}) => {
        window.pressed = timeStamp
        const note = (who) => {
            took[who] = null
            setTimeout(() => { took[who] = performance.now() - timeStamp })  // the frame is painted by then
        }
        requestAnimationFrame(function look() {
            const now = shown()
            if (now && now.textContent !== before && !("browser" in took)) note("browser")
            if (now && !now.old) return note("Python")
            if (performance.now() > timeStamp + 2000) return
            requestAnimationFrame(look)
        })
    }, {once: true, capture: true})
}"""


def until_counted(visit: Visit, kind: str, change: Callable[[], None]) -> dict[str, float]:
    """Return the milliseconds from the event that `change` ends with to both numbers; to one that stays, none."""
    visit.settled().page.wait_for_timeout(300)
    visit.page.evaluate(WATCH, kind)
    change()
    visit.page.wait_for_function("() => window.took.Python || performance.now() > window.pressed + 2000")
    return visit.page.evaluate("window.took")


def clicks(visit: Visit, count: int) -> Iterator[dict[str, float]]:
    ready(visit, f"/network?drawing={DRAWING}")
    for k in islice(cycle(range(16)), count):
        yield until_counted(visit, "click", lambda k=k: visit.page.mouse.click(*place(visit, LAYERS[0], k)))


def keys(visit: Visit, count: int, layer: int) -> Iterator[dict[str, float]]:
    ready(visit, f"/network?drawing={DRAWING}&layer={layer}&neuron=3").page.get_by_role(
        "tab", name="Turn a knob"
    ).click()
    slider = visit.page.locator(".st-key-knob").get_by_role("slider")
    slider.wait_for(state="attached")
    for _ in range(count):
        yield until_counted(visit, "keydown", lambda: slider.press("ArrowRight"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25, help="changes of each kind")
    count = parser.parse_args().count
    print("| from a change to another number, ms: median (95th percentile) | browser | Python |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address)
        for what, measured in (
            ("a neuron clicked", clicks(visit, count)),
            ("a knob of hidden 1, a key", keys(visit, count, 1)),
            ("a knob of the output, a key", keys(visit, count, 3)),
        ):
            found = list(measured)
            times = ([each[who] for each in found if each.get(who)] for who in BEHIND)
            shown = (f"{statistics.median(of):.0f} ({statistics.quantiles(of, n=20)[-1]:.0f})" for of in times)
            print(f"| Network: {what} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
