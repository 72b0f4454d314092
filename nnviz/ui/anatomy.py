"""The network taken apart: its picture, the signal on its way, neurons knocked out and nonsense fed."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from nnviz import attribution, figures, surgery
from nnviz.figures.style import SHOWN
from nnviz.network import IMAGE_SHAPE, Network, Trace
from nnviz.surgery import Lines
from nnviz.ui import answer, canvas, knobs, live, menu, neuron
from nnviz.ui.session import data, state

WAYS = {"weight": "weight", "signal": "weight × a"}
PACE = 1.1  # seconds a step of the animation
FOCUS = 40  # lines drawn into a chosen neuron of the first layer, of its 784
NONSENSE = {
    "noise": "Noise",
    "dim noise": "Dim noise",
    "letter": "Letter",
    "scribble": "Scribble",
    "blank": "Blank",
    "inverted": "Inverted",
}


def trace(net: Network) -> Trace:
    """Run the drawing through the network without the neurons knocked out."""
    return surgery.without(net, net.forward(st.session_state["x"]), st.session_state["out"])


# ---- the picture


def line_choices() -> None:
    """Choose what a line's thickness means, how many are drawn, and whether only the chosen neuron's are."""
    st.segmented_control(
        "Lines by", list(WAYS), key="lines_by", default="weight", required=True, format_func=WAYS.__getitem__,
        persist_state="session", help="The weights alone, or what passes now: weight × activation",
    )  # fmt: skip
    with st.container(key="how_many", width=116):
        st.slider(
            "Lines per neuron", 1, 30, 3, key="per_neuron", persist_state="session",
            disabled=bool(st.session_state.get("only")),
        )  # fmt: skip
    st.toggle("Only its lines", key="only", persist_state="session", help="Draw only the chosen neuron's lines")


def wiring(net: Network, trace: Trace, layer: int, chosen: int) -> None:
    """Show the network as a picture; a click chooses a neuron and shows its lines alone."""
    session = st.session_state
    step, only = _step(net), bool(session["only"])
    drawn = _lines(net, trace, layer, chosen) if only else _strongest(net, trace, session["per_neuron"])
    meta = live.Wiring(
        step=step, out=session["out"], by=session["lines_by"], most=session["per_neuron"],
        only=(layer, chosen) if only else None, focus=FOCUS, neuron=(layer, chosen),
        edition=session["loaded"]["edition"],
    )  # fmt: skip
    with st.container(key="wires"):
        st.plotly_chart(
            figures.wiring(
                trace, drawn, step, answer.digit(trace), meta["only"], set(session["out"]), meta=meta
            ),
            key="wiring", on_select=_clicked, selection_mode="points", config=SHOWN, alt=answer.describe(trace),
        )  # fmt: skip
    st.html(f'<p class="counts">{counts(net)}</p>')


def _strongest(net: Network, trace: Trace, most: int) -> list[Lines]:
    return surgery.strongest_lines(net, trace, most, st.session_state["lines_by"])


def _lines(net: Network, trace: Trace, layer: int, k: int) -> list[Lines]:
    """Choose all lines into a neuron, the strongest of very many, and all lines out of it."""
    chosen = []
    for number, lines in enumerate(_strongest(net, trace, max(net.sizes)), start=1):
        side = lines.target == k if number == layer else lines.source == k if number == layer + 1 else []
        here = np.flatnonzero(side)[: FOCUS if number == layer else None]
        chosen.append(Lines(lines.source[here], lines.target[here], lines.value[here]))
    return chosen


def _clicked() -> None:
    points = st.session_state["wiring"]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if place is not None and len(place) >= 2:
        session = st.session_state
        session["layer"], session["neuron"], session["only"] = int(place[0]), int(place[1]), True
        state.share()


def counts(net: Network) -> str:
    """Count weights and biases as a sum."""
    parts = [
        f"<b>{weights:,}</b> + {biases}<small>{data.layer_name(st.session_state['network'], number)}</small>"
        for number, (weights, biases) in enumerate(surgery.parameter_counts(net), start=1)
    ]
    return (
        f"<small>weights + biases:</small><span>{'</span>+<span>'.join(parts)}</span>= <b>{net.parameter_count:,}</b>"
        "<small>blue: positive, red and broken: negative; the thicker, the nearer to its layer's largest</small>"
    )


# ---- the signal on its way


def _end(net: Network) -> int:
    return 2 * len(net.layers) + 1


def _step(net: Network) -> int:
    step = st.session_state["step"]
    return _end(net) if step is None else min(step, _end(net))


def signal(net: Network, trace: Trace) -> None:
    """Step through the layers, and say and list what happens in each."""
    step, end = _step(net), _end(net)
    playing = _playing()
    with st.container(key="steps", horizontal=True, gap="small"):
        st.button("Start", key="first", on_click=_go, args=(0,), help="Back to the input")
        st.button("Back", key="back", shortcut="B", on_click=_go, args=(step - 1,), disabled=step == 0)
        st.button("Next", key="next", shortcut="N", on_click=_go, args=(step + 1,), disabled=step == end)
        st.button("Pause" if playing else "Play", key="play", on_click=_play, args=(net,))
    happens = f"<small>{step} of {end}</small> {_what_happens(net, trace, step)}"
    st.html(f'<p {answer.stamp()} class="step" role="status">{happens}</p>')
    if step:
        st.html(_sums(net, trace, min((step + 1) // 2, len(net.layers)), squashed=step % 2 == 0 or step == end))


def _go(step: int) -> None:
    st.session_state["step"], st.session_state["playing"] = step, False


def _play(net: Network) -> None:
    session = st.session_state
    session["playing"] = not _playing()
    if session["playing"]:
        session["ticked"] = time.monotonic()
        session["step"] = 0 if _step(net) == _end(net) else _step(net)


def pace() -> float | None:
    """Say how often the page looks again by itself: every so many seconds while the signal plays, else never."""
    st.session_state["clock"] = _playing()
    return PACE if _playing() else None


def _playing() -> bool:
    return bool(st.session_state["playing"])


def advance() -> None:
    """Take the signal one step on if it plays and it is time."""
    session = st.session_state
    if session["clock"] != _playing():
        st.rerun()  # the whole page: only that starts or ends the clock
    if not _playing() or time.monotonic() - session["ticked"] < PACE * 0.8:
        return
    net = data.network(session["network"])
    end = _end(net)
    session["step"], session["ticked"] = min(_step(net) + 1, end), time.monotonic()
    if session["step"] == end:
        session["playing"] = False
        st.rerun()  # the whole page


def _what_happens(net: Network, trace: Trace, step: int) -> str:
    if step == 0:
        return f"<b>The input.</b> {net.sizes[0]} grey values, black 0 to white 1, are the activations of layer 0."
    if step == _end(net):
        sure = answer.digit(trace)
        lost = len(st.session_state["out"])
        knocked_out = f" {lost} neuron{'s' * (lost > 1)} knocked out." * bool(lost)
        return (
            f'<b data-is="answer">The answer{"" if sure is None else f": {sure}"}.</b> '
            f'<span data-is="sentence">{answer.sentence(trace).capitalize()}.</span>{knocked_out}'
        )
    layer = (step + 1) // 2
    name = data.layer_name(st.session_state["network"], layer).capitalize()
    if step % 2:
        return (
            f"<b>{name} adds up.</b> Each of {net.sizes[layer]} neurons receives {net.sizes[layer - 1]} activations, "
            "multiplies each by its weight, and adds its bias: z. Thick blue ring: above zero; thin red: below."
        )
    return f"<b>{name} squashes.</b> Each passes on a = sigmoid(z), between 0 (black) and 1 (white)."


def _sums(net: Network, trace: Trace, layer: int, squashed: bool) -> str:
    """List each neuron's sum, bias and z, which add up as shown, and its activation once it is squashed."""
    rows = []
    for k in range(net.sizes[layer]):
        parts = attribution.take_apart(net, trace, layer, k)
        (weighted, bias), z = attribution.add_up((parts.positive + parts.negative, parts.bias), parts.z)
        passed = "out" if (layer, k) in st.session_state["out"] else f"{parts.a:.2f}"
        a = passed if squashed else ""
        cells = "".join(f"<td>{neuron.signed(value)}</td>" for value in (weighted, bias, z))
        rows.append(f"<tr><th>{k}</th>{cells}<td>{a}</td></tr>")
    head = "<tr><td></td><th>sum</th><th>+ bias</th><th>= z</th><th>a</th></tr>"
    return f'<table {answer.stamp()} class="sums">{head}{"".join(rows)}</table>'


