"""Phones that vote: browsers without a window, which ask an application directly."""

import asyncio
import html
import json
import re
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

from nnviz.web import votes
from tests import loop

ROOM = "a" * 22
CODE = votes.code_of(ROOM)
FORM = {"content-type": "application/x-www-form-urlencoded"}
_SAID = re.compile('<p role="status">(.*?)</p>')


def said(answer):
    """The sentence on a phone's page."""
    return html.unescape(_SAID.search(answer.text)[1])


class Phone:
    """A browser without a window that keeps cookies and follows what it is led to."""

    def __init__(self, app, address="10.0.0.1"):
        self.app, self.address, self.cookies, self.scheme = app, address, {}, "http"

    def get(self, path, follow=True, **query):
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path, follow=follow)

    def request(self, method, path, body=b"", headers=None, follow=True):
        """Ask; a body of None never comes."""
        parts, sent = urlsplit(path), []
        own = {"host": "localhost", "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        scope = {
            "type": "http", "method": method, "path": parts.path, "query_string": parts.query.encode(),
            "headers": [(k.encode(), v if isinstance(v, bytes) else v.encode()) for k, v in own.items()],
            "client": (self.address, 50000), "scheme": self.scheme, "server": ("localhost", 80), "root_path": "",
            "http_version": "1.1", "raw_path": parts.path.encode(),
        }  # fmt: skip

        async def receive():
            if body is None:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        loop.run(self.app(scope, receive, send))
        answer = SimpleNamespace(
            status=sent[0]["status"], headers={k.decode(): v.decode() for k, v in sent[0]["headers"]},
            text=b"".join(each.get("body", b"") for each in sent[1:]).decode(),
        )  # fmt: skip
        for name, cookie in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = cookie.value
        return self.get(answer.headers["location"]) if follow and answer.status == 303 else answer


def scan(app, address="10.0.0.1"):
    """A phone that has followed the code on the screen."""
    client = Phone(app, address)
    client.get("/vote", room=CODE)
    return client


def press(client, choice, number=8, code=CODE, headers=None):
    form = urlencode({"room": code, "question": number, "choice": choice}).encode()
    return client.request("POST", "/vote", form, {**FORM, **(headers or {})})


def counts(client, number=8):
    return json.loads(client.get("/votes", room=CODE, question=number).text)["votes"]
