"""Trainings in processes of their own: who trains, who waits, who has gone, and what is left when one is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nnviz.training import Course, Recipe
from nnviz.training.course_bytes import read_moment
from nnviz.workers import room as rooms
from nnviz.workers import talk, worker
from nnviz.workers.room import Refused, Room
from nnviz.workers.training import LOST, OVER, PAUSED, RUNNING, WAITING

TINY = Recipe(epochs=1, share=0.02, batch=50)  # 22 steps
ROOT = Path(__file__).parents[1]
LONG = Recipe(epochs=30)


@pytest.fixture(scope="module")
def every():
    """One room for all tests, whose nursery needs a second to load; and the sessions whose visitors are there."""
    there = set()
    room = Room(1, there.__contains__)
    yield room, there
    room._close_nursery()


@pytest.fixture
def here(every):
    every[1].update(("one", "two", "three"))
    return every[1]


@pytest.fixture
def room(every, here):
    yield every[0]
    for session in here:
        every[0].end(session)


def until(holds, *watched, room, patience=30):
    """Ask for trainings, as their pages do, until something holds."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, [(each.state, each.trouble, each.shown) for each in watched]
        for training in watched:
            room.ask(training.token)
        time.sleep(0.01)


def start(room, session, recipe=LONG, kept=()):
    return room.start(session, worker.job(recipe, kept), kept)


def test_a_training_comes_to_its_end_and_leaves_its_course(room):
    training = start(room, "one", TINY)
    until(lambda: training.ended, training, room=room)
    course = Course.from_bytes(training.course)
    assert (training.state, training.trouble) == (OVER, "")
    assert course.recipe == TINY
    assert [course.moments[0].step, course.moments[-1].step] == [0, course.steps] == [0, 22]


def test_the_moments_sent_on_the_way_are_those_of_the_course(room):
    training = start(room, "one", TINY)
    until(lambda: training.ended, training, room=room)
    course, sent = Course.from_bytes(training.course), [read_moment(each) for each in training.kept.values()]
    assert [moment.step for _, _, moment in sent] == [moment.step for moment in course.moments]
    assert {(steps, held) for steps, held, _ in sent} == {(22, "validation")}
    for (_, _, found), expected in zip(sent, course.moments, strict=True):
        scale = np.abs(expected.network.layers[0].W).max() / 32767
        assert np.abs(found.network.layers[0].W - expected.network.layers[0].W).max() <= scale
        assert found.right_validation == expected.right_validation


def test_the_same_recipe_trains_the_same_bits_again(room):
    courses = []
    for session in ("one", "two"):
        training = start(room, session, TINY)
        until(lambda training=training: training.ended, training, room=room)
        courses.append(training.course)
    assert courses[0] == courses[1]


def test_the_second_waits_until_the_first_has_ended_and_knows_how_many_come_before(room):
    first, second, third = (start(room, session) for session in ("one", "two", "three"))
    until(lambda: first.shown, first, second, third, room=room)
    assert [each.state for each in (first, second, third)] == [RUNNING, WAITING, WAITING]
    assert [room.place(each) for each in (second, third)] == [0, 1]
    room.end("one")
    until(lambda: second.shown, second, third, room=room)
    assert [second.state, third.state] == [RUNNING, WAITING]


def test_who_begins_many_keeps_nobody_else_waiting(room, here):
    many = [f"tab {k}" for k in range(4)]
    here.update(many)
    _, *others = (room.start(session, worker.job(LONG), address="10.0.0.1") for session in many)
    last = room.start("one", worker.job(LONG), address="10.0.0.2")
    assert [room.place(each) for each in (last, *others)] == [0, 1, 2, 3]
    room.end("tab 0")
    assert [each.state for each in (last, *others)] == [RUNNING, WAITING, WAITING, WAITING]


