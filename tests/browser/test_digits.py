"""The Digits page in a real browser: press a cell, press a digit, and it is the drawing on every page."""

import numpy as np
import pytest

from nnviz.mnist import ASSETS, load
from nnviz.network import Network

TEST = load("test")
OUTPUT = Network.load(ASSETS / "networks" / "smooth.npz").forward(TEST.x).output
ANSWERS = OUTPUT.argmax(axis=1)
PLACE = """(gd, [name, at]) => {
    const trace = gd.data.find((each) => each.name === name), { xaxis, yaxis } = gd._fullLayout;
    const box = gd.getBoundingClientRect(), { l, t } = gd._fullLayout._size;
    return [box.x + l + xaxis.d2p(trace.x[at]), box.y + t + yaxis.d2p(trace.y[at])];
}"""


@pytest.fixture
def opened(tab):
    return tab.open("/digits")


def press(visit, key, name, at):
    chart = visit.page.locator(f".st-key-{key} .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    visit.page.mouse.click(*chart.evaluate(PLACE, [name, at]))


def shown(visit):
    return [
        place[0]
        for place in visit.page.locator(".st-key-digits .js-plotly-plot").evaluate(
            "(gd) => gd.data?.find((each) => each.name === 'pictures').customdata ?? []"
        )
    ]


def test_a_pressed_cell_shows_its_digits_and_goes_into_the_address(opened):
    press(opened, "confusion", "cells", 4 * 10 + 9)

    def its_digits():
        assert sorted(shown(opened)) == np.flatnonzero((TEST.labels == 4) & (ANSWERS == 9)).tolist()
        assert opened.parameters()["label"] == "4"
        assert opened.parameters()["answer"] == "9"

    opened.eventually(its_digits)


def test_a_pressed_cell_of_the_diagonal_shows_the_digits_read_rightly(opened):
    press(opened, "confusion", "cells", 7 * 10 + 7)

    def sevens():
        found = shown(opened)
        assert len(found) == 100
        assert (TEST.labels[found] == 7).all()
        assert (ANSWERS[found] == 7).all()

    opened.eventually(sevens)


def test_a_pressed_digit_is_the_drawing_on_this_page_and_the_next(opened):
    number = shown(opened)[5]
    press(opened, "digits", "pictures", 5)
    sure = np.flatnonzero(OUTPUT[number] > 0.5)

    def it_is_the_drawing():
        np.testing.assert_allclose(opened.picture_in_address(), TEST.images[number] / 255)
        assert opened.verdict()[0] == (str(sure[0]) if len(sure) == 1 else "?")

    opened.eventually(it_is_the_drawing)
    opened.go_to("Draw")
    np.testing.assert_allclose(opened.input(), TEST.images[number] / 255, atol=1e-6)
