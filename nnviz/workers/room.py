"""The trainings of all visitors of this server: who trains now, who waits, who has gone.

As many train at a time as NNVIZ_TRAININGS says, or else as the machine has cores; the others wait their turn. A visitor
has one. It goes on while its page asks for it, is paused when that stops, and ends when the visitor has gone. Nothing
here reads what a worker sends but its kind: the browser does, and the page.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from nnviz.workers import talk
from nnviz.workers.training import Training

SETTING = "NNVIZ_TRAININGS"
WATCHED = 3.0  # seconds a training goes on without its page asking for it
GONE = 30.0  # seconds after which a visitor who is not connected has gone, and the worker with them;
FORGOTTEN = 90.0  # and after which what the worker had learned is forgotten, too
IDLE = 600.0  # seconds a paused worker, or a nursery without any, is kept
LOOK = 1.0
HELD = 300_000_000  # bytes of what trainings have learned; a large one's take 13 million
PER_SLOT = 4  # workers, paused ones among them, for each that may train at a time
ROOT = Path(__file__).parents[2]

KILLED = "Its process was stopped from outside."


class Refused(Exception):
    """Why there is no training, as a sentence."""


class Room:
    """All trainings of one server, at most `slots` of them at work."""

    def __init__(self, slots: int, here: Callable[[str], bool]) -> None:
        self.slots, self.here = slots, here  # `here` says whether a session still has its visitor
        self.trainings: dict[str, Training] = {}
        self.dealt: dict[str, float] = {}  # when an address was last given a core
        self.lock = threading.RLock()
        self.nursery: subprocess.Popen | None = None
        self.line: socket.socket | None = None  # to the nursery
        self.used = time.monotonic()  # when the nursery last had work
        self.looking = False

    # ---- for the page

    def start(self, owner: str, job: bytes, kept: Sequence[bytes] = (), address: str = "") -> Training:
        """Begin a training, as soon as its turn has come, in the place of the visitor's last one.

        `kept` are the moments from the last of which the job has it go on.
        """
        if not self.slots:
            raise Refused(f"Nobody can train on this server: {SETTING} is 0.")
        with self.lock:
            self.end(owner)
            new = Training(owner, job, kept=dict(enumerate(kept)), shown=len(kept), address=address)
            self.trainings[new.token] = new
            self._deal()
            self._watch()
        return new

    def find(self, token: str) -> Training | None:
        """Return the training of that token, if it is still kept."""
        with self.lock:
            return self.trainings.get(token)

    def pause(self, training: Training, paused: bool = True) -> None:
        """Pause a training, or let it go on."""
        with self.lock:
            training.wanted, training.asked = not paused, time.monotonic()
            self._deal()

    def end(self, owner: str) -> None:
        """End and forget the trainings of a session."""
        with self.lock:
            for training in [each for each in self.trainings.values() if each.owner == owner]:
                self._stop(training)
                del self.trainings[training.token]
            self._deal()

    def place(self, training: Training) -> int:
        """Say how many wait for a core before this one."""
        with self.lock:
            waiting = self._queue()
            return waiting.index(training) if training in waiting else 0

    # ---- for the browser

    def ask(self, token: str) -> Training | None:
        """Return a training, and note that its page is there."""
        with self.lock:
            if training := self.trainings.get(token):
                before, training.asked = training.asked, time.monotonic()
                training.seen = training.asked
                if training.asked - before > WATCHED:
                    self._deal()
            return training

    def warm(self) -> None:
        """Have the nursery ready: somebody looks at the page."""
        with self.lock:
            if self.slots:
                self.used = time.monotonic()
                self._nursery()
                self._watch()

    # ---- who trains

    def _runnable(self, training: Training) -> bool:
        watched = time.monotonic() - training.asked <= WATCHED
        return training.wanted and watched and not training.ended

    def _waits(self, training: Training) -> bool:
        return self._runnable(training) and not training.training

    def _deal(self) -> None:
        """Take cores from those that need none, and give them to those whose turn it is."""
        now, every = time.monotonic(), list(self.trainings.values())
        for training in every:
            if training.training and not self._runnable(training):
                training.training = False
                self._tell(training, talk.PAUSE)
            training.since = (training.since or now) if self._waits(training) else 0.0
        free = self.slots - sum(training.training for training in every)
        for training in self._queue()[: max(free, 0)]:
            training.training, training.since = True, 0.0
            self.dealt[training.address] = now
            if training.channel:
                self._tell(training, talk.GO)
            else:
                self._launch(training)

    def _queue(self) -> list[Training]:
        """Return those that wait: each address in turn, and of its trainings the one that has waited longest.

        Else whoever begins a hundred keeps everybody else waiting for hours.
        """
        before = Counter(each.address for each in self.trainings.values() if each.training)
        turns = []
        for training in sorted(filter(self._waits, self.trainings.values()), key=lambda each: each.since):
            turns.append((before[training.address], self.dealt.get(training.address, 0.0), training))
            before[training.address] += 1
        return [training for *_, training in sorted(turns, key=lambda turn: turn[:2])]

    def _tell(self, training: Training, word: bytes) -> None:
        if training.channel:
            with contextlib.suppress(OSError):  # its worker has gone, which is heard by `_listen`
                training.channel.send(word)

    def _launch(self, training: Training) -> None:
        """Have the nursery fork a worker, and listen to it."""
        paused = [each for each in self.trainings.values() if each.channel and not each.training and not each.ended]
        if len(paused) > (PER_SLOT - 1) * self.slots:
            self._stop(
                min(paused, key=lambda each: each.asked), "It was paused for a long time, and others wanted to train."
            )
        ours, theirs = socket.socketpair()
        try:
            line = self._nursery()
            socket.send_fds(line, [b"j"], [theirs.fileno()])
            talk.send(ours, b"j", training.job)
        except OSError as error:
            training.trouble = f"No process could be started to train in ({error.strerror or error})."
            training.training, training.ended = False, True
            ours.close()
            return
        finally:
            theirs.close()
        training.channel = ours
        threading.Thread(target=self._listen, args=(training, ours), daemon=True).start()

    def _nursery(self) -> socket.socket:
        """Return the line to the nursery, started if there is none."""
        if self.line and self.nursery and self.nursery.poll() is None:
            return self.line
        self._close_nursery()
        ours, theirs = socket.socketpair()
        with theirs:
            self.nursery = subprocess.Popen(
                [sys.executable, "-m", "nnviz.workers.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
            )
        self.line = ours
        return ours

    def _close_nursery(self) -> None:
        if self.line:
            self.line.close()
        if self.nursery:
            try:
                self.nursery.wait(2)
            except subprocess.TimeoutExpired:
                self.nursery.kill()
                self.nursery.wait()
        self.line = self.nursery = None

    def _listen(self, training: Training, channel: socket.socket) -> None:
        """Take down what a worker says, until it has said all, or is gone."""
        while message := talk.receive(channel):
            kind, payload = message
            with self.lock:
                if training.channel is not channel:
                    break
                training.shown += kind in (talk.KEPT, talk.SHOWN)
                if kind == talk.STARTED:
                    training.pid = int(payload)
                elif kind == talk.KEPT:
                    number, gone = talk.PLACES.unpack_from(payload)
                    training.kept[number], training.latest = payload[talk.PLACES.size :], b""
                    training.kept.pop(gone, None)
                elif kind == talk.SHOWN:
                    training.latest = payload
                elif kind == talk.COURSE:
                    training.course = payload
                elif kind in (talk.WRONG, talk.TIRED):
                    training.trouble, training.hopeless = payload.decode(), kind == talk.WRONG
        with self.lock:
            if training.channel is channel:
                self._stop(training, "" if training.course else KILLED)
                self._deal()

    def _stop(self, training: Training, why: str = "") -> None:
        """End a training's worker; what it has learned stays."""
        channel, training.channel = training.channel, None
        training.training, training.ended, training.trouble = False, True, training.trouble or why
        self.used = time.monotonic()
        if channel:
            with contextlib.suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
            channel.close()

    # ---- who has gone

    def _watch(self) -> None:
        if not self.looking:
            self.looking = True
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Look after the trainings once a second, as long as there are any, or a nursery."""
        while True:
            time.sleep(LOOK)
            with self.lock:
                self.look(time.monotonic())
                if not self.trainings and self.nursery is None:
                    self.looking = False
                    return

    def look(self, now: float) -> None:
        """Pause trainings that nobody watches, and end those whose visitors have gone."""
        for training in list(self.trainings.values()):
            if self.here(training.owner):
                training.seen = now
            if now - training.seen > FORGOTTEN:
                self._stop(training)
                del self.trainings[training.token]
            elif not training.ended and now - training.seen > GONE:
                self._stop(training, "Its page was closed.")
            elif not training.ended and training.channel and not training.training and now - training.asked > IDLE:
                self._stop(training, "It was paused for so long that its process was ended.")
        self._forget()
        addresses = {training.address for training in self.trainings.values()}
        self.dealt = {address: when for address, when in self.dealt.items() if address in addresses}
        self._deal()
        if self.trainings:
            self.used = now
        elif now - self.used > IDLE:
            self._close_nursery()

    def _forget(self) -> None:
        """Forget trainings until the others fit into `HELD`: of visitors who are not connected first, idle ones first.

        Who asks for one from outside any session could else keep as many as there is memory for.
        """
        held = sum(training.size for training in self.trainings.values())
        idle = [each for each in self.trainings.values() if not each.training]
        for training in sorted(idle, key=lambda each: (self.here(each.owner), each.asked)):
            if held <= HELD:
                return
            held -= training.size
            self._stop(training)
            del self.trainings[training.token]


def slots() -> int:
    """Read how many may train at a time: NNVIZ_TRAININGS, or else as many as cores; ValueError if it is no number."""
    text = os.environ.get(SETTING, "")
    if not text:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise ValueError(f"{SETTING} is a whole number, 0 for none, not {text!r}")
    return int(text)


@cache
def room() -> Room:
    """Return the one room of this server."""
    return Room(slots(), _here)


def _here(session: str) -> bool:
    """Say whether a session's page is open in a browser."""
    from streamlit import runtime

    return runtime.exists() and runtime.get_instance().is_active_session(session)
