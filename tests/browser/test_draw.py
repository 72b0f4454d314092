"""The Draw page in a real browser: what is drawn, what the network gets, and every number it answers."""

import re

import numpy as np
import pytest

from nnviz import ink, mnist, pen
from tests.browser.conftest import LAPTOP, clear_digit
from tests.browser.visit import Visit

SEVEN = [[(80, 80), (200, 80)], [(200, 80), (130, 220)]]
SEVENS_BOX = (70, 230, 70, 210)  # rows and columns of its ink: half the pen's 20 pixels beyond the strokes
ACROSS = [[(100, 150), (190, 150)]]


def first_digit(text):
    found = re.search(r"\d", text)
    return found and int(found[0])


@pytest.fixture(scope="module")
def tab(laptop, server):
    visit = Visit(laptop.new_page(), server).open()
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture
def desk(tab):
    """A blank canvas, in one tab for nearly all tests: opening a new one takes seconds."""
    try:
        return tab.clear()
    except AssertionError:  # the test before failed, and left it so
        return tab.open()


# ---- what is drawn is read


@pytest.mark.parametrize("label", [0, 3, 4, 8])  # all ten: benchmarks/accuracy.py
def test_a_drawn_digit_is_read_and_every_layer_shows_what_numpy_computes(desk, label):
    desk.draw(pen.place(clear_digit(label).strokes))
    np.testing.assert_allclose(desk.input(), ink.normalize(desk.pixels()), atol=1e-6)
    desk.answers("smooth")
    assert first_digit(desk.verdict()) == label


def test_a_blank_canvas_is_said_to_be_blank(desk):
    desk.is_blank()
    assert "nothing drawn yet" in desk.verdict()
    assert first_digit(desk.verdict()) is None
    desk.answers("smooth")


def test_the_mouse_draws_where_it_points(desk):
    desk.draw(SEVEN)
    assert ink.box(desk.pixels()) == pytest.approx(SEVENS_BOX, abs=1)


def test_every_layer_follows_the_pen_while_it_is_down(desk):
    path = desk.on_screen([(80, 80), (200, 80), (165, 150), (130, 220)])
    desk.page.mouse.move(*path[0])
    desk.page.mouse.down()
    for point in path[1:]:
        desk.page.mouse.move(*point)
        desk.eventually(lambda: np.testing.assert_allclose(desk.input(), ink.normalize(desk.pixels()), atol=1e-6))
        desk.answers("smooth")
        assert "drawing" not in desk.parameters()  # the server knows nothing of it yet
    desk.page.mouse.up()
    desk.taken_over()


def test_strokes_drawn_while_the_server_answers_are_all_kept(desk):
    strokes = [[(x, 60), (x + 2, 140), (x, 220)] for x in range(40, 260, 25)]
    for stroke in strokes:  # about as fast as the canvas sends, so that answers come back while the pen is down
        desk.scribble([stroke])
        desk.page.wait_for_timeout(150)
    desk.taken_over()
    missing = [x for x in range(42, 262, 25) if desk.pixels()[140, x] < 1]
    assert missing == []


def test_a_mere_dot_is_drawn_and_advice_given(desk):
    desk.draw([[(140, 140), (140, 140)]])
    assert desk.pixels()[140, 140] == 1
    desk.page.locator(".st-key-verdict").get_by_text("only a dot").wait_for()


# ---- the tools


def test_undo_takes_back_exactly_the_last_stroke(desk):
    desk.draw(SEVEN)
    canvas, layers = desk.pixels(), desk.layers()
    desk.draw(ACROSS)
    assert not np.array_equal(desk.pixels(), canvas)
    desk.press("Undo")
    desk.eventually(lambda: np.testing.assert_array_equal(desk.pixels(), canvas))
    desk.eventually(lambda: np.testing.assert_allclose(desk.layers()[0], layers[0], atol=1e-7))
    desk.taken_over().answers("smooth")


def test_undo_tells_screen_readers_what_is_read_now(desk):
    desk.draw(SEVEN)
    before = desk.verdict()
    desk.draw([[(20 + 240 * (k % 2), 20 + 12 * k) for k in range(21)]])  # all over it
    assert desk.verdict() != before
    desk.press("Undo")
    desk.taken_over()
    told = desk.page.locator(".st-key-live output")

    def the_same_is_said_and_shown():
        digit, sentence = (desk.page.locator(f".st-key-verdict .{part}").inner_text() for part in ("digit", "sentence"))
        assert told.text_content() == (sentence if digit == "?" else f"{digit}: {sentence}")

    desk.eventually(the_same_is_said_and_shown, patience=5)


