"""Each figure is drawn once when it appears, though Streamlit asks for it twice (once.js): here of a Plotly that notes
what it is asked."""

import pytest

from nnviz.ui.frame.watch import HERE
from nnviz.ui.live.bundle import bundle

PLACE = """<div class="stPlotlyChart" style="width: 300px; height: 200px; contain: %s"><div id="gd"></div></div>"""
PLOTLY = """async (script) => {
    const { drawOnce } = await import(URL.createObjectURL(new Blob([script], {type: "text/javascript"})))
    drawOnce()
    window.asked = []
    window.Plotly = {react: async (gd, {data, layout}) => {
        asked.push([layout.width, layout.height])
        layout.xaxis = {range: [0, 1]}  // as Plotly does
        Object.assign(gd, {data, layout, _fullLayout: {}})
        return gd
    }}
    window.figure = (more, z = 1) => ({data: [{z: [[z, 2]]}], layout: {height: 436, margin: {l: 8}, ...more}})
    window.gd = document.querySelector("#gd")
}"""


@pytest.fixture
def asked(browser):
    """Ask for figures on an empty page, one after another; return what Plotly has drawn: their sizes."""
    page = browser.new_page()
    script = bundle(HERE / "once.js")

    def ask(*figures, contain="size"):
        page.set_content(PLACE % contain)
        page.evaluate(PLOTLY, script)
        for figure in figures:
            page.evaluate(f"Plotly.react(gd, {figure})")
        return page.evaluate("window.asked")

    yield ask
    page.close()


def test_it_is_drawn_of_the_size_it_is_going_to_have_and_not_again(asked):
    assert asked("figure()", "figure({width: 300, height: 200})") == [[300, 200]]
    assert asked("figure()", "figure({width: 300.2, height: 200.1})", "{data: gd.data, layout: gd.layout}") == [
        [300, 200]
    ]


def test_one_whose_place_takes_its_height_from_it_keeps_that(asked):
    assert asked("figure()", "figure({width: 300})", contain="none") == [[300, 436]]


@pytest.mark.parametrize("other", ["figure({width: 290, height: 200})", "figure({width: 300, height: 200}, 5)",
                                   "figure({width: 300, height: 200, dragmode: 'pan'})"])  # fmt: skip
def test_another_figure_is_drawn(asked, other):
    assert len(asked("figure()", other)) == 2


def test_what_comes_later_is_drawn_even_if_it_is_the_same(asked):
    same = "figure({width: 300, height: 200})"
    assert len(asked("figure()", same, same)) == 2
    assert len(asked("figure()", "figure({width: 300, height: 200}, 5)", "{data: gd.data, layout: gd.layout}")) == 3


@pytest.mark.parametrize("comes", ["idle()", "scrollTo(0, 9999)"])
def test_one_below_the_window_keeps_its_place_until_nothing_else_is_to_do_or_it_is_scrolled_to(browser, comes):
    page = browser.new_page()
    page.set_content('<div style="height: 3000px"></div>' + PLACE % "none")
    page.evaluate(PLOTLY, bundle(HERE / "once.js"))
    page.evaluate("window.requestIdleCallback = (go) => { window.idle = go }")
    page.evaluate("void Plotly.react(gd, figure())")
    assert page.evaluate("[window.asked, gd.offsetHeight]") == [[], 436]
    page.evaluate(comes)
    page.wait_for_function("window.asked.length")
    assert page.evaluate("window.asked") == [[300, 436]]
    page.close()
