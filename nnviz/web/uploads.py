"""How much one visitor may have uploaded at a time, so that nobody fills the server with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

MOST_FILES = 8
TOO_MANY = f"There are {MOST_FILES} uploaded files of yours already; take one away first."
_PATH = "/_stcore/upload_file/"


class Uploads:
    """Refuse another file to a session that has as many as it may; each may be `server.maxUploadSize` large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "PUT" and (where := scope["path"].partition(_PATH)[2]):
            session, _, file = where.partition("/")
            kept = _kept().get(session, {})
            if file not in kept and len(kept) >= MOST_FILES:
                await PlainTextResponse(TOO_MANY, 413)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _kept() -> Mapping[str, Mapping[str, Any]]:
    """Return the files of each session, as Streamlit 1.67 keeps them."""
    return runtime.get_instance().uploaded_file_mgr.file_storage if runtime.exists() else {}  # type: ignore[attr-defined]
