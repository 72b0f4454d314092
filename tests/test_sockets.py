"""Lines on which nobody says anything, and very many of them: they are ended, and who asks is answered."""

import asyncio
import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
import uvicorn

from nnviz.web import sockets
from nnviz.web.sockets import Sockets


class Line:
    """A connection as uvicorn has them."""

    def __init__(self, every, host="10.0.0.1"):
        self.connections, self.client, self.cycle, self.ended = every, (host, 5), None, False
        self.transport = SimpleNamespace(abort=self.end)
        every.add(self)

    def end(self):
        self.ended = True
        self.connections.discard(self)


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def kept(clock):
    return Sockets(50, lambda: clock[0])


def pass_time(kept, clock, seconds):
    for _ in range(int(seconds)):
        clock[0] += 1
        kept.look()


def test_who_asks_nothing_is_cut_off_and_who_waits_for_an_answer_is_not(kept, clock):
    every = set()
    silent, busy, finished = (Line(every) for _ in range(3))
    busy.cycle, finished.cycle = SimpleNamespace(response_complete=False), SimpleNamespace(response_complete=True)
    for each in (silent, busy, finished):
        kept.take(each)
    pass_time(kept, clock, sockets.PATIENCE)
    assert not silent.ended
    pass_time(kept, clock, 2)
    assert (silent.ended, busy.ended, finished.ended) == (True, False, True)


def test_another_request_on_the_same_line_begins_the_time_anew(kept, clock):
    line = Line(set())
    kept.take(line)
    for _ in range(5):
        line.cycle = SimpleNamespace(response_complete=True)
        pass_time(kept, clock, sockets.PATIENCE)
    assert not line.ended


def test_more_than_there_may_be_are_ended_at_once(kept):
    every = set()
    lines = [Line(every, f"10.0.0.{k}") for k in range(50)]
    for each in lines:
        kept.take(each)
    late = Line(every, "10.0.1.1")
    kept.take(late)
    assert (late.ended, any(each.ended for each in lines)) == (True, False)


def test_one_address_has_its_share_but_caddy_has_all(kept, monkeypatch):
    monkeypatch.setattr(sockets, "MOST_FROM_ONE", 3)
    every = set()
    for host, ended in (("10.0.0.1", [False] * 3 + [True] * 2), ("127.0.0.1", [False] * 5), ("10.0.0.2", [False])):
        lines = [Line(every, host) for _ in ended]
        for each in lines:
            kept.take(each)
        assert [each.ended for each in lines] == ended
    for each in tuple(every):
        each.end()
    kept.look()
    again = Line(every)
    kept.take(again)
    assert not again.ended


def test_the_addresses_of_one_ipv6_household_share_one_share(kept, monkeypatch):
    monkeypatch.setattr(sockets, "MOST_FROM_ONE", 3)
    every = set()
    lines = []
    for k in range(1, 6):
        lines.append(Line(every, f"2001:db8::{k}"))
        kept.take(lines[-1])
        kept.look()
    assert [each.ended for each in lines] == [False] * 3 + [True] * 2
    other, own = Line(every, "2001:db8:0:1::1"), Line(every, "::1")
    for each in (other, own):
        kept.take(each)
    assert (other.ended, own.ended) == (False, False)


def test_a_server_with_many_silent_lines_answers_and_ends_them(monkeypatch):
    monkeypatch.setattr(sockets, "PATIENCE", 0.3)
    monkeypatch.setattr(sockets, "EVERY", 0.1)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def serve():
        async with sockets.lifespan():
            await server.serve()

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = server.servers[0].sockets[0].getsockname()
    silent = [socket.create_connection(address, 10) for _ in range(100)]
    for each in silent:
        each.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
    with socket.create_connection(address, 10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 204")
    for each in silent:
        with suppress(ConnectionResetError):
            assert each.recv(100) == b""
        each.close()
    server.should_exit = True
    thread.join(10)
