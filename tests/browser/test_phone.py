"""Every page on a phone: nothing wider than its screen, and nothing to be pressed smaller than a finger."""

import pytest

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.conftest import PHONE
from tests.browser.visit import Visit

DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"
# Everything visible that reaches beyond the window, but for what scrolls or is cut off inside a narrower part.
TOO_WIDE = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    const wide = e => e.getBoundingClientRect().right > innerWidth + 1;
    const cuts = e => getComputedStyle(e).overflowX !== "visible" && !wide(e);
    const inside = e => e === main || cuts(e) ? e : inside(e.parentElement);
    return [...main.querySelectorAll("*")]
        .filter(e => wide(e) && e.getBoundingClientRect().height && e.checkVisibility() && inside(e) === main)
        .map(e => e.outerHTML.slice(0, 300));
}"""
# What is pressed; a switch by its label, and what only a keyboard can reach is left out.
PRESSED = "button, summary, [role=radio], [role=tab], [role=combobox], label:has([role=switch]), input[type=range]"
SMALLER = """pressed => [...document.querySelectorAll(pressed)]
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.height < 43.9 || box.width < 43.9) && box.right > 0)
    .map(([e, box]) => `${e.innerText || e.ariaLabel || e.outerHTML.slice(0, 80)}: ${box.width} x ${box.height}`)"""


@pytest.fixture(
    scope="module", params=["/", "/neurons", "/build", "/network", "/train", "/digits", "/talk?step=9&stage=1"]
)
def phone(request, window, server):
    path = request.param
    visit = Visit(window(viewport=PHONE, has_touch=True, is_mobile=True).new_page(), server)
    visit.open(f"{path}{'&' if '?' in path else '?'}{DRAWING}")
    yield visit
    visit.page.close()
    assert visit.trouble == []


def test_nothing_is_wider_than_the_screen(phone):
    assert phone.page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE["width"]
    assert phone.page.evaluate(TOO_WIDE) == []


def test_everything_to_be_pressed_is_as_large_as_a_finger(phone):
    assert phone.page.evaluate(SMALLER, PRESSED) == []
    tools = phone.page.locator("details.tools summary")
    if tools.count() and tools.is_visible():
        tools.tap()
        undo = phone.page.get_by_role("button", name="Undo", disabled=False)
        undo.and_(phone.page.get_by_test_id("stBaseButton-secondary")).wait_for()
        assert phone.page.evaluate(SMALLER, PRESSED) == []
        assert phone.page.evaluate(TOO_WIDE) == []


def test_a_finger_chooses_a_neuron_by_its_map(visit_with):
    phone = visit_with(viewport=PHONE, has_touch=True, is_mobile=True).open("/neurons")
    phone.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    place = """(gd) => {
        const {x, y} = gd.data.at(-1), {xaxis, yaxis} = gd._fullLayout, box = gd.getBoundingClientRect();
        return [box.left + xaxis._offset + xaxis.l2p(x[2]), box.top + yaxis._offset + yaxis.l2p(y[2])];
    }"""
    phone.page.touchscreen.tap(*phone.page.locator(".st-key-weight_maps .js-plotly-plot").evaluate(place))
    phone.page.wait_for_function("() => new URLSearchParams(location.search).get('neuron') === '2'")
