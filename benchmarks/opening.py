"""How soon a page is whole, and how much jumps meanwhile: `python -m benchmarks.opening` prints a table.

A first visit has nothing in its cache. A page is whole when its last figure is drawn and nothing is out of date. What
jumps is the sum of Chromium's layout-shift entries, those after a click included: the share of the window that moves
times how far it does. Headless Chromium with software rendering.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.conftest import LAPTOP, PHONE, serve, start_browser
from tests.browser.visit import Visit

DRAWING = link.encode(load("test").images[0] / 255)
PAGES = ("Neurons", "Build", "Network", "Digits", "Train", "Draw")
WATCH = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((each) => window.shifts += each.value))
        .observe({type: "layout-shift", buffered: true});
}"""
WHOLE = """() => new Promise((done) => {
    const start = performance.now();
    (function look() {
        const app = document.querySelector("[data-testid=stApp]");
        const charts = [...document.querySelectorAll(".js-plotly-plot")].filter((gd) => gd.checkVisibility());
        const whole = app?.dataset.testScriptState === "notRunning" && !window.left?.isConnected
            && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")
            && charts.length && charts.every((gd) => gd.querySelector(".main-svg"));
        if (whole || performance.now() - start > 10000) return requestAnimationFrame(() => done(performance.now()));
        requestAnimationFrame(look);
    })();
})"""


def first_visit(browser, address: str, viewport: dict[str, int]) -> tuple[float, float]:
    """Return in how many ms a browser that has met nothing has a whole Draw page, and how much jumped."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    page.goto(f"{address}/?drawing={DRAWING}", wait_until="commit")
    took = page.evaluate(WHOLE)
    page.wait_for_timeout(500)
    shifts = page.evaluate("window.shifts")
    context.close()
    return took, shifts


def changes(visit: Visit, title: str) -> tuple[float, float]:
    """Return in how many ms after a click in the menu a page is whole, and how much jumped."""
    page = visit.page
    page.wait_for_timeout(300)
    page.evaluate("""() => {
        window.shifts = 0;
        window.left = document.querySelector(".js-plotly-plot");
        const note = (event) => { window.pressed = event.timeStamp; };
        document.addEventListener("click", note, {once: true, capture: true});
    }""")
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
    whole = page.evaluate(WHOLE)
    page.wait_for_timeout(300)
    return whole - page.evaluate("window.pressed"), page.evaluate("window.shifts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        print("| | median | worst | jumps |\n|---|---:|---:|---:|")
        first_visit(browser, address, LAPTOP)  # the server's own first
        for what, viewport in (("laptop", LAPTOP), ("phone", PHONE)):
            _report(f"first visit to Draw, {what}", [first_visit(browser, address, viewport) for _ in range(count)])
        visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address)
        visit.page.add_init_script(f"({WATCH})()")
        visit.open(f"/?drawing={DRAWING}")
        found = {title: [] for title in PAGES}
        for lap in range(count + 1):  # in the first one each page is met
            for title in PAGES:
                measured = changes(visit, title)
                if lap:
                    found[title].append(measured)
        for title in PAGES:
            _report(f"from a click to the whole of {title}", found[title])


def _report(what: str, measured: list[tuple[float, float]]) -> None:
    times, jumps = zip(*measured, strict=True)
    print(f"| {what} | {statistics.median(times):.0f} ms | {max(times):.0f} ms | {max(jumps):.3f} |", flush=True)


if __name__ == "__main__":
    main()
