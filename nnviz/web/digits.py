"""The test digits for browsers, which count on them how many a network reads: one download, kept by the browser."""

from __future__ import annotations

import gzip
from functools import cache
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

ADDRESS = "/test-digits.bin"
KEPT = 7 * 24 * 3600  # seconds


async def answer(_: Request) -> Response:
    """Answer with a byte for each of the 10,000 labels, then 784 for each picture, row by row; deflated, 1.6 MB."""
    try:
        body = await run_in_threadpool(_once)
    except (OSError, ValueError) as error:
        return PlainTextResponse(str(error), 503)
    headers = {"content-encoding": "gzip", "cache-control": f"public, max-age={KEPT}"}
    return Response(body, media_type="application/octet-stream", headers=headers)


_lock = Lock()


def _once() -> bytes:
    """Pack them for the first who asks, while others wait: thirty at once took 550 MB."""
    with _lock:
        return _packed()


@cache
def _packed() -> bytes:
    from nnviz import mnist  # which loads NumPy: only when somebody asks

    digits = mnist.load("test")
    return gzip.compress(digits.labels.tobytes() + digits.images.tobytes(), compresslevel=6, mtime=0)
