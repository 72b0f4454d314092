"""Votes of the phones in a room, in this process's memory alone: who may vote on what, and how many have.

A stage has a secret, its room; phones are given the code made of it, with which one can vote and see the counts, but
ask nothing. Everything is bounded, and what nobody has asked about longest is dropped first. Any thread may call.

A voter is a browser that was given a token. One can clear its cookies and be given another, so what counts is bounded
by the address as well: see `Room.admit` and `Question.counts`.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_ROOMS = 200
MOST_QUESTIONS = 20  # of one room
MOST_VOTES = 2_000  # on one question
MOST_FROM_ONE = 400  # voters of one address: a lecture hall's phones behind one router, but not without end
AT_ONCE, A_SECOND = 60, 4.0  # of them: so many at first, and so many more with every second
OWN, FEW = 6, 4  # from so many private addresses on each is a phone's own, of which so many votes count
MOST_ADDRESSES = 5_000  # that a room remembers
MOST_IN_ALL = 200_000  # votes, which take 20 MB
IDLE = 4 * 3600  # seconds after which a room is forgotten
_ROOM = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits
_SECRET = secrets.token_bytes(32)  # of this process: no token of another one counts here


class Refused(Exception):
    """Why a vote does not count, as a sentence; `status` is HTTP's number for it."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.status = status


GONE = "There is no vote at this address. Scan the code on the screen again."
CLOSED = "This question is closed. Wait for the next one."
FULL = "No more votes are taken on this question."
CROWDED = "Too many phones have voted from your network. Use your mobile connection."
BUSY = "Many phones are coming in from your network. This page goes on by itself in a moment."
ALONE = f"Phones here have addresses of their own, and yours has voted {FEW} times: no more of its votes count."
STRANGE = "This phone has no ballot for this room. Scan the code on the screen again."


@dataclass
class Question:
    """What is asked: the letters to choose from, whether votes count still, and each voter's letter, by address."""

    number: int
    title: str
    options: str
    open: bool = True
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # each voter's address
    private: int = 0  # of the addresses

    def counts(self) -> dict[str, int]:
        """Count the votes for every letter: of each address, as many as count."""
        found = Counter(
            letter
            for address, voters in self.choices.items()
            for letter in list(voters.values())[: self.most_of(address)]
        )
        return {letter: found[letter] for letter in self.options}

    def most_of(self, address: str) -> int:
        """Say how many votes of an address count.

        Where phones have addresses of their own, one with many votes is one phone that pretends to be many. Behind a
        router that shows one address for all of them, it is a hall.
        """
        return FEW if self.private >= OWN and is_private(address) else MOST_FROM_ONE

    def counted(self, voter: str) -> bool:
        """Say whether the letter of one who has voted counts."""
        address = self.homes[voter]
        return voter in list(self.choices[address])[: self.most_of(address)]

    def put(self, voter: str, letter: str, address: str) -> None:
        """Write a letter down, in place of the one before."""
        home = self.homes.setdefault(voter, address)
        if home not in self.choices:
            self.choices[home] = {}
            self.private += is_private(home)
        self.choices[home][voter] = letter


@dataclass
class Address:
    """How many tokens an address has been given, how many more it may have just now, and when that was."""

    spare: float
    at: float
    given: int = 0


@dataclass
class Room:
    """A stage's questions, by their numbers, the one that is on, and how many tokens each address has."""

    questions: OrderedDict[int, Question] = field(default_factory=OrderedDict)
    addresses: OrderedDict[str, Address] = field(default_factory=OrderedDict)
    on: int | None = None
    used: float = 0.0

    @property
    def votes(self) -> int:
        """Count the votes on all its questions."""
        return sum(len(question.homes) for question in self.questions.values())

    def admit(self, address: str, now: float) -> None:
        """Let one more phone of an address in; `Refused` where they are too many, or come too fast.

        A hall's phones come within the minute that it takes to scan a code, and once in they stay. A program that
        pretends to be one after another comes as fast as it can.
        """
        known = self.addresses.setdefault(address, Address(AT_ONCE, now))
        known.spare, known.at = min(AT_ONCE, known.spare + A_SECOND * (now - known.at)), now
        if known.given >= MOST_FROM_ONE:
            raise Refused(CROWDED, 429)
        if known.spare < 1:
            raise Refused(BUSY, 429)
        known.spare, known.given = known.spare - 1, known.given + 1
        self.addresses.move_to_end(address)
        while len(self.addresses) > MOST_ADDRESSES:
            self.addresses.popitem(last=False)


