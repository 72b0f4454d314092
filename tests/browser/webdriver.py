"""This machine's Firefox and WebKit: whether they are here, how they start, and how they are told what to do.

Playwright drives patched builds of both, which it has to download; Debian's speak WebDriver. WebKit has a driver that
is told over HTTP. Firefox is told over a socket of its own (Marionette), by the same commands under longer names.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

PATIENCE = 40.0  # seconds
SIZE = {"width": 1280, "height": 800}  # of the window; what is around the page is part of it
PROMPT = {"pageLoadStrategy": "none"}  # answer at once: whoever listens to a page must be there before it is whole
HOW = {"Firefox": "apt-get install firefox-esr", "WebKit": "apt-get install webkit2gtk-driver xvfb"}
# What is not on this machine is behind a proxy that is not there: Firefox asks its makers for nothing.
ALONE = {"network.proxy.type": 1, "network.proxy.socks": "127.0.0.1", "network.proxy.socks_port": 9}
IN_MARIONETTE = {
    "session": "NewSession", "url": "Navigate", "execute/sync": "ExecuteScript", "actions": "PerformActions",
    "window/rect": "SetWindowRect",
}  # fmt: skip

Command = Callable[[str, dict[str, Any]], Any]


class CommandFailed(Exception):
    """A browser could not do what it was told; the message is its own."""


def missing(engine: str) -> str:
    """Say that an engine is not on this machine, and how to get it; nothing if it is."""
    found = _firefox() if engine == "Firefox" else all(_webkit())
    return "" if found else f"No {engine} here, so nothing was tried in it (on Debian, as root: {HOW[engine]})."


@contextmanager
def start(engine: str, folder: Path) -> Iterator[Command]:
    """Start an engine with one window, its files and log in the folder; end it in the end."""
    with ExitStack() as stack:
        command = (_start_firefox if engine == "Firefox" else _start_webkit)(stack, folder)
        command("window/rect", SIZE)
        yield command


def _firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def _webkit() -> tuple[str | None, str | None, str | None]:
    """Find WebKit's driver, the small browser that comes with it, and a screen that needs no screen."""
    browsers = sorted(str(path) for path in Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"))
    return shutil.which("WebKitWebDriver"), browsers[-1] if browsers else None, shutil.which("Xvfb")


def _start_firefox(stack: ExitStack, folder: Path) -> Command:
    port = _free_port()
    settings = {"marionette.port": port} | ALONE
    (folder / "user.js").write_text("".join(f"user_pref({json.dumps([*pair])[1:-1]});\n" for pair in settings.items()))
    command = [_firefox(), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    stack.enter_context(_running(command, folder))
    with _soon(lambda: socket.create_connection(("127.0.0.1", port), PATIENCE)) as connection:
        told = Marionette(stack.enter_context(connection.makefile("rwb")))
    told("session", PROMPT)
    return told


def _start_webkit(stack: ExitStack, folder: Path) -> Command:
    driver, browser, screen = _webkit()
    reads, writes = os.pipe()
    command = [screen, "-displayfd", str(writes), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    stack.enter_context(_running(command, folder, pass_fds=[writes]))
    os.close(writes)
    with open(reads) as chosen:
        display = f":{chosen.readline().strip()}"
    if display == ":":
        raise RuntimeError(f"Xvfb did not start:\n{(folder / 'log').read_text()}")
    port = _free_port()
    stack.enter_context(_running([driver, f"--port={port}"], folder, env=os.environ | {"DISPLAY": display}))
    told = Http(f"http://127.0.0.1:{port}/session")
    options = {"binary": browser, "args": ["--automation"]}
    capabilities = {"capabilities": {"alwaysMatch": {**PROMPT, "webkitgtk:browserOptions": options}}}
    told.address += "/" + _soon(lambda: told("", capabilities))["sessionId"]
    stack.callback(told, "", None, "DELETE")
    return told


class Http:
    """The commands as WebDriver's standard has them: paths below a session's address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, command: str, body: dict[str, Any] | None, method: str = "POST") -> Any:
        address = f"{self.address}/{command}".rstrip("/")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, method=method)
        # a script sent to WebKit's first page while that gives way to the next is never answered
        patience = PATIENCE / 4 if command == "execute/sync" else PATIENCE
        try:
            with self.direct.open(request, timeout=patience) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise CommandFailed(error.read().decode()) from None
        except TimeoutError:
            raise CommandFailed(f"no answer within {patience:.0f} s") from None


class Marionette:
    """The same commands as Firefox takes them: JSON with its length before it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self._read()  # its greeting

    def __call__(self, command: str, body: dict[str, Any]) -> Any:
        message = json.dumps([0, 1, f"WebDriver:{IN_MARIONETTE[command]}", body]).encode()
        self.stream.write(b"%d:%b" % (len(message), message))
        self.stream.flush()
        _, _, error, result = self._read()
        if error:
            raise CommandFailed(f"{error['error']}: {error['message']}")
        return result.get("value", result)

    def _read(self) -> Any:
        length = b""
        while (digit := self.stream.read(1)) != b":":
            if not digit:
                raise CommandFailed("Firefox is gone")
            length += digit
        return json.loads(self.stream.read(int(length)))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _soon(attempt: Callable[[], Any]) -> Any:
    """Repeat what fails because a program has only just been started."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def _running(command: list[str], folder: Path, **options: Any) -> Iterator[None]:
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
