"""What one worker does: trains a network by a recipe, says each moment that is worth looking at, pauses when told to.

It writes no file, which it could not, and it is the last that gets the processor: strokes come first.
"""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import struct
import threading
import time
from collections.abc import Sequence

from nnviz import mnist
from nnviz.mnist import Digits
from nnviz.training import pens
from nnviz.training.course import Course
from nnviz.training.course_bytes import read_moment, write_moment
from nnviz.training.lessons import lessons
from nnviz.training.loop import learn, schedule, steps_of
from nnviz.training.moment import Moment
from nnviz.training.recipe import Recipe
from nnviz.workers import talk

NICE = 15
SECONDS = 240  # of processor time a training may take
MEMORY = 3_000_000_000  # bytes of address space
PICTURE = 0.06  # seconds after which another moment is shown, kept or not

_digits: dict[str, Digits] = {}
_missing: list[str] = []


def prepare() -> None:
    """Load what all workers learn from, before they are forked; what is missing, each of them then says."""
    try:
        _digits["scans"], _digits["pens"] = mnist.load("train"), pens.load()
    except (OSError, ValueError) as error:
        _missing.append(str(error))


def job(recipe: Recipe, kept: Sequence[bytes] = ()) -> bytes:
    """Write down what a worker is to do: train by a recipe, from the last of the moments that are kept already."""
    parts = [json.dumps(recipe.stated()).encode(), *kept]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def _parts(data: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        parts.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return parts


def main(channel: socket.socket) -> None:
    """Train as the first message says, and tell the server; whatever goes wrong is said in a sentence."""
    os.nice(NICE)
    for what, most in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MEMORY)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 10, SECONDS + 10))
    try:
        message = talk.receive(channel)
        if message:
            talk.send(channel, talk.STARTED, str(os.getpid()).encode())
            threading.Thread(target=_end_with, args=(channel,), daemon=True).start()
            if _missing:
                raise ValueError(_missing[0])
            stated, *kept = _parts(message[1])
            _Teller(channel, Recipe.of(json.loads(stated)), kept).train()
    except (ValueError, MemoryError) as error:
        talk.send(channel, talk.WRONG, (str(error) or "There is not enough memory for it.").encode())
    except OSError:
        pass  # nobody listens any more


def _end_with(channel: socket.socket) -> None:
    """End at once when the server hangs up: forty trainings begun anew within seconds would hold 5 GB for two more."""
    hung_up = select.poll()
    hung_up.register(channel, 0)
    hung_up.poll()
    os._exit(0)


class _Teller:
    def __init__(self, channel: socket.socket, recipe: Recipe, kept: Sequence[bytes]) -> None:
        recipe.check()
        self.channel, self.recipe = channel, recipe
        before = [read_moment(each)[2] for each in kept]
        self.lessons = lessons(recipe, _digits["scans"], _digits["pens"] if recipe.pens else None)
        self.steps = steps_of(recipe, len(self.lessons.epoch(0).labels))
        self.course = Course(recipe, self.steps, self.lessons.held)
        self.numbers: dict[int, int] = {}  # of the kept moments, by their steps
        for moment in before:
            self.numbers[moment.step] = len(self.numbers)
            self.course.add(moment)
        self.count = len(before)
        self.since = before[-1] if before else None
        self.last = 0.0

    def train(self) -> None:
        planned = schedule(self.steps)

        def due(step: int) -> bool:
            return planned(step) or time.monotonic() - self.last > PICTURE

        for moment in learn(self.recipe, self.lessons, due, self.since):
            self._obey()
            if self.since and moment.step <= self.since.step:
                continue
            if planned(moment.step) or moment.step == self.steps:
                self._keep(moment)
            else:
                talk.send(self.channel, talk.SHOWN, self._written(moment))
            self.last = time.monotonic()
            if time.process_time() > SECONDS:
                said = f"It had trained for {SECONDS} seconds, which is all it may take at a time."
                talk.send(self.channel, talk.TIRED, said.encode())
                return
        talk.send(self.channel, talk.COURSE, self.course.to_bytes())

    def _keep(self, moment: Moment) -> None:
        self.course.add(moment)
        number = self.numbers[moment.step] = self.count
        self.count += 1
        stay = {each.step for each in self.course.moments}
        gone = [self.numbers.pop(step) for step in list(self.numbers) if step not in stay]
        talk.send(
            self.channel, talk.KEPT, talk.PLACES.pack(number, gone[0] if gone else talk.NONE) + self._written(moment)
        )

    def _written(self, moment: Moment) -> bytes:
        return write_moment(moment, self.recipe, self.steps, self.lessons.held)

    def _obey(self) -> None:
        """Pause while told to; OSError when the server has gone, or wants no more."""
        paused = False
        while paused or select.select([self.channel], [], [], 0)[0]:
            word = self.channel.recv(1)
            if not word:
                raise OSError("the server has gone")
            paused = word == talk.PAUSE
