"""How many people does it carry? `python -m benchmarks.room --visitors 40` replays one browser's visit as that many.

A real Chromium opens Draw, takes a test digit and draws three strokes; what it sends over its websocket is recorded and
sent again by each visitor: open, test digit, then the strokes in turn, one a second, each once the last is answered.
Only ever to 127.0.0.1, at most 200 visitors for at most 300 seconds. The visitors share the machine with the server.

With `--pocket`, a room takes the explorer in one file instead: 1,000 phones fetch /pocket, 50 at a time, and are gone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.conftest import LAPTOP, ROOT, serve, start_browser, wait_for_server
from tests.browser.visit import Visit

MOST_VISITORS, MOST_SECONDS = 200, 300
STROKES = ([(70, 60), (200, 60), (110, 220)], [(80, 140), (190, 150)], [(60, 70), (140, 200), (220, 80)])
PACE, OPENING, PATIENCE = 1.0, 4.0, 60.0  # seconds: a stroke, between the first and the last to open, for an answer
FORGOTTEN = 75  # seconds after which Streamlit has dropped the sessions left (server.disconnectedSessionTTL, 60)
SMALL, CACHEABLE = (
    400,
    10_000,
)  # bytes; what ends a run is smaller, what a browser keeps is larger: the rest stays unread
PHONES, AT_ONCE = 1_000, 50  # that fetch /pocket, and how many of them at the same time
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Recording:
    """What one browser sent: the messages that open the page, those of the test digit, and those of each stroke."""

    opening: list[bytes]
    digit: list[bytes]
    strokes: list[list[bytes]]


@dataclass
class Found:
    """What the visitors met, in seconds: how long opening took, and each stroke to the end of its run."""

    openings: list[float] = field(default_factory=list)
    strokes: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)  # when each stroke's run had ended
    failed: list[str] = field(default_factory=list)


def record(address: str) -> Recording:
    """Let a real browser visit Draw, and keep what it sends."""
    with start_browser() as browser:
        visit, sent = Visit(browser.new_context(viewport=LAPTOP).new_page(), address), list[bytes]()

        def after(work, *arguments) -> list[bytes]:
            sent.clear()
            work(*arguments)
            visit.page.wait_for_timeout(1000)  # for a second message, if there should be one
            return sent.copy()

        visit.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        opening = after(visit.open, "/")
        visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
        return Recording(opening, after(visit.take_a_test_digit), [after(visit.draw, [stroke]) for stroke in STROKES])


# ---- the visitors


class Visitor:
    """One browser's end of the websocket, replayed; like a browser, it says which large messages it still has."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.kept: set[str] = set()  # hashes of the last run's cacheable messages

    async def send(self, messages: list[bytes]) -> float:
        """Send messages one after the other, each once the run before has ended; return the seconds it took."""
        start = time.perf_counter()
        for message in messages:
            recorded = BackMsg.FromString(message)
            recorded.rerun_script.cached_message_hashes[:] = sorted(self.kept)
            await self.socket.send(recorded.SerializeToString())
            async with asyncio.timeout(PATIENCE):
                await self._run_ended()
        return time.perf_counter() - start

    async def _run_ended(self) -> None:
        seen = set[str]()
        while True:
            frame = await self.socket.recv(decode=False)
            if SMALL <= len(frame) < CACHEABLE:
                continue
            message = ForwardMsg.FromString(frame)
            kind = message.WhichOneof("type")
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.kept = seen
                return
            if kind == "ref_hash" or message.metadata.cacheable:
                seen.add(message.ref_hash or message.hash)


