"""Which networks are in the file: the one that was chosen, if it is taken home, and of the others as many as fit."""

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

LARGEST = 400_000  # bytes of the file; only a network that is larger itself makes it larger


def explorer() -> Page:
    """Write what the server hands out to everybody; OSError or ValueError if a network in assets/ cannot be read."""
    return page(_fitting(list(lessons()), _served()))


def taken(own: Held | None, state: str, app: str) -> str:
    """Write what is taken home, opening with `state`: with one's own network, or whichever was chosen, if it fits."""
    first, *others = lessons()
    known = {each.name for each in (first, *others)}
    return page(_fitting([first, *([own] if own and own.name not in known else [])], others), state, app).text


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