def test_undo_right_after_a_stroke_takes_back_that_stroke(desk):
    desk.draw(SEVEN)
    canvas = desk.pixels()
    desk.scribble(ACROSS)
    desk.press("Undo")  # the canvas has not even sent the stroke yet
    desk.eventually(lambda: np.testing.assert_array_equal(desk.pixels(), canvas))
    desk.taken_over()
    np.testing.assert_array_equal(desk.pixels(), canvas)


def test_undoing_every_stroke_leaves_a_blank_canvas(desk):
    desk.draw(SEVEN[:1])
    desk.press("Undo")
    desk.eventually(desk.is_blank)
    desk.page.locator(".st-key-verdict").get_by_text("nothing drawn yet").wait_for()


def test_clear_empties_the_canvas_which_then_takes_a_new_drawing(desk):
    desk.draw(SEVEN).clear()
    assert "nothing drawn yet" in desk.verdict()
    desk.draw(ACROSS)
    assert not desk.pixels()[:130].any()


@pytest.mark.parametrize("pause", [0, 120])
def test_clear_right_after_a_stroke_clears_that_stroke_too(desk, pause):
    desk.scribble(ACROSS)
    desk.page.wait_for_timeout(pause)  # the canvas, the live part and the server are each at another step
    desk.press("Clear")
    desk.eventually(desk.is_blank)
    desk.page.wait_for_timeout(600)  # nothing may come back late, so here is nothing to wait for but time
    desk.is_blank()
    assert "nothing drawn yet" in desk.verdict()


def test_the_eraser_takes_ink_away_where_it_passes(desk):
    desk.draw([[(60, 140), (220, 140)]])
    desk.choose("tool", "Eraser")
    desk.page.wait_for_timeout(1500)  # nothing on the page tells that the canvas has taken up the other tool
    desk.settled().draw([[(140, 80), (140, 200)]])
    desk.choose("tool", "Pen")
    row = desk.settled().pixels()[140]
    assert (row[80], row[140], row[200]) == (1, 0, 1)


def test_a_line_is_as_wide_as_the_pen(visit):
    visit.open()
    for x, (key, width) in zip((50, 200), ((None, 20), ("End", 40)), strict=True):
        if key:
            visit.page.get_by_role("slider").press(key)
            visit.page.get_by_test_id("stSliderThumbValue").filter(has_text=f"{width} px").wait_for()
            visit.page.wait_for_timeout(1500)  # nothing on the page tells that the canvas has taken up the other pen
        visit.settled().draw([[(x, 60), (x, 220)]])
        assert visit.pixels()[140, x - 28 : x + 28].sum() == pytest.approx(width, abs=1)


# ---- digits from the test set


def test_a_test_digit_is_the_input_to_the_bit_and_can_be_drawn_upon(desk):
    desk.take_a_test_digit()
    levels = np.rint(desk.input() * 255)
    assert (mnist.load("test").images == levels).all(axis=(1, 2)).any()
    np.testing.assert_allclose(desk.input(), levels / 255, atol=1e-7)
    desk.answers("smooth")
    before = desk.pixels()
    desk.draw(ACROSS)
    assert desk.pixels()[150, 110:180].min() == 1
    np.testing.assert_array_equal(desk.pixels()[:138], before[:138])


def test_a_test_digit_travels_in_the_link(desk):
    desk.take_a_test_digit()
    desk.eventually(lambda: np.testing.assert_allclose(desk.picture_in_address(), desk.input(), atol=1e-6))


def test_undo_leaves_the_test_digit_that_was_drawn_upon(desk):
    desk.take_a_test_digit()
    layers, canvas = desk.layers(), desk.pixels()
    desk.draw(ACROSS)
    desk.press("Undo")
    desk.eventually(lambda: np.testing.assert_array_equal(desk.pixels(), canvas))
    desk.eventually(lambda: np.testing.assert_allclose(desk.layers()[0], layers[0], atol=1e-7))


# ---- networks


