"""What a browser sends: one message for a stroke and one for each press, so that each is one run of the server."""

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg


@pytest.fixture(scope="module")
def sent(tab):
    """What this tab sends from here on, as Streamlit reads it."""
    messages = []
    tab.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: messages.append(frame)))
    tab.open("/")
    tab.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    return messages


STROKES = [[(60, 60), (200, 70), (110, 220)], [(80, 140), (190, 150)]]
ONE_EACH = {
    "a stroke": lambda tab: tab.draw(STROKES[:1]),
    "a second stroke": lambda tab: tab.draw(STROKES[1:]),
    "a test digit": lambda tab: tab.take_a_test_digit(),
    "a stroke over it": lambda tab: tab.draw(STROKES[1:]),
    "Clear": lambda tab: tab.clear(),
    "a stroke after Clear": lambda tab: tab.draw(STROKES[1:]),
    "Undo of the only stroke": lambda tab: (tab.press("Undo"), tab.eventually(tab.is_blank)),
}


@pytest.mark.parametrize("what", ONE_EACH)
def test_one_message_is_sent_for(tab, sent, what):
    sent.clear()
    ONE_EACH[what](tab)
    tab.page.wait_for_timeout(600)  # for a second one; the canvas waits 200 ms before it echoes
    assert [BackMsg.FromString(each).WhichOneof("type") for each in sent] == ["rerun_script"]


def test_undo_of_one_of_two_strokes_leaves_the_other_in_python_too(tab):
    one = tab.clear().draw(STROKES[:1]).picture_in_address()
    tab.draw(STROKES[1:])
    tab.press("Undo")
    tab.eventually(lambda: np.testing.assert_array_equal(tab.picture_in_address(), one))
    tab.taken_over()


def test_the_same_stroke_drawn_again_after_clear_is_another_one(tab):
    for _ in range(2):
        tab.clear().draw(STROKES[:1])
    assert tab.input().any()