# ---- nonsense


def nonsense() -> None:
    """Feed the network what is no digit, in one press each, and say how often noise convinces it."""
    with st.container(key="nonsense", horizontal=True, gap="small"):
        for kind, label in NONSENSE.items():
            st.button(label, key=f"feed_{kind}".replace(" ", "_"), on_click=_feed, args=(kind,))
    name = st.session_state["network"]
    st.caption(
        f"Of 2,000 pictures of noise, every pixel a random grey, {data.noise_confidence(name):.1%} get an output above "
        f"one half; dimmed to a digit's ink, {data.noise_confidence(name, dim=True):.1%}. Nobody taught it to answer "
        "“none”."
    )


def _feed(kind: str) -> None:
    x = st.session_state["x"].reshape(IMAGE_SHAPE)
    canvas.show(surgery.nonsense(np.random.default_rng(), x if x.any() else None)[kind])
    state.share()


# ---- tabs


def more(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show the open one of three tabs."""
    sections = {
        "One neuron": lambda: one_neuron(net, trace, layer, k),
        "Knock neurons out": lambda: knock_out(net, trace),
        "Turn a knob": lambda: knobs.turn(net, layer, k),
    }
    for tab, show in zip(st.tabs(list(sections), key="dismantle", on_change="rerun"), sections.values(), strict=True):
        if tab.open:
            with tab:
                show()


def one_neuron(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show a neuron's arithmetic, and the way to its weight map."""
    into, out_of = net.sizes[layer - 1], net.sizes[layer + 1] if layer < len(net.layers) else 0
    st.caption(
        f"Neuron {k} of {data.layer_name(st.session_state['network'], layer)}: {into} lines in, {out_of} out, a bias. "
        f"“Only its lines” above draws these lines alone (of 784, the {FOCUS} strongest)."
    )
    out = st.session_state["out"]
    if (layer, k) in out:
        st.caption("It is knocked out: it passes on 0, whatever its sum. These are the numbers it would have.")
        whole = net.forward(st.session_state["x"])
        trace = surgery.without(net, whole, [place for place in out if place != (layer, k)])
    neuron.arithmetic(net, trace, layer, k)
    if st.button("Its weights on the Neurons page", key="to_neurons", icon=":material/grid_view:"):
        st.switch_page(menu.ROOT / "pages" / "2_neurons.py")


def knock_out(net: Network, trace: Trace) -> None:
    """Choose neurons to lose, and show what that costs on this drawing and on all test digits."""
    name = st.session_state["network"]
    every = {
        (layer, k): f"{data.layer_name(name, layer)}, neuron {k}"
        for layer, size in enumerate(net.sizes)
        if layer
        for k in range(size)
    }
    st.multiselect(
        "Neurons knocked out: their activation is 0 for all that follow",
        list(every), key="out", persist_state="session", on_change=state.share, placeholder="Choose one or several",
        format_func=every.__getitem__,
    )  # fmt: skip
    with data.explained():
        cost = data.cost(name, tuple(sorted(st.session_state["out"])))
    before = net.forward(st.session_state["x"])
    st.markdown(
        f"This drawing: {knobs.answered(before)} with all neurons, **{knobs.answered(trace)}** now. "
        f"The 10,000 test digits: {cost.before:.2%} right with all, **{cost.after:.2%}** now: "
        f"**{knobs.points(cost.before, cost.after)}**."
    )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _by_digit(cost)
    with right:
        _ranking(name)


def _by_digit(cost: surgery.Cost) -> None:
    of = np.bincount(data.test_digits().labels, minlength=len(cost.before_by_digit))
    before, after = (np.rint(share * of).astype(int) for share in (cost.before_by_digit, cost.after_by_digit))
    columns = {"of": of, "right with all": before, "right now": after, "change": after - before}
    st.markdown("**Digit by digit: how many of the test digits it reads**")
    table = {what: [*n.tolist(), int(n.sum())] for what, n in columns.items()}
    st.dataframe(
        {"digit": [*map(str, range(len(of))), "all"]} | table,
        key="by_digit_lost", hide_index=True, width="stretch", height=422,
    )  # fmt: skip


def _ranking(name: str) -> None:
    ranking = data.ranking(name)
    (layers, ks) = zip(*(cost.neurons[0] for cost in ranking), strict=True)
    st.markdown(f"**Each of the {len(ranking)} neurons lost alone, the costliest first**")
    st.dataframe(
        {
            "layer": [data.layer_name(name, layer) for layer in layers],
            "neuron": ks,
            "right without it, %": [100 * cost.after for cost in ranking],
            "cost in points": [100 * cost.drop for cost in ranking],
        },
        key="ranking", hide_index=True, width="stretch", height=422,
        column_config={
            "right without it, %": st.column_config.NumberColumn(format="%.2f"),
            "cost in points": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
