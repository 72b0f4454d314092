"""The ballot for phones, /vote, and the counts for the stage, /votes: plain pages without a session or a script.

Votes are in the memory of the process that the stage talks to. Where Caddy stands before several, the address in the
code on the screen names that process by Caddy's own cookie, `PROCESS`, and the ballot sets it, so a phone gets there.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from nnviz.web.connections import visitor
from nnviz.web.votes import ALONE, BUSY, GONE, VOTES, Question, Refused, Votes, is_voter

COOKIE = "nnviz_voter"
PROCESS = "nnviz_process"  # deploy/Caddyfile: which process a browser is led to
LARGEST = 500  # bytes of a vote
PATIENCE = 10  # seconds a vote may take to come
EVERY = 4  # seconds between two looks of a waiting phone
KEPT = 4 * 3600  # seconds a phone is known
NO_COOKIE = "Votes are counted by a cookie, and this phone has none. Allow it, and scan again."
_AT = re.compile(r"[0-9a-f]{64}")
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 30rem; padding: 1.2rem; font: 1.15rem/1.4 system-ui, sans-serif;
  color: light-dark(#0e121b, #e8ecf4); background: light-dark(#fff, #0d1117); }
h1 { font-size: 1.5rem; margin: 0 0 .4rem; }
form { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin: 1rem 0; }
p { min-height: 2.8em; } /* of two lines, so that what is pressed stays where it is */
button { font: inherit; font-size: 3rem; font-weight: 700; min-height: 8rem; border-radius: .8rem; cursor: pointer;
  border: 3px solid rgb(128 132 145); color: inherit; background: light-dark(#f3f5f9, #161b24); }
button[aria-pressed=true] { border-color: rgb(240 165 0); background: rgb(240 165 0); color: #000; }
button:focus-visible { outline: 4px solid rgb(47 129 247); }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",  # without any, browsers send a form from nowhere, and the guard refuses it
    "cache-control": "no-store",
}


class Ballot:
    """Show the question that is on, and count a vote on it."""

    def __init__(self, votes: Votes = VOTES) -> None:
        self.votes = votes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            if request.method in ("GET", "HEAD"):
                answer = self._show(request)
            elif request.method == "POST":
                answer = await self._vote(request)
            else:
                answer = PlainTextResponse("The ballot can be read and voted on, nothing else.", 405, HEADERS)
        except Refused as error:
            again = _ballot(request.query_params.get("room", "")) if error.args[0] == BUSY else ""
            answer = _page(error.args[0], "", error.status, again=again)
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    def _show(self, request: Request) -> Response:
        code, voter = request.query_params.get("room", ""), request.cookies.get(COOKIE, "")
        try:
            question = self.votes.now(code)
        except Refused:
            if elsewhere := _elsewhere(request, code):
                return elsewhere
            raise
        token = "" if is_voter(code, voter) else self._admit(request, code)
        chosen, counts = self.votes.chosen(code, question.number, token or voter) if question else ("", True)
        answer = _question(question, code, chosen, counts) if question else _wait(code)
        if token:
            _set_cookie(answer, request, COOKIE, token, KEPT)
        return answer

    def _admit(self, request: Request, code: str) -> str:
        """Give a phone a token when it comes; not again and again to one that keeps none."""
        if request.method == "HEAD":
            return ""
        if "again" in request.query_params and COOKIE not in request.cookies:
            raise Refused(NO_COOKIE, 400)
        return self.votes.admit(code, visitor(request.scope))

    async def _vote(self, request: Request) -> Response:
        form = await _form(request)
        code, number = form.get("room", ""), form.get("question", "")
        if not (number.isascii() and number.isdigit() and len(number) < 4):
            raise Refused(GONE, 400)
        voter = request.cookies.get(COOKIE, "")
        if not voter:
            raise Refused(NO_COOKIE, 400)
        self.votes.vote(code, int(number), form.get("choice", ""), voter, visitor(request.scope))
        return RedirectResponse(_ballot(code), 303, HEADERS)


class Counts:
    """Count the votes on a question, for the stage."""

    def __init__(self, votes: Votes = VOTES) -> None:
        self.votes = votes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, answer = Request(scope, receive), None
        number = request.query_params.get("question", "")
        try:
            if request.method not in ("GET", "HEAD"):
                raise Refused("The counts can only be read.", 405)
            if not (number.isascii() and number.isdigit() and len(number) < 4):
                raise Refused("The counts are asked for by a question's number.", 400)
            found = self.votes.counts(request.query_params.get("room", ""), int(number))
            answer = JSONResponse({"votes": found}, headers={"cache-control": "no-store"})
        except Refused as error:
            answer = JSONResponse({"trouble": error.args[0]}, error.status, {"cache-control": "no-store"})
        await answer(scope, receive, send)


def is_process(text: str) -> bool:
    """Say whether text may be Caddy's name of a process."""
    return _AT.fullmatch(text) is not None


