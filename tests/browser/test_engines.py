"""One story in every browser engine that this machine has: each page opens, a digit is drawn, Python answers."""

import numpy as np
import pytest

from nnviz import ink, pen
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.ui.pocket import handed
from nnviz.ui.pocket.page import Held
from tests.browser import engines, webdriver
from tests.browser.conftest import clear_digit
from tests.browser.test_live import press_and_move, wait_until_live
from tests.browser.test_pocket import Pocket, agrees
from tests.browser.visit import Visit

ENGINES = ("Chromium", "Firefox", "WebKit")
FIGURES = {
    "/neurons": "sigmoid",
    "/build": "threshold_curve",
    "/network": "wiring",
    "/train": "course",
    "/digits": "confusion",
    "/talk": "talk_picture",
}
DIGIT = 4  # two strokes
FAULTS = {
    "thrown": "throw new Error('thrown')",
    "rejected": "Promise.reject(new Error('rejected'))",
    "logged": "console.error('logged')",
    "192.0.2.1": "new Image().src = 'http://192.0.2.1/elsewhere.png'",
}
SCROLLING = """elements => elements.filter((element) => {
    const {overflowX, overflowY} = getComputedStyle(element);
    return /auto|scroll/.test(overflowX + overflowY)
        && (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
}).map((element) => element.dataset.testid + " " + element.className)"""


@pytest.fixture(scope="module", params=ENGINES)
def tab(request, tmp_path_factory):
    """One tab in each engine for the whole story; no server is started for an engine that is not here."""
    if request.param == "Chromium":
        page = request.getfixturevalue("laptop").new_page()
        yield Visit(page, request.getfixturevalue("server"))
        page.close()
        return
    if lacking := webdriver.missing(request.param):
        pytest.skip(lacking)
    address = request.getfixturevalue("server")
    with webdriver.start(request.param, tmp_path_factory.mktemp(request.param)) as command:
        yield Visit(engines.Page(command), address)


@pytest.fixture
def visit(tab):
    """The tab; the test fails if anything goes wrong in it unseen."""
    yield tab
    assert trouble(tab) == []


def trouble(tab):
    """Take what has gone wrong in the tab since it was last asked for."""
    tab.page.wait_for_timeout(0)  # Playwright reports what it has heard meanwhile
    if isinstance(tab.page, engines.Page):
        tab.page.hear()
    heard, tab.trouble = tab.trouble, []
    return heard


@pytest.mark.parametrize(("path", "figure"), FIGURES.items())
def test_every_page_opens_whole(visit, path, figure):
    opens_whole(visit, path, figure)


def opens_whole(visit, path, figure):
    visit.open(path)

    def the_figure_is_painted_and_nothing_is_still_to_come():
        assert visit.page.locator(f".st-key-{figure} :is(.main-svg,.painted>svg>text)").count()
        assert visit.page.get_by_test_id("stSkeleton").count() == 0

    visit.eventually(the_figure_is_painted_and_nothing_is_still_to_come)
    assert visit.exceptions() == []
    scrolling = visit.page.locator("*").evaluate_all(SCROLLING)
    assert [element for element in scrolling if not element.startswith("stMain ")] == []  # nothing but the page itself


def test_draw_opens_all_layers_follow_the_pen_and_python_answers_when_it_is_lifted(visit):
    opens_whole(visit, "/", "activations")
    first, *others = pen.place(clear_digit(DIGIT).strokes)
    wait_until_live(visit)
    press_and_move(visit, first)

    def every_layer_shows_what_the_network_makes_of_the_canvas():
        prepared = ink.normalize(visit.pixels())
        assert prepared.any()
        assert np.abs(visit.input() - prepared).max() * 255 < 1.01
        visit.answers("smooth")

    visit.eventually(every_layer_shows_what_the_network_makes_of_the_canvas, 5)
    assert "drawing" not in visit.parameters()  # the server has not been asked
    visit.page.mouse.up()
    visit.draw(others)
    assert visit.picture_in_address().any()
    assert visit.verdict().startswith(str(DIGIT))
    visit.answers("smooth")


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """The explorer as it is taken home, opening with `wide`: that is too large for the file handed out to everybody."""
    path = tmp_path_factory.mktemp("taken") / "nnviz.html"
    wide = Network.load(ASSETS / "networks" / "wide.npz")
    path.write_text(handed.taken(Held("wide", wide, "wide", "as large as it is"), "network=wide", ""), encoding="utf-8")
    return path, {each.name: each.network for each in handed.lessons()} | {"wide": wide}


def test_the_explorer_taken_home_works_from_disk_with_a_finger_and_without_a_server(tab, taken):
    path, networks = taken
    real = not isinstance(tab.page, engines.Page)
    page = tab.page.context.new_page() if real else engines.Page(tab.page.command)
    pocket = Pocket(page, path.parent.as_uri()).open(path.as_uri())
    assert pocket.page.locator("#network option").all_inner_texts() == [
        "smooth", "wide", "rough", "plain", "untrained",
    ]  # fmt: skip
    for stroke in pen.place(clear_digit(DIGIT).strokes):
        pocket.swipe(pocket.on_screen(stroke)) if real else page.swipe(pocket.on_screen(stroke), "#ink")
    for name, network in networks.items():
        agrees(pocket.choose_network(name), network)
        assert f"network={name}" in pocket.hash() or name == "smooth"
    assert pocket.choose_network("wide").verdict().startswith(str(DIGIT))
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
    page.close()
    assert pocket.trouble == []


def test_what_goes_wrong_in_a_page_is_heard(tab):
    tab.page.goto(tab.address)
    for fault in FAULTS.values():
        tab.page.evaluate(
            """(fault) => {
                const script = document.createElement("script");
                script.src = URL.createObjectURL(new Blob([fault]));
                document.documentElement.append(script);
            }""",
            fault,
        )
    heard = []

    def all_of_it_is_heard():
        heard.extend(trouble(tab))
        assert [fault for fault in FAULTS if fault not in " ".join(heard)] == []

    tab.eventually(all_of_it_is_heard)
