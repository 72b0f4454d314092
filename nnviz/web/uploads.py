"""How much one visitor may have uploaded at a time, so that nobody fills the server with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

MOST_FILES, MOST_BYTES = 8, 40_000_000
TOO_MANY = "Your uploaded files are too many or too large together; take one away first."
_PATH = "/_stcore/upload_file/"


class Uploads:
    """Refuse another file to a session that has as many, or as much, as it may; see also `server.maxUploadSize`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "PUT" and (where := scope["path"].partition(_PATH)[2]):
            session, _, file = where.partition("/")
            kept = {name: each for name, each in _kept().get(session, {}).items() if name != file}
            if len(kept) >= MOST_FILES or sum(map(_size, kept.values())) + _announced(scope) > MOST_BYTES:
                await PlainTextResponse(TOO_MANY, 413)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _announced(scope: Scope) -> int:
    """Say how large a request is; where it does not say so itself, as large as any may be."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else MOST_BYTES


def _size(file: Any) -> int:
    return len(file.data)


def _kept() -> Mapping[str, Mapping[str, Any]]:
    """Return the files of each session, as Streamlit 1.67 keeps them."""
    return runtime.get_instance().uploaded_file_mgr.file_storage if runtime.exists() else {}  # type: ignore[attr-defined]
