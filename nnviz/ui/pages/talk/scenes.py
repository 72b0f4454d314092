"""What the talk's pictures show beside network and drawing: neurons made for the occasion, and measurements.

Each function returns JSON for one picture of pictures.js. Maps travel as `packed` does; sums and shares as numbers.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from nnviz.preparation import MNIST
from nnviz.study import build, edges, patterns, shapes
from nnviz.ui.kit import answer, compare
from nnviz.ui.session import data, measured

HEARD = 60  # lines drawn into the one neuron
HOPED = (  # rows, columns and orientations of the bars that neurons made by hand look for
    (8, 13.5, 0), (14, 13.5, 0), (22, 13.5, 0), (13.5, 7, 90), (13.5, 20, 90), (8, 10, 45), (18, 17, 45), (14, 14, 135),
)  # fmt: skip
ENOUGH = -3.0  # the bias of the neurons made by hand
ASKED, DIGITS = 5, (2, 3, 7, 8)  # the neuron of `smooth` that is asked about, and the digits it is shown
LETTERS = "ABCD"
SIZES = (784, 16, 16, 10)  # the lesson's
LAYER = 2
SHUFFLED, LEARNED = "A", "B"
REACH = 30.0  # weighted sums at the ends of the axis on which the bias is a threshold
FINEST = 32_767  # the largest int16


def network() -> str:
    """Name the network the talk is about: the one chosen, or the first, if that has not the lesson's shape.

    The choice itself stays as it is.
    """
    name = st.session_state["network"]
    net = data.network(name)
    fits = net.sizes == SIZES and all(layer.activation == "sigmoid" for layer in net.layers)
    return name if fits and net.preparation == MNIST and net.classes == data.DIGITS else data.NETWORKS[0]


def chosen() -> int:
    """Return the neuron of the first layer that the talk is about: the one examined, if it is of that layer."""
    neuron = int(st.session_state["neuron"])
    return neuron if st.session_state["layer"] == 1 and neuron < SIZES[1] else 0


def packed(maps: np.ndarray) -> dict[str, Any]:
    """Write maps (n, rows, columns), or (n, pixels), as int16 times a unit, in base64.

    A painted neuron's weights are thousandths, and stay exact; others keep their sign and 15 bits.
    """
    flat = np.asarray(maps, float).reshape(len(maps), -1)
    thousandths = np.rint(flat * build.STEPS)
    exact = np.abs(thousandths).max(initial=0) <= FINEST and np.allclose(thousandths / build.STEPS, flat, atol=1e-7)
    unit = 1 / build.STEPS if exact else float(np.abs(flat).max()) / FINEST
    levels = np.rint(flat / unit).astype("<i2")
    return {"unit": unit, "count": len(flat), "levels": base64.b64encode(levels.tobytes()).decode()}


def one_neuron() -> dict[str, Any]:
    """Name the neuron of the first layer that some digit brightens most, whichever is examined elsewhere."""
    rise = measured.rise(network())
    return {
        "neuron": rise.neuron, "rest": rise.rest, "half": rise.half, "heard": HEARD, "digit": answer.an(rise.digit),
        "digits": f"{rise.digit}s",
    }  # fmt: skip


@cache
def hope() -> dict[str, Any]:
    return {"maps": packed(np.stack([build.bar(*place) for place in HOPED])), "bias": ENOUGH}


def region() -> dict[str, Any]:
    return _question(build.region(), 0.0, four_pictures())


def surround() -> dict[str, Any]:
    return _question(build.surround(), 0.0, four_pictures())


def four_pictures() -> np.ndarray:
    """Draw four pictures: the bar turned, a thin bar in its place, a blob over it, and the bar dark on white."""
    probes = build.probes()
    thin = edges.stripe(build.ROW, build.COLUMN, 0, build.LENGTH, 2)
    return np.stack([probes["turned"], thin, probes["blob"], probes["inverse"]])


def _question(weights: np.ndarray, bias: float, pictures: np.ndarray, called: str = "the neuron") -> dict[str, Any]:
    """Show a neuron and four pictures, and what it makes of each."""
    z = build.respond(weights, bias, pictures).z
    return {
        "weights": packed(weights[None]), "pictures": packed(pictures), "sums": z.tolist(), "best": int(z.argmax()),
        "called": called, "plus": "sum + bias" if bias else "sum",
    }  # fmt: skip


def smooth() -> dict[str, Any]:
    """Ask about a neuron of `smooth`; the strips compare its maps' scores with those of `rough`."""
    layer, digits = data.network("smooth").layers[0], data.test_digits()
    first = [int(np.flatnonzero(digits.labels == digit)[0]) for digit in DIGITS]
    weights, b = layer.W[ASKED].reshape(28, 28), float(layer.b[ASKED])
    asked = _question(weights, b, digits.images[first] / 255, f"neuron {ASKED} of smooth")
    return {**asked, "strips": [strip(name) for name in compare.PAIR]}


def plain() -> dict[str, Any]:
    return {"maps": packed(measured.maps("plain", 1)), "strips": [strip("plain")]}


def strip(name: str) -> dict[str, Any]:
    """Write down what a network's maps reach beside their noise, the least explained first."""
    own = compare.strip(name)
    order = np.argsort(own.explained, kind="stable")
    return {
        "name": name, "median": float(np.median(own.explained)), "noise": float(np.median(own.half)),
        "explained": own.explained[order].tolist(), "half": own.half[order].tolist(), "most": own.most[order].tolist(),
        "ahead": own.ahead[order].tolist(), "neurons": order.tolist(),
    }  # fmt: skip


def bias() -> dict[str, Any]:
    """Count the weighted sums of the neuron with the negative surround, and for how many digits it fires."""
    value, labels = threshold(), data.test_digits().labels
    found = _digits()
    counted, fired = build.histogram(found.sums, labels), build.firing(found.z + value, labels)
    return {
        "bias": value, "reach": REACH, "edges": counted.edges.tolist(), "bins": counted.counts.tolist(),
        "counts": fired.counts.tolist(), "fires": fired.fires.tolist(),
    }  # fmt: skip


def threshold() -> float:
    """Return the bias that is set by the slider of its step."""
    return 0.0 + float(st.session_state.get("talk_bias", -10.0))


@st.cache_resource(show_spinner=False)
def _digits() -> build.Response:
    return build.respond(build.surround(), 0.0, data.test_x())


def told_apart() -> str:
    """Name the network whose second layer was measured; a visitor's own would take too long for a talk."""
    return network() if measured.kept_separation(network()) else data.NETWORKS[0]


def together() -> dict[str, Any]:
    """Show two galleries, the shuffled and the learned, and what was measured on the learned one."""
    name = told_apart()
    maps = {"a": packed(measured.shuffled_maps(name, LAYER)), "b": packed(measured.maps(name, LAYER))}
    found = measured.kept_separation(name)
    return {**maps, "learned": LEARNED, "measured": _separation(name, found) if found else None}


def _separation(name: str, found: patterns.Separation) -> dict[str, Any]:
    return {
        "features": list(shapes.FEATURES), "own": found.own.tolist(), "single": found.single.tolist(),
        "shuffled": found.shuffled[..., [0, -1]].tolist(), "ahead": found.ahead.tolist(),
        "before": data.layer_name(name, LAYER - 1),
    }  # fmt: skip


def prepare() -> None:
    """Measure what the later steps show, so that the speaker need not wait for it."""
    for name in ("plain", *compare.PAIR):
        compare.strip(name)
        measured.accuracy(name)
