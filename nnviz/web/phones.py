"""The address by which phones reach this server, where somebody has said it: `NNVIZ_PHONES`, checked when it starts."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterable
from urllib.parse import urlsplit

from nnviz.sentences import quoted

PHONES = "NNVIZ_PHONES"  # a name or an address, with a port or without
EXPECTED = "expected a name or an address, with a port or without, such as 192.168.1.7, nnviz.local:8500 or [fd00::2]"


def said() -> tuple[str, int | None]:
    """Return the name or address that was said, and the port, None where that is the page's; ("", None) if nothing was.

    Raises
    ------
    ValueError
        With a sentence, if it is neither, or a name that this server does not answer to.
    """
    text = os.environ.get(PHONES, "").strip()
    return check(text) if text else ("", None)


def warn() -> None:
    """Say on the console what is wrong with it, if anything is; Share then says so, too."""
    try:
        said()
    except ValueError as error:
        print(f"nnviz: {error}", file=sys.stderr, flush=True)


def check(text: str, allowed: Iterable[str] | None = None) -> tuple[str, int | None]:
    """Do the same for any text; `allowed` are the names answered to, if not those of Streamlit's setting."""
    host, port = _read(text)
    if not _is_address(host):
        from nnviz.web.guard import host_allowed

        if not host_allowed(host, allowed):
            raise ValueError(
                f"{PHONES} is {quoted(text, 80)}, but nnviz does not answer to that name: allow it with "
                f"STREAMLIT_SERVER_ALLOWED_HOSTS={host}, or say an address."
            )
    return host, port


def _read(text: str) -> tuple[str, int | None]:
    if _is_address(text):
        return text, None  # of IPv6, without brackets
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is none, half a bracket
        host, port = "", None
    bare = text.rpartition(":")[0] if port is not None else text
    named = bare == f"[{host}]" if ":" in host else bare.lower() == host and _is_name(host)
    if not named or port == 0:
        raise ValueError(f"{PHONES} is {quoted(text, 80)}; {EXPECTED}.")
    return host, port


def _is_name(host: str) -> bool:
    return all(part.isascii() and part.replace("-", "").isalnum() for part in host.split("."))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
