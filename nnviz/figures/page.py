"""One drawing and what a network makes of it, as a page of its own: one HTML file, for a browser without any server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go
import plotly.io

from nnviz.figures import maps
from nnviz.figures.layers import activations, layer_names
from nnviz.figures.style import SHOWN
from nnviz.network import Network, Trace
from nnviz.sentences import quoted
from nnviz.study import attribution

DIGITS = 3  # decimal places of the numbers that add up
MAPS = 64  # at most, of those of a large layer
NNVIZ = (
    "nnviz lets you draw a digit, watch a small neural network recognise it, and take every number on the way apart. "
    "This file holds one drawing with all its numbers, and needs neither nnviz nor a network: point at any square."
)
# Nothing may be fetched, whatever is in the file.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
HOVER = {"bgcolor": "#161c26", "bordercolor": "#808491", "font": {"color": "#e8ecf3"}, "align": "left"}
STYLE = """
:root { color-scheme: light dark; --text: #1b2130; --page: #ffffff; --line: #80849159; }
@media (prefers-color-scheme: dark) { :root { --text: #e8ecf3; --page: #0d1117; } }
body { margin: 0; color: var(--text); background: var(--page); font: 1rem/1.5 sans-serif; }
main { max-width: 60rem; margin: auto; padding: 1rem; }
h1 { line-height: 1.2; } h2 { margin: 2.5rem 0 .5rem; }
figure { margin: 0; } figcaption { font-size: .9rem; opacity: .8; }
.answer { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 3rem; }
.digit { font-size: 6rem; line-height: 1; font-weight: 700; margin: 0; }
.digit.name { font-size: 2.5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; white-space: nowrap; }
:is(th, td) { padding: .1rem 1rem .1rem 0; text-align: right; font-weight: 400; border-bottom: 1px solid var(--line); }
.sure :is(th, td) { font-weight: 700; }
.sum { font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.sum span { display: inline-block; } .sum small { opacity: .8; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; }
code { overflow-wrap: anywhere; user-select: all; }
.plotly-graph-div :is(.infolayer, .xtick, .ytick, .textpoint, .heatmap-label) text { fill: currentColor !important; }
@media (max-width: 640px) {
  .pair { grid-template-columns: minmax(0, 1fr); }
  #layers .annotation-text, #weight_maps .textpoint text { font-size: 11px !important; }
}
"""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one page is to show.

    Attributes
    ----------
    network : Network
    trace : Trace
        Of one picture, without the neurons knocked out.
    layer, neuron : int
        The neuron to take apart.
    name, about : str
        The network's name, and how it came to be.
    answer : int or None
        The output that is its answer, such as the digit it is sure of.
    sentence, description : str
        Its answer in words; what the figure of the layers shows, in words.
    out : pairs (layer, neuron)
        The neurons knocked out.
    query : str
        What of an address opens this in nnviz again: "?drawing=...".
    """

    network: Network
    trace: Trace
    layer: int
    neuron: int
    name: str
    about: str
    answer: int | None
    sentence: str
    description: str
    out: Sequence[tuple[int, int]] = ()
    query: str = ""


def page(shown: Snapshot) -> str:
    """Write a snapshot as one HTML file of some 5 MB, nearly all of it Plotly's own script."""
    read = escape(_read(shown))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>nnviz: a drawing read as {read}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>A drawing, read as {read}</h1>
<p>{NNVIZ}</p>
{_answer(shown)}
<h2>Every layer</h2>
{_layers(shown)}
<h2>{_weights_title(shown)}</h2>
{_weight_maps(shown)}
<h2>{_neuron_title(shown)}</h2>
{_neuron(shown)}
<h2>The network</h2>
{_network(shown)}
<h2>Open it in nnviz again</h2>
{_query(shown)}
</main>
</body>
</html>
"""


def _read(shown: Snapshot) -> str:
    """Say what the drawing was read as: a digit, or a class of another name, which is quoted."""
    of = "digit" if _digits(shown) else "class"
    if shown.answer is None:
        return f"no {of}"
    name = shown.network.classes[shown.answer]
    return f"a {name}" if _digits(shown) else quoted(name)


def _digits(shown: Snapshot) -> bool:
    return all(len(name) == 1 and name in "0123456789" for name in shown.network.classes)


def _answer(shown: Snapshot) -> str:
    rows = "".join(
        f'<tr class="{"sure" if k == shown.answer else ""}"><th scope="row">{escape(quoted(name)[1:-1])}</th>'
        f"<td>{_signed(z)}</td><td>{_signed(a)}</td></tr>"
        for k, (name, z, a) in enumerate(
            zip(shown.network.classes, shown.trace.zs[-1], shown.trace.output, strict=True)
        )
    )
    digit = "?" if shown.answer is None else escape(quoted(shown.network.classes[shown.answer])[1:-1])
    of, sentence = "digit" if _digits(shown) else "class", escape(shown.sentence[:1].upper() + shown.sentence[1:])
    out = ", ".join(f"neuron {k} of {_layer_name(shown, layer)}" for layer, k in sorted(shown.out))
    lost = f"<p>Knocked out, so that they pass on 0 in all of this: {out}.</p>" if out else ""
    return f"""<div class="answer">
<div><p class="digit{" name" * (len(digit) > 2)}">{digit}</p><p>{sentence}.</p>{lost}</div>
<table><caption>The output neurons, one per {of}</caption>
<thead><tr><th scope="col">{of}</th><th scope="col">z</th><th scope="col">activation</th></tr></thead>
<tbody>{rows}</tbody></table>
</div>"""


def _layers(shown: Snapshot) -> str:
    caption = f"{_colours(shown.network)} Each layer's activations, with its weights and biases, make the next layer's."
    figure = activations(shown.trace, shown.answer, network=shown.network)
    return _figure("layers", figure, shown.description, caption, script=True)


def _colours(network: Network) -> str:
    every = [layer.function for layer in network.layers]
    if network.preparation.range == (0, 1) and all((f.low, f.high) == (0, 1) for f in every):
        return "Black is 0, white is 1."
    signed = " where some can be negative, red is below 0 and blue above." * any(f.low < 0 for f in every)
    return f"Ink is white. Each layer has a scale of its own, from 0 in black;{signed}".rstrip(";") + "." * (not signed)


def _weights_title(shown: Snapshot) -> str:
    return f"The weights into {_layer_name(shown, 1)}"


def _weight_maps(shown: Snapshot) -> str:
    layer, z, a = shown.network.layers[0], shown.trace.zs[0], shown.trace.activations[1]
    limit, count = _limit(layer.W), len(layer.b)
    captions = [
        f"<b>{k}</b>   b {_signed(layer.b[k], 2)}<br>z {_signed(z[k], 2)}   a {_signed(a[k], 2)}" for k in range(count)
    ]
    chosen = shown.neuron if shown.layer == 1 else None
    first = (chosen or 0) // MAPS * MAPS
    some = range(first, min(first + MAPS, count))
    figure = maps.weight_maps(layer.W.reshape(-1, *shown.network.shape), captions, limit, chosen, some)
    hover = "%{fullData.name}<br>weight %{z:.4f}<extra></extra>"
    figure.update_traces(hoverinfo=None, hovertemplate=hover, selector={"type": "heatmap"})
    figure.update_traces(hoverinfo="skip", hovertemplate=None, selector={"name": "neurons"})  # no clicks here
    rows, columns = shown.network.shape
    which = "one for each neuron" if len(some) == count else f"for neurons {first} to {some[-1]}"
    alt = f"{len(some)} weight maps of {rows} by {columns} weights, {which} of {_layer_name(shown, 1)}."
    caption = f"{_scale(limit)} Below each: its bias b, and now its z and activation."
    if len(some) < count:
        caption = f"Neurons {first} to {some[-1]} of {count}. {caption}"
    return _figure("weight_maps", figure, alt, caption)


def _neuron_title(shown: Snapshot) -> str:
    return f"Neuron {shown.neuron} of {_layer_name(shown, shown.layer)}, taken apart"


def _neuron(shown: Snapshot) -> str:
    w = shown.network.layers[shown.layer - 1].W[shown.neuron]
    terms = attribution.contributions(shown.trace.activations[shown.layer - 1], w)
    limit, sender = _limit(w), _layer_name(shown, shown.layer - 1)
    pair = (
        ("weight_map", w, "weight", f"The weights on {'the pixels' if shown.layer == 1 else sender}."),
        ("contributions", terms, f"weight × {sender}", f"Weights × {sender}, the terms of the sum."),
    )
    figures = "".join(
        _figure(
            key,
            _map_or_column(shown, values, limit, name),
            f"{caption} {values.size} numbers from {values.min():.3f} to {values.max():.3f}.",
            f"{caption} {_scale(limit)}",
        )
        for key, values, name, caption in pair
    )
    return f'{_sum(shown)}\n<div class="pair">{figures}</div>'


def _sum(shown: Snapshot) -> str:
    """Write a neuron's sum in numbers that add up to the last digit shown."""
    parts = attribution.take_apart(shown.network, shown.trace, shown.layer, shown.neuron)
    positive, negative, bias, z = (f"{number:f}".replace("-", "−") for number in parts.shown(DIGITS))
    out = (shown.layer, shown.neuron) in shown.out
    terms = [
        ("positive terms", positive, "+"),
        ("negative terms", negative, "+"),
        ("bias", bias, "="),
        ("z", z, "→"),
        ("knocked out, passes on" if out else f"activation {_of_z(shown)}", _signed(parts.a), ""),
    ]
    return (
        '<p class="sum">'
        + " ".join(f"<span><small>{what}</small> {n} {sign}</span>" for what, n, sign in terms)
        + "</p>"
    )


def _of_z(shown: Snapshot) -> str:
    name = shown.network.layers[shown.layer - 1].activation
    return "z" if name == "identity" else f"{name}(z)"


def _network(shown: Snapshot) -> str:
    sizes = "-".join(map(str, shown.network.sizes))
    return f"""<p><b>{escape(shown.name)}</b>: {escape(shown.about)}. Its layers are of {sizes} neurons, with
{shown.network.parameter_count:,} weights and biases, and {_after(shown.network)}.</p>"""


def _after(network: Network) -> str:
    names = [layer.activation for layer in network.layers]
    if len(set(names)) == 1 and len(names) > 1:
        return f"{_a(names[0])} after each layer"
    return f"after them, layer by layer: {', '.join(names)}"


def _a(name: str) -> str:
    return f"an {name}" if name == "identity" else f"a {name}"


def _query(shown: Snapshot) -> str:
    if not shown.query.strip("?"):
        return "<p>Nothing here differs from what nnviz shows when it is opened.</p>"
    return f"<p>Put this behind the address of your nnviz: <code>{escape(shown.query)}</code></p>"


def _figure(key: str, figure: go.Figure, alt: str, caption: str, script: bool = False) -> str:
    """Write one figure; the first of a file brings Plotly's script."""
    figure.update_layout(hoverlabel=HOVER)
    chart = plotly.io.to_html(figure, SHOWN, include_plotlyjs=script, full_html=False, div_id=key)
    return (
        f'<figure><div role="img" aria-label="{escape(alt)}">{chart}</div><figcaption>{escape(caption)}</figcaption>'
        "</figure>\n"
    )


def _map_or_column(shown: Snapshot, values: np.ndarray, limit: float, name: str) -> go.Figure:
    if shown.layer == 1:
        return maps.weight_map(values.reshape(shown.network.shape), limit, name, height=330)
    return maps.incoming(values, limit, name, _layer_name(shown, shown.layer - 1), height=400)


def _layer_name(shown: Snapshot, layer: int) -> str:
    return layer_names(len(shown.network.layers))[layer]


def _limit(weights: np.ndarray) -> float:
    return float(np.abs(weights).max()) or 1.0


def _scale(limit: float) -> str:
    return f"Red −{limit:.2f}, none 0, blue +{limit:.2f}."


def _signed(value: float, digits: int = DIGITS) -> str:
    return f"{value:z.{digits}f}".replace("-", "−")