class Votes:
    """All rooms of this process.

    Parameters
    ----------
    clock : function, optional
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._rooms, self._lock = clock, OrderedDict[str, Room](), threading.Lock()

    def ask(self, room: str, number: int, title: str, options: str, is_open: bool = True) -> str:
        """Put a question to a room, or close it; return the code for phones. Its votes so far are kept."""
        code = code_of(room)
        with self._lock:
            found = self._rooms.setdefault(code, Room())
            self._use(code, found)
            question = found.questions.setdefault(number, Question(number, title, options))
            question.open = is_open
            found.on = number
            found.questions.move_to_end(number)
            while len(found.questions) > MOST_QUESTIONS:
                found.questions.popitem(last=False)
        return code

    def rest(self, room: str) -> str:
        """Take the question off that is on; return the code for phones."""
        code = code_of(room)
        with self._lock:
            found = self._rooms.setdefault(code, Room())
            self._use(code, found)
            found.on = None
        return code

    def now(self, code: str) -> Question | None:
        """Return the question that is on, None between two; `Refused` if there is no such room."""
        with self._lock:
            found = self._find(code)
            return None if found.on is None else found.questions.get(found.on)

    def admit(self, code: str, address: str) -> str:
        """Give a phone the token of a new voter in a room; `Refused` where none is given."""
        with self._lock:
            self._find(code).admit(address, self._clock())
        return _signed(code, secrets.token_urlsafe(16))

    def counts(self, code: str, number: int) -> dict[str, int]:
        """Count the votes on a question; none if it has not been asked. `Refused` if there is no such room."""
        with self._lock:
            question = self._find(code).questions.get(number)
            return question.counts() if question else {}

    def vote(self, code: str, number: int, choice: str, voter: str, address: str) -> None:
        """Count a voter's letter in place of the one before; `Refused` where it does not count."""
        with self._lock:
            found = self._find(code)
            question = found.questions.get(number)
            if question is None or not question.open or found.on != number:
                raise Refused(CLOSED)
            if len(choice) != 1 or choice not in question.options:
                raise Refused(f"Choose one of {', '.join(question.options)}.", 400)
            if not is_voter(code, voter):
                raise Refused(STRANGE, 400)
            if voter not in question.homes:
                if len(question.homes) >= MOST_VOTES:
                    raise Refused(FULL, 429)
                if len(question.choices.get(address, ())) >= (most := question.most_of(address)):
                    raise Refused(CROWDED if most > FEW else ALONE, 429)
                self._drop()
            question.put(voter, choice, address)

    def chosen(self, code: str, number: int, voter: str) -> tuple[str, bool]:
        """Return the letter a voter has chosen, empty if none, and whether it counts."""
        with self._lock:
            question = self._find(code).questions.get(number)
            if question is None or voter not in question.homes:
                return "", True
            return question.choices[question.homes[voter]][voter], question.counted(voter)

    def _find(self, code: str) -> Room:
        found = self._rooms.get(code)
        if found is None or self._clock() - found.used > IDLE:
            self._rooms.pop(code, None)
            raise Refused(GONE, 404)
        self._use(code, found)
        return found

    def _use(self, code: str, room: Room) -> None:
        room.used = self._clock()
        self._rooms.move_to_end(code)
        while len(self._rooms) > MOST_ROOMS:
            self._rooms.popitem(last=False)

    def _drop(self) -> None:
        """Drop rooms until those left, one at least, have few enough votes."""
        votes = sum(room.votes for room in self._rooms.values())
        while votes > MOST_IN_ALL and len(self._rooms) > 1:
            votes -= self._rooms.popitem(last=False)[1].votes


VOTES = Votes()


def new_room() -> str:
    """Make up a room that nobody can guess."""
    return secrets.token_urlsafe(16)


def is_room(text: str) -> bool:
    """Say whether text may be a room."""
    return _ROOM.fullmatch(text) is not None


def is_voter(code: str, text: str) -> bool:
    """Say whether text is a token that this process has given for a room."""
    return hmac.compare_digest(_signed(code, text[:22]).encode(), text.encode())


def is_private(address: str) -> bool:
    """Say whether an address is one that a network gives its own devices, each another: 192.168.0.7, say.

    Not this machine's, behind which a proxy may stand, and no IPv6 network, which is one for all.
    """
    try:
        found = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return found.is_private and not found.is_loopback


def code_of(room: str) -> str:
    """Return what phones are given of a room: enough to vote in it, too little to ask in it."""
    return hashlib.sha256(room.encode()).hexdigest()[:20]


def _signed(code: str, name: str) -> str:
    return name + hmac.new(_SECRET, f"{code} {name}".encode(), hashlib.sha256).hexdigest()[:32]
