"""Whatever strangers send, it ends as a valid thing or is refused in a sentence, soon and without much memory."""

import tracemalloc

import pytest

from tests.fuzz import doors
from tests.test_pages import DRAW, open_page

COUNT, SEED = 2000, 20261124


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    open_page(DRAW)  # the canvas's package can be imported only where Streamlit runs
    return doors.doors(tmp_path_factory.mktemp("doors"))


def test_what_is_valid_comes_in_through_every_door(every):
    for door in every:
        for thing in door.valid:
            door.enter(thing)


def test_what_is_damaged_is_taken_or_refused_in_a_sentence(every):
    tracemalloc.start()
    try:
        wrong = [case for case in doors.cases(COUNT, SEED) if case.trouble]
    finally:
        tracemalloc.stop()
    assert [(case.door, case.trouble, case.thing[:80]) for case in wrong[:3]] == []


def test_a_door_that_lets_anything_out_is_noticed():
    def leak(_):
        raise KeyError("secret")

    def chatter(_):
        raise ValueError("x" * 300)

    assert "KeyError" in doors.trouble(doors.Door("leak", leak, ()), b"")
    assert "no sentence" in doors.trouble(doors.Door("chatter", chatter, ()), b"")
    assert doors.trouble(doors.Door("fine", len, ()), b"") == ""
