"""How many connections an address may hold open: a room behind one router has enough, one visitor cannot take all."""

import asyncio

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from nnviz.web import connections
from tests import loop

HTTP = {"websocket.http.response": {}}  # the server can answer a request to connect


class Visitors:
    """Websockets through `Connections`, held open until they are told to go."""

    def __init__(self, limit, monkeypatch):
        monkeypatch.setenv(connections.SETTING, str(limit))
        self.reached, self.going = 0, asyncio.Event()
        self.counted = ProxyHeadersMiddleware(
            connections.Connections(self.app)
        )  # as uvicorn puts it before every application

    async def app(self, scope, receive, send):
        self.reached += 1
        await self.going.wait()

    async def connect(self, address="192.0.2.1", extensions=HTTP, kind="websocket", **headers):
        """Connect; return what was answered, which is nothing while the connection is held."""
        answered = []

        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            answered.append(message)

        scope = {"type": kind, "scheme": "ws", "client": (address, 5000), "extensions": extensions, "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ]}  # fmt: skip
        task = asyncio.create_task(self.counted(scope, receive, send))
        self.tasks = [*getattr(self, "tasks", []), task]
        await asyncio.sleep(0)
        return answered

    async def leave(self):
        self.going.set()
        await asyncio.gather(*self.tasks)
        self.going.clear()


@pytest.fixture
def in_a_room(monkeypatch):
    """Run a story with visitors of a room that allows two connections."""
    return lambda story, limit=2: loop.run(_run(story, limit, monkeypatch))


async def _run(story, limit, monkeypatch):
    visitors = Visitors(limit, monkeypatch)
    await story(visitors)
    await visitors.leave()


def test_the_third_connection_of_an_address_is_refused_with_a_sentence(in_a_room):
    async def story(visitors):
        assert [await visitors.connect() for _ in range(2)] == [[], []]
        start, body = await visitors.connect()
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 429)
        assert body["body"].decode() == connections.TOO_MANY
        assert visitors.reached == 2

    in_a_room(story)


def test_where_the_server_cannot_answer_it_is_closed_with_a_reason(in_a_room):
    async def story(visitors):
        await visitors.connect()
        (close,) = await visitors.connect(extensions={})
        assert close == {"type": "websocket.close", "code": 1013, "reason": connections.TOO_MANY}

    in_a_room(story, limit=1)


def test_who_leaves_makes_room_and_is_forgotten(in_a_room):
    async def story(visitors):
        await visitors.connect()
        await visitors.leave()
        assert not visitors.counted.app.open
        assert await visitors.connect() == []

    in_a_room(story, limit=1)


def test_pages_and_files_are_not_counted(in_a_room):
    async def story(visitors):
        for _ in range(5):
            assert await visitors.connect(kind="http") == []
        assert visitors.reached == 5

    in_a_room(story)


def test_a_proxy_on_this_machine_is_believed_about_who_asks_and_nobody_else(in_a_room):
    async def story(visitors):
        assert await visitors.connect("127.0.0.1", x_forwarded_for="198.51.100.1") == []
        assert await visitors.connect("127.0.0.1", x_forwarded_for="198.51.100.2") == []
        assert await visitors.connect("127.0.0.1", x_forwarded_for="198.51.100.2") != []
        assert await visitors.connect("192.0.2.1", x_forwarded_for="198.51.100.3") == []
        assert await visitors.connect("192.0.2.1", x_forwarded_for="198.51.100.4") != []

    in_a_room(story, limit=1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_a_household_is_one_address_of_the_old_kind_and_a_block_of_the_new(one, other, same):
    names = [connections.visitor({"client": (address, 5000)}) for address in (one, other)]
    assert (names[0] == names[1]) is same


def test_a_whole_room_behind_one_router_fits_unless_the_setting_says_otherwise(monkeypatch):
    monkeypatch.delenv(connections.SETTING, raising=False)
    assert connections.most() >= 100
    monkeypatch.setenv(connections.SETTING, "7")
    assert connections.most() == 7


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "²"])
def test_a_setting_that_is_no_number_of_connections_is_refused(text, monkeypatch):
    monkeypatch.setenv(connections.SETTING, text)
    with pytest.raises(ValueError, match=connections.SETTING):
        connections.most()
