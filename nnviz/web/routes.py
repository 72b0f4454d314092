"""Routes beside Streamlit's own."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from nnviz.web import ballot, courses, digits


async def _not_here(_: Request) -> Response:
    """Answer Streamlit's page looking for its server below a sub-page's address: well-formed, but no server's answer.

    Opened at /neurons the page asks /neurons/_stcore/health and /neurons/_stcore/host-config before it asks the root.
    404 would be two errors in the browser's console; "null", where it expects an object, sends it on as well. Seen in
    Streamlit 1.67.
    """
    return PlainTextResponse("null", media_type="application/json")


ROUTES = [
    *(Route(f"/{{page}}/_stcore/{what}", _not_here, methods=["GET", "HEAD"]) for what in ("health", "host-config")),
    *courses.ROUTES,
    Route(digits.ADDRESS, digits.answer),
    *ballot.ROUTES,
]


@dataclass(frozen=True)
class _Kept:
    """A page as it goes over the wire, plain and compressed, with the headers of both."""

    plain: bytes
    packed: bytes
    headers: dict[str, str]


def handed_out(path: str, make: Callable[[], tuple[str, str]]) -> Route:
    """Hand out one HTML page, the same for everybody, without a session.

    Parameters
    ----------
    path : str
    make : function
        Gives the page and its content security policy; called once, when somebody first asks for it. OSError or
        ValueError if it cannot be made: then that is said, and tried again the next time.
    """
    kept: list[_Kept] = []
    lock = Lock()  # a whole room asks at the same moment, and it is made once

    def find() -> _Kept:
        with lock:
            if not kept:
                kept.append(_keep(*make()))
            return kept[0]

    async def answer(request: Request) -> Response:
        try:
            page = kept[0] if kept else await run_in_threadpool(find)
        except (OSError, ValueError) as error:
            return PlainTextResponse(f"This page cannot be made: {error}", 503)
        if page.headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=page.headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(page.packed, headers={**page.headers, "content-encoding": "gzip"}, media_type="text/html")
        return Response(page.plain, headers=page.headers, media_type="text/html")

    return Route(path, answer, methods=["GET", "HEAD"])


def _keep(text: str, policy: str) -> _Kept:
    plain = text.encode()
    headers = {
        "content-security-policy": f"{policy}; frame-ancestors 'self'",
        "cache-control": "no-cache",  # kept by browsers, and asked after: it may be another one after an update
        "etag": f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
        "vary": "accept-encoding",
    }
    return _Kept(plain, gzip.compress(plain, 9, mtime=0), headers)
