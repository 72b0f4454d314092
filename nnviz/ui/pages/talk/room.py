"""The phones in the room: a ballot is opened by key, and follows the talk's questions."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from nnviz.ui.frame import share
from nnviz.ui.session import state
from nnviz.web import ballot, serve, votes
from nnviz.web.reach import reachable

NO_COOKIE = "This browser keeps no cookie, so phones would not find this stage: allow it, and open this page again."


def open_one() -> None:
    """Open the ballot of this stage, once; the link keeps it, so that a reload keeps the votes."""
    st.session_state["room"] = st.session_state["room"] or votes.new_room()
    state.share()


def follow(number: int, title: str, options: str, answered: bool) -> dict[str, Any]:
    """Put the step's question to the phones, or none; return what the stage shows of it."""
    room = st.session_state["room"]
    if not room:
        return {"room": "", "code": "", "address": "", "trouble": ""}
    code = votes.VOTES.ask(room, number, title, options, not answered) if options else votes.VOTES.rest(room)
    address, trouble = ("", NO_COOKIE) if _adrift() else reachable(_address(code))
    return {"room": code, "code": share.code(address) if address else "", "address": address, "trouble": trouble}


def _adrift() -> bool:
    """Say whether there are several processes, and nobody can say which of them this stage talks to."""
    alone = os.environ.get(serve.BEHIND, "1") == "1"
    return not alone and not ballot.is_process(str(st.context.cookies.get(ballot.PROCESS, "")))


def _address(code: str) -> str:
    """Return the ballot's address, which also names the process that counts, where there are several."""
    process = str(st.context.cookies.get(ballot.PROCESS, ""))
    asked = {"room": code, **({"at": process} if ballot.is_process(process) else {})}
    return urlunsplit(urlsplit(str(st.context.url or ""))._replace(path="/vote", query=urlencode(asked), fragment=""))
