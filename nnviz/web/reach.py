"""Which address phones reach this server by, where its own page was opened by one that only this machine understands.

Behind Caddy the processes listen to this machine alone, and are told where Caddy listens. In a container nobody can
know; `PHONES` says it, there as everywhere.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from nnviz.web import phones
from nnviz.web.phones import PHONES
from nnviz.web.serve import FRONT

CONTAINER = "NNVIZ_CONTAINER"  # set in deploy/Containerfile
ANYWHERE = ("", "*", "0.0.0.0", "::")
NO_NETWORK = "This computer is on no Wi-Fi or other network, so no phone can reach it: join one, then open this again."
BOXED = f"In its container nnviz cannot know the address that phones reach: open it by that one, or set {PHONES}."
_INNER = ("lo", "docker", "br-", "veth", "virbr", "tun", "wg")  # interfaces that lead no phone here
_SIOCGIFADDR = 0x8915  # linux/sockios.h: ask for the address of an interface


def reachable(url: str) -> tuple[str, str]:
    """Turn an address that only this machine understands into one for its network.

    Returns
    -------
    (str, str)
        The address, and an empty sentence; or an empty address and the sentence that says why there is none.
    """
    parts = urlsplit(url)
    if not is_own(parts.hostname or ""):
        return url, ""
    host, trouble, said = _host()
    if trouble:
        return "", trouble
    number = said or parts.port
    port = f":{number}" if number else ""
    return urlunsplit(parts._replace(netloc=f"[{host}]{port}" if ":" in host else f"{host}{port}")), ""


def is_own(host: str) -> bool:
    """Say whether a name or address leads only this machine here: localhost, or its name without a network's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "", socket.gethostname().lower().partition(".")[0])


def _host() -> tuple[str, str, int | None]:
    """Return the name or address for phones, or why there is none; and its port, if it is not the page's."""
    try:
        host, port = phones.said()
    except ValueError as error:
        return "", str(error), None
    return (host, "", port) if host else (*_found(), None)


def _found() -> tuple[str, str]:
    """Find it out where nobody has said it."""
    front = os.environ.get(FRONT)
    bound = (st.get_option("server.address") or "") if front is None else front
    if bound not in ANYWHERE:
        setting = "server.address" if front is None else "NNVIZ_ADDRESS"
        alone = f"This server listens only to this computer ({setting} is {bound}), so no phone can reach it."
        return ("", alone) if is_own(bound) else (bound, "")
    if os.environ.get(CONTAINER):
        return "", BOXED
    found = address_in_network()
    return (found, "") if found else ("", NO_NETWORK)


def address_in_network() -> str | None:
    """Ask the machine which of its addresses others see; nothing is sent, the address asked about is for examples."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737
            host = probe.getsockname()[0]
        except OSError:  # no way to the internet: a network of its own, perhaps, such as its own hotspot
            return next((each for name, each in addresses() if not name.startswith(_INNER)), None)
    return None if is_own(host) else host


def addresses() -> list[tuple[str, str]]:
    """List the network interfaces that have an IPv4 address, by name; none where the system is not Linux."""
    try:
        import fcntl

        found = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            for _, name in socket.if_nameindex():
                try:
                    answer = fcntl.ioctl(probe, _SIOCGIFADDR, name.encode()[:15].ljust(256, b"\0"))
                except OSError:  # it has none
                    continue
                found.append((name, socket.inet_ntoa(answer[20:24])))
    except (ImportError, OSError):
        return []
    return found
