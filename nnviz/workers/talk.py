"""What server, nursery and workers say to each other over sockets: a letter, a length, and as many bytes."""

from __future__ import annotations

import socket
import struct

HEAD = struct.Struct("<cI")
LONGEST = 8_000_000  # bytes of one message

STARTED, KEPT, SHOWN = b"s", b"k", b"m"  # a worker's,
COURSE, TIRED, WRONG = b"c", b"t", b"w"  # which ends with one of these: done, out of time, or why it cannot be done
PAUSE, GO = b"p", b"g"  # the server's, of one byte each

PLACES = struct.Struct("<II")  # before a kept moment: its number, and that of the one no longer kept, or NONE
NONE = 2**32 - 1


def send(channel: socket.socket, kind: bytes, payload: bytes = b"") -> None:
    """Send one message; OSError if nobody is there to hear it."""
    channel.sendall(HEAD.pack(kind, len(payload)) + payload)


def receive(channel: socket.socket) -> tuple[bytes, bytes] | None:
    """Wait for the next message: its kind and its bytes; None once the other side is gone, or talks nonsense."""
    head = _exactly(channel, HEAD.size)
    if head is None:
        return None
    kind, length = HEAD.unpack(head)
    payload = _exactly(channel, length) if length <= LONGEST else None
    return None if payload is None else (kind, payload)


def _exactly(channel: socket.socket, count: int) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        try:
            part = channel.recv(min(count - len(found), 1 << 16))
        except OSError:
            return None
        if not part:
            return None
        found += part
    return bytes(found)
