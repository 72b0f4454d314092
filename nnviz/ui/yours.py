"""A visitor's own network: a shipped one changed knob by knob, or one from a file; undone, reset and linked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from nnviz import link, surgery
from nnviz.network import Network

WORD = "yours"
MOST_STEPS = 100  # to be undone


@dataclass(frozen=True, eq=False)
class Yours:
    """A network of the visitor's own.

    Attributes
    ----------
    base : str
        The shipped network it began as; empty for a file's.
    history : tuple of Networks
        What it began as, then after each change; the last one is used.
    """

    base: str
    history: tuple[Network, ...]

    @property
    def network(self) -> Network:
        return self.history[-1]

    @property
    def name(self) -> str:
        """Name it by its weights, so that whatever is measured on it is kept for just these.

        What is kept is shared by all visitors, and a network may come with a stranger's link: no checksum will do.
        """
        digest = hashlib.blake2b(digest_size=8)
        for layer in self.network.layers:
            digest.update(layer.W.tobytes())
            digest.update(layer.b.tobytes())
        return f"{WORD} {digest.hexdigest()}"


def current() -> Yours | None:
    """Return the session's own network, if it has one."""
    return st.session_state.get("yours")


def shown(name: str) -> str:
    """Write a network's name as the page does."""
    return name.partition(" ")[0]


def in_link(name: str) -> dict[str, str]:
    """Say what stands for a network in the link: for one's own, the shipped one it began as and the knobs turned since.

    One from a file, or with more knobs turned than fit, has only the word that says so.
    """
    own = current()
    if own is None or own.name != name or not own.base:
        return {"network": shown(name)}
    knobs = link.turned(own.history)
    if len(knobs) > link.MOST_KNOBS:
        return {"network": WORD}
    return {"network": own.base} | ({"turned": link.encode_turned(knobs)} if knobs else {})


def turn(base: str, network: Network, text: str) -> None:
    """Use a shipped network with the knobs of a link turned; ValueError, and no change, if one cannot be.

    Each is a change of its own, to be undone one by one.
    """
    history = [network]
    for (layer, neuron, source), value in link.decode_turned(text).items():
        history.append(surgery.change(history[-1], layer, neuron, source, value))
    _use(Yours(base, tuple(history)))


def change(base: str, before: Network, after: Network) -> None:
    """Use `after`, one change away from `before`, which is the network named `base`."""
    own = current()
    if own is None or own.name != base:
        own = Yours(base, (before,))
    first, *later = own.history
    _use(Yours(own.base, (first, *later[1 - MOST_STEPS :], after)))


def undo() -> None:
    """Take back the last change; without any left, the network it began as is used again."""
    if own := current():
        _use(Yours(own.base, own.history[:-1] if len(own.history) > 1 else own.history))


def reset() -> None:
    """Take back all changes."""
    if own := current():
        _use(Yours(own.base, own.history[:1]))


def load(file: bytes, sizes: tuple[int, ...]) -> None:
    """Use a network from a file; ValueError, and no change, if it is not one of these sizes."""
    _use(Yours("", (link.load_network(file, sizes),)))


def _use(own: Yours) -> None:
    unchanged = own.base and len(own.history) == 1
    st.session_state["yours"] = None if unchanged else own
    st.session_state["network"] = own.base if unchanged else own.name
