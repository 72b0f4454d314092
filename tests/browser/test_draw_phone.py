"""The Draw page on a phone: a finger draws, the other tools are behind one button, and the page scrolls."""

import numpy as np
import pytest

from nnviz import pen
from tests.browser.conftest import PHONE, clear_digit
from tests.browser.test_draw import first_digit
from tests.browser.visit import Visit


@pytest.fixture(scope="module")
def phone(window, server):
    visit = Visit(
        window(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=3).new_page(), server
    ).open()
    yield visit
    visit.page.close()
    assert visit.trouble == []


SCROLLED = "() => [...document.querySelectorAll('*')].reduce((sum, e) => sum + e.scrollTop, 0)"


def test_a_finger_draws_on_the_canvas_and_the_page_stays_where_it_is(phone):
    before = phone.page.evaluate(SCROLLED)
    phone.touch(pen.place(clear_digit(3).strokes))
    assert phone.page.evaluate(SCROLLED) == before
    phone.answers("smooth")
    assert first_digit(phone.verdict()) == 3


def test_the_other_tools_are_behind_one_button_and_put_away_by_a_press_beside_them_or_by_escape(phone):
    more, undo = phone.page.locator("details.tools summary"), phone.page.get_by_role("button", name="Undo")
    phone.clear().touch([[(70, 60), (200, 60)]])
    assert not undo.is_visible()
    more.tap()
    undo.tap()
    phone.eventually(phone.is_blank)
    assert undo.is_visible()  # another stroke may be taken back, too
    phone.page.locator(".st-key-verdict").tap()
    assert not undo.is_visible()
    more.press("Enter")
    undo.press("Escape")
    assert not undo.is_visible()
    assert more.evaluate("(button) => button === document.activeElement")


def test_a_finger_beside_the_canvas_scrolls_the_page(phone):
    before, below = phone.page.evaluate(SCROLLED), phone.canvas.bounding_box()
    x, y = 200, below["y"] + below["height"] + 150
    phone.swipe([(x, y - step) for step in range(0, 150, 10)])
    phone.eventually(lambda: np.testing.assert_array_less(before, phone.page.evaluate(SCROLLED)))
