"""The talk's last picture: the second layer's patterns among shuffled ones, and what the layer tells apart."""

from __future__ import annotations

import streamlit as st

from nnviz import figures
from nnviz.network import Network, Trace
from nnviz.study import patterns, shapes
from nnviz.ui.pages.talk import scenes
from nnviz.ui.session import data

LAYER = 2
SHUFFLED, LEARNED = "A", "B"


@data.explained(stop=False)
def together(net: Network, trace: Trace, shown: bool) -> None:
    """Ask which of two galleries is the learned one; with `shown` tell, beside what was measured."""
    name = scenes.network()
    if data.kept_separation(name) is None:  # a visitor's own network: measuring all of it takes too long for a talk
        name = data.NETWORKS[0]
    if not shown:
        for column, letter in zip(st.columns(2), (SHUFFLED, LEARNED), strict=True):
            with column:
                st.markdown(f"**{letter}**")
                _patterns(name, letter, columns=4, row_height=75)
        return
    left, right = st.columns([1, 1.15], vertical_alignment="center")
    with left:
        st.markdown(f"**{SHUFFLED}, above: shuffled. {LEARNED}, below: learned**")
        _patterns(name, SHUFFLED, columns=8, row_height=60)
        _patterns(name, LEARNED, columns=8, row_height=60)
    with right:
        found = _measured(name)
    if found:
        st.caption(_says(name, found))


def _patterns(name: str, letter: str, columns: int, row_height: int) -> None:
    maps = data.maps(name, LAYER) if letter == LEARNED else data.shuffled_maps(name, LAYER)
    scenes._gallery(maps, [""] * len(maps), f"patterns_{letter.lower()}", columns, row_height)


def _measured(name: str) -> patterns.Separation | None:
    found = data.kept_separation(name)
    if found is None:
        st.caption(f"What was measured on {name} is missing from assets; `make networks` measures it again.")
        return None
    figure = figures.separation(
        found.own, found.shuffled[..., [0, -1]], found.single, found.ahead, shapes.FEATURES,
        data.layer_name(name, LAYER - 1), height=scenes.TALL - 90,
    )  # fmt: skip
    feature, k = found.nearest
    before = data.layer_name(name, LAYER - 1)
    scenes._chart(figure, "separation", patterns.verdict(found, feature, k, k, before))
    return found


def _says(name: str, found: patterns.Separation) -> str:
    """Count the neurons ahead, and name the nearest with its share for each digit."""
    feature, k = found.nearest
    digits = ", ".join(f"{d}s {share:.0%}" for d, share in data.shares_by_digit(name, LAYER, k, feature).items())
    own, as_well = found.own[feature, k], found.as_well[feature, k]
    return (
        f"{name}: allowing for {found.own.size} looks, {found.ahead.sum() or 'no'} dots are clearly ahead of both. "
        f"Nearest is neuron {k}: {shapes.FEATURES[feature]}, {own:.0%} ({as_well:,} of {found.draws:,} shuffles do as "
        f"well); by digit {digits}."
    )
