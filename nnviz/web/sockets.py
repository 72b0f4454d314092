"""Connections of which nobody has asked anything yet: ended after a while, and bounded, so that nobody holds them all.

uvicorn waits for a request as long as somebody keeps the line open. A thousand such lines were all the files a process
usually may have open: then nobody else got in, and asyncio filled the log with some megabytes a second about it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from nnviz.web.connections import visitor

PATIENCE = 10.0  # seconds to say what one wants
EVERY = 2.0  # seconds between two looks
MOST_FROM_ONE = 1_000  # from one visitor; a room behind one router has some six for each page that is just opening
MOST_FILES = 65_536  # wanted, if the system gives them


class Sockets:
    """uvicorn's HTTP connections, as its protocol objects; those that have become websockets are none any more.

    Parameters
    ----------
    most : int
        How many there may be.
    clock : function, optional
        Returns seconds.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock = most, clock
        self._of, self._all = Counter[str](), set[Any]()
        self._visitors: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._silent: WeakKeyDictionary[Any, tuple[Any, float]] = WeakKeyDictionary()

    def take(self, connection: Any) -> None:
        """Keep a new connection in sight, or end it at once where there are too many."""
        self._all = connection.connections  # the server's own set of them
        who = self._visitors[connection] = visitor({"client": connection.client})
        if len(self._all) > self.most or (not _is_own(connection.client) and self._of[who] >= MOST_FROM_ONE):
            connection.transport.abort()
        self._of[who] += 1

    def look(self) -> None:
        """End those that have been silent for too long, and count the others."""
        now, self._of = self._clock(), Counter(self._visitors.get(each, "") for each in self._all)
        for each in tuple(self._all):
            asked, since = self._silent.get(each, (None, now))
            busy = each.cycle is not None and not each.cycle.response_complete
            if busy or asked is not each.cycle or each not in self._silent:
                self._silent[each] = each.cycle, now
            elif now - since > PATIENCE:
                each.transport.abort()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look again and again, from now on."""
        looking = asyncio.create_task(self._watch())
        yield
        looking.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self.look()


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """While the server runs, keep its connections in sight, as uvicorn 0.54 makes them."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    sockets, made = Sockets(most_files() // 2), H11Protocol.connection_made

    def connection_made(connection: Any, transport: Any) -> None:
        made(connection, transport)
        sockets.take(connection)

    H11Protocol.connection_made = connection_made  # type: ignore[method-assign,assignment]
    try:
        async with sockets.watched():
            yield
    finally:
        H11Protocol.connection_made = made  # type: ignore[method-assign]


def most_files() -> int:
    """Ask for as many open files as the system gives, each connection being one; return how many."""
    try:
        import resource

        usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
        if usual != resource.RLIM_INFINITY and usual < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        return wanted
    except (ImportError, OSError, ValueError):  # another system, or one that gives no more
        return 1_024


def _is_own(client: tuple[str, int] | None) -> bool:
    """Say whether an address is this machine's: Caddy's, and so everybody's."""
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
