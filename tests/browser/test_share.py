"""Share's code as it stands on screen: whole, large and plain enough to be read from it, on a stage and on a phone."""

import io

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.visit import Visit

SIX_CENTIMETRES = 6 / 2.54 * 96  # in a page's pixels


SCREENS = {
    "stage": ("/?stage=1", {"viewport": LAPTOP}),
    "phone": ("/", {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
}


@pytest.fixture(scope="module", params=SCREENS)
def shared(request, window, server):
    """A page on which Share shows the code for a room, and the size of its screen."""
    path, options = SCREENS[request.param]
    visit = Visit(window(**options).new_page(), server).open(path)
    visit.page.locator(f".st-key-{'share' if request.param == 'stage' else 'page_more'} button").first.click()
    visit.page.locator(".st-key-share_what").get_by_role("radio", name="For a room").click()
    visit.page.locator("img.code").wait_for()
    visit.page.get_by_text("Each phone gets the explorer").wait_for()
    yield visit, options["viewport"]
    visit.page.close()
    assert visit.trouble == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_code_for_a_room_is_read_from_the_screen(shared, theme):
    visit, size = shared
    page = visit.wear(theme).page

    def the_code_leads_to_the_explorer():
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot()))) or [None]
        assert found is not None
        assert found.text.endswith("/pocket")

    visit.eventually(the_code_leads_to_the_explorer)
    box = page.locator("img.code").bounding_box()
    assert box["width"] >= SIX_CENTIMETRES
    assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]
    assert 0 <= box["y"] <= box["y"] + box["height"] <= size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
