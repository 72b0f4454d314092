"""A visitor's own networks: others changed knob by knob, or ones from files; undone, reset and linked.

There may be several, and choosing or changing one leaves the others as they are: nobody's work vanishes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from nnviz import files, served
from nnviz.export import link
from nnviz.network import Network
from nnviz.sentences import quoted
from nnviz.study import surgery

WORD = "yours"
MOST = 8  # own networks at a time
MOST_STEPS = 100  # to be undone
MOST_BYTES = 64_000_000  # of all weights and biases that a session keeps, steps to be undone included


@dataclass(frozen=True, eq=False)
class Yours:
    """A network of the visitor's own.

    Attributes
    ----------
    base : str
        The shipped or served network it began as; empty for a file's.
    history : tuple of Networks
        What it began as, then after each change; the last one is used.
    title : str
        What its file is called; empty if it came from none.
    unsaid : tuple of str
        What its file does not say, and nobody has answered yet: "activations", "shape", "preparation".
    twin : int
        Tells it from another of one's own that is just the same, each with a history of its own; 0 if there is none.
    """

    base: str
    history: tuple[Network, ...]
    title: str = ""
    unsaid: tuple[str, ...] = ()
    twin: int = 0

    @property
    def network(self) -> Network:
        return self.history[-1]

    @cached_property
    def name(self) -> str:
        """Name it by all that it computes, so that whatever is measured on it is kept for just that."""
        return f"{WORD} {self.digest}" + f" {self.twin}" * bool(self.twin)

    @cached_property
    def digest(self) -> str:
        return fingerprint(self.network)

    @property
    def label(self) -> str:
        """What the page calls it, where no other has that label."""
        return quoted(self.title) if self.title else WORD

    @cached_property
    def knobs(self) -> dict[link.Knob, float]:
        """Return the knobs turned since it was a shipped or served one."""
        return link.turned(self.history) if self.base else {}

    @property
    def fits(self) -> bool:
        """Say whether a link can hold it."""
        return bool(self.base) and len(self.knobs) <= link.MOST_KNOBS


def fingerprint(network: Network) -> str:
    """Return text that only networks which are the same in everything share.

    What is measured on one is shared by all visitors, and it may come with a stranger's link: no checksum will do.
    """
    digest = hashlib.blake2b(digest_size=16)
    kinds = [(layer.activation, layer.leak) for layer in network.layers]
    digest.update(repr((network.sizes, kinds, network.shape, network.classes, network.preparation)).encode())
    for layer in network.layers:
        digest.update(layer.W.tobytes())
        digest.update(layer.b.tobytes())
    return digest.hexdigest()


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
    """Write a network's name as the page does: one's own are called as their files, else "yours"; alike ones counted.

    Names from outside stand in quotation marks, so that none passes for a shipped one.
    """
    met = Counter[str]()
    for other, label in [*((each, quoted(each)) for each in served.networks()), *((o.name, o.label) for o in every())]:
        met[label] += 1
        if other == name:
            return label if met[label] == 1 else f"{label} {met[label]}"
    return name.partition(" ")[0]


def base_in_link(name: str) -> str:
    """Name what stands for a network in the link: for one's own, the one it began as.

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
    """Use a network that links can name with the knobs of a link turned; ValueError, and no change, if one cannot be.

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
    own = find(name) or Yours("" if name.startswith(f"{WORD} ") else name, (before,))
    first, *later = own.history
    _use(find(name), replace(own, history=(first, *later[1 - MOST_STEPS :], after)))


def undo() -> None:
    """Take back the last change of the network chosen; without any left, the one it began as is used again."""
    if own := current():
        _use(own, replace(own, history=own.history[:-1] if len(own.history) > 1 else own.history))


def reset() -> None:
    """Take back all changes of the network chosen."""
    if own := current():
        _use(own, replace(own, history=own.history[:1]))


def load(data: bytes, name: str) -> None:
    """Use a network from a file's bytes; ValueError, and no change, if nnviz cannot explore it, or it is one too many.

    What the file does not say is taken to be the usual, to be said later by `settle`.
    """
    network, unsaid = files.read_as_usual(data, name)
    _use(None, Yours("", (network,), files.title(name), unsaid))


def keep(network: Network, title: str) -> None:
    """Use a network that was made here and is no shipped one; ValueError, and no change, if it is one too many."""
    _use(None, Yours("", (files.checked(network),), title))


def settle(name: str, settled: Callable[[Network], Network]) -> None:
    """Say of one's own network from a file what the file does not say, or say it anew: of all steps of its history.

    ValueError, and no change, if nnviz cannot explore what comes of it.
    """
    own = find(name)
    if own and not own.base:
        history = tuple(files.checked(settled(each)) for each in own.history)
        _use(own, replace(own, history=history, unsaid=()))


def remove(instead: str) -> None:
    """Forget the network chosen, if it is one's own; the one it began as, or else `instead`, is used."""
    if own := current():
        _keep(tuple(each for each in every() if each is not own), own.base or instead)


def _use(old: Yours | None, new: Yours) -> None:
    """Put `new` in the place of `old`, or behind the others, and choose it; unchanged from its base, that one."""
    others = [each for each in every() if each is not old]
    unchanged = bool(new.base) and len(new.history) == 1
    alike = [each for each in others if each.digest == new.digest]
    if unchanged:
        _keep(tuple(others), new.base)
    elif old is None and alike:  # with all its history
        _keep(every(), alike[0].name)
    elif old is None and len(others) >= MOST:
        raise ValueError(f"you have {MOST} networks of your own already; save what you need, and remove one first")
    else:
        twins = {each.twin for each in alike}
        new = replace(new, twin=next(number for number in range(MOST + 1) if number not in twins))
        new = _fitted(new, others)
        _keep(tuple(new if each is old else each for each in every()) + (new,) * (old is None), new.name)


def _fitted(new: Yours, others: Iterable[Yours]) -> Yours:
    """Forget its oldest steps until all fit into the room there is; ValueError if even its last one does not."""
    kept = [network for each in others for network in each.history]
    while _size([*kept, *new.history]) > MOST_BYTES:
        if len(new.history) <= 2:
            raise ValueError("your networks together are too large; save what you need, and remove one first")
        new = replace(new, history=(new.history[0], *new.history[2:]))
    return new


def _size(networks: Iterable[Network]) -> int:
    """Count the bytes of their weights and biases, those that several share once."""
    arrays = {id(array): array for network in networks for layer in network.layers for array in (layer.W, layer.b)}
    return sum(array.nbytes for array in arrays.values())


def _keep(owns: tuple[Yours, ...], chosen: str) -> None:
    st.session_state["yours"], st.session_state["network"] = owns, chosen
