"""A server, a real Chromium, its visitors' tabs, and a recorded digit for them to draw."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from nnviz import augment, ink, pen
from tests.browser import chromium
from tests.browser.visit import PATIENCE, Visit, forward

ROOT = Path(__file__).parents[2]
LAPTOP, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}


# ---- what is drawn


@cache
def clear_digit(label: int) -> pen.PenDigit:
    """Choose the first recorded digit, of writers no network has met, that `smooth` is clearly sure of.

    Every other point is left out: it is drawn in half the time.
    """
    for digit in augment.writers(held_out=True):
        if digit.label == label:
            strokes = [[*stroke[:-1:2], stroke[-1]] for stroke in digit.strokes]
            output = forward("smooth", ink.normalize(pen.render(pen.place(strokes))))[0][-1]
            if output[label] > 0.95 and np.delete(output, label).max() < 0.05:
                return pen.PenDigit(label, digit.writer, strokes)
    raise LookupError(f"no recorded {label} is read clearly")


# ---- the server


@contextmanager
def serve(log: Path, environment: dict[str, str] | None = None, script: str = "app.py") -> Iterator[str]:
    """Start nnviz on a free port, wait until it answers, and end it: yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    with log.open("w") as output:
        server = subprocess.Popen(
            command + options, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=os.environ | (environment or {})
        )
    try:
        wait_for_server(server, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for_server(server: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and server.poll() is None:
        try:
            direct.open(f"{address}/_stcore/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nnviz did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running nnviz, one for all tests."""
    with serve(tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """The address of a nnviz nobody has visited yet."""
    with serve(tmp_path / "log") as address:
        yield address


# ---- the browser


@contextmanager
def start_browser(shared: str = "") -> Iterator[Browser]:
    """Start a Chromium, or connect to one that several processes share."""
    with sync_playwright() as playwright:
        if shared:
            browser = playwright.chromium.connect(shared)
        else:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    with start_browser(getattr(request.config, "workerinput", {}).get("chromium", "")) as browser:
        yield browser


@pytest.fixture(scope="session")
def window(browser: Browser, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """Give the browser window with these options, the same one whenever they are asked for: `window(has_touch=True)`.

    Its tabs share what the browser has loaded and compiled, so all but the first open in half the time. One that stays
    open keeps that; cookies stay, too: who needs a browser nobody has used makes a context of their own.
    """
    windows: dict[str, BrowserContext] = {}

    def find(**options: Any) -> BrowserContext:
        options = {"viewport": LAPTOP, "color_scheme": "dark", **options}
        name = repr(sorted(options.items()))
        if name not in windows:
            windows[name] = browser.new_context(**options)
            windows[name].new_page().goto(f"{server}/_stcore/health")
        return windows[name]

    yield find
    for context in windows.values():
        context.close()


@pytest.fixture(scope="session")
def laptop(window: Callable[..., BrowserContext]) -> BrowserContext:
    """A window of a projector's size."""
    return window()


@pytest.fixture
def visit(laptop: BrowserContext, server: str) -> Iterator[Visit]:
    """A new tab; the test fails if anything goes wrong in it unseen."""
    visit = Visit(laptop.new_page(), server)
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture(scope="module")
def tab(laptop: BrowserContext, server: str) -> Iterator[Visit]:
    """One tab for all tests of a module, since opening a page takes seconds."""
    visit = Visit(laptop.new_page(), server)
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture
def visit_with(window: Callable[..., BrowserContext], server: str) -> Iterator[Callable[..., Visit]]:
    """Make a visitor with another window than `laptop`'s: `visit_with(viewport=..., has_touch=...)`."""
    visits = []

    def make(address: str = server, **options: Any) -> Visit:
        visits.append(Visit(window(**{"color_scheme": "light", **options}).new_page(), address))
        return visits[-1]

    yield make
    for visit in visits:
        visit.page.close()
    assert [trouble for visit in visits for trouble in visit.trouble] == []
