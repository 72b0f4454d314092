"""nnviz for a room: Caddy before two processes. One is killed under a visitor, who goes on with the other."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import BrowserContext
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from nnviz import ink
from tests.browser.conftest import ROOT, clear_digit
from tests.browser.visit import PATIENCE, Visit

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks at processes as Linux shows them"
)
STROKE, ANOTHER, THIRD = [(60, 60), (200, 60)], [(60, 60), (80, 220)], [(60, 220), (220, 220)]
BROKEN_OFF = ("WebSocket connection", "net::ERR_", "when disconnected from server")  # what a browser may say of it
BACK = 20.0  # seconds a page may take to be back on a busy machine; it takes one or two


class Room:
    """A started `make serve`, and its processes as the system shows them."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.address, self.log = f"http://127.0.0.1:{self.port}", folder / "log"
        self.environment = os.environ | {
            "PORT": str(self.port), "PROCESSES": "2", "NNVIZ_ADDRESS": "127.0.0.1", "XDG_DATA_HOME": str(folder),
            "NNVIZ_CONNECTIONS": "5", "NNVIZ_PHONES": "127.0.0.1",
        }  # fmt: skip
        with self.log.open("w") as output:
            command = [sys.executable, "-m", "nnviz.web.serve"]
            self.supervisor = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            self.wait_for("2 processes answer")
        except AssertionError:
            self.end()
            raise

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.log.read_text():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.supervisor.poll() is None, self.log.read_text()
            time.sleep(0.1)

    def children(self) -> dict[int, str]:
        """Return the processes the supervisor has started: their numbers, and how they were called."""
        number = self.supervisor.pid
        found = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        return {int(each): Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode() for each in found}

    def processes(self) -> dict[int, int]:
        """Return the Streamlit processes by their ports."""
        return {
            int(call.split("--server.port ")[1].split()[0]): number
            for number, call in self.children().items()
            if "--server.port " in call
        }

    def serves(self, visit: Visit) -> int:
        """Return the port that a visitor's cookie leads to: Caddy keys it with a secret that only it is told."""
        (caddy,) = [number for number, call in self.children().items() if "Caddyfile" in call]
        variables = Path(f"/proc/{caddy}/environ").read_text().split("\0")
        (secret,) = [each.partition("=")[2] for each in variables if each.startswith("NNVIZ_COOKIE_SECRET=")]
        (cookie,) = [each["value"] for each in visit.page.context.cookies() if each["name"] == "nnviz_process"]
        (port,) = [
            port
            for port in self.processes()
            if hmac.new(secret.encode(), f"127.0.0.1:{port}".encode(), hashlib.sha256).hexdigest() == cookie
        ]
        return port

    def kill_who_serves(self, visit: Visit) -> int:
        number = self.processes()[self.serves(visit)]
        os.kill(number, signal.SIGKILL)
        return number

    def end(self) -> None:
        if self.supervisor.poll() is None:
            for _ in range(2):  # the second signal spares the visitors' time
                self.supervisor.terminate()
                time.sleep(0.5)
        self.supervisor.wait(30)


def ask(port: int, path: str = "/_stcore/health", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request to this machine; return status, headers and body, or status 0 where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    except ConnectionRefusedError:
        return 0, {}, b""
    finally:
        connection.close()


def connect(port: int, **headers: str) -> tuple[socket.socket, bytes]:
    """Open a websocket by hand; return it, and the first line of the answer."""
    wanted = {
        "Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": "bm52aXogZm9yIGEgcm9vbQ==", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit", **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    lines = ["GET /_stcore/stream HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items()), "", ""]
    line = socket.create_connection(("127.0.0.1", port), PATIENCE)
    line.sendall("\r\n".join(lines).encode())
    return line, line.recv(4096).split(b"\r\n")[0]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = Room(tmp_path_factory.mktemp("room"))
    yield room
    room.end()


