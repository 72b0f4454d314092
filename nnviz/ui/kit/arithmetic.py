"""A neuron's sum in numbers that add up as shown, the scale of signed numbers, and all the knobs counted."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import streamlit as st

from nnviz import attribution, surgery
from nnviz.figures.curves import signed_text
from nnviz.network import Network, Trace
from nnviz.ui.kit import answer
from nnviz.ui.session import data

DIGITS = 3  # decimal places of the numbers that add up


def arithmetic(net: Network, trace: Trace, layer: int, k: int) -> None:
    """Show one neuron's sum in numbers."""
    numbers(attribution.take_apart(net, trace, layer, k))


def numbers(parts: attribution.Sum) -> None:
    """Show a sum in numbers that add up to the last digit shown, and what the bias has to do with it."""
    (positive, negative, bias), z = attribution.add_up((parts.positive, parts.negative, parts.bias), parts.z, DIGITS)
    terms = (
        ("positive", positive, "sum of positive terms"),
        ("negative", negative, "sum of negative terms"),
        ("bias", bias, "bias b"),
    )
    cells = "<i>+</i>".join(_cell(kind, signed(value), what) for kind, value, what in terms)
    result = _cell("z", signed(z), "z") + "<i>→</i>" + _cell("a", f"{parts.a:.{DIGITS}f}", "sigmoid(z) = activation a")
    bias_says = (
        f"The bias sets how high the weighted sum must be: above <b>−b = {_live('threshold', -bias)}</b> the neuron "
        f"passes one half. {_live('met', 'It does' if z > 0 else 'It does not')}: the weighted sum is "
        f"{_live('sum', positive + negative)}, so z = {_live('same', z)}."
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


def closed(corners: np.ndarray) -> np.ndarray:
    """Turn corners (4, 2) of row, column into a closed line of x, y."""
    return np.vstack([corners, corners[:1]])[:, ::-1]


def signed(value: float | Decimal) -> str:
    """Write a number with a real minus sign and no minus zero: a Decimal as it is, a float with two decimals."""
    return f"{value:f}".replace("-", "−") if isinstance(value, Decimal) else signed_text(float(value))


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
