"""The talk in a real browser: by keys from the first step to the last and back, on a stage, with the pen in hand."""

import numpy as np
import pytest

from nnviz import pen
from nnviz.export import link
from nnviz.mnist import load
from nnviz.ui.live import live
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


# Where the talk is, in words, in the picture and in the address.
WHERE = """() => [
    document.querySelector(".st-key-words .where")?.innerText,
    document.querySelector(".painted")?.dataset.step,
    new URLSearchParams(location.search).get("step") ?? "1",
]"""


def at(visit, step):
    """Wait until a step is on, in words, in the picture and in the address."""

    def shown():
        assert visit.page.evaluate(WHERE) == [f"{step} of {STEPS}", str(step), str(step)]

    visit.eventually(shown)


def answered(visit):
    """Wait until the step's question has been answered, on the page as on the server."""
    visit.page.locator(".st-key-talk_next").get_by_role("button", name="Next").wait_for()


def press(visit, key):
    visit.page.keyboard.press(key)


def test_the_clicker_leads_through_the_whole_talk_and_back(tab):
    at(tab, 1)
    for step in range(1, STEPS):
        if step in ASKING:
            press(tab, "PageDown")
            answered(tab)
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


# What is wrong with the step on screen, painted at this width: the picture's share, type, words cut off or over one
# another, and what is not on one line: the canvas's top with the picture's, and all that is pressed in the lowest row.
FACTS = """async (width) => {
    for (let frames = 0; frames < 4; frames += innerWidth === width) await new Promise(requestAnimationFrame);
    const least = Math.max(15, 28 * Math.min(innerWidth / 1280, innerHeight / 720)) - 0.1;
    const box = (e) => e.getBoundingClientRect();
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map(box);
    const picture = box(document.querySelector(".st-key-picture")), stage = box(document.querySelector(".painted"));
    const texts = [...document.querySelectorAll(".painted text")].filter((e) => e.textContent);
    const boxes = texts.map((e) => [e.textContent, box(e)]);
    const outside = (q, p) =>
        q.left < p.left - 1 || q.right > p.right + 1 || q.top < p.top - 4 || q.bottom > p.bottom + 4;
    const below = (p, q) => p.top + 0.18 * p.height >= q.bottom - 0.18 * q.height; // without the room around letters
    const apart = (p, q) => p.left >= q.right - 1 || q.left >= p.right - 1 || below(p, q) || below(q, p);
    const said = [...document.querySelectorAll(".speaker :is(.says, .do, h2, .where, .timer)")]
        .filter((e) => box(e).width);
    const trouble = [];
    if (picture.width * picture.height < 0.6 * innerWidth * innerHeight) trouble.push("a small picture");
    const page = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
    if (outside(picture, page)) trouble.push("a picture cut off");
    if (document.querySelector(".stMain").scrollHeight > innerHeight + 1) trouble.push("a page that scrolls");
    for (const e of [...texts, ...said]) {
        if (parseFloat(getComputedStyle(e).fontSize) < least) trouble.push(`small: ${e.textContent}`);
    }
    const lines = (e) => box(e).height / parseFloat(getComputedStyle(e).lineHeight);
    for (const e of said) {
        const above = {...page, bottom: picture.top - 4};
        if (outside(box(e), above)) trouble.push(`cut off, or too close to the picture: ${e.textContent}`);
        if (innerWidth > 640 && lines(e) > 1.5) trouble.push(`two lines: ${e.textContent}`);
    }
    boxes.forEach(([text, box], k) => {
        if (outside(box, stage)) trouble.push(`cut off: ${text}`);
        for (const [other, its] of boxes.slice(0, k)) if (!apart(box, its)) trouble.push(`${other} lies over ${text}`);
    });
    if (texts.length === 0) trouble.push("nothing written");
    const [ink] = seen(".st-key-ink");
    if (ink && Math.abs(ink.top - picture.top) > 2) trouble.push(`the canvas begins ${ink.top - picture.top} px lower`);
    if (ink && Math.abs(ink.width - ink.height) > 2) trouble.push(`the canvas is cut off: ${ink.width}, ${ink.height}`);
    const row = seen(":is(.st-key-talk_buttons, .st-key-page_tools) button");
    for (const side of ["top", "bottom"]) {
        const all = row.map((b) => b[side]), apart = Math.max(...all) - Math.min(...all);
        if (apart > 1.5) trouble.push(`the lowest row is not on one line: ${side} ${apart}`);
    }
    const [bar] = seen(".st-key-talk_buttons progress");
    if (row.some((b) => b.left < bar.right && b.right > bar.left)) trouble.push("buttons over how far the talk is");
    return trouble;
}"""
SIZES = [(1280, 720), (1920, 1080), (390, 844)]


