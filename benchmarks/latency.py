"""How fast the picture follows the pen, in headless Chromium: `python -m benchmarks.latency` prints two tables.

1. Pen move to painted frame: from a pointer event's own time to the end of the first frame that shows its numbers, one
   long stroke on each page. A move first waits for a frame to begin, 8 ms on average: what is done in it stands apart.
   Also the longest time the page was blocked (Chromium reports tasks from 50 ms on).
2. Pen up to Python's numbers on screen: nnviz and the usual recipe (usual_recipe.py), alternating, with fresh servers.
"""

import argparse
import math
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from nnviz import pen
from tests.browser.conftest import LAPTOP, clear_digit, serve, start_browser
from tests.browser.visit import Visit

PAGES = (("Draw", "/", "activations"), ("Neurons", "/neurons", "contributions"), ("Network", "/network", "wiring"))
COLUMNS = ("median", "95th percentile", "first tenth", "last tenth", "in a frame", "longest block")
WATCH = """(key) => {
    const plots = () => [...document.querySelectorAll(`.st-key-${key} .js-plotly-plot`)];
    window.frames_ms = []; window.work_ms = []; window.blocked_ms = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => blocked_ms.push(e.duration)))
        .observe({entryTypes: ["longtask"]});
    let waiting = [], last = plots()[0].data[0].z;
    document.addEventListener("pointermove", (e) => waiting.push(e.timeStamp), {capture: true});
    (function frame() {
        requestAnimationFrame((began) => {
            const {port1, port2} = new MessageChannel();
            port1.onmessage = () => { // the frame has been painted
                const z = plots()[0].data[0].z, now = performance.now();
                if (z === last) return;
                last = z;
                frames_ms.push(...waiting.map((t) => now - t));
                work_ms.push(now - began);
                waiting = [];
            };
            port2.postMessage(0);
            frame();
        });
    })();
}"""

# Mark the figures' data; when all marks are gone, Python's figures are in their place, and one more frame shows them.
LIFTED = """(selector) => {
    const plots = () => [...document.querySelectorAll(selector)];
    const marked = plots().length, start = performance.now();
    plots().forEach((gd) => { gd.data[0].before = true; });
    window.python_ms = null;
    (function look() {
        const now = plots();
        if (now.length === marked && now.every((gd) => gd.data && !gd.data[0].before))
            requestAnimationFrame(() => setTimeout(() => { window.python_ms = performance.now() - start; }));
        else requestAnimationFrame(look);
    })();
}"""


def spiral(visit: Visit, moves: int) -> None:
    """Draw one long stroke without lifting the pen."""
    radii = [40 + 60 * abs(math.sin(i / 97)) for i in range(moves)]
    points = [(140 + r * math.sin(i / 14), 140 - r * math.cos(i / 14)) for i, r in enumerate(radii)]
    path = visit.on_screen(points)
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point)


def move_to_frame(visit: Visit, key: str, moves: int) -> dict[str, float]:
    visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    visit.page.wait_for_timeout(1500)
    visit.page.evaluate(WATCH, key)
    spiral(visit, moves)
    times, work, blocked = visit.page.evaluate("[frames_ms, work_ms, blocked_ms]")
    visit.page.mouse.up()
    tenth = len(times) // 10
    found = [statistics.median(times), statistics.quantiles(times, n=20)[-1]]
    found += [statistics.median(part) for part in (times[:tenth], times[-tenth:], work)]
    return dict(zip(COLUMNS, [*found, max(blocked, default=0)], strict=True))


def up_to_python(visit: Visit, selector: str, strokes: list) -> float:
    """Draw one stroke and return the milliseconds from lifting the pen to Python's figures on screen."""
    path = visit.on_screen(strokes)
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point)
    visit.page.wait_for_timeout(100)
    visit.page.evaluate(LIFTED, selector)
    visit.page.mouse.up()
    return visit.page.wait_for_function("() => window.python_ms", timeout=20_000).json_value()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=900, help="pen moves in the long stroke")
    parser.add_argument("--strokes", type=int, default=25, help="strokes for pen up to Python, each")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nnviz = stack.enter_context(serve(folder / "nnviz.log"))
        recipe = stack.enter_context(serve(folder / "recipe.log", script="benchmarks/usual_recipe.py"))
        browser = stack.enter_context(start_browser())
        print(f"| pen move to painted frame, ms | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
        for page, path, key in PAGES:
            visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), nnviz).open(path)
            found = move_to_frame(visit, key, options.moves)
            print(f"| {page} | " + " | ".join(f"{value:.1f}" for value in found.values()) + " |", flush=True)
            visit.page.context.close()
        compare(browser, nnviz, recipe, options.strokes)


def compare(browser, nnviz: str, recipe: str, count: int) -> None:
    ours = Visit(browser.new_context(viewport=LAPTOP).new_page(), nnviz).open("/")
    ours.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    theirs = Visit(browser.new_context(viewport=LAPTOP).new_page(), recipe)
    theirs.page.goto(recipe)
    theirs.page.locator(".js-plotly-plot .heatmaplayer image").nth(3).wait_for()
    theirs.canvas.wait_for()
    times: dict[str, list[float]] = {"nnviz": [], "usual recipe": []}
    places = pen.place(clear_digit(2).strokes)[0]
    for n in range(count):
        for name, visit, selector in (
            ("nnviz", ours, ".st-key-activations .js-plotly-plot"),
            ("usual recipe", theirs, ".js-plotly-plot"),
        ):
            visit.page.bring_to_front()
            visit.page.wait_for_timeout(400)
            times[name].append(up_to_python(visit, selector, places + n))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print("\n| pen up to Python's numbers on screen, ms | median | 95th percentile |\n|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {medians[name]:.0f} | {statistics.quantiles(values, n=20)[-1]:.0f} |")
    print(f"\nratio of the medians: {medians['nnviz'] / medians['usual recipe']:.2f}")


if __name__ == "__main__":
    main()
