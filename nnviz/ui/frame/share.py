"""Sharing what is on screen: the address to copy, and a code for the phones in the room."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from nnviz import served
from nnviz.ui.session import data
from nnviz.web.reach import reachable

HERE, ROOM = "This page", "For a room"  # what is shared: the page, whose every visitor the server must carry; or a file
OF_A_ROOM = (
    "Each phone gets the explorer, one file of 0.4 MB that then runs on its own: the server has nothing more to do."
)
LONGEST = 2_000  # characters; a code for more than these has cells too small for a phone in a room
_copy = st.components.v2.component(
    "nnviz_copy",
    html='<button type="button">Copy link</button><output aria-live="polite"></output>',
    css="""
        button { min-height: 2.75rem; padding: 0 1rem; font: inherit; font-weight: 600; cursor: pointer;
            color: var(--st-background-color); background: var(--st-primary-color);
            border: 0; border-radius: var(--st-base-radius); }
        button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
        output { margin-left: .75rem; }
    """,
    js=Path(__file__).with_name("copy.js").read_text(encoding="utf-8"),
)


def link() -> None:
    """Show the address of what is on screen: a button that copies it, and a code that a phone can read."""
    room = st.segmented_control("Share", (HERE, ROOM), key="share_what", default=HERE, required=True) == ROOM
    url = _pocket() if room else _page()
    _copy(key="copy_link", data={"url": url}, height="content")
    for_phones, trouble = reachable(url)
    if trouble:
        st.caption(trouble)
    elif len(for_phones) > LONGEST:
        st.caption(f"This link has {len(for_phones):,} characters, too many for a code a phone could read: copy it.")
    else:
        st.html(f'<img class="code" src="{code(for_phones)}" alt="This link as a code, to be read by a phone">')
        st.caption(
            OF_A_ROOM if room else f"Phones read this code: {urlsplit(for_phones).netloc}, with all you see now."
        )


def _page() -> str:
    parts = urlsplit(st.context.url or "")
    return urlunsplit(parts._replace(path=parts.path or "/", query=urlencode(parameters()), fragment=""))


def _pocket() -> str:
    """Return the explorer's address with what is on screen; of a network that is not in it, the drawing alone."""
    query = st.query_params.to_dict()
    known = st.session_state["network"] in (*data.LESSONS, *served.networks())
    kept = ("network", "layer", "neuron", "out", "drawing") if known else ("drawing",)
    state = urlencode([(name, text) for name, text in query.items() if name in kept])
    return f"{app(st.context.url or '')}pocket{f'#{state}' if state else ''}"


def app(url: str) -> str:
    """Return the address of the app itself from one of its pages'; none from none."""
    parts = urlsplit(url)
    base = st.get_option("server.baseUrlPath").strip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"/{base}/" if base else "/", "", "")) if parts.netloc else ""


def parameters() -> dict[str, str]:
    """Return the link's parameters that others may have: all but a stage's own room of votes."""
    return {name: text for name, text in st.query_params.to_dict().items() if name != "room"}


def code(text: str) -> str:
    """Draw text as a QR code, black on white in both themes, with the quiet zone readers need: a picture's address."""
    return segno.make(text, error="l", micro=False).png_data_uri(scale=4, border=4)
