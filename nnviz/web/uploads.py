"""How much visitors may have uploaded at a time, so that nobody fills the server with files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from nnviz.web.connections import visitor

MOST_FILES, MOST_BYTES = 8, 40_000_000  # of one session
MOST_FROM_ONE, MOST_IN_ALL = 200_000_000, 500_000_000  # bytes of one address, and of all sessions together
TOO_MANY = "Your uploaded files are too many or too large together; take one away first."
CROWDED = "Too much is uploaded from your address at the same time; try again later."
PATIENCE = 120  # seconds a file may take
SLOW = "This upload took too long; try again."
FULL = "The server has no room for more files just now; try again later."
_PATH = "/_stcore/upload_file/"


@dataclass
class File:
    """A file that is kept, or is coming: into which session, under which name there, and how many bytes it has."""

    session: str
    name: str
    size: int


class Uploads:
    """Refuse another file where there are as many, or as much, as there may be; see also `server.maxUploadSize`.

    What is still coming counts as well: else many files that come at the same moment would all find room.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.coming = app, list[File]()
        self.homes = dict[str, str]()  # of each session that uploaded something, the address it did so from

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        where = scope["path"].partition(_PATH)[2] if scope["type"] == "http" and scope["method"] == "PUT" else ""
        if not where:
            await self.app(scope, receive, send)
            return
        session, _, name = where.partition("/")
        coming, address = File(session, name, _announced(scope)), visitor(scope)
        if trouble := self._trouble(coming, address):
            await PlainTextResponse(trouble, 413 if trouble == TOO_MANY else 503)(scope, receive, send)
            return
        self.coming.append(coming)
        self.homes[session] = address
        try:
            async with asyncio.timeout(PATIENCE):
                await self.app(scope, receive, send)
        except TimeoutError:  # nothing has been answered: a file is answered when it is whole
            await PlainTextResponse(SLOW, 408, {"connection": "close"})(scope, receive, send)
        finally:
            self.coming.remove(coming)

    def _trouble(self, new: File, address: str) -> str:
        """Say why a file is not taken, or nothing."""
        kept = [File(each, name, len(file.data)) for each, files in _kept().items() for name, file in files.items()]
        there = [each for each in kept if (each.session, each.name) != (new.session, new.name)]  # it takes that place
        there += self.coming  # all of them, those of one name too: the server holds each until it is whole
        sessions = {each.session for each in (*kept, *self.coming)}
        self.homes = {each: home for each, home in self.homes.items() if each in sessions}
        own = [each.size for each in there if each.session == new.session]
        if len(own) >= MOST_FILES or sum(own) + new.size > MOST_BYTES:
            return TOO_MANY
        if sum(each.size for each in there if self.homes.get(each.session) == address) + new.size > MOST_FROM_ONE:
            return CROWDED
        return FULL if sum(each.size for each in there) + new.size > MOST_IN_ALL else ""


def _announced(scope: Scope) -> int:
    """Say how large a request is; where it does not say so itself, as large as any may be."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else MOST_BYTES


def _kept() -> Mapping[str, Mapping[str, Any]]:
    """Return the files of each session, as Streamlit 1.67 keeps them."""
    return runtime.get_instance().uploaded_file_mgr.file_storage if runtime.exists() else {}  # type: ignore[attr-defined]
