"""What the server hands out at /pocket: the lesson's networks, and of those it was started with as many as fit."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from nnviz import described, mnist, served
from nnviz.network import Network
from nnviz.sentences import quoted
from nnviz.ui.kit.picker import ABOUT
from nnviz.ui.live.live import MOST_NUMBERS
from nnviz.ui.pocket.page import Held, Page, page
from nnviz.ui.session.data import LESSONS

LARGEST = 400_000  # bytes of the file


def explorer() -> Page:
    """Write the explorer that everybody gets; OSError or ValueError if a network in assets/ is missing or damaged."""
    networks = list(lessons())
    for name, network in served.networks().items():
        about, query = described.network(network), urlencode({"network": name})
        more = [*networks, Held(name, network, quoted(name), about, query)]
        if network.parameter_count <= MOST_NUMBERS and len(page(more).text.encode()) <= LARGEST:
            networks = more
    return page(networks)


def lessons() -> Iterator[Held]:
    """Read the networks of the lesson, which are in every file."""
    for name in LESSONS:
        network = Network.load(mnist.ASSETS / "networks" / f"{name}.npz")
        yield Held(name, network, name, ABOUT[name], "" if name == LESSONS[0] else urlencode({"network": name}))