def test_a_paused_training_stands_still_makes_room_and_goes_on_where_it_was(room):
    first, second = start(room, "one"), start(room, "two", TINY)
    until(lambda: first.shown, first, second, room=room)
    room.pause(first)
    until(lambda: second.ended, first, second, room=room)
    shown, kept = first.shown, list(first.kept)
    assert (first.state, second.state) == (PAUSED, OVER)
    room.pause(first, paused=False)
    until(lambda: first.shown > shown, first, room=room)
    assert first.state == RUNNING
    assert list(first.kept)[: len(kept)] == kept


def test_a_training_that_nobody_watches_pauses_and_goes_on_when_its_page_is_there_again(room, monkeypatch):
    monkeypatch.setattr(rooms, "WATCHED", 0.2)
    training = start(room, "one")
    until(lambda: training.shown, training, room=room)
    time.sleep(0.3)
    room.look(time.monotonic())
    assert not training.training
    time.sleep(0.2)  # what was under way has come
    shown = training.shown
    time.sleep(0.2)
    assert training.shown == shown
    until(lambda: training.shown > shown, training, room=room)


def test_a_closed_tab_ends_its_worker_and_later_the_rest_is_forgotten(room, here, monkeypatch):
    training = start(room, "one")
    until(lambda: training.shown, training, room=room)
    here.discard("one")
    now = time.monotonic()
    room.look(now + rooms.GONE - 1)
    assert not training.ended
    room.look(now + rooms.GONE + 1)
    assert training.ended
    assert gone(training.pid)
    assert rooms.GONE + rooms.WATCHED + rooms.LOOK < 60
    room.look(now + rooms.FORGOTTEN + 1)
    assert room.find(training.token) is None


