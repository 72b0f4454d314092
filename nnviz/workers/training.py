"""One visitor's training, as the server knows it."""

from __future__ import annotations

import secrets
import socket
import time
from dataclasses import dataclass, field

WAITING, RUNNING, PAUSED, OVER, LOST = "waiting", "running", "paused", "over", "lost"


@dataclass(eq=False)
class Training:
    """One visitor's training, as the server knows it.

    Attributes
    ----------
    owner : str
        The session that started it.
    job : bytes
        What the worker is told to do.
    token : str
        By which the visitor's page, and nobody else, asks for it.
    kept : dict
        The moments that stay, by their numbers, which only grow.
    latest : bytes
        The last moment, if it is not one that stays.
    shown : int
        How many moments its worker has sent.
    course : bytes
        All of it, once it is over; empty before.
    trouble : str
        Why it was lost, as a sentence.
    hopeless : bool
        Whether it would be lost again.
    wanted : bool
        Whether the visitor has not paused it.
    address : str
        Whom its visitor's requests come from.
    asked : float
        When its page last asked for it, on the clock that never goes back.
    """

    owner: str
    job: bytes
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    kept: dict[int, bytes] = field(default_factory=dict)
    latest: bytes = b""
    shown: int = 0
    course: bytes = b""
    trouble: str = ""
    hopeless: bool = False
    wanted: bool = True
    address: str = ""
    asked: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)  # when its visitor was last known to be there
    since: float = 0.0  # when it began to wait
    channel: socket.socket | None = None
    training: bool = False  # its worker has a core
    ended: bool = False
    pid: int = 0

    @property
    def size(self) -> int:
        """Count the bytes of what it has learned."""
        return sum(map(len, (*self.kept.values(), self.latest, self.course)))

    @property
    def state(self) -> str:
        """Say what it is doing."""
        if self.ended:
            return OVER if self.course else LOST
        return RUNNING if self.training else WAITING if self.wanted else PAUSED
