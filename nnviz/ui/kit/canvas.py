"""The canvas: what is drawn on it becomes the session's `x`; clear, undo, a test digit, eraser and pen width."""

from __future__ import annotations

import base64
import io
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit_drawable_canvas import CanvasResult, st_canvas

from nnviz import ink
from nnviz.ui.live import live
from nnviz.ui.session import data, inputs, state

INK, PAPER = "#ffffff", "#000000"
PEN, ERASER = "Pen", "Eraser"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST_PNG = 1_000_000  # bytes; the canvas's are some 10,000, and 280 x 280 pixels that do not deflate 314,000
MOST_OBJECTS = 2_000  # strokes of a drawing
WIDTHS = (6, 40)  # of the pen, canvas pixels
# A phone's one button for what is not always needed; kit.css hides it elsewhere, live/tools.js closes what it opens
MORE = '<details class="tools"><summary><i aria-hidden="true">edit</i><span>More tools</span></summary></details>'


def draw(
    layer: int = 0,
    neuron: int = 0,
    pen_tools: bool = True,
    network: str | None = None,
    on_knock: Callable[[], None] | None = None,
) -> None:
    """Show the canvas with its tools below, let the figures follow the pen, and take over a new drawing, if any.

    Parameters
    ----------
    layer, neuron : int
        The neuron examined on this page; layer 0 where none is.
    pen_tools : bool
        Whether there is room for the eraser and the pen's width.
    network : str, optional
        The network that is to follow, if it is not the one chosen.
    on_knock : function, optional
        As `live.follow_pen` calls it.
    """
    with st.container(key="board"):
        sheet(layer, neuron, pen_tools, network, on_knock)
    tools(pen_tools=pen_tools)


def sheet(
    layer: int = 0,
    neuron: int = 0,
    pen_tools: bool = True,
    network: str | None = None,
    on_knock: Callable[[], None] | None = None,
) -> None:
    """Do the same without the tools: in a fragment that a stroke reruns, while `tools` stands outside of it."""
    session = st.session_state
    state.show_notes()
    kept = False
    if session["arrived"] or not session["loaded"]:  # the canvas is made anew on each page: give it what was on it
        kept = session["taken"] is None and _keep()
        _load(session["objects"] or _as_objects(session["x"]))
        session["arrived"] = False
    eraser, width = _chosen() if pen_tools else (False, ink.PEN_WIDTH)
    result = st_canvas(
        key="ink",
        width=ink.CANVAS,
        height=ink.CANVAS,
        background_color=PAPER,
        stroke_color=PAPER if eraser else INK,
        stroke_width=width,
        initial_drawing=session["loaded"],
        return_image_data=True,
        update_streamlit=not kept and _echoes(),
    )
    name = network or session["network"]
    trouble = live.follow_pen(name, _loaded_x(name), session["loaded"]["edition"], layer, neuron, on_knock)
    _take_over(result)
    state.share()
    if trouble:
        st.caption("The figures follow after each stroke, not during it.")


def _echoes() -> bool:
    """Say whether the canvas is to send what it is given, too: not where the live part sends and Python knows it."""
    return not live.stroke() or st.session_state["loaded_x"][1] is None


def _loaded_x(network: str) -> np.ndarray | None:
    """Return what was put on the canvas as the network reads it; for a network chosen since, what is there now."""
    session = st.session_state
    name, x = session["loaded_x"]
    if x is not None and name != network:
        x = inputs.present(data.network(network))
        session["loaded_x"] = network, x
    return x


def tools(fragment: str = "", pen_tools: bool = True) -> None:
    """Offer clear, undo, a test digit and the pen; a press reruns the fragment of this key, or the one it stands in.

    On a phone all but clear, which every new digit needs, are behind one button.
    """
    with st.container(key="tools"), st.container(key="actions", horizontal=True, gap="small"):
        st.button(
            "Clear", icon=":material/delete:", key="clear", help="Empty the canvas",
            on_click=partial(_then, _clear, fragment),
        )  # fmt: skip
        st.html(MORE)
        with st.container(key="more_tools", horizontal=True, gap="small"):
            _more(fragment)
            if pen_tools:
                _pen(fragment)


