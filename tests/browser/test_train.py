"""The Train page in a real browser: start, watch the curve grow, pause, scrub, draw, use."""

import numpy as np
import pytest

from nnviz import ink, pen
from nnviz.mnist import ASSETS
from nnviz.training import Course
from tests.browser.conftest import LAPTOP, PHONE, clear_digit
from tests.browser.visit import PATIENCE, Visit

SMOOTH = Course.from_bytes((ASSETS / "courses" / "smooth.course").read_bytes())
SHORT = "recipe=epochs:1"  # 550 steps
LONG = "recipe=epochs:30"
DIGIT = clear_digit(3)


@pytest.fixture(scope="module")
def tab(laptop, server):
    """One tab for all tests here; no film plays by itself in it."""
    visit = Visit(laptop.new_page(), server)
    visit.page.emulate_media(reduced_motion="reduce")
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture(scope="module")
def opened(tab):
    """The page with a digit drawn on it, before anything is trained."""
    tab.open(f"/train?{SHORT}")
    tab.eventually(lambda: shows(tab, SMOOTH.moments[-1]))
    tab.scribble(pen.place(DIGIT.strokes))
    tab.eventually(lambda: np.testing.assert_allclose(tab.picture_in_address(), ink.normalize(tab.pixels()), atol=1e-6))
    return tab.settled()


def curve(visit, name="validation"):
    return visit.traces("course")[name]


def maps(visit):
    """The weights on screen: (n, 28, 28)."""
    traces = visit.traces("forming")
    return np.array([trace["z"] for name, trace in traces.items() if name.startswith("neuron")], float)


def outputs(visit):
    return [float(text) for text in visit.page.locator(".st-key-outputs code").all_inner_texts()]


def shows(visit, moment):
    """Fail unless maps, scale, text, digits and outputs are those of a moment."""
    W = moment.network.layers[0].W.reshape(-1, 28, 28)
    largest = np.abs(W).max()
    np.testing.assert_allclose(maps(visit), W, atol=largest / 32767)
    np.testing.assert_allclose(visit.traces("forming")["neuron 0"]["zmax"], largest, rtol=1e-4)
    assert visit.page.locator(".st-key-moment p").inner_text().startswith(f"{moment.step:,} batch")
    shares = [text.removesuffix(" %") for text in visit.page.locator(".st-key-by_digit_read code").all_inner_texts()]
    np.testing.assert_allclose([float(share) for share in shares], 100 * moment.right_by_digit, atol=0.51)
    expected = moment.network.forward(visit.picture_in_address().ravel()).output
    np.testing.assert_allclose(outputs(visit), expected, atol=2e-3)


def scrub(visit, key, times=1):
    visit.page.locator(".st-key-moment input").focus()
    for _ in range(times):
        visit.page.keyboard.press(key)


def test_the_shipped_course_can_be_scrubbed_at_once_by_keyboard(opened):
    for key, times, at in (("Home", 1, 0), ("ArrowRight", 5, 5), ("End", 1, -1)):
        scrub(opened, key, times)
        opened.eventually(lambda at=at: shows(opened, SMOOTH.moments[at]))


def test_the_line_in_the_curves_stands_at_the_moment(opened):
    where = """gd => {
        const at = gd.layout.shapes.findIndex((shape) => shape.name === "moment");
        const box = gd.querySelector(`.shapelayer path[data-index="${at}"]`).getBoundingClientRect();
        return gd._fullLayout.xaxis.p2l(box.x + box.width / 2 - gd.getBoundingClientRect().x - gd._fullLayout._size.l);
    }"""
    scrub(opened, "Home")
    scrub(opened, "ArrowRight", 12)

    def it_stands_there():
        found = opened.page.locator(".st-key-course .js-plotly-plot").evaluate(where)
        np.testing.assert_allclose(found, np.log10(SMOOTH.moments[12].step), atol=0.03)

    opened.eventually(it_stands_there)


def test_what_is_drawn_meanwhile_is_answered_by_the_network_of_that_moment(opened):
    scrub(opened, "Home")
    scrub(opened, "ArrowRight", 3)
    opened.scribble([[(60, 60), (120, 70)]])

    def answered():
        np.testing.assert_allclose(opened.picture_in_address(), ink.normalize(opened.pixels()), atol=1e-6)
        shows(opened, SMOOTH.moments[3])

    opened.eventually(answered)
    opened.press("Undo")


def test_the_film_plays_until_it_is_stopped(opened):
    scrub(opened, "Home")
    scrubber = opened.page.locator(".st-key-moment input")
    opened.press("Play")
    opened.eventually(lambda: np.testing.assert_array_less(3, int(scrubber.input_value())))
    opened.press("Stop")
    at = int(scrubber.input_value())
    opened.eventually(lambda: shows(opened, SMOOTH.moments[at]))


def test_started_a_network_learns_the_curve_grows_and_the_end_can_be_used(opened):
    opened.press("Play")  # a film, which the training ends
    opened.page.locator(".st-key-start_training button").click()
    lengths = set()

    def over():
        lengths.add(len(curve(opened)["x"]))
        assert opened.page.locator(".st-key-moment p").get_attribute("data-state") == "Done"

    opened.eventually(over, PATIENCE)  # who trains lets everybody else go first
    assert len(lengths) > 3
    assert opened.page.locator(".st-key-moment button").inner_text() == "Play"
    opened.eventually(lambda: np.testing.assert_equal(curve(opened)["customdata"][-1], 550))
    opened.page.get_by_role("tab", name="Use it").click()
    opened.page.locator(".st-key-use_trained button").click()
    opened.page.get_by_text("Every page shows it now").wait_for()
    W = maps(opened)
    opened.go_to("Neurons")
    opened.eventually(lambda: np.testing.assert_allclose(opened.z("weight_map"), W[0], atol=1e-6))
    opened.go_to("Train")
    opened.eventually(lambda: np.testing.assert_allclose(maps(opened), W, atol=1e-6))  # it is found again


def test_paused_it_stands_still_and_left_it_is_found_again_and_goes_on(tab):
    tab.open(f"/train?{LONG}")

    def step():
        said = tab.page.locator(".st-key-moment p").inner_text()
        assert " batches" in said
        return int(said.split()[0].replace(",", ""))

    tab.page.locator(".st-key-start_training button").click()
    tab.eventually(lambda: np.testing.assert_array_less(5, step()), PATIENCE)
    tab.page.locator(".st-key-pause_training button").click()
    tab.page.locator(".st-key-continue_training").wait_for()
    tab.page.wait_for_timeout(300)
    before = step()
    tab.page.wait_for_timeout(400)
    assert step() == before
    tab.go_to("Draw")
    tab.go_to("Train")
    tab.eventually(lambda: np.testing.assert_equal(step(), before))
    tab.page.locator(".st-key-continue_training button").click()
    tab.eventually(lambda: np.testing.assert_array_less(before, step()))


def test_on_a_phone_the_recipes_are_behind_one_button(tab):
    tab.page.set_viewport_size(PHONE)
    tab.open("/train").page.locator(".st-key-recipes button").click()
    tab.page.locator(".st-key-preset_behind").get_by_role("radio", name="one epoch").click()
    tab.page.wait_for_function("() => new URLSearchParams(location.search).get('recipe')?.includes('epochs:1')")
    tab.eventually(lambda: np.testing.assert_equal(tab.page.locator(".st-key-recipes").inner_text()[:9], "one epoch"))
    tab.page.set_viewport_size(LAPTOP)