def _ballot(code: str, **more: str | int) -> str:
    return f"/vote?{urlencode({'room': code, **more})}"


def _elsewhere(request: Request, code: str) -> Response | None:
    """Lead a phone that has come to the wrong process to the one that the address names, once."""
    at = request.query_params.get("at", "")
    if not is_process(at) or request.query_params.get("led") or len(code) > 40:
        return None
    answer = RedirectResponse(_ballot(code, at=at, led=1), 303, HEADERS)
    _set_cookie(answer, request, PROCESS, at)
    return answer


def _set_cookie(answer: Response, request: Request, name: str, value: str, age: int | None = None) -> None:
    """Set a cookie that is the ballot's alone: other pages stay with the process that they have."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, age, path="/vote", secure=secure, httponly=True, samesite="lax")


async def _form(request: Request) -> dict[str, str]:
    """Read a form of at most `LARGEST` bytes; `Refused` if it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused("A vote is sent by the buttons of the ballot.", 415)
    body = b""
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST:
                    raise Refused("A vote is one letter; this is more.", 413)
    except TimeoutError as error:
        raise Refused("This vote took too long to come. Press again.", 408) from error
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=5)
    except ValueError as error:
        raise Refused("This vote cannot be read. Press one of the letters.", 400) from error
    return {name: values[0] for name, values in fields.items()}


def _question(question: Question, code: str, chosen: str, counts: bool) -> HTMLResponse:
    again = _ballot(code, again=1)
    yours = "" if not chosen else f"Your vote: {chosen}." if counts else ALONE
    if not question.open:
        return _page(f"The answer is on the screen. {yours}".strip(), question.title, again=again)
    buttons = "".join(
        f'<button name="choice" value="{letter}" aria-pressed="{str(letter == chosen).lower()}">{letter}</button>'
        for letter in question.options
    )
    form = (
        f'<form method="post" action="/vote"><input type="hidden" name="room" value="{html.escape(code)}">'
        f'<input type="hidden" name="question" value="{question.number}">{buttons}</form>'
    )
    change = " You can change it until the answer is shown." if counts else ""
    said = f"{yours}{change}" if chosen else "Which one? Press it."
    return _page(said, question.title, again=again, form=form)


def _wait(code: str) -> HTMLResponse:
    return _page("Wait for the next question.", again=_ballot(code, again=1))


def _page(said: str, title: str = "", status: int = 200, again: str = "", form: str = "") -> HTMLResponse:
    """Write a page that says a sentence, and asks for the address `again` after a while, if there is one."""
    refresh = f'<meta http-equiv="refresh" content="{EVERY}; url={html.escape(again)}">' if again else ""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vote</title>{refresh}'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>{html.escape(title or 'Vote')}</h1>"
        f'<p role="status">{html.escape(said)}</p>{form}</main></body></html>',
        status,
        HEADERS,
    )


ROUTES = [Route("/vote", Ballot()), Route("/votes", Counts())]
