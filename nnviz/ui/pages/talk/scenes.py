"""The pictures of the talk: each the app's own figure of the present drawing, or of a neuron made for the occasion."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.preparation import MNIST
from nnviz.study import attribution, build, edges
from nnviz.study.surgery import Lines, strongest_lines
from nnviz.ui.kit import answer, arithmetic, compare, nonsense
from nnviz.ui.live import live
from nnviz.ui.session import data

TALL = 390  # pixels of a picture
FRAMED = 250  # of a question beside other pictures
HEARD = 60  # lines drawn into the one neuron
HOPED = (  # rows, columns and orientations of the bars that neurons made by hand look for
    (8, 13.5, 0), (14, 13.5, 0), (22, 13.5, 0), (13.5, 7, 90), (13.5, 20, 90), (8, 10, 45), (18, 17, 45), (14, 14, 135),
)  # fmt: skip
ENOUGH = -3.0  # the bias of the neurons made by hand
ASKED, DIGITS = 12, (2, 3, 7, 8)  # the neuron of `smooth` that is asked about, and the digits it is shown
LETTERS = "ABCD"
SIZES = (784, 16, 16, 10)  # the lesson's


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


@data.explained(stop=False)
def one_neuron(net: Network, trace: Trace, shown: bool) -> None:
    """Show the neuron of the first layer that some digit brightens most, whichever is examined elsewhere."""
    rise = data.rise(network())
    strongest = strongest_lines(net, trace, HEARD)
    here = np.flatnonzero(strongest[0].target == rise.neuron)
    none = Lines(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    heard = Lines(strongest[0].source[here], strongest[0].target[here], strongest[0].value[here])
    _wiring(trace, [heard, *[none] * (len(net.layers) - 1)], 2, (1, rise.neuron), TALL - 40)
    st.caption(
        f"On blank paper it is at {rise.rest:.2f}. Half of the {rise.digit}s in the test set bring it to "
        f"{rise.half:.2f} or more: draw {answer.an(rise.digit)}."
    )


def knobs(net: Network, trace: Trace, shown: bool) -> None:
    _wiring(trace, strongest_lines(net, trace, 3), step=2 * len(net.layers) + 1, height=TALL - 46)
    st.html(f'<p class="counts">{arithmetic.counts(net)}</p>')


def _wiring(
    trace: Trace, lines: list[Lines], step: int, only: tuple[int, int] | None = None, height: int = TALL
) -> None:
    meta = live.Wiring(
        step=step, out=[], by="weight", most=3, only=only, focus=HEARD, neuron=only or (1, chosen()),
        edition=st.session_state["loaded"]["edition"],
    )  # fmt: skip
    figure = figures.wiring(trace, lines, step, answer.digit(trace), only, height=height, meta=meta)
    _chart(figure, "wiring", answer.describe(trace))


def numbers(net: Network, trace: Trace, shown: bool) -> None:
    x = trace.activations[0]
    says = f"The input: 784 numbers, {int((x > 0).sum())} of them above 0, adding up to {x.sum():.2f}."
    _chart(figures.pixels(x.reshape(IMAGE_SHAPE), height=TALL), "pixels", says)


def outputs(net: Network, trace: Trace, shown: bool) -> None:
    left, right = st.columns([1, 1.4], vertical_alignment="center")
    with left:
        answer.verdict(trace)
    with right:
        answer.outputs(trace)


def layers(net: Network, trace: Trace, shown: bool) -> None:
    answer.layers(trace)


def function(net: Network, trace: Trace, shown: bool) -> None:
    left, right = st.columns([2.2, 1], vertical_alignment="center")
    with left:
        answer.layers(trace)
    with right:
        answer.verdict(trace)


def hope(net: Network, trace: Trace, shown: bool) -> None:
    detectors = np.stack([build.bar(*place) for place in HOPED])
    x = trace.activations[0]
    answers = [build.respond(each, ENOUGH, x[None]).sum(0).a for each in detectors]
    _gallery(detectors, [f"<b>{a:.2f}</b>" for a in answers], "hope", columns=4, row_height=TALL // 2)


def weights(net: Network, trace: Trace, shown: bool) -> None:
    st.button(
        "Another neuron", key="another_neuron", icon=":material/shuffle:", on_click=_another, args=(net.sizes[1],)
    )
    w, k = net.layers[0].W[chosen()], chosen()
    _map(w.reshape(IMAGE_SHAPE), float(np.abs(w).max()) or 1.0, "weight_map", f"the weights into neuron {k}", TALL - 60)


def _another(count: int) -> None:
    st.session_state["neuron"], st.session_state["layer"] = (chosen() + 1) % count, 1


def weighted_sum(net: Network, trace: Trace, shown: bool) -> None:
    w = net.layers[0].W[chosen()]
    limit = float(np.abs(w).max()) or 1.0
    terms = attribution.contributions(trace.activations[0], w)
    columns = st.columns(2)
    with columns[0]:
        st.markdown("**weights**")
        _map(w.reshape(IMAGE_SHAPE), limit, "weight_map", "weights")
    with columns[1]:
        st.markdown("**weights × input**")
        _map(terms.reshape(IMAGE_SHAPE), limit, "contributions", "weights × input")
    arithmetic.arithmetic(net, trace, 1, chosen())


def region(net: Network, trace: Trace, shown: bool) -> None:
    _ask(build.region(), 0.0, _patterns(), shown)


def surround(net: Network, trace: Trace, shown: bool) -> None:
    _ask(build.surround(), 0.0, _patterns(), shown)


def _patterns() -> np.ndarray:
    """Draw four pictures: the bar turned, a thin bar in its place, a blob over it, and the bar dark on white."""
    probes = build.probes()
    thin = edges.stripe(build.ROW, build.COLUMN, 0, build.LENGTH, 2)
    return np.stack([probes["turned"], thin, probes["blob"], probes["inverse"]])


def _ask(
    weights: np.ndarray, bias: float, images: np.ndarray, shown: bool, limit: float = 1.0, framed: bool = False
) -> None:
    """Show a neuron, unless it is `framed` in a gallery beside, and four pictures; then what it makes of each."""
    z = build.respond(weights, bias, images).z
    terms = images * weights
    most = int(z.argmax()) if shown else None
    sums = [f"{letter}: {value:z.1f}".replace("-", "−") for letter, value in zip(LETTERS, z, strict=True)]
    if framed:
        place = st.container()
    else:
        left, place = st.columns([1, 2.6], vertical_alignment="center")
        with left:
            st.markdown("**the neuron's weights**")
            _map(weights, limit, "asked", "the neuron's weights", 230)
    figure = figures.probe_row(images, sums if shown else list(LETTERS), terms if shown else None, limit, most)
    what, below = "weighted sum" if not bias else "weighted sum plus bias", "Below each picture weights × input."
    if framed and shown:
        figure.update_layout(height=FRAMED)
    else:
        below = f"{below} The letter stands before the {what}:"
    with place:
        says = f"Four pictures. Their sums: {', '.join(sums)}." if shown else "Four pictures: A, B, C and D."
        _chart(figure, "question", says)
        said = f"{below} **{LETTERS[int(z.argmax())]}** excites it most."
        st.caption(said if shown else "The answer comes with the next key.")


def squashing(net: Network, trace: Trace, shown: bool) -> None:
    z, a, b = float(trace.zs[0][chosen()]), float(trace.activations[1][chosen()]), float(net.layers[0].b[chosen()])
    _chart(figures.sigmoid(z, b, height=TALL - 130), "sigmoid", f"The sigmoid with the point z {z:.3f}, a {a:.3f}.")
    arithmetic.arithmetic(net, trace, 1, chosen())


@data.explained(stop=False)
def bias(net: Network, trace: Trace, shown: bool) -> None:
    value = 0.0 + st.slider("Bias b", -20.0, 5.0, -10.0, 0.5, key="talk_bias", persist_state="session", format="%.1f")
    weights = build.surround()
    own = float(build.respond(weights, 0.0, trace.activations[0][None]).sums[0])
    found = _digits()
    fired = build.firing(found.z + value, data.test_digits().labels)
    counted = build.histogram(found.sums, data.test_digits().labels)
    limits = (-30.0, 30.0)
    _chart(
        figures.threshold(own, value, limits, height=96),
        "talk_threshold",
        f"The sigmoid; the threshold is at {0 - value:.1f}, the drawing's sum at {own:.2f}.",
    )
    _chart(
        figures.sums_by_digit(counted.edges, counted.counts, value, fired.fires, fired.counts, limits, height=232),
        "talk_sums",
        "; ".join(f"digit {d}: fires for {n} of {fired.counts[d]}" for d, n in enumerate(fired.fires)),
    )


@st.cache_resource(show_spinner=False)
def _digits() -> build.Response:
    return build.respond(build.surround(), 0.0, data.test_x())


@data.explained(stop=False)
def plain(net: Network, trace: Trace, shown: bool) -> None:
    left, right = st.columns([1, 1.25], vertical_alignment="center")
    with left:
        _all_maps("plain")
    with right:
        _strips(("plain",), "strip", 210)
        st.caption(compare.DOTS)
    st.caption(compare.found("plain"))


@data.explained(stop=False)
def smooth(net: Network, trace: Trace, shown: bool) -> None:
    """Ask about a neuron of `smooth`; with the answer, compare its maps' scores with those of `rough`."""
    layer, digits = data.network("smooth").layers[0], data.test_digits()
    first = [int(np.flatnonzero(digits.labels == digit)[0]) for digit in DIGITS]
    left, right = st.columns([1, 1.25], vertical_alignment="center")
    with left:
        if shown:
            for name in compare.PAIR:
                _strips((name,), f"strip_{name}", 128)
        else:
            _all_maps("smooth", ASKED)
    with right:
        limit = float(np.abs(layer.W).max())
        weights, b = layer.W[ASKED].reshape(IMAGE_SHAPE), float(layer.b[ASKED])
        _ask(weights, b, digits.images[first] / 255, shown, limit, framed=True)
    if shown:
        st.caption(compare.penalty())


