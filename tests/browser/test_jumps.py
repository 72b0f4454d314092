"""Nothing jumps: neither while a page opens in the look for a stage, nor under a stroke. Draw is in test_layout."""

import pytest

from tests.browser.conftest import LAPTOP
from tests.browser.test_layout import DRAWING, WATCH
from tests.browser.visit import Visit


@pytest.fixture(scope="module")
def stage(browser, server):
    """A browser whose tabs note what jumps; the film on Train stands still."""
    context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
    context.add_init_script(f"({WATCH})()")
    yield lambda path: Visit(context.new_page(), server).open(f"{path}?stage=1&{DRAWING}")
    context.close()


@pytest.mark.parametrize("path", ["/neurons", "/build", "/network", "/train", "/digits", "/talk"])
def test_a_page_stays_where_it_is_from_the_beginning(stage, path):
    visit = stage(path)
    visit.page.wait_for_timeout(300)
    opening = sum(visit.page.evaluate("window.shifts"))
    visit.page.evaluate("window.shifts.length = 0")
    if path != "/build":
        visit.scribble([[(70, 60), (200, 60), (110, 220)]])
        visit.page.wait_for_timeout(700)  # till Python's numbers are there, too
        assert sum(visit.settled().page.evaluate("window.shifts")) == 0
    visit.page.close()
    assert opening <= 0.02
    assert visit.trouble == []
