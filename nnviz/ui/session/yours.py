"""A visitor's own networks: shipped ones changed knob by knob, or ones from files; undone, reset and linked.

There may be several, and choosing or changing one leaves the others as they are: nobody's work vanishes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from nnviz import link, surgery
from nnviz.network import Network

WORD = "yours"
MOST = 8  # own networks at a time
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

    @cached_property
    def name(self) -> str:
        """Name it by its weights, so that whatever is measured on it is kept for just these.

        What is kept is shared by all visitors, and a network may come with a stranger's link: no checksum will do.
        """
        digest = hashlib.blake2b(digest_size=8)
        for layer in self.network.layers:
            digest.update(layer.W.tobytes())
            digest.update(layer.b.tobytes())
        return f"{WORD} {digest.hexdigest()}"

    @cached_property
    def knobs(self) -> dict[link.Knob, float]:
        """Return the knobs turned since it was a shipped one."""
        return link.turned(self.history) if self.base else {}

    @property
    def fits(self) -> bool:
        """Say whether a link can hold it."""
        return bool(self.base) and len(self.knobs) <= link.MOST_KNOBS


def every() -> tuple[Yours, ...]:
    """Return the session's own networks, in the order in which they came."""
    return st.session_state.get("yours", ())


def find(name: str) -> Yours | None:
    """Return the session's own network of that name, if there is one."""
    return next((own for own in every() if own.name == name), None)


def current() -> Yours | None:
    """Return the network chosen now, if it is one of the session's own."""
    return find(st.session_state["network"])


def shown(name: str) -> str:
    """Write a network's name as the page does: one's own are "yours", "yours 2", "yours 3"."""
    names = [own.name for own in every()]
    if name not in names:
        return name.partition(" ")[0]
    number = names.index(name) + 1
    return WORD if number == 1 else f"{WORD} {number}"


def base_in_link(name: str) -> str:
    """Name what stands for a network in the link: for one's own, the shipped one it began as.

    For one from a file, or with more knobs turned than fit, that is only the word that says so.
    """
    own = find(name)
    if own is None:
        return name.partition(" ")[0]
    return own.base if own.fits else WORD


def turned_in_link(name: str) -> str:
    """Write down the knobs turned since, if the network is one's own and they fit."""
    own = find(name)
    return link.encode_turned(own.knobs) if own and own.fits and own.knobs else ""


def turn(base: str, network: Network, text: str) -> None:
    """Use a shipped network with the knobs of a link turned; ValueError, and no change, if one cannot be.

    Each is a change of its own, to be undone one by one.
    """
    history = [network]
    for (layer, neuron, source), value in link.decode_turned(text).items():
        history.append(surgery.change(history[-1], layer, neuron, source, value))
    _use(None, Yours(base, tuple(history)))


def change(name: str, before: Network, after: Network) -> None:
    """Use `after`, one change away from `before`, which is the network of that name.

    ValueError, and no change, if that would be one network of one's own too many.
    """
    own = find(name)
    first, *later = own.history if own else (before,)
    _use(own, Yours(own.base if own else name, (first, *later[1 - MOST_STEPS :], after)))


def undo() -> None:
    """Take back the last change of the network chosen; without any left, the one it began as is used again."""
    if own := current():
        _use(own, Yours(own.base, own.history[:-1] if len(own.history) > 1 else own.history))


def reset() -> None:
    """Take back all changes of the network chosen."""
    if own := current():
        _use(own, Yours(own.base, own.history[:1]))


def load(file: bytes, sizes: tuple[int, ...]) -> None:
    """Use a network from a file; ValueError, and no change, if it is not one of these sizes, or one too many."""
    _use(None, Yours("", (link.load_network(file, sizes),)))


def remove(instead: str) -> None:
    """Forget the network chosen, if it is one's own; the shipped one it began as, or else `instead`, is used."""
    if own := current():
        _keep(tuple(each for each in every() if each is not own), own.base or instead)


def _use(old: Yours | None, new: Yours) -> None:
    """Put `new` in the place of `old`, or behind the others, and choose it; unchanged from a shipped one, that one."""
    unchanged = bool(new.base) and len(new.history) == 1
    if old is None and not unchanged and (same := find(new.name)):  # with all its history
        _keep(every(), same.name)
        return
    kept = [each for each in every() if each is old or each.name != new.name]  # the same weights stand there once
    if old is None and not unchanged and len(kept) >= MOST:
        raise ValueError(f"you have {MOST} networks of your own already; save what you need, and remove one first")
    places = [new if each is old else each for each in kept] + [new] * (old is None)
    _keep(tuple(each for each in places if not (each is new and unchanged)), new.base if unchanged else new.name)


def _keep(owns: tuple[Yours, ...], chosen: str) -> None:
    st.session_state["yours"], st.session_state["network"] = owns, chosen
