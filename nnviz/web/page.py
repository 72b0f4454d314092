"""Streamlit's page with nnviz's own style sheet in it: nothing is first drawn in another look, and then moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz.web import missing

ROOT = b'<div id="root">'  # what Streamlit draws into; other pages have none
ASKED_AS_IS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


class Page:
    """Add HTML, such as a style sheet, to Streamlit's page: behind those of its head, before what it draws.

    `more` makes it of the query in the address. What is handed out under the addresses `apart` is none of Streamlit's,
    and comes as it is, kept and compressed. Where nnviz has no page Streamlit gives its own all the same; in its place
    `missing` says so.
    """

    def __init__(self, app: ASGIApp, more: Callable[[str], str], apart: Sequence[str] = ()) -> None:
        self.app, self.more, self.apart = app, more, apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, page = dict(scope.get("headers", ())), scope["type"] == "http" and scope["method"] == "GET"
        if not page or scope.get("path") in self.apart or b"text/html" not in headers.get(b"accept", b""):
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name not in ASKED_AS_IS]
        await self.app({**scope, "headers": plain}, receive, self._added(scope, receive, send))

    def _added(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """Return a `send` that keeps a page until it is whole, and lets any other answer pass."""
        query = scope.get("query_string", b"").decode("latin-1")
        start: list[Message] = []
        body = bytearray()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                start.append(message)
            elif not start or message["type"] != "http.response.body":
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    before, found, after = bytes(body).partition(ROOT)
                    if found and scope["path"] not in missing.ADDRESSES:
                        await missing.answer(scope["path"], query)(scope, receive, send)
                        return
                    whole = before + self.more(query).encode() * bool(found) + found + after
                    headers = MutableHeaders(scope=start[0])
                    headers["content-length"] = str(len(whole))
                    del headers["etag"], headers["last-modified"]  # they are of the page without it
                    await send(start[0])
                    await send({"type": "http.response.body", "body": whole})

        return answer


def _is_page(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith("text/html")
