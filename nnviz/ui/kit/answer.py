"""The network's answer: the class or why there is none, and the output activations."""

from __future__ import annotations

import html
import zlib

import numpy as np
import streamlit as st

from nnviz import figures, ink
from nnviz.figures.layers import ranges
from nnviz.figures.style import SHOWN, limits, plain
from nnviz.network import SURE, Network, Trace
from nnviz.sentences import quoted
from nnviz.ui.live.words import FEW, LONGEST, MANY, SHORT


def digit(trace: Trace, net: Network | None = None) -> int | None:
    """Name the output that is the answer, whose number is the digit in the lesson's networks; None without drawing.

    Sigmoids and softmax: the only one above one half, if there is just one. Other outputs do not say how sure they
    are: the largest. What it makes of blank paper, `sentence` says. Without `net`, the outputs are ten sigmoids.
    """
    found = standing_out(trace, net)
    return found[0] if len(found) == 1 and not is_blank(trace, net) else None


def standing_out(trace: Trace, net: Network | None = None) -> list[int]:
    """List the outputs above one half; of outputs that do not say how sure they are, the largest that is left."""
    if _kind(net) == "other":
        return [int(trace.prediction)] if len(trace.lost) < trace.output.size else []
    return np.flatnonzero(trace.output > SURE).tolist()


def is_blank(trace: Trace, net: Network | None = None) -> bool:
    """Say whether the network was given blank paper."""
    paper = net.preparation.scaled(np.zeros(1, np.float32))[0] if net else 0
    return bool((trace.activations[0] == paper).all())


def sentence(trace: Trace, net: Network | None = None) -> str:
    """Say what the network answers, naming the classes concerned: those that are no digits are quoted, not escaped.

    Of sigmoids it holds no other number; of a softmax, the share.
    """
    found, kind = standing_out(trace, net), _kind(net)
    best = called(int(trace.prediction), net)
    if is_blank(trace, net):
        return f"nothing drawn yet; {_of_blank_paper(found, kind, net)}"
    if kind == "other":
        return (
            "its output is the largest; outputs like these do not say how sure that is"
            if found
            else "no output is left"
        )
    if kind == "softmax":
        whole = share(float(trace.output.max()))
        return (
            f"{best} has {whole} of the total"
            if found
            else f"no output has more than half of the total; {best} has the largest share, {whole}"
        )
    if len(found) == 1:
        return "one output neuron is sure"
    if len(found) == 0:
        return f"no output neuron is sure; the brightest is {best}"
    return f"no single output neuron is sure: {_yes(found, net)}"


def _of_blank_paper(found: list[int], kind: str, net: Network | None) -> str:
    if kind == "other":
        return (
            f"for blank paper the largest output is that of {called(found[0], net)}" if found else "no output is left"
        )
    if len(found) == 1:
        name = called(found[0], net)
        return f"it takes blank paper for {an(int(name)) if name.isdecimal() else name}"
    return f"to blank paper {_yes(found, net)}" if found else "for blank paper it has no sure answer"


def _yes(found: list[int], net: Network | None) -> str:
    if len(found) > FEW:
        return f"{len(found)} outputs say yes"
    *first, last = [called(k, net) for k in found]
    return f"{', '.join(first)} and {last} {'both' if len(found) == 2 else 'all'} say yes"


def tells_how_sure(net: Network) -> bool:
    """Say whether an output above one half says anything."""
    return _kind(net) != "other"


def _kind(net: Network | None) -> str:
    """Tell outputs that say how sure they are, each alone ("sigmoid") or all together ("softmax"), from others."""
    last = net.layers[-1].activation if net else "sigmoid"
    return last if last in ("sigmoid", "softmax") else "other"


def called(k: int, net: Network | None = None) -> str:
    """Name a class inside a sentence: a digit as it is, any other name in quotation marks."""
    name = net.classes[k] if net else str(k)
    return name if len(name) == 1 and name in "0123456789" else quoted(name, LONGEST)


def share(part: float) -> str:
    """Write a share of the whole in per cent, rounded, but never to all of it, nor a little more than half to half."""
    if part >= 0.995:
        return "more than 99 %"
    return "just over 50 %" if 0.5 < part < 0.505 else f"{100 * part:.0f} %"


