"""The live part: the figures follow the pen, Python's numbers follow them, and the page works without it."""

import base64
import json

import numpy as np
import pytest

from nnviz import ink, pen
from nnviz.mnist import ASSETS
from tests.browser.conftest import clear_digit
from tests.browser.visit import Visit


def test_the_live_part_says_what_python_says_of_blank_paper(visit):
    wait_until_live(visit.open("/?network=plain"))
    says = "nothing drawn yet; it takes blank paper for a 5"
    assert says in visit.verdict()
    visit.eventually(lambda: expect_text(visit.page.locator(".st-key-live output"), says))


def expect_text(locator, text):
    assert locator.inner_text() == text


def press_and_move(visit, stroke):
    """Draw without lifting the pen."""
    path = visit.on_screen(stroke)
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point)


@pytest.fixture(scope="module")
def tab(laptop, server):
    visit = Visit(laptop.new_page(), server)
    wait_until_live(visit.open("/"))
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture
def desk(tab):
    """A blank canvas that the live part follows, in one tab: opening a new one takes seconds."""
    tab.page.mouse.up()  # a test may have left the pen down
    return tab.clear()


def wait_until_live(visit):
    """Wait for the live part to have found canvas and chart."""
    visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    return visit


STROKE = pen.place(clear_digit(2).strokes)[0]


def test_all_layers_and_the_answer_follow_while_the_pen_is_down(desk):
    press_and_move(desk, STROKE)

    def figures_show_what_is_on_the_canvas():
        prepared = ink.normalize(desk.pixels())
        assert prepared.any()
        assert np.abs(desk.input() - prepared).max() * 255 < 1.01
        desk.answers("smooth")

    desk.eventually(figures_show_what_is_on_the_canvas, 5)
    assert "drawing" not in desk.parameters()  # the server has not been asked
    assert desk.verdict()[0] == str(int(desk.layers()[-1].argmax()))
    bars = desk.page.locator(".st-key-outputs code").all_inner_texts()
    assert [float(bar) for bar in bars] == pytest.approx(desk.layers()[-1], abs=0.0006)
    desk.page.mouse.up()
    desk.taken_over()


def test_what_is_painted_is_what_the_data_say(desk):
    press_and_move(desk, STROKE)
    desk.eventually(lambda: desk.answers("smooth"), 5)
    painted = desk.page.locator(".st-key-activations .heatmaplayer foreignObject canvas").first.evaluate(
        """sheet => Array.from(sheet.getContext("2d").getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0)"""
    )
    assert np.abs(np.array(painted) / 255 - desk.input().ravel()).max() * 255 < 1.01
    desk.page.mouse.up()
    desk.taken_over()


def expect_none(locator):
    assert locator.count() == 0


def test_nothing_of_the_live_part_covers_pythons_figure(desk):
    desk.draw([STROKE])
    covers = desk.page.locator(".st-key-activations foreignObject")
    desk.eventually(lambda: expect_none(covers))


def test_pythons_numbers_replace_the_live_ones_when_the_pen_is_lifted(desk):
    desk.draw([STROKE])
    assert np.array_equal(np.rint(desk.input() * 255), np.rint(desk.picture_in_address() * 255))
    desk.answers("smooth")


def test_the_neuron_follows_while_the_pen_is_down(visit):
    wait_until_live(visit.open("/neurons?neuron=5"))
    press_and_move(visit, STROKE)
    with np.load(ASSETS / "networks" / "smooth.npz") as arrays:
        w, b = arrays["W1"][5].astype(float), float(arrays["b1"][5])

    def the_sum_is_of_what_is_on_the_canvas():
        terms = ink.normalize(visit.pixels()).ravel() * w
        assert terms.any()
        assert np.abs(visit.z("contributions").ravel() - terms).max() < 1.1 * np.abs(w).max() / 255
        z = visit.z("contributions").sum() + b
        assert float(number(visit, "z")) == pytest.approx(z, abs=0.0011)
        assert float(number(visit, "a")) == pytest.approx(1 / (1 + np.exp(-z)), abs=0.0011)
        assert visit.traces("sigmoid")["neuron"]["x"] == pytest.approx([z], abs=0.001)
        parts = [float(number(visit, part)) for part in ("positive", "negative", "bias")]
        assert sum(parts) == pytest.approx(float(number(visit, "z")), abs=1e-9)

    visit.eventually(the_sum_is_of_what_is_on_the_canvas, 5)
    visit.page.mouse.up()


def number(visit, name):
    return visit.page.locator(f'.st-key-arithmetic [data-is="{name}"]').inner_text().replace("−", "-")


def test_the_weights_travel_once_not_with_every_stroke(visit):
    received = []
    visit.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    wait_until_live(visit.open("/"))
    weights = len(json.dumps([base64.b64encode(bytes(4 * 13_002)).decode()]))
    assert sum(received) > weights
    visit.draw([STROKE])
    received.clear()
    visit.draw([STROKE + 12])
    assert 0 < sum(received) < 0.8 * weights


@pytest.mark.parametrize(
    "script",
    [
        # ... and a live part that looks for them as often as ever, but without waiting
        "Object.defineProperty(window, 'Plotly', {set() {}}); const later = window.setTimeout;"
        "window.setTimeout = (work, ms, ...more) => later(work, ms === 250 ? 1 : ms, ...more)",
        "CanvasRenderingContext2D.prototype.getImageData = () => { throw new Error('broken on purpose') }",
    ],
    ids=["the charts are drawn by something else", "pixels cannot be read"],
)
def test_without_the_live_part_the_page_works_and_says_so(laptop, server, script):
    page = laptop.new_page()
    page.add_init_script(script)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.text.startswith("nnviz") else None)
    visit = Visit(page, server).open("/")
    visit.scribble([STROKE])

    def the_server_has_answered():
        assert visit.picture_in_address().any()
        assert np.abs(visit.input() - visit.picture_in_address()).max() < 1e-6

    visit.eventually(the_server_has_answered)
    visit.settled()
    visit.answers("smooth")
    page.get_by_text("The figures follow after each stroke").wait_for()
    assert len(said) == 1, said
    assert visit.trouble == []
    page.close()


def test_once_the_figures_follow_again_the_page_no_longer_says_that_they_do_not(visit_with):
    visit = visit_with()
    visit.page.add_init_script(
        "const read = CanvasRenderingContext2D.prototype.getImageData; window.broken = true;"
        "CanvasRenderingContext2D.prototype.getImageData = function (...place) {"
        " if (window.broken) throw new Error('broken on purpose'); return read.apply(this, place) }"
    )
    visit.open("/").scribble([STROKE])
    said = visit.page.get_by_text("The figures follow after each stroke")
    said.wait_for()
    visit.page.evaluate("window.broken = false")
    visit.go_to("Neurons")
    said.wait_for(state="detached")
    wait_until_live(visit)


def test_a_second_stroke_is_added_to_the_first_while_it_is_drawn(desk):
    desk.draw([[(60, 60), (220, 60)]])
    press_and_move(desk, [(60, 220), (140, 230), (220, 220)])

    def both_strokes_are_shown():
        prepared = ink.normalize(desk.pixels())
        assert prepared[:10].any()
        assert prepared[-10:].any()
        assert np.abs(desk.input() - prepared).max() * 255 < 1.01

    desk.eventually(both_strokes_are_shown, 5)
    desk.page.mouse.up()
    desk.taken_over()
