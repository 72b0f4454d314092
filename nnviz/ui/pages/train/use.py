"""What to do with what was learned: use it on every page, save it, take its film home."""

from __future__ import annotations

import html
from functools import partial

import streamlit as st

from nnviz.export import link
from nnviz.figures import film
from nnviz.ui.pages.train import album
from nnviz.ui.session import data, state, yours
from nnviz.ui.session.courses import Watched


def it(found: Watched) -> None:
    """Offer the network of the moment the scrubber stands at, and the film of the whole course."""
    if found.moment is None or found.course is None:
        st.caption("Nothing is learned yet: press Start.")
        return
    step = found.moment.step
    st.markdown(
        f"The network as it was after **{step:,} batches**, which reads "
        f"{100 * found.moment.right_validation:.1f} % of the {found.course.held} digits."
    )
    with st.container(key="use_bar", horizontal=True, gap="small"):
        st.button(
            "Use it", type="primary", key="use_trained", icon=":material/check:", on_click=_use, args=(found,),
        )  # fmt: skip
        st.download_button(
            "Save it (.npz)", partial(link.network_bytes, found.network), f"nnviz-trained-{step}.npz",
            "application/octet-stream", key="save_trained", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "A film of it (GIF)", partial(film.gif, found.course), "nnviz-training.gif", "image/gif", key="save_film",
            icon=":material/movie:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "A page of it (HTML)", partial(album.album, found.course), "nnviz-training.html", "text/html",
            key="save_album", icon=":material/web:", on_click="ignore",
        )  # fmt: skip
    own = yours.current()
    if own and own.digest == yours.fingerprint(found.network):
        st.html(f'<p class="note" role="status">Every page shows it now, as {html.escape(own.label)}.</p>')
    if found.training is None and not _same(found):
        st.caption(f"It was recorded in another training with the recipe of {found.name}, so its last digits differ.")
    st.caption(
        "The film and the page need no nnviz. In the page, the last moment's weights are exact, the others' rounded to "
        "16 bits, or to 8 if the network is large."
    )


def _same(found: Watched) -> bool:
    """Say whether a shipped network's course ends in that network."""
    shipped = data.network(found.name)
    return found.course is not None and yours.fingerprint(found.course.network(-1)) == yours.fingerprint(shipped)


def _use(found: Watched) -> None:
    assert found.moment is not None
    try:
        yours.keep(found.network, f"trained {found.moment.step} batches")
        state.check_network()
        state.share()
    except ValueError as error:
        state.note(f"It was not taken over: {error}.")
