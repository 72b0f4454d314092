"""Votes of the phones in a room, in this process's memory alone: who may vote on what, and how many have.

A stage has a secret, its room; phones are given the code made of it, with which one can vote and see the counts, but
ask nothing. Everything is bounded, and what nobody has asked about longest is dropped first. Any thread may call.
"""

from __future__ import annotations

import hashlib
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
MOST_FROM_ONE = 400  # of them from one address: a lecture hall's phones behind one router, but not without end
MOST_IN_ALL = 200_000  # votes, which take 20 MB
IDLE = 4 * 3600  # seconds after which a room is forgotten
_ROOM = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits
_VOTER = re.compile(r"[A-Za-z0-9_-]{22}")


class Refused(Exception):
    """Why a vote does not count, as a sentence; `status` is HTTP's number for it."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.status = status


GONE = "There is no vote at this address. Scan the code on the screen again."
CLOSED = "This question is closed. Wait for the next one."
FULL = "No more votes are taken on this question."
CROWDED = "Too many phones have voted from your network. Use your mobile connection."


@dataclass
class Question:
    """What is asked: the letters to choose from, whether votes count still, and each voter's letter."""

    number: int
    title: str
    options: str
    open: bool = True
    choices: dict[str, str] = field(default_factory=dict)
    addresses: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        """Count the votes for every letter."""
        found = Counter(self.choices.values())
        return {letter: found[letter] for letter in self.options}


@dataclass
class Room:
    """A stage's questions, by their numbers, and the one that is on."""

    questions: OrderedDict[int, Question] = field(default_factory=OrderedDict)
    on: int | None = None
    used: float = 0.0

    @property
    def votes(self) -> int:
        """Count the votes on all its questions."""
        return sum(len(question.choices) for question in self.questions.values())


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
            if voter not in question.choices:
                if len(question.choices) >= MOST_VOTES:
                    raise Refused(FULL, 429)
                if question.addresses[address] >= MOST_FROM_ONE:
                    raise Refused(CROWDED, 429)
                question.addresses[address] += 1
                self._drop()
            question.choices[voter] = choice

    def chosen(self, code: str, number: int, voter: str) -> str:
        """Return the letter a voter has chosen; empty if none."""
        with self._lock:
            question = self._find(code).questions.get(number)
            return question.choices.get(voter, "") if question else ""

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


def is_voter(text: str) -> bool:
    """Say whether text may be what `new_voter` made up."""
    return _VOTER.fullmatch(text) is not None


new_voter = new_room


def code_of(room: str) -> str:
    """Return what phones are given of a room: enough to vote in it, too little to ask in it."""
    return hashlib.sha256(room.encode()).hexdigest()[:20]
