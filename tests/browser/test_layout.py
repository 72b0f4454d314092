"""How pages lie on a screen: nothing overlaps, is cut off, scrolls sideways or jumps, and what matters is in sight.

A page is opened once in each look; sizes and themes are changed on it. To have another page held, add it to `PAGES`:
what must be seen without scrolling at each size stands in CONTRIBUTING, too.
"""

from dataclasses import dataclass, field

import pytest

from nnviz.export import link
from nnviz.mnist import load
from nnviz.study import build
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.visit import SETTLED, Visit

DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"
SIZES = {
    "laptop": LAPTOP,
    "large": {"width": 1920, "height": 1080},
    "larger": {"width": 2560, "height": 1440},
    "phone": PHONE,
}
WIDE, PROJECTED = ("laptop", "large", "larger"), ("laptop", "large")
LOOKS = {"usual": "", "stage": "stage=1&"}
SMALLEST = {"usual": 11, "stage": 15}  # pixels of type


@dataclass
class Page:
    """What to look at on a page, by the names of its parts: those seen without scrolling, and what a stroke changes."""

    path: str
    seen: dict[str, tuple[str, ...]]  # at which size, which parts
    on_stage: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the same in the look for a stage
    stroke: bool = True  # whether it has a canvas
    choice: tuple[str, str] = ("network", "plain")  # of what, and which; nothing where there is none
    keys: tuple[str, ...] = ("f", "f")
    grid: bool = False  # whether the stroke is one on Build's grid