def _more(fragment: str) -> None:
    st.button(
        "Undo", icon=":material/undo:", key="undo", help="Take back the last stroke",
        on_click=partial(_then, _undo, fragment),
    )  # fmt: skip
    st.button(
        "Any digit", icon=":material/casino:", key="test_digit",
        help="Put a digit that somebody else wrote onto the canvas: one of MNIST's 10,000 test digits",
        on_click=partial(_then, take_test_digit, fragment),
    )  # fmt: skip


def _then(work: Callable[[], None] | None, fragment: str) -> None:
    """Do something, then have this fragment run instead of what was pressed in; none: as usual."""
    if work:
        work()
    if fragment:
        st.rerun(fragment)


def _pen(fragment: str) -> None:
    again = partial(_then, None, fragment)
    with st.container(key="pen", horizontal=True, gap="medium", vertical_alignment="center"):
        st.segmented_control(
            "Tool", [PEN, ERASER], key="tool", default=PEN, required=True, label_visibility="collapsed", on_change=again
        )
        st.slider(
            "Pen width", *WIDTHS, ink.PEN_WIDTH, key="pen_width", format="%d px wide", persist_state="session",
            label_visibility="collapsed", on_change=again,
        )  # fmt: skip


def _chosen() -> tuple[bool, int]:
    """Return whether the eraser is chosen, and how wide the pen is: the tools may be drawn after the canvas."""
    session = st.session_state
    return session.get("tool") == ERASER, session.get("pen_width", ink.PEN_WIDTH)


def _undo() -> None:
    """Take back the last stroke; the canvas then sends what is left, unless that is known here."""
    objects = st.session_state["objects"][:-1]
    if not objects:
        state.set_picture(np.zeros(ink.SIDE**2))
    elif _is_untouched_picture(objects):
        state.set_picture(_read_png(_picture_file(objects[0]), side=ink.SIDE))
    _load(objects, known=len(objects) == 0 or _is_untouched_picture(objects))


def _clear() -> None:
    state.set_picture(np.zeros(ink.SIDE**2))
    _load([])


def take_test_digit() -> None:
    """Make a digit from the test set, at random, the drawing."""
    try:
        digits = data.test_digits()
    except data.Unreadable as error:
        state.note(str(error))
        return
    show(digits.picture(int(np.random.default_rng().integers(len(digits.labels)))))


def show(x: np.ndarray) -> None:
    """Make a prepared picture the network's input, and put it on the canvas."""
    state.set_picture(x)
    _load(_as_objects(st.session_state["x"]))


def _load(objects: list[dict[str, Any]], known: bool = True) -> None:
    """Have the canvas replaced by `objects`; a new edition each time, since it loads only what differs.

    Another session's editions are others, too: it may go on with this canvas when this one's process has died.
    `known` says whether the session's drawing is what they show; else the live part reads it from the canvas.
    """
    objects = [{**shape, "imageSmoothing": False} if shape.get("type") == "Image" else shape for shape in objects]
    edition = st.session_state["loaded"].get("edition", random.randrange(2**31)) + 1
    st.session_state["objects"] = objects
    name = st.session_state["network"]
    st.session_state["loaded_x"] = name, inputs.present(data.network(name)) if known else None
    st.session_state["loaded"] = {"edition": edition, "objects": objects}


