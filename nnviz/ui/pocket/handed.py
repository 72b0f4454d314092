"""Which networks are in the file: the lesson's, the one that was chosen, if it is taken home, and others that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from nnviz import described, mnist, served
from nnviz.network import Network
from nnviz.sentences import quoted
from nnviz.ui.kit.picker import ABOUT
from nnviz.ui.live.live import MOST_NUMBERS
from nnviz.ui.pocket.page import Held, Page, page
from nnviz.ui.session.data import LESSONS

LARGEST = 400_000  # bytes of the file; only a network that is too large for that makes it larger


def explorer() -> Page:
    """Write what the server hands out to everybody; OSError or ValueError if a network in assets/ cannot be read."""
    return page(_fitting(list(lessons()), _served()))


def taken(own: Held | None, state: str, app: str) -> str:
    """Write what is taken home, opening with `state`: with one's own network, or whichever was chosen.

    Of the lesson's networks those are in it that fit beside one's own; where that is too large alone, all of them.
    """
    first, *others = lessons()
    if own is None or own.name in {each.name for each in (first, *others)}:
        return page([first, *others], state, app).text
    fits = len(page([first, own]).text.encode()) <= LARGEST
    networks = _fitting([first, own], others) if fits else [first, own, *others]
    return page(networks, state, app).text


def lessons() -> Iterator[Held]:
    """Read the networks of the lesson."""
    for name in LESSONS:
        network = Network.load(mnist.ASSETS / "networks" / f"{name}.npz")
        yield Held(name, network, name, ABOUT[name], "" if name == LESSONS[0] else urlencode({"network": name}))


def _served() -> Iterator[Held]:
    """Name those the server was started with."""
    for name, network in served.networks().items():
        yield Held(name, network, quoted(name), described.network(network), urlencode({"network": name}))


def _fitting(networks: list[Held], more: Iterable[Held]) -> list[Held]:
    """Add those of `more` that fit into the file."""
    for each in more:
        if each.network.parameter_count <= MOST_NUMBERS and len(page([*networks, each]).text.encode()) <= LARGEST:
            networks = [*networks, each]
    return networks