def _strips(names: tuple[str, ...], key: str, height: int) -> None:
    _chart(figures.strips([compare.strip(name) for name in names], height), key, compare.describe(names))


def _all_maps(name: str, framed: int | None = None) -> None:
    maps = data.maps(name, 1)
    _gallery(maps, [f"<b>{k}</b>" for k in range(len(maps))], f"maps_{name}", 4, 84, framed)


def noise(net: Network, trace: Trace, shown: bool) -> None:
    outputs(net, trace, shown)
    nonsense.choices(network())


def _gallery(
    maps: np.ndarray, captions: list[str], key: str, columns: int, row_height: int, framed: int | None = None
) -> None:
    limit = float(np.abs(maps).max()) or 1.0
    figure = figures.weight_maps(maps, captions, limit, framed, columns=columns, row_height=row_height)
    _chart(figure, key, f"{len(maps)} weight maps, blue positive, red negative, from {-limit:.2f} to {limit:.2f}.")


def _map(image: np.ndarray, limit: float, key: str, title: str, height: int = 260) -> None:
    says = f"{title.capitalize()}: {image.size} numbers from {image.min():.3f} to {image.max():.3f}."
    _chart(figures.weight_map(image, limit, title, height=height), key, says)


def _chart(figure: Any, key: str, alt: str) -> None:
    """Show a figure as high as it says, or higher where the style sheet has room: its place says how high it is."""
    height = int(figure.layout.height)
    size = "tall" if height > 300 else "middling" if height > 150 else "flat"
    with st.container(key=f"{size}_{key}", height=height, border=False):
        st.plotly_chart(figure, key=key, height="stretch", config=SHOWN, alt=alt)