def _as_objects(x: np.ndarray) -> list[dict[str, Any]]:
    """Describe a picture (784,) as a canvas object, ten canvas pixels to each of its own; none when blank."""
    if not x.any():
        return []
    buffer = io.BytesIO()
    Image.fromarray(np.rint(x.reshape(ink.SIDE, ink.SIDE) * 255).astype(np.uint8)).save(buffer, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    scale = ink.CANVAS / ink.SIDE
    return [
        {
            "type": "Image", "src": source, "left": 0, "top": 0, "originX": "left", "originY": "top",
            "width": ink.SIDE, "height": ink.SIDE, "scaleX": scale, "scaleY": scale, "strokeWidth": 0,
            "imageSmoothing": False, "selectable": False,
        }
    ]  # fmt: skip


def _take_over(result: CanvasResult) -> None:
    """Prepare what the canvas sent, unless it was taken over before."""
    session = st.session_state
    try:
        image, edition = result.image_bytes, session["loaded"]["edition"]
        sent = image, live.stroke()  # the same stroke may be drawn again after Clear
        if edition != session["taken"]:  # sent before the canvas was given something else: a stroke cleared at once
            session["taken"], session["sent"] = edition, sent
        if image is None or sent == session["sent"]:
            return
        drawing, objects = _read_png(image), _read_objects(result.json_data)
        session["sent"], session["objects"] = sent, objects
    except (ValueError, AttributeError, TypeError, KeyError):
        state.note("The canvas sent a drawing that cannot be read, so the one before it stays.")
        return
    if _is_untouched_picture(session["objects"]):  # a test digit or a link's is prepared already: keep it to the bit
        return
    state.set_picture(ink.normalize(drawing), drawing)


def _keep() -> bool:
    """Go on with a canvas that was drawn on before this session began: the process it was drawn with has died.

    It may hold strokes that the address does not know yet, and all of them can still be taken back one by one. What the
    browser says of it must be known before it is given anything else, so it is read where Streamlit 1.67 keeps it.
    Return whether there was one. It must not answer while this first run lasts: the fragment's run for that would have
    Streamlit leave out what the first one has not sent yet, and the widgets would lose their values.
    """
    context = get_script_run_ctx()
    try:
        states = context.session_state.get_widget_states() if context else []
        found = [json.loads(each.json_value)["drawing"] for each in states if each.id.endswith("-ink")]
        read = [(_read_png(_picture_file({"src": each["data"]})), _read_objects(each["raw"])) for each in found]
    except Exception:  # whatever a stranger's message sets off, in the JSON of other widgets, too
        return False  # the address's drawing, then
    for picture, objects in read:
        _keep_picture(picture, objects)
        st.session_state["objects"] = objects
    return len(read) > 0


def _keep_picture(drawing: np.ndarray, objects: list[dict[str, Any]]) -> None:
    """Make what is on a canvas the input; the address's, to the bit, if it shows nothing else."""
    if not _is_untouched_picture(objects):
        state.set_picture(ink.normalize(drawing), drawing)
        return
    picture = _read_png(_picture_file(objects[0]), side=ink.SIDE).reshape(-1)
    if not np.allclose(picture, st.session_state["x"], atol=1 / 255):
        state.set_picture(picture)


def _is_untouched_picture(objects: list[dict[str, Any]]) -> bool:
    return len(objects) == 1 and isinstance(objects[0], dict) and objects[0].get("type") == "Image"


def _picture_file(shape: dict[str, Any]) -> bytes:
    return base64.b64decode(str(shape.get("src", "")).rpartition(",")[2])


def _read_objects(sent: Any) -> list[dict[str, Any]]:
    """Read the canvas's description of what is on it; ValueError if that is not a list of objects, or too long.

    A picture among them must be one that `_undo` can put back.
    """
    objects = (sent or {}).get("objects", [])
    if not isinstance(objects, list) or not all(isinstance(shape, dict) for shape in objects):
        raise ValueError("the drawing is not described as a list of objects")
    if len(objects) > MOST_OBJECTS:
        raise ValueError(f"the drawing has {len(objects):,} parts; expected at most {MOST_OBJECTS:,}")
    for shape in objects:
        if shape.get("type") == "Image":
            _read_png(_picture_file(shape), side=ink.SIDE)
    return objects


def _read_png(png: bytes, side: int = ink.CANVAS) -> np.ndarray:
    """Read a PNG as ink (side, side), 0..1; one of another size, or another kind of file, is refused undecoded.

    Its header is read twice: by the bytes before Pillow opens it, and as Pillow took it, which obeys a later one.
    """
    header = PNG_SIGNATURE + b"\0\0\0\rIHDR" + 2 * side.to_bytes(4, "big")
    if not png.startswith(header) or png.count(b"IHDR") > 1 or len(png) > LARGEST_PNG:
        raise ValueError(f"the picture is not a PNG of at most {LARGEST_PNG:,} bytes; expected {side} x {side} pixels")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if picture.size == (side, side):
                return np.asarray(picture.convert("L"), dtype=float) / 255
    except Exception as error:  # whatever a stranger's file sets off in Pillow: IndexError and AssertionError were seen
        raise ValueError("the picture is damaged") from error
    raise ValueError(f"the picture has {picture.size} pixels; expected {side} x {side}")