def an(digit: int) -> str:
    """Write a digit with its article."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def advice(drawn: np.ndarray) -> str:
    """Say what is unusual about a drawing (28, 28), merely shrunk: a mere dot, or no paper left; else nothing."""
    edges = ink.box(drawn)
    if edges is None:
        return ""
    if max(edges[1] - edges[0], edges[3] - edges[2]) <= 4:
        return "That is only a dot, and preparation blows it up to fill the box: draw a whole digit."
    if drawn.mean() > 0.6:
        return "The ink fills the canvas, so there is no shape left to read: clear it, or erase some."
    return ""


def where(image: np.ndarray) -> str:
    """Say where the ink of a picture (28, 28) is."""
    edges = ink.box(image)
    if edges is None:
        return "no ink"
    top, bottom, left, right = edges
    return f"ink in rows {top} to {bottom - 1} and columns {left} to {right - 1}, {image.sum():.0f} in all"


def describe(trace: Trace, net: Network | None = None) -> str:
    """Say in words what the figure of the layers shows."""
    order = range(trace.output.size) if trace.output.size <= MANY else np.argsort(-trace.output)[:MANY]
    said = ", ".join(f"{called(k, net)}: {trace.output[k]:.2f}" for k in order)
    largest = "Outputs" if len(order) == trace.output.size else f"The {MANY} largest outputs"
    return f"The input, the hidden layers and the output of the network. {sentence(trace, net)}. {largest} {said}."


def shown(trace: Trace, net: Network | None = None) -> None:
    """Show the answer, large, and the outputs below it: one element, which a stroke replaces in one message."""
    st.html(_verdict(trace, net) + _outputs(trace, net))


def verdict(trace: Trace, net: Network | None = None) -> None:
    """Show the answer, large."""
    st.html(_verdict(trace, net))


def outputs(trace: Trace, net: Network | None = None) -> None:
    """List the output activations as bars with their numbers; negative ones go to the left of the middle."""
    st.html(_outputs(trace, net))


def _verdict(trace: Trace, net: Network | None) -> str:
    shown = digit(trace, net)
    name = "?" if shown is None else net.classes[shown] if net else str(shown)
    hint = advice(st.session_state["drawn"])
    kinds = " name" * (len(name) > SHORT) + " blank" * is_blank(trace, net)
    return (
        f'<div class="st-key-verdict" {stamp()}>'
        f'<div class="digit{kinds}">{plain(name, LONGEST)}</div>'
        f'<p class="sentence">{html.escape(sentence(trace, net), quote=False)}</p>'
        + f'<p class="said">{hint}</p>' * bool(hint)
        + "</div>"
    )


def layers(trace: Trace, net: Network | None = None) -> None:
    """Show every layer in one figure, as high as the style sheet gives the window room for."""
    with st.container(key="layers", height=436, border=False):
        st.plotly_chart(
            figures.activations(
                trace,
                digit(trace, net),
                edition=st.session_state["loaded"]["edition"],
                type_size=24 if st.session_state["stage"] else 14,
                network=net,
            ),
            key="activations",
            height="stretch",
            config=SHOWN,
            alt=describe(trace, net),
        )


def _outputs(trace: Trace, net: Network | None) -> str:
    names = net.classes if net else tuple(map(str, range(trace.output.size)))
    low, high = limits(ranges(trace, net)[-1], trace.output)
    found, places = standing_out(trace, net), decimals(high)
    rows = "".join(
        f'<li class="{"sure" if k in found else ""}"><b>{plain(name, LONGEST)}</b>'
        f'<span><i style="transform:scaleX({a / high:.3f})"></i></span>'
        f"<code>{f'{a:z.{places}f}'.replace('-', '−')}</code></li>"
        for k, (name, a) in enumerate(zip(names, trace.output.tolist(), strict=True))
    )
    looks = {"names": max(map(len, names)) > SHORT, "many": len(names) > MANY, "signed": low < 0}
    kinds = " ".join(look for look, so in looks.items() if so)
    more = f' class="{kinds}"' * bool(kinds) + ' tabindex="0"' * looks["many"]
    return f'<div class="st-key-outputs"><ol {stamp()} aria-label="output activations"{more}>{rows}</ol></div>'


def decimals(limit: float) -> int:
    """Say how many decimals numbers up to a limit are written with: all together four digits or so."""
    return 3 if limit < 10 else 2 if limit < 100 else 1 if limit < 1000 else 0


def stamp() -> str:
    """Mark a piece of HTML with what it is about, so that the browser replaces it, live numbers too, if that changes.

    It is about the drawing and the painted neuron; their editions grow whenever Python puts back an earlier one.
    """
    session = st.session_state
    about = zlib.crc32(session["x"].tobytes() + session["painted"].tobytes())
    return f'data-input="{about} {session["loaded"].get("edition", 0)} {session["grid_edition"]}"'
