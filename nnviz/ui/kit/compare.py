"""Networks compared by their first layer: how edge-like their weight maps are, beside noise as smooth as each."""

from __future__ import annotations

import numpy as np
import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.ui.kit import picker
from nnviz.ui.session import data, measured

PAIR = ("smooth", "rough")  # trained alike but for one penalty
DOTS = (
    "Each dot is a map; its height says how much of it the best edge or bar explains. Grey: what equally smooth noise "
    "reaches, from the middle to the best 5%. Of 16 maps one may beat its noise by luck; full dots allow for that."
)


def strip(name: str) -> figures.Strip:
    """Gather what a network's first-layer weight maps reach beside their noise."""
    fits, floors = measured.edge_scores(name)
    return figures.Strip(
        name,
        np.array([0.0 if edge is None else edge.explained for edge in fits]),
        np.array([floor.median for floor in floors]),
        np.array([floor.percentile_95 for floor in floors]),
        measured.ahead(name),
    )


def found(name: str) -> str:
    """Say what a measurement finds in a network's maps."""
    own = strip(name)
    return (
        f"**{name}** reads {measured.accuracy(name) or 0:.1%} of the 10,000 test digits. For half of its maps, the "
        f"best edge or bar explains less than {np.median(own.explained):.0%}; equally smooth noise reaches "
        f"{np.median(own.half):.0%}, and {own.ahead.sum()} of the {own.ahead.size} maps are ahead of it."
    )


def penalty() -> str:
    """Say what the penalty bought that `smooth` had and `rough` had not, and what the two do not show."""
    (with_it, without), (right, other) = map(strip, PAIR), (measured.accuracy(name) or 0 for name in PAIR)
    high, low = (np.median(each.explained) for each in (with_it, without))
    return (
        f"The penalty bought smoothness: for half of the maps, the best edge or bar explains more than {high:.0%}, "
        f"without it more than {low:.0%}. With it {right:.1%} of the test digits are read, without it {other:.1%}: "
        "more than luck with the digits, but earlier pairs came out the other way round. The two do not show "
        f"whether it makes more true edges: {with_it.ahead.sum()} against {without.ahead.sum()} of 16 maps are ahead "
        "of equally smooth noise, and luck alone could do that."
    )


def bought() -> str:
    """Say in short what the penalty bought."""
    with_it, without = map(strip, PAIR)
    high, low = (np.median(each.explained) for each in (with_it, without))
    return (
        f"for half of its maps the best edge or bar explains more than {high:.0%}, without that more than {low:.0%}. "
        f"Whether more of them are true edges may be luck: {with_it.ahead.sum()} against {without.ahead.sum()} of 16 "
        "are ahead of equally smooth noise"
    )


@data.explained(stop=False)
def side_by_side() -> None:
    """Compare the four networks' first-layer maps, each on its own scale, sorted by how far they beat noise."""
    st.markdown(
        "**smooth** and **rough** were trained alike, but **smooth** had to pay for differences between neighbouring "
        f"weights: {bought()}."
    )
    st.caption(
        "Dots and numbers: how much of a map’s weights (of their squares) the best edge or bar explains; grey: what "
        "equally smooth noise reaches, from the middle to the best 5%. Full dots are ahead of it, and on average no "
        "more than one in twenty of them by luck."
    )
    columns = st.columns(len(data.LESSONS), gap="medium")
    for column, name in zip(columns, data.LESSONS, strict=True):
        with column:
            _one(name, strip(name))


def _one(name: str, own: figures.Strip) -> None:
    maps = measured.maps(name, 1)
    captions = [f"<b>{k}</b>  {share:.0%}" for k, share in enumerate(own.explained)]
    order = np.argsort(-measured.margins(name)).tolist()
    st.plotly_chart(figures.strips([own], 150), key=f"strip_{name}", config=SHOWN, alt=describe((name,)))
    st.plotly_chart(
        figures.weight_maps(maps, captions, data.limit(maps), order=order, row_height=84),
        key=f"weight_maps_{name}", config=SHOWN, alt=f"The weight maps of {name}, most edge-like first.",
    )  # fmt: skip
    st.caption(
        f"**{name}**: {picker.about(name)}. {own.ahead.sum()} of {len(maps)} are ahead of their noise. Median "
        f"explained: {np.median(own.explained):.0%}, by noise: {np.median(own.half):.0%}."
    )


def describe(names: tuple[str, ...]) -> str:
    """Say in words what the strips of these networks show."""
    own = map(strip, names)
    return "; ".join(
        f"{each.name}: the best edge or bar explains {each.explained.min():.0%} to {each.explained.max():.0%}, equally "
        f"smooth noise {np.median(each.half):.0%} in the median; {each.ahead.sum()} of {each.ahead.size} are ahead"
        for each in own
    )