def test_the_network_picker_answers_the_same_drawing_with_another_network(desk):
    desk.draw(SEVEN)
    before = desk.input()
    for name in ("plain", "untrained", "smooth"):
        desk.choose("network", name)
        desk.eventually(lambda name=name: desk.answers(name))
        np.testing.assert_array_equal(desk.input(), before)


# ---- nothing is lost


def test_the_drawing_survives_a_change_of_page_and_can_be_drawn_upon(desk):
    desk.draw(SEVEN)
    layers, canvas = desk.layers(), desk.pixels()
    desk.go_to("Neurons").go_to("Draw")
    desk.eventually(lambda: np.testing.assert_array_equal(desk.pixels(), canvas))
    for shown, before in zip(desk.settled().layers(), layers, strict=True):
        np.testing.assert_array_equal(shown, before)
    desk.draw(ACROSS)
    assert (desk.pixels() >= canvas).all()


def test_a_reload_keeps_the_same_numbers(desk):
    desk.draw(SEVEN)
    layers = desk.layers()
    desk.page.reload()
    for shown, before in zip(desk.settled().layers(), layers, strict=True):
        np.testing.assert_array_equal(shown, before)


def test_whoever_opens_the_link_sees_exactly_the_same_numbers_and_can_draw_on(desk, visit_with):
    desk.draw(SEVEN)
    desk.choose("network", "plain")
    desk.eventually(lambda: desk.answers("plain"))
    ours = desk.layers()
    other = visit_with().open(desk.page.url)
    for theirs, mine in zip(other.layers(), ours, strict=True):
        np.testing.assert_array_equal(theirs, mine)
    other.eventually(lambda: np.testing.assert_allclose(ink.shrink(other.pixels()), desk.input(), atol=1.01 / 255))
    desk.choose("network", "smooth")
    other.draw(ACROSS).answers("plain")
    assert other.pixels()[150, 110:180].min() == 1


# ---- every screen


def test_canvas_answer_and_figure_are_all_in_a_projectors_window(desk):
    for part in (".st-key-ink canvas.upper-canvas", ".st-key-verdict", ".st-key-activations .js-plotly-plot"):
        box = desk.page.locator(part).first.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= LAPTOP["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= LAPTOP["height"]


def test_on_a_large_screen_the_mouse_draws_where_it_points(desk):
    desk.page.set_viewport_size({"width": 1920, "height": 1080})
    try:
        desk.settled().draw(SEVEN)
        assert desk.canvas.bounding_box()["width"] > ink.CANVAS
        assert ink.box(desk.pixels()) == pytest.approx(SEVENS_BOX, abs=1)
    finally:
        desk.page.set_viewport_size(LAPTOP)


# ---- the keyboard

# What has the focus: its name, and where it is; of a hidden box the label around it.
FOCUSED = """() => {
    let e = document.activeElement;
    while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    const name = e.getAttribute("aria-label") || e.innerText?.trim().split("\\n").pop() || e.tagName;
    const flat = e => e.getBoundingClientRect().height < 12 && e !== document.documentElement;
    while (flat(e)) e = e.parentElement ?? e.getRootNode().host;
    const {x, y, width, height} = e.getBoundingClientRect();
    return [name, {x: Math.max(0, x - 5), y: Math.max(0, y - 5), width: width + 10, height: height + 10}];
}"""


def tab_stops(visit, count):
    """Press Tab and report the name and place of each stop."""
    for _ in range(count):
        visit.page.keyboard.press("Tab")
        yield visit.page.evaluate(FOCUSED)


def test_tab_reaches_every_tool(desk):
    reached = {name for name, _ in tab_stops(desk, 24)}
    assert {"Undo", "Clear", "Any digit", "Pen width", "smooth"} <= reached


def test_every_stop_of_tab_can_be_seen(desk):
    unseen, last = [], None
    for name, place in tab_stops(desk, 14):
        if last and last[0] != "BODY" and desk.page.screenshot(clip=last[1], animations="disabled") == last[2]:
            unseen.append(last[0])  # it looks the same without the focus
        last = name, place, desk.page.screenshot(clip=place, animations="disabled")
    assert unseen == []


def test_enter_presses_the_button_that_has_the_focus(desk):
    next(name for name, _ in tab_stops(desk, 24) if name == "Any digit")
    desk.page.keyboard.press("Enter")
    desk.eventually(lambda: np.testing.assert_array_less(0, desk.input().sum()))