@pytest.fixture
def visit(laptop: BrowserContext, room: Room) -> Iterator[Visit]:
    """A visitor of the room; a connection that breaks off and is made again is no trouble here, all else is."""
    visit = Visit(laptop.new_page(), room.address)
    yield visit
    visit.page.close()
    laptop.clear_cookies()  # which process they are led to
    assert [trouble for trouble in visit.trouble if not any(words in trouble for words in BROKEN_OFF)] == []


@pytest.fixture
def fresh_room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.end()


def kill_and_wait(room: Room, visit: Visit, meanwhile: Any = ()) -> None:
    """Kill the process that serves a visitor, draw `meanwhile`, wait until the other has run the whole page."""
    received: list[bytes] = []
    visit.page.on("websocket", lambda line: line.on("framereceived", lambda frame: received.append(frame)))
    began, lost = time.monotonic(), room.kill_who_serves(visit)  # its number: the next one may listen at its port
    visit.scribble(meanwhile)

    def the_other_has_answered():
        assert "script_finished" in [ForwardMsg.FromString(each).WhichOneof("type") for each in received]

    visit.eventually(the_other_has_answered, BACK)
    visit.settled()
    print(f"back after {time.monotonic() - began:.1f} s")  # seen with pytest -s
    assert room.processes()[room.serves(visit)] != lost


def test_a_visitor_whose_process_is_killed_goes_on_with_the_other_one(room, visit):
    visit.open("/?network=plain&layer=2&neuron=5").draw([STROKE, ANOTHER])
    drawn, address, layers = visit.pixels(), visit.parameters(), visit.layers()
    assert (address["network"], address["layer"], address["neuron"]) == ("plain", "2", "5")
    before = room.processes()
    kill_and_wait(room, visit)
    visit.taken_over()
    np.testing.assert_array_equal(visit.pixels(), drawn)
    assert visit.parameters() == address
    for shown, expected in zip(visit.layers(), layers, strict=True):
        np.testing.assert_allclose(shown, expected, atol=1e-6)

    visit.draw([THIRD])
    assert (visit.pixels() >= drawn - 1e-9).all()
    assert visit.pixels().sum() > drawn.sum() * 1.2
    visit.answers("plain")
    visit.press("Undo")  # the last stroke alone: the strokes have survived, not just their picture

    def as_before():
        np.testing.assert_array_equal(visit.pixels(), drawn)
        assert visit.parameters() == address

    visit.eventually(as_before)

    def two_again():
        after = room.processes()
        assert set(after) == set(before)
        assert len(set(after.values()) - set(before.values())) == 1
        assert all(ask(port)[0] == 200 for port in after)

    visit.eventually(two_again, PATIENCE)


def test_a_stroke_drawn_while_nobody_answers_is_not_lost(room, visit):
    visit.open("/?network=plain").draw([STROKE])
    before = visit.pixels().sum()
    kill_and_wait(room, visit, meanwhile=[ANOTHER])
    visit.taken_over().answers("plain")
    assert visit.pixels().sum() > before * 1.5


def test_a_page_that_was_only_looked_at_is_run_by_the_other_process_too(room, visit):
    visit.open("/").draw(clear_digit(3).strokes)
    link, picture = visit.page.url, visit.picture_in_address()
    visit.page.goto("about:blank")
    visit.open(link)
    kill_and_wait(room, visit)
    np.testing.assert_array_equal(visit.picture_in_address(), picture)
    np.testing.assert_allclose(visit.input(), picture, atol=1e-6)
    before = visit.pixels()
    visit.draw([THIRD])
    assert (visit.pixels() >= before - 1e-9).all()
    assert visit.pixels().sum() > before.sum()
    np.testing.assert_allclose(visit.input(), ink.normalize(visit.pixels()), atol=1e-6)


def test_a_chosen_neuron_survives_on_its_page_too(room, visit):
    visit.open("/neurons?network=rough&layer=2&neuron=5")
    kill_and_wait(room, visit)
    assert visit.parameters() == {"network": "rough", "layer": "2", "neuron": "5"}
    visit.choose("network", "smooth")
    visit.eventually(lambda: _equal(visit.parameters(), {"layer": "2", "neuron": "5"}))
    assert visit.exceptions() == []


