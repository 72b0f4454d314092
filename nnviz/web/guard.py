"""Who may ask the server, and what browsers are told to refuse: host and origin checks, and security headers.

Plain ASGI, put before Streamlit's own by app.py. A name nobody allowed in the Host header is how a foreign page reads a
server in somebody's network (DNS rebinding): it can make a name of its own point here, but never a bare address, a name
of this machine, or one ending in ".local". So those are let in, and with them phones in the room, until
`server.allowedHosts` says which names are, and no others.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
import socket
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

REFUSED_HOST = (
    "nnviz is not served under this name. If it should be, allow it: "
    "streamlit run app.py --server.allowedHosts NAME, or STREAMLIT_SERVER_ALLOWED_HOSTS=NAME."
)
REFUSED_ORIGIN = "nnviz answers its own pages alone, and this request comes from another site's."
POLICY = "content-security-policy"
DEFAULT_PORTS = {"http": 80, "https": 443}
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Guard:
    """Refuse hosts that are not allowed and origins that are not the host's own; add the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        trouble = "" if host_allowed(host) else REFUSED_HOST
        if not trouble and not origin_allowed(headers.get("origin"), host):
            trouble = REFUSED_ORIGIN
        if not trouble:
            await self.app(_as_asked(scope, headers), receive, _with_headers(send))
        elif scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            await PlainTextResponse(trouble, 403)(scope, receive, _with_headers(send))
        else:
            await receive()  # the request to connect; closing before accepting refuses it
            await send({"type": "websocket.close", "code": 1008})


def host_allowed(host: str, names: Iterable[str] | None = None) -> bool:
    """Say whether a Host header, such as 192.168.0.7:8501, names this server.

    Loopback addresses always do: health checks come from there. Otherwise the names in Streamlit's setting
    `server.allowedHosts` do ("*.example.com" for all below example.com, "*" for any); where it is empty, bare
    addresses, localhost, this machine's own name and names ending in ".local" do. `names` stand for that setting.
    """
    name = _name(host)
    if name is None:
        return False
    address = _address(name)
    names = config.get_option("server.allowedHosts") if names is None else names
    allowed = [str(each).strip().lower().rstrip(".") for each in names]
    if allowed:
        return (address is not None and address.is_loopback) or any(_matches(name, each) for each in allowed)
    return address is not None or name in ("localhost", socket.gethostname().lower()) or name.endswith(".local")


def origin_allowed(origin: str | None, host: str) -> bool:
    """Say whether a request's Origin, which browsers send with every websocket, is the host's own; none is fine."""
    if origin is None:
        return True
    try:
        parts, asked = urlsplit(origin), urlsplit(f"//{host}")
        port = DEFAULT_PORTS.get(parts.scheme)
        return port is not None and (parts.hostname, parts.port or port) == (asked.hostname, asked.port or port)
    except ValueError:  # a port that is no number, half an IPv6 address
        return False


def _as_asked(scope: Scope, headers: Headers) -> Scope:
    """Write an allowed Origin as the Host is written: where the two differ, in :80 say, Streamlit asks the internet.

    It then wants to know this machine's address (seen in Streamlit 1.67, `is_url_from_allowed_origins`).
    """
    if (origin := headers.get("origin")) is None:
        return scope
    own = f"{urlsplit(origin).scheme}://{headers['host']}".encode("latin-1")
    return {**scope, "headers": [(name, own if name == b"origin" else value) for name, value in scope["headers"]]}


@cache
def security_headers() -> dict[str, str]:
    """Return what every answer carries.

    Scripts come from this server, from Streamlit's components, which it loads as blobs, and from the one line inside
    its page, known by its hash. Styles are written into the page by Streamlit and Plotly all the time. Nothing is
    loaded from, sent to or framed by another site.
    """
    # No WebAssembly either: Streamlit's front-end tries it when it loads, in the library it counts 64-bit integers with
    # (long.js in its protobuf script), catches the refusal and computes in JavaScript instead. Nothing is lost.
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join(_inline_hashes())}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "frame-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        POLICY: "; ".join(f"{what} {who}" for what, who in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
    }


def _inline_hashes() -> list[str]:
    """Hash the scripts inside Streamlit's page, as the policy names them."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = _INLINE.findall(page.read_text(encoding="utf-8"))
    return [f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts]


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            own = {name: headers[name] for name in (POLICY, "referrer-policy") if name in headers}  # as the page needs
            headers.update({**security_headers(), **own})
        await send(message)

    return answer


def _name(host: str) -> str | None:
    """Return the name in a Host header, without its port; None if it holds anything else."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # ValueError if that is no number
    except ValueError:
        return None
    plain = parts.netloc == host and "@" not in host and not (parts.path or parts.query or parts.fragment)
    return parts.hostname.lower().rstrip(".") if plain and parts.hostname else None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _matches(name: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return name.endswith(allowed[1:])
    return allowed in ("*", name)
