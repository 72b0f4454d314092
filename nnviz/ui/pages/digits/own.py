"""Labelled pictures of a visitor's own, for a network that knows other classes than the ten digits."""

from __future__ import annotations

import html

import streamlit as st

from nnviz import files
from nnviz.archives import LARGEST_FILE
from nnviz.files import pictures
from nnviz.network import Network
from nnviz.sentences import listed
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data, inputs, state


def offer(net: Network) -> None:
    """Say what is missing for this network, and take pictures of its kind."""
    state.show_notes()  # there is no canvas here, which does it elsewhere
    rows, columns = net.shape
    classes = html.escape(listed(net.classes, 3))
    with st.container(key="own", width=640):
        st.html(
            '<p class="said"><b>nnviz comes with labelled pictures of the ten digits only.</b> This network reads '
            f"pictures of {rows} × {columns} as one of {len(net.classes)} classes, such as {classes}. "
            "Load some, and see where it fails.</p>"
        )
        st.file_uploader(
            "Labelled pictures (.npz)", key="pictures_file", on_change=_opened, type=["npz"],
            max_upload_size=LARGEST_FILE // 1_000_000,
        )  # fmt: skip
        st.caption(
            f"It holds **x**, the pictures as the network was taught with them, ({rows}, {columns}) each, 0 to 255 or "
            "0 to 1; and **y**, the name or number of each one's class."
        )
        st.code('numpy.savez_compressed("pictures.npz", x=pictures, y=labels)', language="python")


def using(pool: Pool) -> None:
    """Say so where they are the visitor's, who can take them away again."""
    if pool.own:
        with st.container(key="using", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.caption(f"Your own {len(pool.labels):,} pictures.", width="content")
            st.button("Take them away", icon=":material/close:", key="drop_pictures", on_click=_use, args=(None,))


def _opened() -> None:
    """Use the pictures of an uploaded file, once; say what is wrong with any other."""
    file = inputs.uploaded("pictures_file")
    if file is None or file.file_id == st.session_state["loaded_pictures"]:
        return
    st.session_state["loaded_pictures"] = file.file_id
    try:
        _use(pictures.read(file.getvalue(), data.network(st.session_state["network"])))
    except ValueError as error:
        state.note(f"{files.title(file.name) or 'The file'} was not used: {error}.")


def _use(own: pictures.Pictures | None) -> None:
    session = st.session_state
    session["own_pictures"], session["digit"], session["digits_page"] = own, None, 1
