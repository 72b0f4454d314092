"""Which pages there are, and the frame every page opens with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from nnviz.ui.frame import kiosk, share, stage, take_home, watch
from nnviz.ui.session import state

ROOT = Path(__file__).parents[3]
ALL = (share.link, stage.choices, take_home.choices)
TOOLS = (  # what every page has: its title, icon and key, what it is for, and what it offers
    ("Share", "share", "share", "A link to what you see now, and a code for phones", (share.link,)),
    ("Stage", "present_to_all", "stage_choices", "Stage view: large type for a projector", (stage.choices,)),
    (
        "Take home", "download", "take_home", "Download the whole explorer as one file, or figures for your slides",
        (take_home.choices,),
    ),
    ("More", "more_vert", "page_more", None, ALL),
)  # fmt: skip


def pages() -> StreamlitPage:
    """Name the pages, in the order of the menu, and return the one the address asks for."""
    st.set_page_config(page_title="nnviz", page_icon=str(ROOT / "assets" / "icon.svg"), layout="wide")
    return st.navigation(
        [
            st.Page(ROOT / "pages" / "1_draw.py", title="Draw", icon=":material/draw:", default=True),
            st.Page(ROOT / "pages" / "2_neurons.py", title="Neurons", icon=":material/grid_view:"),
            st.Page(ROOT / "pages" / "3_build.py", title="Build", icon=":material/brush:"),
            st.Page(ROOT / "pages" / "4_network.py", title="Network", icon=":material/hub:"),
            st.Page(ROOT / "pages" / "7_train.py", title="Train", icon=":material/model_training:"),
            st.Page(ROOT / "pages" / "6_digits.py", title="Digits", icon=":material/fact_check:"),
            st.Page(ROOT / "pages" / "5_talk.py", title="Talk", icon=":material/co_present:"),
        ],
        position="top",
    )


def open_page(title: str, explanation: str = "", heading: Callable[[], str] | None = None) -> None:
    """Begin a page: the common look, the state from the link, a title and two sentences that explain it.

    Without them, the page has a title of its own; `heading` makes one that depends on the state.
    """
    state.start(title)
    stage.begin()
    kiosk.watch()
    watch.watch()
    with st.container(
        key="heading" if explanation else "corner", horizontal=True, vertical_alignment="bottom", gap="medium"
    ):
        if explanation:
            st.subheader(heading() if heading else title, anchor=False, width="content")
            st.caption(explanation, width="stretch")
        _tools()
    state.show_notes()


@st.fragment
def _tools() -> None:
    """Offer what every page has: sharing it, a stage, and taking it home; on a phone they are behind one button."""
    with st.container(key="page_tools", horizontal=True, gap="small", width="content", wrap=False):
        offered = {
            st.popover(title, icon=f":material/{icon}:", key=key, on_change="rerun", help=why): works
            for title, icon, key, why, works in TOOLS
        }
    opened = next((tool for tool in offered if tool.open), None)
    if opened:
        with opened:
            for work in offered[opened]:
                work()
    if stage.changed() or _closed(opened is not None):
        st.rerun()


def _closed(now_open: bool) -> bool:
    """Say whether a popover has just been closed: by a stroke, perhaps, that came in the same message.

    The browser names one fragment in a message, this one, though the message holds the drawing, too (seen in
    Streamlit 1.67).
    """
    was_open = st.session_state["popover_open"]
    st.session_state["popover_open"] = now_open
    return was_open and not now_open
