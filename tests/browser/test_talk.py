"""The talk in a real browser: by keys from the first step to the last and back, on a stage, with the pen in hand."""

import numpy as np
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from nnviz import pen
from nnviz.export import link
from nnviz.mnist import load
from tests.browser.conftest import clear_digit
from tests.browser.visit import Visit, forward

STEPS, ASKING = 17, (8, 9, 15)
DIGIT = load("test").images[0] / 255


@pytest.fixture(scope="module")
def tab(laptop, server):
    visit = Visit(laptop.new_page(), server)
    visit.open(f"/talk?stage=1&drawing={link.encode(DIGIT)}")
    visit.page.locator(".st-key-talk_keys dialog").wait_for(state="attached")
    yield visit
    visit.page.close()
    assert visit.trouble == []


def where(visit):
    return visit.page.locator(".st-key-words .where").inner_text()


def at(visit, step):
    """Wait until a step is on, in words and in the address."""

    def shown():
        assert where(visit) == f"{step} of {STEPS}"
        assert visit.parameters().get("step", "1") == str(step)

    visit.eventually(shown)


def says(visit, words):
    def on_screen():
        assert words in visit.page.locator(".st-key-picture").inner_text()

    visit.eventually(on_screen)


def press(visit, key):
    visit.page.keyboard.press(key)


def test_the_clicker_leads_through_the_whole_talk_and_back(tab):
    at(tab, 1)
    for step in range(1, STEPS):
        if step in ASKING:
            press(tab, "PageDown")
            says(tab, "excites it most")
            at(tab, step)
        press(tab, "PageDown")
        at(tab, step + 1)
        assert tab.exceptions() == []
    for _ in range(STEPS - 1 + len(ASKING) - 1):
        press(tab, "PageUp")
    at(tab, 2)
    press(tab, "PageUp")
    at(tab, 1)


def test_presses_faster_than_the_server_all_count(tab):
    press(tab, "Home")
    at(tab, 1)
    for key in ["ArrowRight", "ArrowDown", "PageDown", "ArrowRight", "ArrowLeft", "ArrowUp"]:
        press(tab, key)
    at(tab, 3)
    press(tab, "End")
    at(tab, STEPS)


def test_keys_and_buttons_take_turns(tab):
    press(tab, "Home")
    press(tab, "PageDown")
    at(tab, 2)
    tab.page.locator(".st-key-talk_next").get_by_role("button").click()
    at(tab, 3)
    tab.page.locator("h2").click()  # the focus leaves the button
    press(tab, "PageUp")  # to where a key had led before
    at(tab, 2)


def test_the_list_of_keys_opens_and_closes(tab):
    keys = tab.page.get_by_role("dialog", name="Keys")
    press(tab, "?")
    keys.wait_for()
    assert "Page Down" in keys.inner_text()
    press(tab, "Escape")
    keys.wait_for(state="hidden")


def test_f_fills_the_screen_and_leaves_it_again(tab):
    press(tab, "f")
    tab.page.wait_for_function("() => document.fullscreenElement !== null")
    press(tab, "f")
    tab.page.wait_for_function("() => document.fullscreenElement === null")


def test_on_a_stage_the_words_are_24_pixels_high_and_there_is_no_menu(tab):
    sizes = tab.page.locator(".st-key-words :is(.says, .do)").evaluate_all(
        "all => all.map((element) => parseFloat(getComputedStyle(element).fontSize))"
    )
    assert min(sizes) >= 24
    assert not tab.page.get_by_test_id("stTopNavLink").first.is_visible()


def test_what_is_drawn_during_the_talk_is_what_its_pictures_show(tab):
    press(tab, "Home")
    for step in range(2, 5):
        press(tab, "PageDown")
        at(tab, step)
    tab.clear().draw(pen.place(clear_digit(3).strokes))
    tab.answers("smooth")
    assert forward("smooth", tab.input())[0][-1].argmax() == 3
    np.testing.assert_allclose(tab.layers()[-1].argmax(), 3)
    press(tab, "ArrowRight")  # the focus is on the canvas now, and the key is the talk's all the same
    at(tab, 5)


RECORD = """() => {
    window.seen = [];
    const look = () => {
        const title = document.querySelector(".st-key-words h2")?.textContent;
        const chart = document.querySelector(".st-key-maps_plain .js-plotly-plot .heatmaplayer");
        window.seen.push([title, chart ? chart.closest(".js-plotly-plot").clientHeight : 0]);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_a_step_comes_with_its_picture_even_on_its_first_visit(visit_with, fresh_server):
    visit, received = visit_with(fresh_server), []
    visit.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(frame)))
    visit.open("/talk?step=13")
    visit.page.evaluate(RECORD)
    received.clear()
    visit.page.keyboard.press("PageDown")
    visit.page.get_by_role("heading", name="What it really learned").wait_for()
    visit.settled()
    elements = [ForwardMsg.FromString(frame).delta.new_element for frame in received]
    heading = next(k for k, each in enumerate(elements) if "What it really learned" in str(each))
    charts = [k for k, each in enumerate(elements) if each.WhichOneof("type") == "plotly_chart"]
    assert charts
    assert max(charts) < heading  # the words come when nothing is left to work out; the scores once took 4 s
    heights = [height for title, height in visit.page.evaluate("window.seen") if title == "What it really learned"]
    whole = next(k for k, height in enumerate(heights) if height > 200)
    assert all(height > 200 for height in heights[whole:])
