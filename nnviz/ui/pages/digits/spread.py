"""The map: all digits as points by their activations in a layer, the drawing among them, and those nearest to it."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from nnviz.figures.style import CLASSES
from nnviz.network import IMAGE_SHAPE, Network
from nnviz.preparation import MNIST
from nnviz.sentences import literal
from nnviz.study import confusion, plane
from nnviz.ui.kit import answer
from nnviz.ui.live import live
from nnviz.ui.pages.digits import chosen, gallery
from nnviz.ui.pages.digits import pool as pools
from nnviz.ui.pages.digits.packed import packed
from nnviz.ui.pages.digits.pool import Pool
from nnviz.ui.session import data, inputs, state

NEAREST = 10
REACH = 30_000  # how far the farthest point of a layer is, in the int16 that go to the browser
MOST_BYTES = 4_500_000  # of pictures: what server.maxMessageSize leaves room for
COLOURED = ("label", "answer")
_component = st.components.v2.component(
    "nnviz_map",
    html="""<div class="steps"><fieldset data-layers><legend>Layer</legend></fieldset>
        <button type="button" data-play></button>
        <fieldset data-by><legend>Colours</legend></fieldset>
        </div><p></p>
        <div class="plot" role="application" tabindex="0"><canvas></canvas><canvas></canvas>
        <figure hidden><canvas width="28" height="28"></canvas><figcaption></figcaption></figure></div>
        <output aria-live="polite"></output>""",
    css=(Path(__file__).parent / "shadow" / "spread.css").read_text(encoding="utf-8"),
    js=live.script("../pages/digits/spread.js"),
)


def spread(net: Network, pool: Pool) -> None:
    """Show the map beside the digits nearest to the drawing, in one layer."""
    layer = min(st.session_state["map_layer"], len(net.sizes) - 1)
    with st.container(key="around", horizontal=True, gap="medium"):
        with st.container(key="map", width="stretch", gap="small"):
            _map(net, pool, layer)
        with st.container(key="near", width=364, gap="small"):
            nearest(net, pool, layer)


def _map(net: Network, pool: Pool, layer: int) -> None:
    """Let the browser draw the points, move them from layer to layer, and have the drawing's follow the pen."""
    by = st.session_state["map_colours"]
    # Where the browser begins. It is no part of the data, which is large and travels once.
    st.html(f'<i data-map data-layer="{layer}" data-by="{by}"></i>')
    _component(
        key="spread", data=message(net, pool), default={"layer": layer, "by": by}, height="content",
        on_layer_change=lambda: _chosen(len(net.sizes)), on_by_change=_coloured,
        on_pressed_change=lambda: chosen.make_drawing(_said("pressed"), pool),
    )  # fmt: skip


def message(net: Network, pool: Pool) -> bytes:
    """Write down what spread.js reads: a header, in which `id` differs if an array does, and arrays, all little-endian.

    The labels and the answers (n,) uint8, the brightest outputs (n,) float32; of each layer where the pictures lie
    (n, 2) int16, its mean (k,) and its two axes (2, k) float32, so scaled that what they give is to be drawn; a
    visitor's own pictures, uint8.
    """
    name = st.session_state["network"]
    found, apart = pools.planes(net, pool), pools.apart(net, pool)
    header = {
        "names": [data.layer_name(name, number) for number in range(len(net.sizes))],
        "apart": [f"{100 * share:.0f}\u00a0% apart" for share in apart],
        "says": [_says(each, share) for each, share in zip(found, apart, strict=True)],
        "sizes": net.sizes,
        "classes": net.classes,
        "digits": net.classes == data.DIGITS,
        "sure": answer.tells_how_sure(net),
        "count": len(pool.labels),
        "called": pool.called,
        "colours": CLASSES,
        "reach": REACH,
        "pictures": _follows(net, pool),
        "own": pool.own,
        "shape": pool.images.shape[1:],
        "nearest": NEAREST,
        "stage": bool(st.session_state["stage"]),
    }
    brightest = pool.trace.output.max(axis=1)
    arrays = [pool.labels.astype(np.uint8), pool.answers.astype(np.uint8), brightest.astype("<f4")]
    for each in found:
        middle, scale = framed(each.points)
        points = np.rint((each.points - middle) * scale).astype("<i2")
        arrays += [points, (each.mean + middle @ each.axes).astype("<f4"), (each.axes * scale).astype("<f4")]
    if pool.own and header["pictures"]:
        arrays.append(pool.images)
    header["id"] = zlib.crc32(b"".join(array.tobytes() for array in arrays))
    return packed(header, arrays)


def framed(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the middle (2,) of the frame round points (n, 2), and what brings its farther side to `REACH`."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, REACH / (float((high - low).max()) / 2 or 1.0)


def _says(found: plane.Plane, apart: float) -> str:
    return (
        f"Of all differences between activations here, {100 * apart:.0f}\u00a0% lie between classes, the rest "
        "within one class. "
        f"The two axes drawn show {100 * found.held.sum():.0f}\u00a0% of them."
    )


def _follows(net: Network, pool: Pool) -> bool:
    """Say whether the browser can find the nearest while the pen is down: whether the pictures can get there."""
    usual = net.shape == IMAGE_SHAPE and net.preparation.place == MNIST.place
    return net.parameter_count <= live.MOST_NUMBERS and (pool.images.nbytes <= MOST_BYTES if pool.own else usual)


def _said(what: str) -> Any:
    return (st.session_state.get("spread") or {}).get(what)


def _chosen(layers: int) -> None:
    """Take over the layer that was chosen in the browser."""
    layer = _said("layer")
    if type(layer) is int and 0 <= layer < layers:
        st.session_state["map_layer"] = layer
        state.share()


def _coloured() -> None:
    """Take over by what the points were coloured in the browser."""
    if _said("by") in COLOURED:
        st.session_state["map_colours"] = _said("by")
        state.share()


def nearest(net: Network, pool: Pool, layer: int) -> None:
    """Show the digits that excite a layer most nearly as the drawing does."""
    name = data.layer_name(st.session_state["network"], layer)
    drawn = st.session_state["x"].any()
    st.markdown(f"**Nearest to my drawing**, in {name}")
    if drawn:
        mine = net.forward(inputs.present(net)).activations[layer]
        which, apart = confusion.nearest(pool.trace.activations[layer], mine, NEAREST)
        gallery.pictures(net, pool, which, key="nearest", sent=lambda: st.session_state["nearest"], apart=apart)
        votes = np.bincount(pool.labels[which], minlength=len(net.classes))
        most = literal(answer.called(int(votes.argmax()), net))
        labelled = f"{votes.max()} of these {len(which)} are labelled {most}."
    else:
        nobody = np.full(NEAREST, gallery.NOBODY)
        gallery.pictures(net, pool, nobody, key="nearest", sent=lambda: None, apart=np.zeros(NEAREST))
        labelled = "Draw a digit, and they appear."
    follows = "" if _follows(net, pool) else " They follow after each stroke, not during it."
    st.caption(f"Below each: its label, and the distance of its activations from your drawing's. {labelled}{follows}")
