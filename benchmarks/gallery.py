"""How fast the Digits page turns a page of a hundred digits: `python -m benchmarks.gallery` prints a table.

The server's run is measured without a browser, the rest in headless Chromium: from the press to the end of the first
frame that shows another hundred, and from a move of the pen to the first frame that shows other nearest ones.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.changes import DRAWING, until_changed
from tests.browser.conftest import LAPTOP, ROOT, serve, start_browser
from tests.browser.test_build import press_and_move
from tests.browser.visit import Visit

CAPTIONS = """[...document.querySelectorAll('.st-key-{} *')].find((e) => e.shadowRoot)
    ?.shadowRoot.querySelector('.grid').textContent"""


def server_runs(count: int) -> list[float]:
    """Sort anew without a browser; milliseconds each."""
    app = AppTest.from_file(str(ROOT / "pages" / "6_digits.py"), default_timeout=60)
    app.session_state["digits_right"] = "all"
    app.run()
    times = []
    for n in range(count):
        order = app.selectbox(key="digits_sort").set_value(("sure", "torn")[n % 2])
        began = time.perf_counter()
        order.run()
        times.append(1000 * (time.perf_counter() - began))
    return times


def turns(visit: Visit, count: int) -> list[float]:
    """Turn pages in the browser; milliseconds each."""
    page = visit.open("/digits?right=all").page
    page.wait_for_timeout(3000)  # the digits have come
    buttons = [page.get_by_role("button", name=name) for name in ("The next page", "The page before")]
    text = CAPTIONS.format("digits")
    return [until_changed(visit, text, "click", buttons[n % 2].click) for n in range(count)]


def sorts(visit: Visit, count: int) -> list[float]:
    """Have another order; milliseconds each."""
    page = visit.open("/digits?right=all").page
    box, times = page.locator(".st-key-digits_sort input"), []
    for n in range(count):
        box.click()
        option = page.get_by_role("option", name=("surest first", "torn between two first")[n % 2], exact=True)
        option.wait_for()
        times.append(until_changed(visit, CAPTIONS.format("digits"), "click", option.click))
    return times


def follows(visit: Visit, count: int) -> list[float]:
    """Move the pen on the map's canvas; milliseconds to other neighbours each."""
    page = visit.open(f"/digits?view=map&drawing={DRAWING}").page
    page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    page.wait_for_timeout(3000)  # the digits have come, and went through the network
    path = visit.on_screen([(60 + 160 * (n % 2), 40 + 200 * n / count) for n in range(count + 2)])
    press_and_move(visit, path[:2])
    times = [
        until_changed(visit, CAPTIONS.format("nearest"), "pointermove", lambda at=at: page.mouse.move(*at))
        for at in path[2:]
    ]
    page.mouse.up()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="of each kind")
    count = parser.parse_args().count
    print("| ms | median | 95th percentile |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address)
        for what, times in (
            ("the server's run for another order of all 10,000 digits", server_runs(count)),
            ("a choice of another order to the frame that shows its first hundred", sorts(visit, count)),
            ("a press to the frame that shows the next hundred", turns(visit, count)),
            ("a move of the pen to other nearest ones", follows(visit, count)),
        ):
            print(
                f"| {what} | {statistics.median(times):.0f} | {statistics.quantiles(times, n=20)[-1]:.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
