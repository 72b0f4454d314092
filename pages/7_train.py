"""Train: a network learns while one watches, and any moment of it can be seen again."""

import streamlit as st

from nnviz.ui.frame import menu
from nnviz.ui.kit import answer, canvas
from nnviz.ui.pages.train import bar, board, tabs
from nnviz.ui.session import courses, data, inputs, state

menu.open_page(
    "Watch it learn",
    "Press Start, and a network learns digits by the recipe you choose. Or drag the slider through a recorded run.",
)


@st.fragment
@data.explained()
def learn() -> None:
    """Bar, maps, curves and drawing, rerun together; between two runs the browser follows the training by itself."""
    state.show_notes()
    name = bar.bar()
    board.scrubber(name)
    found = courses.watched(name)
    with st.container(key="learning", horizontal=True, gap="medium"):
        with st.container(key="small", width=176):
            canvas.draw(pen_tools=False, network=data.NETWORKS[0])
            trace = found.network.forward(inputs.present(found.network))
            answer.verdict(trace, found.network)
        board.maps(found)
        with st.container(key="progress", width="stretch"):
            board.curves(found)
            board.bars(found, trace)
    tabs.more(found)


learn()
