"""One step of learning under the lens: a digit, its loss, what that blames each weight for, and the step itself."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Network
from nnviz.study import attribution
from nnviz.training.lens import Lens, lens
from nnviz.ui.kit import arithmetic
from nnviz.ui.session import courses, data, inputs
from nnviz.ui.session.courses import Watched

DIGITS = 6  # decimal places of the numbers that add up
MINE = "my drawing"


def step(found: Watched) -> None:
    """Show one plain step from the moment the scrubber stands at, on one digit."""
    x, label, said = _lesson(found.network)
    rate = _rate(found)
    recipe = found.recipe
    seen = lens(found.network, x, np.eye(10)[label], rate, recipe.smoothness, recipe.sparsity, contest=recipe.contest)
    before, after = (loss + fine for loss, fine in (
        (seen.loss_before, seen.penalty_before), (seen.loss_after, seen.penalty_after)))  # fmt: skip
    with_fine = recipe.smoothness or recipe.sparsity
    st.markdown(
        f"**{said} should be read as {label}. Its loss{' with the penalty' if with_fine else ''} is {before:.4f}; "
        f"after one step of rate {rate:g} it is {after:.4f}.**"
    )
    layer = _layer(found.network)
    W, gradient = seen.before.layers[layer - 1].W, seen.gradient[layer - 1].W
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(f"The weights into {courses.layer_name(found.network, layer)}, {_scale(W)}")
        _maps(W, found.network, layer, "lens_weights")
    with right:
        st.caption(f"The gradient: how much the loss would grow with each of them, {_scale(gradient)}")
        _maps(gradient, found.network, layer, "lens_gradient")
    _in_numbers(seen, layer, found.network)


def _lesson(net: Network) -> tuple[np.ndarray, int, str]:
    """Choose the digit to learn from: picture, label, and what it is called."""
    with st.container(key="lens_bar", horizontal=True, vertical_alignment="bottom", gap="medium"):
        drawn = bool(st.session_state["x"].any())
        names = [*([MINE] if drawn else []), *(f"a {digit}" for digit in data.DIGITS)]
        chosen = str(st.selectbox("A batch of one digit", names, key="lens_digit", width=170))
        if chosen == MINE:
            x = inputs.present(net)
            taken = int(net.forward(x).prediction)
            label = int(st.selectbox("It should be read as", range(10), taken, key="lens_label", width=170))
            return x, label, "Your drawing"
    label = int(chosen[-1])
    digits = data.test_digits()
    number = int(np.flatnonzero(digits.labels == label)[0])
    return digits.picture(number), label, f"Test digit {number}"


def _rate(found: Watched) -> float:
    return found.recipe.rate


def _layer(net: Network) -> int:
    layers = {layer: courses.layer_name(net, layer) for layer in range(1, len(net.sizes))}
    return int(st.segmented_control(
        "Weights into", list(layers), key="lens_layer", default=1, format_func=layers.__getitem__, required=True,
    ) or 1)  # fmt: skip


def _maps(values: np.ndarray, net: Network, layer: int, key: str) -> None:
    limit = data.limit(values)
    if layer == 1:
        figure = figures.forming(values.reshape(-1, *net.shape), limit, height=420)
    else:
        figure = figures.weight_map(values, limit, "value", height=300)
    st.plotly_chart(
        figure, key=key, config=SHOWN,
        alt=f"{values.size:,} numbers from {values.min():.4g} to {values.max():.4g}.",
    )  # fmt: skip


def _scale(values: np.ndarray) -> str:
    return f"red −{data.limit(values):.2g}, blue +{data.limit(values):.2g}"


def _in_numbers(seen: Lens, layer: int, net: Network) -> None:
    """Write down the step of the weight that is blamed most."""
    gradient = seen.gradient[layer - 1].W
    k, source = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    w = float(seen.before.layers[layer - 1].W[k, source])
    change = -seen.rate * float(gradient[k, source])
    new = float(seen.after.layers[layer - 1].W[k, source])
    (shown, moved), total = attribution.add_up((w, change), new, DIGITS)
    row, column = divmod(int(source), net.shape[1])
    place = f"row {row}, column {column}" if layer == 1 else f"neuron {source}"
    st.markdown(
        f"The weight that is blamed most leads from {place} of {courses.layer_name(net, layer - 1)} into neuron {k}:"
    )
    st.html(
        f'<p class="update">{arithmetic.signed(shown)} <small>weight</small> − {seen.rate:g} <small>rate</small> × '
        f"{html.escape(f'{gradient[k, source]:.6g}'.replace('-', '−'))} <small>gradient</small> = "
        f"{arithmetic.signed(shown)} {'−' if moved < 0 else '+'} {abs(moved)} = "
        f"<b>{arithmetic.signed(total)}</b></p>"
    )
    st.caption(
        "A plain step, which all optimisers are made of. Training takes it after centring what comes in, and momentum "
        "and Adam remember earlier gradients."
    )