@pytest.mark.parametrize("look", ["stage", "usual"])
def test_every_picture_fills_three_fifths_in_type_of_28_pixels_and_nothing_is_cut_off(tab, look, visit_with):
    if look == "usual":
        tab = visit_with(color_scheme="light").open(f"/talk?drawing={link.encode(DIGIT)}")
    before = tab.page.viewport_size
    tab.page.emulate_media(reduced_motion="reduce")
    press(tab, "Home")
    wrong = {}
    for step in range(1, STEPS + 1):
        for shown in (False, True) if step in (*ASKING, STEPS) else (False,):
            if shown and step in ASKING:
                answered(tab)
            at(tab, step)
            tab.settled()
            for width, height in SIZES[: 2 if look == "stage" else 3]:
                tab.page.set_viewport_size({"width": width, "height": height})
                if found := tab.page.evaluate(FACTS, width):
                    wrong[step, shown, width] = found
            press(tab, "PageDown")
    tab.page.set_viewport_size(before)
    tab.page.emulate_media(reduced_motion="no-preference")
    assert wrong == {}
    menu = tab.page.get_by_test_id("stTopNavLink").first
    menu.wait_for(state="visible" if look == "usual" else "hidden")  # measured anew after the last size


def test_what_is_drawn_during_the_talk_is_what_its_pictures_show(tab):
    press(tab, "Home")
    for step in range(2, 4):
        press(tab, "PageDown")
        at(tab, step)
    tab.press("Clear")
    tab.page.wait_for_function("() => !location.search.includes('drawing=')")
    tab.eventually(lambda: np.testing.assert_array_equal(tab.pixels(), 0))
    tab.settled()
    tab.scribble(pen.place(clear_digit(3).strokes))
    tab.taken_over()
    outputs = forward("smooth", tab.picture_in_address())[0][-1]
    assert outputs.argmax() == 3

    def shown():
        words = tab.page.locator(".painted text").all_text_contents()
        numbers = [float(each) for each in words if each.count(".") == 1 and len(each) == 4]
        np.testing.assert_allclose(numbers, outputs, atol=0.0051)
        assert "3: one output neuron is sure" in words

    tab.eventually(shown)
    press(tab, "ArrowRight")  # the focus is on the canvas now, and the key is the talk's all the same
    at(tab, 4)


def test_a_picture_mounted_anew_keeps_no_words_of_the_one_before(tab):
    """Streamlit may run a component's script twice on the same elements; what the first one wrote would stay."""
    written = """async (script) => {
        const from = URL.createObjectURL(new Blob([script], {type: "text/javascript"}))
        const { Stage } = await import(from)
        const root = document.createElement("div")
        root.innerHTML = "<canvas></canvas><svg></svg>"
        document.body.append(root)
        for (const words of [["one", "two", "three"], ["four"]]) {
            const stage = new Stage(root)
            stage.begin()
            for (const word of words) stage.text(word, 10, 10)
            stage.end()
        }
        root.remove()
        return [...root.querySelectorAll("text")].map(({textContent}) => textContent)
    }"""
    assert tab.page.evaluate(written, live.script("../pages/talk/stage.js")) == ["four"]


def test_notes_black_screen_laser_and_timer_are_a_key_each(tab):
    page = tab.page
    notes = page.locator("section.notes")
    for seen in (True, False):
        press(tab, "n")
        assert notes.is_visible() == seen
        press(tab, "b")
        assert page.locator(".speaker .black").is_visible() == seen
        press(tab, "l")
        page.mouse.move(300 + 10 * seen, 200)
        assert page.locator(".speaker .laser").is_visible() == seen
        if seen:
            box = page.locator(".speaker .laser").bounding_box()
            assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == (310, 200)
    page.wait_for_function("() => document.querySelector('.timer').textContent !== '0:00'")
    press(tab, "t")
    assert page.locator(".timer").inner_text() == "0:00"


def test_phones_vote_the_bars_follow_and_a_reload_keeps_them(tab, browser):
    at_question = f"{tab.address}/talk?step=8&stage=1"
    tab.open(at_question)
    tab.page.locator(".painted[data-step='8']").wait_for()
    press(tab, "v")
    tab.page.wait_for_function("() => location.search.includes('room=') && window.nnvizTalk.told.room")
    code = tab.page.evaluate("window.nnvizTalk.told.room")
    assert code != tab.parameters()["room"]
    for letter in "CAC":
        phone = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        page = phone.new_page()
        page.goto(f"{tab.address}/vote?room={code}")
        page.get_by_role("button", name=letter).click()
        page.get_by_text(f"Your vote: {letter}.").wait_for()
        phone.close()

    def counted():
        assert tab.page.evaluate("window.nnvizTalk?.votes") == {"A": 1, "B": 0, "C": 2, "D": 0}

    tab.eventually(counted)
    tab.page.reload()
    tab.settled()
    tab.eventually(counted)


RECORD = """() => {
    window.seen = [];
    const look = () => {
        const title = document.querySelector(".st-key-words h2")?.textContent;
        window.seen.push([title, document.querySelector(".painted")?.dataset.step]);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_a_step_comes_with_its_picture_even_on_its_first_visit(visit_with, fresh_server):
    visit = visit_with(fresh_server)
    visit.open("/talk?step=13")
    visit.page.locator(".painted[data-step='13']").wait_for()
    visit.page.evaluate(RECORD)
    visit.page.keyboard.press("PageDown")
    visit.page.get_by_role("heading", name="What it really learned").wait_for()
    visit.page.wait_for_timeout(200)
    seen = {(title, step) for title, step in visit.page.evaluate("window.seen")}
    assert seen == {("All of it is one function", "13"), ("What it really learned", "14")}  # the scores once took 4 s
    visit.page.close()  # before its server goes