def gone(pid):
    """Say whether a process ends within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


UNDER_WAY = """
import socket, sys, time
from nnviz.workers import worker
worker.lessons = lambda *_: time.sleep(30)
worker._digits["scans"] = None
worker.main(socket.socket(fileno=int(sys.argv[1])))
"""


def test_a_worker_that_is_no_longer_wanted_ends_in_the_midst_of_its_work():
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", UNDER_WAY, str(theirs.fileno())]
    with ours, subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        talk.send(ours, b"j", worker.job(TINY))
        assert talk.receive(ours) == (talk.STARTED, str(process.pid).encode())
        ours.close()
        try:
            assert process.wait(5) == 0
        finally:
            process.kill()


def test_what_is_learned_is_forgotten_where_it_takes_too_much_the_visitors_that_have_gone_first(
    room, here, monkeypatch
):
    trainings = {session: start(room, session, TINY) for session in ("one", "two", "three")}
    until(lambda: all(each.ended for each in trainings.values()), *trainings.values(), room=room)
    here.discard("three")
    monkeypatch.setattr(rooms, "HELD", 2 * trainings["one"].size)
    room.ask(trainings["three"].token)  # which alone keeps nothing
    room.look(time.monotonic())
    assert [room.find(each.token) is not None for each in trainings.values()] == [True, True, False]
    monkeypatch.setattr(rooms, "HELD", 0)
    running = start(room, "three")
    until(lambda: running.shown, running, room=room)
    room.look(time.monotonic())
    assert list(room.trainings.values()) == [running]


def test_a_killed_worker_is_said_and_its_training_goes_on_from_the_last_kept_moment(room):
    first = start(room, "one", LONG)
    until(lambda: len(first.kept) > 5, first, room=room)
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: first.ended, first, room=room)
    assert (first.state, first.hopeless) == (LOST, False)
    assert "from outside" in first.trouble
    kept = list(first.kept.values())
    last = read_moment(kept[-1])[2]
    second = start(room, "one", LONG, kept)
    until(lambda: len(second.kept) > len(kept), second, room=room)
    steps = [read_moment(each)[2].step for each in list(second.kept.values())]
    assert steps == sorted(set(steps))
    assert steps[: len(kept)] == [read_moment(each)[2].step for each in kept]
    assert steps[len(kept)] > last.step


def test_a_killed_nursery_takes_its_workers_along_and_the_next_training_gets_another(room):
    first = start(room, "one")
    until(lambda: first.shown, first, room=room)
    os.kill(room.nursery.pid, signal.SIGKILL)
    until(lambda: first.ended, first, room=room)
    assert gone(first.pid)
    second = start(room, "one", TINY)
    until(lambda: second.state == OVER, second, room=room)


def test_when_the_server_goes_nursery_and_workers_go(room):
    training = start(room, "one")
    until(lambda: training.shown, training, room=room)
    nursery = room.nursery
    room.line.close()  # as the system does for a server that was killed
    nursery.wait(5)
    assert gone(training.pid)


def test_a_visitors_second_training_ends_the_first(room):
    first = start(room, "one")
    until(lambda: first.shown, first, room=room)
    second = start(room, "one", TINY)
    assert room.find(first.token) is None
    assert gone(first.pid)
    until(lambda: second.state == OVER, second, room=room)


def test_a_training_that_overflows_says_so_and_would_be_lost_again(room):
    wild = Recipe(epochs=5, rate=10.0, optimiser="momentum", hidden="identity", output="softmax", batch=20, average=0.0)
    training = start(room, "one", wild)
    until(lambda: training.ended, training, room=room)
    assert (training.state, training.hopeless) == (LOST, True)
    assert "learning rate" in training.trouble


def test_a_recipe_that_is_too_much_is_refused_by_the_worker_too(room):
    training = start(room, "one", Recipe(epochs=1000))
    until(lambda: training.ended, training, room=room)
    assert "epochs" in training.trouble


def test_missing_digits_are_named(monkeypatch):
    monkeypatch.setattr(worker.mnist, "load", lambda part: (_ for _ in ()).throw(FileNotFoundError("mnist is missing")))
    monkeypatch.setattr(worker, "_missing", [])
    monkeypatch.setattr(worker, "_digits", {})
    worker.prepare()
    assert worker._missing == ["mnist is missing"]


def test_a_worker_has_the_lowest_turn_and_can_write_no_file(room):
    training = start(room, "one")
    until(lambda: training.pid and training.shown, training, room=room)
    with open(f"/proc/{training.pid}/limits") as limits:
        (size,) = [line for line in limits if line.startswith("Max file size")]
    assert size.split()[3:5] == ["0", "0"]
    assert os.getpriority(os.PRIO_PROCESS, training.pid) >= os.getpriority(os.PRIO_PROCESS, 0) + worker.NICE or (
        os.getpriority(os.PRIO_PROCESS, training.pid) == 19
    )


def test_no_more_paused_workers_are_kept_than_there_is_room_for(room, here):
    sessions = [f"visitor {k}" for k in range(rooms.PER_SLOT + 2)]
    here.update(sessions)
    trainings = []
    for session in sessions:
        training = start(room, session)
        trainings.append(training)
        until(lambda training=training: training.shown, training, room=room)
        room.pause(training)
    assert sum(training.channel is not None for training in trainings) <= rooms.PER_SLOT
    assert [training.state for training in trainings[:2]] == [LOST, LOST]


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("3", 3)])
def test_the_setting_says_how_many_train_at_a_time(monkeypatch, text, expected):
    monkeypatch.setenv(rooms.SETTING, text)
    assert rooms.slots() == expected


@pytest.mark.parametrize("text", ["-1", "two", "1e3", "9999"])
def test_a_setting_that_is_no_number_is_refused(monkeypatch, text):
    monkeypatch.setenv(rooms.SETTING, text)
    with pytest.raises(ValueError, match=rooms.SETTING):
        rooms.slots()


def test_where_nobody_may_train_a_sentence_says_so():
    with pytest.raises(Refused, match="Nobody can train"):
        Room(0, lambda _: True).start("one", b"")