def seen(wide: tuple[str, ...], phone: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Say which parts are seen on every wide screen, and which on a phone."""
    return {**dict.fromkeys(WIDE, wide), "phone": phone}


EXAMINED = ("ink", "tools", "ring", "edge_verdict", "contributions", "sigmoid", "arithmetic", "network", "layer")
TAKEN_APART = ("ink", "tools", "wiring", "legend", "read", "put_back", "steps", "network")
ON_A_PHONE = ("ink", "tools", "wiring", "legend", "read", "put_back", "steps")
ASKED = ("ink", "tools", "verdict", "network")
GRID = ("paint", "brush_row", "patterns", "curve", "threshold", "histogram")
LEARNING = ("train_bar", "moment", "small", "ink", "verdict", "maps")
PAGES = {
    "draw": Page(
        "/",
        seen=seen(
            ("ink", "tools", "activations", "verdict", "outputs", "network", "drawn_and_prepared"),
            phone=("ink", "tools", "activations", "verdict", "network"),
        ),
        on_stage=dict.fromkeys(WIDE, ("ink", "tools", "activations", "verdict", "outputs", "network")),
    ),
    "neurons": Page(
        "/neurons",
        seen=seen(EXAMINED, phone=("ink", "tools", "ring", "contributions", "edge_verdict")),
        on_stage=dict.fromkeys(WIDE, EXAMINED),
    ),
    "network": Page(
        "/network",
        seen=seen(TAKEN_APART, phone=ON_A_PHONE),
        on_stage=dict.fromkeys(WIDE, TAKEN_APART),
    ),
    "talk": Page(
        "/talk",
        seen=dict.fromkeys(SIZES, ("words", "ink", "tools", "talk_picture", "talk_buttons")),
        on_stage=dict.fromkeys(SIZES, ("words", "ink", "tools", "talk_picture", "talk_buttons")),
        choice=("", ""),
        keys=("PageDown", "PageDown", "PageUp"),
    ),
    "digits": Page(
        "/digits",
        seen=seen(("ink", "verdict", "network", "confusion", "digits"), phone=(*ASKED, "confusion")),
        on_stage=dict.fromkeys(PROJECTED, ("ink", "verdict", "network", "confusion", "digits")),
    ),
    "map": Page(
        "/digits?view=map",
        seen=seen(("ink", "verdict", "network", "spread", "nearest"), phone=(*ASKED, "spread")),
        on_stage=dict.fromkeys(PROJECTED, ("ink", "verdict", "network", "spread", "nearest")),
    ),
    "compare": Page(
        "/digits?view=compare",
        seen=seen(("ink", "verdict", "network", "two", "every_neuron"), phone=(*ASKED, "two")),
        on_stage=dict.fromkeys(PROJECTED, ("ink", "verdict", "network", "two", "differences")),
    ),
    "sure": Page(
        "/digits?view=sure",
        seen=seen(("ink", "network", "reliability", "answered", "convinced"), phone=(*ASKED, "reliability")),
        on_stage=dict.fromkeys(PROJECTED, ("ink", "network", "reliability", "answered", "convinced")),
    ),
    "build": Page(
        f"/build?painted={link.encode_neuron(build.surround(), -6.0)}",
        seen=seen((*GRID, "weighed", "arithmetic"), phone=GRID),
        on_stage=dict.fromkeys(PROJECTED, (*GRID, "weighed", "arithmetic")),
        grid=True,
        choice=("", ""),
    ),
    "train": Page(
        "/train",
        seen=seen((*LEARNING, "curves", "bars"), phone=LEARNING),
        on_stage=dict.fromkeys(PROJECTED, (*LEARNING, "curves", "bars")),
        choice=("", ""),
    ),
}  # fmt: skip

# What holds words or is pressed, and is to be seen: the innermost of its kind.
PARTS = (
    "button, [role=radio], [role=combobox], p, li, h2, h3, .digit, .read b, .read small, .js-plotly-plot, .st-key-ink"
)
LOOK = """([parts, smallest]) => {
    const drawn = {visibilityProperty: true, opacityProperty: true};
    const seen = (e) => e.checkVisibility(drawn) && e.getBoundingClientRect().width > 0;
    const quiet = (e) => e.closest("header, [data-testid=stSidebar], [role=tooltip], [data-testid=stTooltipContent]")
        || e.matches("[aria-label^='Scroll tabs']");  // a narrow screen's tabs slide away under these
    const unseen = (e) => getComputedStyle(e).clipPath !== "none" || e.closest("[style*='clip-path'], output");
    const all = [...document.querySelectorAll(".stMain " + parts.replaceAll(", ", ", .stMain "))]
        .filter((e) => seen(e) && !quiet(e) && !unseen(e));
    const leaves = all.filter((e) => !all.some((other) => other !== e && e.contains(other)));
    const named = (e) => (e.innerText || e.ariaLabel || e.className.toString()).slice(0, 40);
    // What stands in the wiring's free corners must not lie over what is drawn there.
    const drawnIn = (e) => e.matches(".st-key-wiring .js-plotly-plot")
        ? [...e.querySelectorAll(".point, .annotation-text, .textpoint text, .heatmaplayer image")] : [e];
    const boxes = leaves.flatMap(drawnIn).map((e) => [e, e.getBoundingClientRect()]);
    const over = [];
    const meant = (e, f) => [".st-key-ring", ".st-key-wiring"]  // the maps around, the large one; rings, names
        .some((key) => e.closest(key) && f.closest(key));
    boxes.forEach(([e, a], k) => boxes.slice(k + 1).forEach(([f, b]) => {
        if (meant(e, f)) return;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 2) over.push(`${named(e)} / ${named(f)}`);
    }));
    const ends = (e, a, b) => a.right > b.right + 1 || a.left < b.left - 1
        || (getComputedStyle(e).overflowY === "hidden" && (a.bottom > b.bottom + 1 || a.top < b.top - 1));
    const cuts = (e) => getComputedStyle(e).overflowX !== "visible";
    const within = (e) => e.matches(".stMain") ? [] : [e, ...within(e.parentElement)];
    const cut = boxes.filter(([e, a]) => e.matches("p, li, h2, h3")
        && ([e, ...e.querySelectorAll("*")].some((t) => cuts(t) && t.scrollWidth > t.clientWidth + 1)
            || within(e.parentElement).some((f) => cuts(f) && ends(f, a, f.getBoundingClientRect()))))
        .map(([e]) => named(e));
    const words = [...document.querySelectorAll(".stMain p, .stMain li, .stMain h3, .stMain .js-plotly-plot text")]
        .filter((e) => seen(e) && !quiet(e) && !unseen(e) && e.textContent.trim());
    const scaled = (gd) => gd ? gd.getBoundingClientRect().width / gd.offsetWidth : 1;  // figures grow as a whole
    const size = (e) => parseFloat(getComputedStyle(e).fontSize) * scaled(e.closest(".js-plotly-plot"));
    const small = words.filter((e) => size(e) < smallest).map((e) => e.textContent);
    const main = document.querySelector(".stMain");
    return {over, cut, small, sideways: Math.max(main.scrollWidth, document.body.scrollWidth) - innerWidth};
}"""
PLACES = """(keys) => keys.map((key) => {
    const part = document.querySelector(`.st-key-${key}`), box = part.getBoundingClientRect();
    const menu = document.querySelector("[data-testid=stSidebarNav]");
    const end = innerWidth <= 640 && menu?.checkVisibility() ? menu.getBoundingClientRect().top : innerHeight;
    return [key, box.top, box.bottom, end, box.width * box.height];
})"""
# Wait until all parts have been where they are for so many milliseconds; then say where they are. The browser's own
# clock: what it has still to do when it is busy comes before the next look. A figure that is not as wide as its place
# may still be drawn anew, or is meant so: that takes three times as long to tell.
STILL = """([parts, quiet]) => new Promise((done, fail) => {
    const box = (e) => (({x, y, width, height}) => [x, y, width, height])(e.getBoundingClientRect());
    const fits = (gd) => !gd._fullLayout || Math.abs(gd._fullLayout.width - gd.parentElement.clientWidth) < 2;
    const drawn = () => [...document.querySelectorAll(".js-plotly-plot")].every(fits);
    let before = "", since = 0, looks = 0;
    const began = performance.now();
    const look = () => {
        const now = JSON.stringify([...document.querySelectorAll(parts)].map(box)), time = performance.now();
        if (now !== before) [before, since, looks] = [now, time, 0];
        if (looks++ >= 5 && time - since >= (drawn() ? quiet : 3 * quiet)) done(JSON.parse(now));
        else if (time - began > 20_000) fail(new Error("something on the page never comes to rest"));
        else setTimeout(() => requestAnimationFrame(look), 20);
    };
    look();
})"""
WATCH = """() => {
    window.shifts = [];
    // Build's threshold moves along its slider when what is painted gives the sums another axis.
    const meant = ({sources}) => sources.length && sources.every(({node}) =>
        (node?.closest ? node : node?.parentElement)?.closest(".st-key-threshold"));
    const unmeant = (entries) => entries.filter((each) => !meant(each)).map((each) => each.value);
    new PerformanceObserver((list) => window.shifts.push(...unmeant(list.getEntries())))
        .observe({type: "layout-shift"});
}"""


@pytest.fixture(scope="module", params=[(page, look) for page in PAGES for look in LOOKS], ids="-".join)
def opened(request, laptop, server):
    """A page in one look, with a digit on it."""
    page, look = request.param
    path = PAGES[page].path
    visit = Visit(laptop.new_page(), server)
    visit.page.add_init_script(f"({WATCH})()")
    visit.open(f"{path}{'&' if '?' in path else '?'}{LOOKS[look]}{DRAWING}")
    places(visit)
    visit.page.evaluate("window.opening = [...window.shifts]")
    visit.page.mouse.move(2, 2)
    yield visit, PAGES[page], look
    visit.page.close()
    assert visit.trouble == []


def resized(visit: Visit, size: str) -> list[list[float]]:
    """Give the window a size, wait until everything has found its place in it, and return the places."""
    if visit.page.viewport_size != SIZES[size]:
        visit.page.set_viewport_size(SIZES[size])
    return places(visit)


def places(visit: Visit, quiet: int = 150) -> list[list[float]]:
    """Return where all parts are, once the server has drawn them and that has not changed for so many milliseconds."""
    visit.page.wait_for_function(SETTLED)
    return visit.page.evaluate(STILL, [PARTS, quiet])


def test_nothing_jumps_while_a_page_opens(opened):
    visit, *_ = opened
    assert sum(visit.page.evaluate("window.opening")) <= 0.02


def paint_and_begin_anew(visit: Visit) -> None:
    """Paint a line across Build's grid, then press a pattern."""
    box = visit.page.locator(".st-key-paint canvas").bounding_box()
    middle = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + 40, middle)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] - 40, middle, steps=5)
    visit.page.mouse.up()
    visit.settled().page.locator(".st-key-pattern_ring button").first.click()
    visit.page.wait_for_function("() => new URLSearchParams(location.search).get('pattern')?.startsWith('ring')")