def votes(address: str, choice: str) -> str:
    """Vote as a phone does that has followed the code; return what it reads then."""
    jar = http.cookiejar.CookieJar()
    phone = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({}))
    page = phone.open(address).read().decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page)) | {"choice": choice}
    return phone.open(address.partition("?")[0], urlencode(fields).encode()).read().decode()


def test_every_phones_vote_reaches_the_process_that_the_stage_talks_to(room, visit):
    visit.open("/talk?step=8&stage=1")
    visit.page.locator(".painted[data-step='8']").wait_for()
    visit.page.keyboard.press("v")
    visit.page.wait_for_function("() => window.nnvizTalk?.told?.address")
    address = visit.page.evaluate("window.nnvizTalk.told.address")
    assert address.startswith(f"{room.address}/vote?room=")
    for choice in "ABBDDD":  # Caddy deals phones out among the processes
        assert f"Your vote: {choice}." in votes(address, choice)

    def counted():
        assert visit.page.evaluate("window.nnvizTalk?.votes") == {"A": 1, "B": 2, "C": 0, "D": 3}

    visit.eventually(counted)


def _equal(found, expected):
    assert found == expected


def test_only_caddy_can_be_reached_from_outside(room):
    with Path("/proc/net/tcp").open() as table, Path("/proc/net/tcp6").open() as table6:
        rows = [line.split() for lines in (table, table6) for line in lines.readlines()[1:]]
    ports = {f"{port:04X}" for port in room.processes()}
    listening = [row[1].split(":") for row in rows if row[3] == "0A"]
    assert {address for address, port in listening if port in ports} == {"0100007F"}  # 127.0.0.1
    assert ports <= {port for _, port in listening}


def test_the_guard_sees_the_name_that_was_asked_for(room):
    status, headers, body = ask(room.port, "/", host="evil.example")
    assert status == 403
    assert b"not served under this name" in body
    assert "content-security-policy" in headers
    assert ask(room.port, "/", host="stage.local")[0] == 200


def test_an_address_holds_so_many_connections_whatever_it_says_it_is(room):
    port = next(iter(room.processes()))
    direct = [connect(port, X_Forwarded_For="198.51.100.1") for _ in range(6)]
    other = connect(port, X_Forwarded_For="198.51.100.2")
    forged = [connect(room.port, X_Forwarded_For=f"198.51.100.{n}") for n in range(11)]  # two processes, five each
    for line, _ in [*direct, other, *forged]:
        line.close()
    assert [answer.split()[1] for _, answer in direct] == [b"101"] * 5 + [b"429"]
    assert other[1].split()[1] == b"101"
    assert [answer.split()[1] for _, answer in forged].count(b"429") >= 1


def test_told_to_end_it_lets_who_is_there_finish_and_ends_everything(fresh_room, laptop):
    room = fresh_room
    visit = Visit(laptop.new_page(), room.address).open("/")
    children = room.children()
    assert len(children) == 3
    room.supervisor.terminate()
    room.wait_for("to finish")
    visit.draw([STROKE])
    visit.answers("smooth")
    status, headers, body = ask(room.port, "/")
    assert (status, headers["retry-after"]) == (503, "5")
    assert b"tries again by itself" in body
    visit.page.close()
    laptop.clear_cookies()
    assert room.supervisor.wait(30) == 0
    assert [number for number in children if alive(number)] == []


def test_killed_itself_it_leaves_no_process_behind(fresh_room):
    children = fresh_room.children()
    assert len(children) == 3
    fresh_room.supervisor.kill()
    fresh_room.supervisor.wait()
    deadline = time.monotonic() + PATIENCE
    while left := [number for number in children if alive(number)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def alive(number: int) -> bool:
    """Say whether a process is there and not merely waiting to be counted."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
