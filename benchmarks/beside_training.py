"""Does a training make another visitor's stroke slow? `python -m benchmarks.beside_training` draws with and without.

As many real tabs as asked for press Start on Train. Their moments are fetched as their pages would fetch them, 40 ms
after each answer, but not drawn, which would keep this machine busy instead of a visitor's own. Meanwhile replayed
visitors (see room.py) draw on Draw, a stroke a second each. It is measured without trainings before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import struct
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.room import MOST_SECONDS, MOST_VISITORS, PATIENCE, Recording, additions, record, room, started
from nnviz.workers.training import LOST, OVER
from tests.browser.conftest import LAPTOP, start_browser
from tests.browser.visit import Visit

AGAIN = 0.04  # seconds between an answer and the page's next question: PICTURE in moment.js
WARM = 5.0  # seconds until all workers have loaded their digits
LONG = "epochs:30,sizes:64-32,batch:10"  # nearly as many steps as there may be


@dataclass
class Watcher:
    """One page's questions about its training, asked from a thread."""

    address: str
    cookie: str
    shown: int = 0
    state: str = ""
    ended: bool = False

    def watch(self) -> None:
        first = 0
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while not self.ended:
            question = f"{self.address}?from={first}&shown={self.shown}&state={self.state}"
            with opener.open(
                urllib.request.Request(question, headers={"Cookie": self.cookie}), timeout=PATIENCE
            ) as answer:
                sent = answer.read()
            (length,) = struct.unpack_from("<I", sent)
            news = json.loads(sent[4 : 4 + length])
            self.shown, self.state = news["shown"], news["state"]
            first = max([first, *(number + 1 for number in news["given"] if number is not None)])
            time.sleep(AGAIN)


@contextmanager
def training(address: str, count: int) -> Iterator[list[Watcher]]:
    """Have so many tabs train, watched; yields who watches them."""
    with start_browser() as browser:
        watchers = [_begin(Visit(browser.new_context(viewport=LAPTOP).new_page(), address)) for _ in range(count)]
        threads = [threading.Thread(target=watcher.watch, daemon=True) for watcher in watchers]
        for thread in threads:
            thread.start()
        time.sleep(WARM)
        try:
            yield watchers
        finally:
            for watcher, thread in zip(watchers, threads, strict=True):
                watcher.ended = True
                thread.join(PATIENCE)


def _begin(visit: Visit) -> Watcher:
    """Press Start, take down where the page asks, and keep it from asking on; its session stays open."""
    visit.open(f"/train?recipe={LONG}")
    with visit.page.expect_request(lambda request: "/training/" in request.url and "?" in request.url) as asked:
        visit.page.locator(".st-key-start_training button").click()
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in visit.page.context.cookies())
    visit.page.route("**/training/**", lambda route: None)  # never answered
    return Watcher(asked.value.url.partition("?")[0], cookie)


def draw(address: str, recording: Recording, visitors: int, seconds: float) -> tuple[int, float, float]:
    """Let visitors draw; return how many strokes, and their median and 95th percentile in ms."""
    with ThreadPoolExecutor(1) as pool:  # the browser's own loop runs in this thread
        found = pool.submit(lambda: asyncio.run(room(address, recording, visitors, seconds))).result()
    if found.failed:
        raise RuntimeError(f"{len(found.failed)} visitors failed, the first by {found.failed[0]}")
    waits = [1000 * wait for wait in found.strokes]
    return len(waits), statistics.median(waits), statistics.quantiles(waits, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=4)
    parser.add_argument("--trainings", type=int, default=2, help="that are begun; those beyond the cores wait")
    parser.add_argument("--seconds", type=float, default=30, help="how long they draw each time")
    parser.add_argument("--processes", type=int, default=1, help="more than one: behind Caddy, as `make serve` does")
    options = parser.parse_args()
    visitors, seconds = min(options.visitors, MOST_VISITORS), min(options.seconds, MOST_SECONDS)
    with started(options.processes) as address:
        recording = record(address)
        print(f"{visitors} visitors, {options.processes} process(es); ten million additions: {additions():.2f} s\n")
        print("| trainings begun | at work | moments a second, each | strokes | median | 95th percentile |")
        print("|---:|---:|---:|---:|---:|---:|", flush=True)
        for count in (0, options.trainings, 0):
            with training(address, count) as watchers:
                before, start = [watcher.shown for watcher in watchers], time.perf_counter()
                strokes, median, p95 = draw(address, recording, visitors, seconds)
                took = time.perf_counter() - start  # the opening, too, is longer than they draw
                if any(watcher.state in (OVER, LOST) for watcher in watchers):
                    raise RuntimeError("a training ended while they drew: let them draw for fewer seconds")
                moments = [watcher.shown - shown for watcher, shown in zip(watchers, before, strict=True)]
                work = sum(many > 0 for many in moments)
            each = ", ".join(f"{many / took:.1f}" for many in moments) or "–"
            print(f"| {count} | {work} | {each} | {strokes} | {median:.0f} ms | {p95:.0f} ms |", flush=True)


if __name__ == "__main__":
    main()
