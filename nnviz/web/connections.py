"""How many connections one visitor may hold open, so that nobody fills the server with them."""

from __future__ import annotations

import ipaddress
import os
from collections import Counter

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SETTING = "NNVIZ_CONNECTIONS"  # from one address, to one process
USUAL = 200  # a whole room behind one router
TOO_MANY = "Too many pages of nnviz are open at your address; close one and try again."


class Connections:
    """Refuse a websocket, of which each open page has one, to an address that has too many.

    The address is the visitor's own behind a proxy on this machine as well: the server believes X-Forwarded-For from
    there, and from nowhere else (uvicorn's FORWARDED_ALLOW_IPS).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.most, self.open = app, most(), Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        who = visitor(scope)
        if self.open[who] >= self.most:
            await _refuse(scope, receive, send)
            return
        self.open[who] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[who] -= 1
            if not self.open[who]:
                del self.open[who]


def most() -> int:
    """Read the setting; ValueError if it is no positive number."""
    text = os.environ.get(SETTING) or str(USUAL)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"{SETTING} is a whole number from 1 on, not {text!r}")
    return int(text)


def visitor(scope: Scope) -> str:
    """Name whom a request comes from: an IPv4 address, or the 64 bits of an IPv6 address that one household has."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the request to connect with 429 and a sentence where the server can; else close, "try again later"."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(TOO_MANY, 429, {"retry-after": "10"})(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": TOO_MANY})
