"""A neuron's sum in numbers that add up as shown, the scale of signed numbers, and all the knobs counted."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import streamlit as st

from nnviz.figures.curves import signed_text
from nnviz.figures.layers import layer_names
from nnviz.network import Layer, Network, Trace
from nnviz.study import attribution, surgery
from nnviz.ui.kit import answer

MET = ("too low", "high enough")
DIGITS = 3  # decimal places of the numbers that add up
CALLED = {
    "sigmoid": "sigmoid(z)",
    "tanh": "tanh(z)",
    "relu": "relu(z)",
    "leaky relu": "leaky relu(z)",
    "identity": "z as it is",
    "softmax": "softmax(z)",
}
ABOVE = {  # each is followed by the weighted sum, and one of `MET`, by whether z is above zero
    "sigmoid": "To pass on more than one half, the neuron needs a weighted sum above {threshold}.",
    "tanh": "To pass on more than zero, the neuron needs a weighted sum above {threshold}.",
    "relu": "To pass on anything but zero, the neuron needs a weighted sum above {threshold}.",
    "leaky relu": "To pass on more than {leak} of z, the neuron needs a weighted sum above {threshold}.",
    "identity": "To pass on more than zero, the neuron needs a weighted sum above {threshold}.",
    "softmax": "Softmax shares out 1 by the z of all outputs; a weighted sum above {threshold} puts this z above zero.",
}


def arithmetic(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show one neuron's sum in numbers."""
    numbers(attribution.take_apart(net, trace, layer, k), net.layers[layer - 1])


def numbers(parts: attribution.Sum, layer: Layer | None = None) -> None:
    """Show a sum in numbers that add up to the last digit shown, and what the bias has to do with it.

    `layer` is the neuron's, which says what it makes of its sum; without it, a sigmoid.
    """
    name = layer.activation if layer else "sigmoid"
    (positive, negative, bias), z = attribution.add_up((parts.positive, parts.negative, parts.bias), parts.z, DIGITS)
    terms = (
        ("positive", positive, "sum of positive terms"),
        ("negative", negative, "sum of negative terms"),
        ("bias", bias, "bias b"),
    )
    cells = "<i>+</i>".join(_cell(kind, signed(value), what) for kind, value, what in terms)
    result = (
        _cell("z", signed(z), "their sum z")
        + "<i>→</i>"
        + _cell("a", passed(parts.a), f"activation a = {CALLED[name]}")
    )
    threshold = f"<b>−b = {_live('threshold', -bias)}</b>"
    bias_says = (
        f"{ABOVE[name].format(threshold=threshold, leak=f'{layer.leak:g}' if layer else '')} "
        f"Here it is {_live('met', f'{signed(positive + negative)}: {MET[z > 0]}.')}"
    )
    with st.container(key="arithmetic"):
        st.html(
            f'<div {answer.stamp()}><p class="sum">{cells}<i>=</i>{result}</p><p class="says">{bias_says}</p></div>'
        )


def _cell(kind: str, number: str, what: str) -> str:
    return f'<span class="{kind}"><b data-is="{kind}">{number}</b><small>{what}</small></span>'


def _live(name: str, value: Decimal | str) -> str:
    return f'<span data-is="{name}">{value if isinstance(value, str) else signed(value)}</span>'


def scale(limit: float, what: str) -> None:
    st.html(
        f'<p class="scale">−{limit:.2f} <i></i> +{limit:.2f} <span>{what}: red and − negative, blue positive, '
        "one scale</span></p>"
    )


def passed(a: float) -> str:
    """Write what a neuron passes on, with as many decimals as its sum."""
    return f"{a:z.{DIGITS}f}".replace("-", "−")


def closed(corners: np.ndarray) -> np.ndarray:
    """Turn corners (4, 2) of row, column into a closed line of x, y."""
    return np.vstack([corners, corners[:1]])[:, ::-1]


def signed(value: float | Decimal) -> str:
    """Write a number with a real minus sign and no minus zero: a Decimal as it is, a float with two decimals."""
    return f"{value:f}".replace("-", "−") if isinstance(value, Decimal) else signed_text(float(value))


def counts(net: Network) -> str:
    """Count weights and biases as a sum."""
    names = layer_names(len(net.layers))[1:]
    parts = [
        f"<b>{weights:,}</b> + {biases:,}<small>{name}</small>"
        for name, (weights, biases) in zip(names, surgery.parameter_counts(net), strict=True)
    ]
    return (
        f"<small>weights + biases:</small><span>{'</span>+<span>'.join(parts)}</span>= <b>{net.parameter_count:,}</b>"
    )
