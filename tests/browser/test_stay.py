"""A figure stays in sight until the one in its place is drawn (stay.js), on an empty page and on those of the app."""

import pytest

from nnviz.export import link
from nnviz.mnist import load
from nnviz.ui.frame.watch import HERE
from nnviz.ui.live.bundle import bundle

DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"
BEGIN = """async (script) => {
    const from = URL.createObjectURL(new Blob([script], {type: "text/javascript"}))
    const { letFiguresStay, purgeLater } = await import(from)
    window.purged = []
    window.Plotly = {purge: (gd) => purged.push(gd.id)}
    purgeLater(window.Plotly)
    letFiguresStay()
    window.place = document.querySelector("#place")
    window.add = (id, key, drawn) => place.insertAdjacentHTML("beforeend", `<div class="box ${key}" style="height: 9px">
        <div id="${id}" class="js-plotly-plot">${drawn ? "<svg class='main-svg'></svg>" : ""}</div></div>`)
    window.box = (id) => document.getElementById(id)?.closest(".box")
    window.frames = async (many) => { while (many--) await new Promise(requestAnimationFrame) }
    add("one", "st-key-map", true)
}"""
NEXT = """([key, retained]) => {  // as Streamlit does: the next one is there, that before hidden, or gone and emptied
    const one = document.querySelector("#one")
    add("two", key, false)
    if (retained) box("one").dataset.retained = "true"
    else { box("one").remove(); Plotly.purge(one) }
}"""
SEEN = """async (many) => {
    await frames(many)
    await new Promise((done) => setTimeout(done))
    const seen = (id) => document.getElementById(id)?.querySelector(".main-svg")?.checkVisibility() ?? null
    return [seen("one"), document.querySelectorAll(".st-key-map #one").length, purged]
}"""
# Whether the place of a figure is empty in any frame for so many ms. A figure that stays is found by no key.
WATCH = """([key, ms]) => {
    const place = document.querySelector(`.st-key-${key}`).getBoundingClientRect(), start = performance.now()
    const over = (r) => Math.min(r.right, place.right) - Math.max(r.left, place.left) > place.width / 2
    const seen = (svg) => svg.checkVisibility({visibilityProperty: true}) && over(svg.getBoundingClientRect())
    window.empty = 0
    window.watched = new Promise((done) => requestAnimationFrame(function look(now) {
        empty += ![...document.querySelectorAll(".stPlotlyChart .main-svg")].some(seen)
        if (now < start + ms) requestAnimationFrame(look)
        else done()
    }))
}"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_content(
        "<style>[data-retained] { display: none }</style><div id='place' style='position: relative'></div>"
    )
    page.evaluate(BEGIN, bundle(HERE / "stay.js"))
    yield page
    page.close()


@pytest.mark.parametrize("retained", [True, False])
def test_a_figure_stays_until_the_one_in_its_place_is_drawn(page, retained):
    page.evaluate(NEXT, ["st-key-map", retained])
    assert page.evaluate(SEEN, 5) == [True, 0, []]
    page.evaluate("document.querySelector('#two').innerHTML = `<svg class='main-svg'></svg>`")
    assert page.evaluate(SEEN, 6) == ([False, 0, []] if retained else [None, 0, ["one"]])


def test_one_that_is_hidden_and_then_taken_away_stays(page):
    page.evaluate(NEXT, ["st-key-map", True])
    page.evaluate("async () => { await frames(1); box('one').remove(); await frames(2) }")
    assert page.evaluate(SEEN, 3)[0] is True
    page.evaluate("document.querySelector('#two').innerHTML = `<svg class='main-svg'></svg>`")
    assert page.evaluate(SEEN, 6) == [None, 0, ["one"]]


def test_one_whose_numbers_come_back_is_given_back(page):
    page.evaluate(NEXT, ["st-key-map", True])
    page.evaluate("async () => { await frames(2); delete box('one').dataset.retained }")
    page.evaluate("document.querySelector('#two').innerHTML = `<svg class='main-svg'></svg>`")
    assert page.evaluate(SEEN, 6) == [True, 1, []]
    assert page.evaluate("[box('one').getAttribute('style') ?? '', box('one').className]") == ["", "box st-key-map"]


def test_one_that_no_other_follows_goes(page):
    page.evaluate(NEXT, ["st-key-other", False])
    assert page.evaluate(SEEN, 2) == [None, 0, ["one"]]


def test_one_that_never_comes_is_not_waited_for_for_ever(page):
    page.evaluate(NEXT, ["st-key-map", False])
    assert page.evaluate(SEEN, 70) == [None, 0, ["one"]]


@pytest.mark.parametrize(
    ("path", "key"), [("/?", "activations"), ("/network?", "wiring"), ("/neurons?", "contributions")]
)
def test_no_frame_is_without_a_figure_after_a_stroke(tab, path, key):
    tab.open(f"{path}{DRAWING}").page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    start, *way = tab.on_screen([(60, 60), (90, 200), (200, 230)])
    tab.page.mouse.move(*start)
    tab.page.mouse.down()
    for point in way:
        tab.page.mouse.move(*point)
    before = tab.page.locator(f".st-key-{key} .js-plotly-plot").first.element_handle()
    tab.page.evaluate(WATCH, [key, 1500])
    tab.page.mouse.up()
    tab.page.evaluate("watched")
    found = "(gd, key) => gd === document.querySelector(`.st-key-${key} .js-plotly-plot`)"
    assert not before.evaluate(found, key)  # or there was nothing to see
    assert tab.page.evaluate("empty") == 0
