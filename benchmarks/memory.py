"""Does memory grow? `python -m benchmarks.memory` draws 500 strokes in one session, cleared after every third.

It prints the page's JavaScript heap after a garbage collection and the server's resident memory, first after 50 strokes
to warm up, then every 50.
"""

import os
import random
import tempfile
from pathlib import Path

from tests.browser.conftest import LAPTOP, serve, start_browser
from tests.browser.visit import Visit

STROKES, WARM_UP, CLEAR_AFTER = 500, 50, 3


def server_memory() -> float:
    """Return the resident memory, in MB, of the Streamlit server this process has started."""
    for status in Path("/proc").glob("[0-9]*/status"):
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        if int(fields["PPid"]) == os.getpid() and b"streamlit" in (status.parent / "cmdline").read_bytes():
            return int(fields["VmRSS"].split()[0]) / 1024
    raise RuntimeError("the server is not running")


def page_memory(visit: Visit) -> float:
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 2**20


def main() -> None:
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as address, start_browser() as browser:
        visit = Visit(browser.new_context(viewport=LAPTOP).new_page(), address).open("/")
        visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
        print("| strokes | page heap, MB | server memory, MB |\n|---|---|---|")
        found = []
        for stroke in range(1, WARM_UP + STROKES + 1):
            visit.scribble([[(rng.uniform(30, 250), rng.uniform(30, 250)) for _ in range(6)]])
            visit.page.wait_for_timeout(60)
            if stroke % CLEAR_AFTER == 0:
                visit.taken_over().clear()
            if stroke % WARM_UP == 0:
                visit.taken_over().clear()
                found.append((page_memory(visit), server_memory()))
                print(f"| {stroke - WARM_UP} | {found[-1][0]:.1f} | {found[-1][1]:.0f} |", flush=True)
        page, server = (100 * (found[-1][i] / found[0][i] - 1) for i in (0, 1))
        print(f"\nafter {STROKES} strokes: page heap {page:+.1f} %, server memory {server:+.1f} %")


if __name__ == "__main__":
    main()
