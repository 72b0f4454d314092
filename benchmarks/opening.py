"""How soon a page is whole, and how much jumps meanwhile: `python -m benchmarks.opening` prints two tables.

A first visit has nothing in its cache. A page is whole when the last figure in the window is drawn and nothing is out
of date; what is below the window is drawn once nothing else is to do. What jumps is the sum of Chromium's layout-shift
entries, those after a click included: the share of the window that moves times how far it does. Headless Chromium with
software rendering.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.conftest import LAPTOP, PHONE, serve, start_browser
from tests.browser.visit import Visit

DRAWING = link.encode(load("test").images[0] / 255)
PAGES = ("Neurons", "Build", "Network", "Train", "Digits", "Talk", "Draw")
LOOKS = {
    "laptop": (LAPTOP, ""),
    "phone": (PHONE, ""),
    "stage": (LAPTOP, "stage=1&"),
    "stage, phone": (PHONE, "stage=1&"),
}
WATCH = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((each) => window.shifts += each.value))
        .observe({type: "layout-shift", buffered: true});
}"""
WHOLE = """() => new Promise((done) => {
    const start = performance.now();
    (function look() {
        const app = document.querySelector("[data-testid=stApp]");
        const charts = [...document.querySelectorAll(".stPlotlyChart")]
            .filter((place) => place.checkVisibility() && place.getBoundingClientRect().top <= innerHeight);
        const drawn = charts.length ? charts.every((place) => place.querySelector(".main-svg"))
            : document.querySelector(".painted > *, .st-key-view [data-map]");
        const whole = app?.dataset.testScriptState === "notRunning" && !window.left?.isConnected && drawn
            && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]");
        if (whole || performance.now() - start > 10000) return requestAnimationFrame(() => done(performance.now()));
        requestAnimationFrame(look);
    })();
})"""


def opened(page: Page, address: str) -> tuple[float, float]:
    """Return in how many ms a page is whole, and how much jumped."""
    page.goto(address, wait_until="commit")
    took = page.evaluate(WHOLE)
    page.wait_for_timeout(500)
    return took, page.evaluate("window.shifts")


def first_visit(browser: Browser, address: str, viewport: dict[str, int]) -> tuple[float, float]:
    """Open Draw in a browser that has met nothing."""
    context = browser.new_context(viewport=viewport)
    context.add_init_script(f"({WATCH})()")
    found = opened(context.new_page(), f"{address}/?drawing={DRAWING}")
    context.close()
    return found


def changes(visit: Visit, title: str) -> tuple[float, float]:
    """Return in how many ms after a click in the menu a page is whole, and how much jumped."""
    page = visit.page
    page.wait_for_timeout(300)
    page.evaluate("""() => {
        window.shifts = 0;
        window.left = document.querySelector(".js-plotly-plot, .painted");
        const note = (event) => { window.pressed = event.timeStamp; };
        document.addEventListener("click", note, {once: true, capture: true});
    }""")
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
    whole = page.evaluate(WHOLE)
    page.wait_for_timeout(300)
    return whole - page.evaluate("window.pressed"), page.evaluate("window.shifts")


def times(browser: Browser, address: str, count: int) -> None:
    """Print how soon pages are whole."""
    print("| | median | 95th percentile | jumps |\n|---|---:|---:|---:|")
    first_visit(browser, address, LAPTOP)  # the server's own first
    for what, viewport in (("laptop", LAPTOP), ("phone", PHONE)):
        _report(
            f"first visit to Draw, {what}", (first_visit(browser, address, viewport) for _ in range(count // 3 + 2))
        )
    visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address)
    visit.page.add_init_script(f"({WATCH})()")
    visit.open(f"/?drawing={DRAWING}")
    found: dict[str, list[tuple[float, float]]] = {title: [] for title in PAGES}
    for lap in range(count + 1):  # in the first one each page is met
        for title in PAGES:
            measured = changes(visit, title)
            if lap:
                found[title].append(measured)
    for title in PAGES:
        _report(f"from a click to the whole of {title}", found[title])


def jumps(browser: Browser, address: str) -> None:
    """Print how much jumps while a page opens that a link leads to."""
    print(f"\n| jumps while it opens | {' | '.join(LOOKS)} |\n|---|{'---:|' * len(LOOKS)}")
    contexts = [browser.new_context(viewport=viewport) for viewport, _ in LOOKS.values()]
    for context in contexts:
        context.add_init_script(f"({WATCH})()")
    for title in PAGES:
        found = []
        for context, (_, look) in zip(contexts, LOOKS.values(), strict=True):
            page = context.new_page()
            path = "" if title == "Draw" else title.lower()
            found.append(opened(page, f"{address}/{path}?{look}drawing={DRAWING}")[1])
            page.close()
        print(f"| {title} | {' | '.join(f'{each:.3f}' for each in found)} |", flush=True)


def _report(what: str, measured: Iterable[tuple[float, float]]) -> None:
    took, moved = zip(*measured, strict=True)
    late = statistics.quantiles(took, n=20, method="inclusive")[-1]
    print(f"| {what} | {statistics.median(took):.0f} ms | {late:.0f} ms | {max(moved):.3f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=12, help="changes to each page")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        times(browser, address, count)
        jumps(browser, address)


if __name__ == "__main__":
    main()