@pytest.mark.parametrize("size", SIZES)
def test_everything_has_its_place(opened, size):
    visit, page, look = opened
    resized(visit, size)
    found = visit.page.evaluate(LOOK, [PARTS, SMALLEST["usual" if size == "phone" else look]])
    assert found == {"over": [], "cut": [], "small": [], "sideways": 0}
    wanted = (page.on_stage if look == "stage" else page.seen).get(size, ())
    for key, top, bottom, end, area in visit.page.evaluate(PLACES, list(wanted)):
        assert area > 0, f"{key} is not to be seen"
        assert 0 <= top <= bottom <= end + 1, f"{key}: {top:.0f} to {bottom:.0f} of {end:.0f}"


def test_the_light_theme_moves_nothing(opened):
    visit, *_ = opened
    before = resized(visit, "laptop")
    visit.wear("light")

    def everything_is_where_it_was():  # once the figures have taken the other theme's styles, too
        assert places(visit) == before

    visit.eventually(everything_is_where_it_was)
    visit.wear("dark")


def test_a_stroke_a_choice_and_a_key_shift_nothing(opened):
    visit, page, _ = opened
    if not page.stroke:
        pytest.skip("no canvas")
    resized(visit, "laptop")
    if page.grid:
        visit.page.evaluate(f"({WATCH})()")
        paint_and_begin_anew(visit)
    else:
        visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
        visit.clear()
        visit.page.evaluate(f"({WATCH})()")
        visit.draw([[(70, 60), (200, 60), (110, 220)]])
    key, option = page.choice
    if key:
        visit.choose(key, option)
        there = "([key, option]) => new URLSearchParams(location.search).get(key) === option"
        visit.page.wait_for_function(there, arg=[key, option])
    visit.settled()
    for pressed in page.keys:
        visit.page.keyboard.press(pressed)
        places(visit)
    assert sum(visit.page.evaluate("window.shifts")) == 0
