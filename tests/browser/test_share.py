"""Share's code as it stands on screen: whole, large and plain enough to be read from it, on a stage and on a phone."""

import io

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import LAPTOP, PHONE

SIX_CENTIMETRES = 6 / 2.54 * 96  # in a page's pixels


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("path", "options"), [
    ("/?stage=1", {"viewport": LAPTOP}), ("/", {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
], ids=["stage", "phone"])  # fmt: skip
def test_the_code_for_a_room_is_read_from_the_screen(visit_with, path, options, theme):
    visit = visit_with(color_scheme=theme, **options).open(path)
    page, size = visit.page, options["viewport"]
    page.locator(f".st-key-{'share' if size is LAPTOP else 'page_more'} button").first.click()
    page.locator(".st-key-share_what").get_by_role("radio", name="For a room").click()
    page.locator("img.code").wait_for()
    page.get_by_text("Each phone gets the explorer").wait_for()

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