async def visit(address: str, recording: Recording, delay: float, until: float, found: Found) -> None:
    """Open the page after a delay, take a test digit, and draw a stroke a second until it is time to go."""
    await asyncio.sleep(delay)
    try:
        start = time.perf_counter()
        cookie = await asyncio.to_thread(_cookie, address)
        url = address.replace("http", "ws", 1) + "/_stcore/stream"
        async with connect(
            url, origin=address, subprotocols=["streamlit"], additional_headers=cookie, max_size=None, compression=None,
            open_timeout=PATIENCE, ping_interval=None,
        ) as socket:  # fmt: skip
            visitor = Visitor(socket)
            await visitor.send(recording.opening)
            found.openings.append(time.perf_counter() - start)
            await visitor.send(recording.digit)
            due, count = time.perf_counter() + random.random() * PACE, 0
            while (now := time.perf_counter()) < until:
                await asyncio.sleep(max(0.0, due - now))
                found.strokes.append(await visitor.send(recording.strokes[count % len(recording.strokes)]))
                found.ended.append(time.perf_counter())
                due, count = max(due + PACE, found.ended[-1]), count + 1
    except Exception as error:
        found.failed.append(repr(error)[:200])


def _cookie(address: str) -> dict[str, str]:
    """Fetch the page, as a browser does first; return its cookie, which names a process where there are several."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=PATIENCE) as answer:
        sent = answer.headers.get_all("Set-Cookie") or []
    return {"Cookie": "; ".join(each.split(";")[0] for each in sent)} if sent else {}


async def room(address: str, recording: Recording, visitors: int, seconds: float) -> Found:
    """Let so many visitors draw for so long."""
    found, until = Found(), time.perf_counter() + OPENING + seconds
    delays = (OPENING * k / visitors for k in range(visitors))
    await asyncio.gather(*(visit(address, recording, delay, until, found) for delay in delays))
    return found


# ---- the server


def servers() -> list[Path]:
    """Return the folders in /proc of all Streamlit servers that this process, or one it started, has started."""
    parents, ours = {}, {os.getpid()}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
    for _ in range(4):  # as deep as a supervisor's processes may lie
        ours |= {pid for pid, parent in parents.items() if parent in ours}
    places = [Path("/proc") / str(pid) for pid in ours - {os.getpid()}]
    return [place for place in places if b"streamlit\0run" in (place / "cmdline").read_bytes()]


def processor() -> float:
    """Return the processor seconds the servers have used so far."""
    stats = ((place / "stat").read_text().rpartition(")")[2].split() for place in servers())
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICKS


def memory() -> float:
    """Return the servers' resident memory, in MB."""
    lines = [line for place in servers() for line in (place / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def started(processes: int) -> Iterator[str]:
    """Start nnviz, as one process or, as `make serve` does, as several behind Caddy; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        if processes == 1:
            with serve(Path(folder) / "log") as address:
                yield address
            return
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environment: dict[str, str] = {"PORT": str(port), "PROCESSES": str(processes), "NNVIZ_ADDRESS": "127.0.0.1"}
        with (Path(folder) / "log").open("w") as log:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "nnviz.web.serve"],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for_server(supervisor, f"http://127.0.0.1:{port}", Path(folder) / "log")
            time.sleep(2)  # until Caddy has found every process well
            yield f"http://127.0.0.1:{port}"
        finally:
            supervisor.terminate()
            supervisor.wait(30)


# ---- what is printed


def summary(found: Found, busy: float, opening_busy: float) -> list[tuple[str, str]]:
    """Put what was found in rows of what and how much."""
    waits, drawing = sorted(found.strokes), max(found.ended) - min(found.ended)
    return [
        ("strokes a second", f"{len(waits) / drawing:.1f}"),
        ("stroke to the end of its run, median", f"{1000 * statistics.median(waits):.0f} ms"),
        ("the same, 95th percentile", f"{1000 * statistics.quantiles(waits, n=20)[-1]:.0f} ms"),
        ("opening the page, median", f"{1000 * statistics.median(found.openings):.0f} ms"),
        ("opening the page, the longest", f"{1000 * max(found.openings):.0f} ms"),
        ("processor time a stroke", f"{1000 * busy:.1f} ms"),
        ("processor time an opening", f"{1000 * opening_busy:.1f} ms"),
        ("this machine: ten million additions in Python", f"{additions():.2f} s"),
    ]


def additions() -> float:
    """Return the processor seconds of ten million additions: the same machine has taken 0.6 and 1.0."""
    start, total = time.process_time(), 0
    for n in range(10_000_000):
        total += n
    return time.process_time() - start


def alone(address: str, recording: Recording, count: int) -> tuple[float, float]:
    """Measure the processor seconds of a stroke and of an opening, nobody else being there."""

    async def one() -> tuple[float, float]:
        found, before = Found(), processor()
        for _ in range(count):
            await visit(address, Recording(recording.opening, [], []), 0, 0, found)
        opening = (processor() - before) / count
        cookie = await asyncio.to_thread(_cookie, address)
        url = address.replace("http", "ws", 1) + "/_stcore/stream"
        async with connect(
            url, origin=address, subprotocols=["streamlit"], additional_headers=cookie, max_size=None, compression=None
        ) as socket:
            visitor = Visitor(socket)
            await visitor.send(recording.opening)
            before = processor()
            for n in range(count):
                await visitor.send(recording.strokes[n % len(recording.strokes)])
            return (processor() - before) / count, opening

    return asyncio.run(one())


def downloads(address: str) -> list[tuple[str, str]]:
    """Let phones fetch the explorer as browsers do, each over a connection of its own; return rows of figures."""

    def fetch(_: int) -> tuple[float, int]:
        start = time.perf_counter()
        request = urllib.request.Request(f"{address}/pocket", headers={"Accept-Encoding": "gzip"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            return time.perf_counter() - start, len(answer.read())

    first, size = fetch(0)  # it is made now
    busy, held, start = processor(), memory(), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(fetch, range(PHONES)))
    took, waits = time.perf_counter() - start, sorted(wait for wait, _ in found)
    return [
        ("size of a download, compressed", f"{size / 1000:.0f} kB"),
        ("the first download, for which the file is made", f"{1000 * first:.0f} ms"),
        ("downloads a second", f"{PHONES / took:.0f}"),
        ("a download, median", f"{1000 * statistics.median(waits):.0f} ms"),
        ("a download, the longest", f"{1000 * waits[-1]:.0f} ms"),
        ("processor time of the server a phone", f"{1000 * (processor() - busy) / PHONES:.2f} ms"),
        ("memory a phone", f"{1000 * (memory() - held) / PHONES:.1f} kB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30, help="how long they draw")
    parser.add_argument(
        "--processes", type=int, default=1, help="more than one: behind Caddy, as `make serve` starts them"
    )
    parser.add_argument("--pocket", action="store_true", help="1,000 phones fetch /pocket instead")
    options = parser.parse_args()
    visitors, seconds = min(options.visitors, MOST_VISITORS), min(options.seconds, MOST_SECONDS)
    with started(options.processes) as address:
        if options.pocket:
            print(f"| {PHONES:,} phones, {AT_ONCE} at a time, {options.processes} process(es) | |\n|---|---:|")
            for what, much in downloads(address):
                print(f"| {what} | {much} |")
            return
        recording = record(address)
        print(f"messages a stroke: {[len(each) for each in recording.strokes]}", flush=True)
        stroke, opening = alone(address, recording, 60)
        at_first = memory()
        found = asyncio.run(room(address, recording, visitors, seconds))
        then = memory()
        print(f"| {visitors} visitors, {options.processes} process(es) | |\n|---|---:|")
        for what, much in summary(found, stroke, opening):
            print(f"| {what} | {much} |")
        print(f"| memory a visitor | {(then - at_first) / visitors:.2f} MB |", flush=True)
        time.sleep(FORGOTTEN)
        print(f"| memory before; left {FORGOTTEN} s after all have gone | {at_first:.0f}; {memory():.0f} MB |")
        if found.failed:
            print(f"{len(found.failed)} visitors failed, the first by {found.failed[0]}")


if __name__ == "__main__":
    main()
