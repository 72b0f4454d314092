"""Routes beside Streamlit's own."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def _not_here(_: Request) -> Response:
    """Answer Streamlit's page looking for its server below a sub-page's address: well-formed, but no server's answer.

    Opened at /neurons the page asks /neurons/_stcore/health and /neurons/_stcore/host-config before it asks the root.
    404 would be two errors in the browser's console; "null", where it expects an object, sends it on as well. Seen in
    Streamlit 1.67.
    """
    return PlainTextResponse("null", media_type="application/json")


ROUTES = [Route(f"/{{page}}/_stcore/{what}", _not_here, methods=["GET", "HEAD"]) for what in ("health", "host-config")]
