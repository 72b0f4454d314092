"""How soon a change is on screen, in headless Chromium: `python -m benchmarks.changes` prints a table.

From the event's own time (pen lifted, key or button pressed) to the end of the first frame that shows the new text; for
a live dab, from each pointer move to the end of the first frame that shows its numbers.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks.latency import WATCH
from nnviz.export import link
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.study import build, ranking
from tests.browser.conftest import LAPTOP, serve, start_browser
from tests.browser.test_build import on_curve, on_screen, press_and_move
from tests.browser.visit import Visit

DRAWING = link.encode(load("test").images[0] / 255)
SAID = "[...document.querySelectorAll('p')].find((p) => p.textContent.includes('%s'))?.textContent"
COUNTS = SAID % "of the 10,000 test digits and"
ACCURACY = SAID % "The 10,000 test digits:"
STEP = "document.querySelector('.step')?.textContent"
HISTOGRAM = """[...document.querySelectorAll('.st-key-sums_by_digit .scatterlayer')]
    .find((rows) => rows.getClientRects().length)?.textContent"""

# Look for another text on every frame after the next event of a kind; the frame that has it must be painted, too.
CHANGED = """([expression, kind]) => {
    const text = new Function(`return ${expression}`), before = text();
    window.took_ms = null;
    document.addEventListener(kind, (event) => {
        (function look() {
            const now = text();
            if (!now || now === before) return requestAnimationFrame(look);
            requestAnimationFrame(() => setTimeout(() => { window.took_ms = performance.now() - event.timeStamp; }));
        })();
    }, {once: true, capture: true});
}"""


def until_changed(visit: Visit, expression: str, kind: str, change: Callable[[], None]) -> float:
    """Return the milliseconds from the event that `change` ends with to another text on screen."""
    visit.settled()
    visit.page.wait_for_timeout(300)
    visit.page.evaluate(CHANGED, [expression, kind])
    change()
    return visit.page.wait_for_function("() => window.took_ms", timeout=20_000).json_value()


def build_page(visit: Visit, count: int) -> Iterator[tuple[str, list[float]]]:
    page = visit.open(f"/build?drawing={DRAWING}&painted={link.encode_neuron(build.bar(), -5)}").page
    brushes = cycle([("−", -1000), ("+", 1000)])  # in turn, over the same cells: other digits fire each time
    for what, text in (("new counts", COUNTS), ("new histogram", HISTOGRAM)):
        times = []
        for brush, level in islice(brushes, count):
            visit.choose("brush", brush)
            page.locator(f".st-key-paint canvas[data-level='{level}']").wait_for()
            press_and_move(visit, on_screen(visit, (14, 6), (14, 21)))
            times.append(until_changed(visit, text, "pointerup", page.mouse.up))
        yield f"Build: brush lifted to {what}", times
    slider = page.locator(".st-key-threshold").get_by_role("slider")
    yield (
        "Build: threshold, a key to new counts",
        [until_changed(visit, COUNTS, "keydown", lambda: slider.press("ArrowRight")) for _ in range(count)],
    )
    times = []
    for n in range(count):
        press_and_move(visit, on_curve(visit, 1.0 + n / 4, 2.0 + n / 4))
        times.append(
            until_changed(visit, COUNTS, "pointermove", lambda n=n: page.mouse.move(*on_curve(visit, n / 4)[0]))
        )
        page.mouse.up()
    yield "Build: threshold, dragged to new counts", times
    page.evaluate(WATCH, "present_terms")
    press_and_move(visit, on_screen(visit, *((2 + row, column) for row in range(24) for column in (3, 24))))
    yield "Build: live dab to painted frame", page.evaluate("frames_ms")
    page.mouse.up()


def network_page(visit: Visit, count: int) -> Iterator[tuple[str, list[float]]]:
    page = visit.open(f"/network?drawing={DRAWING}").page
    page.get_by_role("tab", name="Knock neurons out").click()
    page.get_by_text("neurons lost alone").wait_for(timeout=60_000)
    box, times = page.locator(".st-key-out input"), []
    for name in dearest(count):
        box.click()
        box.fill(name)
        page.get_by_role("option", name=name, exact=True).wait_for()
        times.append(until_changed(visit, ACCURACY, "keydown", lambda: page.keyboard.press("Enter")))
        page.locator(".st-key-out").get_by_label("Clear all").click()
        page.get_by_text("now: +0.00 points").wait_for()
    yield "Network: a neuron knocked out to the new accuracy", times
    visit.open(f"/network?drawing={DRAWING}")
    page.get_by_role("tab", name="Turn a knob").click()
    knob = page.locator(".st-key-knob").get_by_role("slider")
    knob.wait_for()
    yield (
        "Network: a knob, a key to the new accuracy",
        [until_changed(visit, ACCURACY, "keydown", lambda: knob.press("ArrowRight")) for _ in range(count)],
    )
    times = []
    for n in range(count):
        if n % 6 == 0:
            page.get_by_role("button", name="Start").click()
            page.get_by_text("0 of 7").wait_for()
        next_step = page.locator(".st-key-next button")
        times.append(until_changed(visit, STEP, "click", next_step.click))
    yield "Network: Next to the next step", times


def dearest(count: int) -> list[str]:
    """Name the hidden neurons whose loss costs most: each changes the accuracy shown."""
    digits = load("test")
    costs = ranking.ranking(Network.load(ASSETS / "networks" / "smooth.npz"), digits.x, digits.labels)
    hidden = [cost.neurons[0] for cost in costs if cost.neurons[0][0] < 3]
    return [f"hidden {layer}, neuron {k}" for layer, k in hidden[:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25, help="changes of each kind")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        print("| from a change to the frame that shows it, ms | median | 95th percentile |\n|---|---|---|")
        for measure in (build_page, network_page):
            visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address)
            for what, times in measure(visit, count):
                print(
                    f"| {what} | {statistics.median(times):.0f} | {statistics.quantiles(times, n=20)[-1]:.0f} |",
                    flush=True,
                )
            visit.page.context.close()


if __name__ == "__main__":
    main()
