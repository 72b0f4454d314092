"""Find the Chromium that the browser tests drive; `python -m tests.browser.chromium` gets one where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--process-per-site",  # tabs of one window share what has been compiled, and open in half the time
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "Run `make test`, `python -m playwright install chromium` or, on Debian as root, `apt-get install chromium`."


class NoChromium(Exception):
    """There is no browser; the message says how to get one."""


def find() -> str:
    """Return the path of a Chromium or Chrome that starts: this machine's own, else the one Playwright downloaded.

    Raises
    ------
    NoChromium
        If there is none.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if os.path.exists(path) and _starts(path):
        return path
    raise NoChromium(f"The browser tests found no Chromium or Chrome. {HOW}")


def get() -> str:
    """Return the path of a Chromium, downloading Playwright's or installing Debian's if there is none yet.

    Raises
    ------
    NoChromium
        If neither can be had.
    """
    ways = [("Playwright's", [[sys.executable, "-m", "playwright", "install", "chromium"]])]
    if shutil.which("apt-get") and os.geteuid() == 0:
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium"]
        ways.append(("Debian's", [["apt-get", "update", "--quiet"], install]))
    for whose, commands in ways:
        try:
            return find()
        except NoChromium:
            print(f"No Chromium or Chrome found: getting {whose}.", flush=True)
        _run(commands)
    return find()


class Shared:
    """A Chromium for several processes: each connects to `address`, and has windows of its own there."""

    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as options:
            json.dump({"executablePath": find(), "args": FLAGS, "host": "127.0.0.1"}, options)
            options.flush()
            command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium"]
            self.server = subprocess.Popen(
                [*command, "--config", options.name], stdout=subprocess.PIPE, text=True, start_new_session=True
            )
            assert self.server.stdout
            self.address = self.server.stdout.readline().strip()
            assert self.address.startswith("ws://"), f"Playwright served no Chromium, but said: {self.address}"

    def end(self) -> None:
        """Close it, and wait until all that was started for it has gone."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):  # it has crashed
                os.killpg(self.server.pid, sent)  # Playwright's command has started another
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.communicate(timeout=20)  # both have what it reads from
                return


def _starts(path: str) -> bool:
    """Tell a browser from a stub that only says how to install one, and from one whose libraries are missing."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(commands: list[list[str]]) -> None:
    for command in commands:
        print("  " + " ".join(command), flush=True)
        done = subprocess.run(
            command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode:
            print(f"  That failed: {_reason(done.stdout)}", flush=True)
            return


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("Error", "E:"))), lines[-1] if lines else "no output")


if __name__ == "__main__":
    try:
        print(f"Browser tests drive {get()}.")
    except NoChromium as error:
        sys.exit(str(error))
