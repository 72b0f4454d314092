"""Pictures in rows, each a button that makes it the drawing: gallery.js shows them, and turns their pages by itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from nnviz.network import IMAGE_SHAPE, Network
from nnviz.sentences import quoted
from nnviz.ui.kit import answer
from nnviz.ui.live import live
from nnviz.ui.pages.digits import chosen
from nnviz.ui.pages.digits.packed import packed
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data

NOBODY = 2**32 - 1  # the number of a picture that has yet to come
_component = st.components.v2.component(
    "nnviz_gallery",
    html="""<header><p></p><button type="button" data-back></button><button type="button" data-on></button></header>
        <div class="grid" role="group"></div>""",
    css=(Path(__file__).parent / "shadow" / "gallery.css").read_text(encoding="utf-8"),
    js=live.script("../pages/digits/gallery.js"),
)


def pictures(
    net: Network,
    pool: Pool,
    which: np.ndarray,
    *,
    key: str,
    sent: Callable[[], Any],
    apart: np.ndarray | None = None,
    each: int = 0,
    page: int = 1,
    on_turned: Callable[[], None] = lambda: None,
) -> None:
    """Show pictures of a pool in rows: label, and the answer where it is another. A press makes one the drawing.

    Parameters
    ----------
    which : int array (n,)
        Their numbers, in order; `NOBODY` for room that is left.
    key : str
        Of the widget; the style sheet knows how many stand in a row, and how large.
    sent : function
        Returns what the browser said last under this key: the number `pressed`, or to which page it `turned`.
    apart : array (n,), optional
        How far each is from the drawing: the browser shows others while the pen is down.
    each : int
        How many a page; 0 if there are no pages.
    page : int
        The page whose pictures travel with the rest.
    on_turned : function
        Called when the browser asks for another page, whose pictures it does not have.
    """
    _component(
        key=key,
        data=message(net, pool, which, key=key, apart=apart, each=each, page=page),
        height="content",
        on_pressed_change=lambda: chosen.make_drawing(sent()["pressed"], pool),
        on_turned_change=on_turned,
    )


def message(
    net: Network,
    pool: Pool,
    which: np.ndarray,
    *,
    key: str = "digits",
    apart: np.ndarray | None = None,
    each: int = 0,
    page: int = 1,
) -> bytes:
    """Write down what gallery.js reads: a header, and arrays, all little-endian.

    Of each picture its number uint32, its label and its answer uint16, its brightest output float32 and, if given, how
    far it is from the drawing float32; then the pixels of a page of them, uint8.
    """
    nobody = which == NOBODY
    held = np.where(nobody, 0, which).astype(np.int64)
    arrays = [
        which.astype("<u4"), pool.labels[held].astype("<u2"), pool.answers[held].astype("<u2"),
        pool.trace.output[held].max(axis=1).astype("<f4"),
    ]  # fmt: skip
    if apart is not None:
        arrays.append(apart.astype("<f4"))
    each = each or max(1, len(which))
    header = {
        "id": zlib.crc32(b"".join(array.tobytes() for array in arrays), zlib.crc32(f"{pool.key} {each}".encode())),
        "kind": key,
        "classes": [quoted(name, 12)[1:-1] for name in net.classes],
        "digits": net.classes == data.DIGITS,
        "called": pool.called,
        "count": len(which),
        "each": each,
        "page": page,
        "chosen": st.session_state["digit"],
        "shape": pool.images.shape[1:],
        "served": served(pool),
        "sure": answer.tells_how_sure(net),
        "apart": apart is not None,
        "stage": bool(st.session_state["stage"]),
    }
    here = slice(each * (page - 1), each * page)
    arrays.append(np.where(nobody[here, None, None], 0, pool.images[held[here]]).astype(np.uint8))
    return packed(header, arrays)


def served(pool: Pool) -> bool:
    """Say whether the browser can fetch the pictures: the test digits, not a visitor's own."""
    return not pool.own and pool.images.shape[1:] == IMAGE_SHAPE
