"""The Digits page in a real browser: press a cell, press a digit, and it is the drawing on every page."""

import base64
from dataclasses import replace

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from nnviz import pen
from nnviz.files.pictures import Pictures
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.preparation import Preparation
from nnviz.study import confusion, plane
from nnviz.ui.live import live
from tests import foreign
from tests.browser.audit import serious
from tests.browser.conftest import clear_digit

TEST = load("test")
OUTPUT = Network.load(ASSETS / "networks" / "smooth.npz").forward(TEST.x).output
ANSWERS = OUTPUT.argmax(axis=1)
PLACE = """(gd, [name, at]) => {
    const trace = gd.data.find((each) => each.name === name), { xaxis, yaxis } = gd._fullLayout;
    const box = gd.getBoundingClientRect(), { l, t } = gd._fullLayout._size;
    return [box.x + l + xaxis.d2p(trace.x[at]), box.y + t + yaxis.d2p(trace.y[at])];
}"""

BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}  # the last is what the tab has else
SHOWS = "(it) => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor === it"


@pytest.fixture
def opened(tab):
    tab.open("/digits").page.locator(".st-key-digits .grid button[data-number]").first.wait_for()
    return tab


def press(visit, key, name, at):
    chart = visit.page.locator(f".st-key-{key} .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    visit.page.mouse.click(*chart.evaluate(PLACE, [name, at]))


def shown(visit, key="digits"):
    """The numbers of the digits on screen, in order."""
    cells = visit.page.locator(f".st-key-{key} .grid button").evaluate_all("all => all.map((e) => +e.dataset.number)")
    assert cells, f"{key} is not there yet"
    return cells


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


LEAD = np.where(np.eye(10, dtype=bool)[TEST.labels], -1, OUTPUT).max(axis=1) - OUTPUT[range(10000), TEST.labels]
WRONG = np.flatnonzero(TEST.labels != ANSWERS)
WORST = WRONG[np.argsort(-LEAD[WRONG], kind="stable")]
PICTURES = """(all) => all.map((canvas) => {
    const { width, height } = canvas, { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return [...data.filter((_, i) => i % 4 === 0)];
})"""


def test_pages_turn_in_the_browser_each_digit_in_its_place(opened):
    assert shown(opened) == WORST[:100].tolist()
    opened.page.get_by_role("button", name="The next page").click()
    opened.eventually(lambda: np.testing.assert_array_equal(shown(opened), WORST[100:200]))
    drawn = opened.page.locator(".st-key-digits .grid canvas").evaluate_all(PICTURES)
    np.testing.assert_array_equal(drawn, TEST.images[WORST[100:200]].reshape(100, -1))
    opened.page.get_by_role("button", name="The page before").click()
    opened.eventually(lambda: np.testing.assert_array_equal(shown(opened), WORST[:100]))


def test_by_keyboard_one_goes_from_digit_to_digit_and_takes_one_as_the_drawing(opened):
    first = opened.page.locator(".st-key-digits .grid button").first
    first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        opened.page.keyboard.press(key)
    number = int(opened.page.locator(".st-key-digits .grid button:focus").get_attribute("data-number"))
    columns = shown(opened).index(number)
    assert 4 < columns < 20
    label, answer, sure = TEST.labels[number], ANSWERS[number], OUTPUT[number].max()
    name = f"{'An' if label == 8 else 'A'} {label}, answered {answer}, sure {sure:.2f}"
    assert opened.page.locator(".st-key-digits .grid button:focus").get_attribute("aria-label") == name
    opened.page.keyboard.press("Enter")
    opened.eventually(lambda: np.testing.assert_allclose(opened.picture_in_address(), TEST.images[number] / 255))


def test_a_pressed_digit_is_the_drawing_on_this_page_and_the_next(opened):
    number = shown(opened)[5]
    opened.page.locator(".st-key-digits .grid button").nth(5).click()
    sure = np.flatnonzero(OUTPUT[number] > 0.5)

    def it_is_the_drawing():
        np.testing.assert_allclose(opened.picture_in_address(), TEST.images[number] / 255)
        assert opened.verdict()[0] == (str(sure[0]) if len(sure) == 1 else "?")

    opened.eventually(it_is_the_drawing)
    opened.go_to("Draw")
    np.testing.assert_allclose(opened.input(), TEST.images[number] / 255, atol=1e-6)


@pytest.mark.parametrize("view", ["map", "compare", "sure"])  # of the mistakes, test_offline.py
def test_axe_finds_nothing_serious_in_a_view(tab, view):
    tab.open(f"/digits?view={view}")
    for theme, background in BACKGROUNDS.items():
        tab.page.emulate_media(color_scheme=theme)
        tab.page.wait_for_function(SHOWS, arg=background)
        assert serious(tab.page) == []


# ---- the map


SMOOTH = Network.load(ASSETS / "networks" / "smooth.npz")
TRACE = SMOOTH.forward(TEST.x)


@pytest.fixture(scope="module")
def planes():
    found = [plane.principal(TRACE.activations[0])]
    for activations in TRACE.activations[1:]:
        found.append(plane.principal(activations, beside=found[-1].points))
    return found


@pytest.fixture
def at_map(tab):
    tab.open("/digits?view=map")
    tab.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    return tab


def told(visit, what):
    """What the map says of itself: where the drawing's point is, or which digits it found nearest."""
    text = visit.page.locator(".st-key-spread .plot").get_attribute(f"data-{what}")
    assert text, f"the map does not say {what} yet"
    return [float(number) for number in text.split()]


def drawn(found, places):
    """Where places in a plane are drawn: the frame round all points in the middle, its longer side 60,000."""
    low, high = found.points.min(axis=0), found.points.max(axis=0)
    return (places - (low + high) / 2) * 60_000 / float((high - low).max())


def test_while_the_pen_is_down_the_drawings_point_and_the_nearest_follow(at_map, planes):
    path = at_map.on_screen(pen.place(clear_digit(7).strokes)[0])
    at_map.page.mouse.move(*path[0])
    at_map.page.mouse.down()
    for point in path[1:-1]:
        at_map.page.mouse.move(*point)
    captions = at_map.page.locator(".st-key-nearest .grid span")
    at_map.eventually(lambda: told(at_map, "nearest"))
    assert ": " in captions.first.text_content()
    assert "drawing" not in at_map.parameters()  # Python knows of nothing yet
    at_map.page.mouse.move(*path[-1])
    at_map.page.mouse.up()
    at_map.page.wait_for_url("**drawing=*")  # canvas and address could agree on a blank before
    at_map.taken_over()
    x = at_map.picture_in_address().ravel()

    def as_python_says():
        a = SMOOTH.forward(x).activations[1]
        expected = drawn(planes[1], planes[1].place(a))
        np.testing.assert_allclose(told(at_map, "mine"), expected, atol=200)  # of 30,000: the pen's picture, to 1/255
        expected = confusion.nearest(TRACE.activations[1], a, 10)[0].tolist()
        assert shown(at_map, "nearest") == expected
        assert told(at_map, "nearest") == expected

    at_map.eventually(as_python_says)


def test_no_name_on_the_map_lies_over_another(at_map):
    """Three at one place, one beside them and one far away: the last stays, the others are as near as may be."""
    script = live.script("../pages/digits/scene.js")
    places = np.array(
        at_map.page.evaluate(
            """async (script) => {
                const from = URL.createObjectURL(new Blob([script], {type: "text/javascript"}))
                const { spaced } = await import(from)
                return spaced([[50, 50], [50, 50], undefined, [50, 50], [58, 51], [200, 90]], 20).filter(Boolean)
            }""",
            script,
        )
    )
    apart = np.linalg.norm(places[:, None] - places, axis=-1)[np.triu_indices(5, 1)]
    assert apart.min() > 19.5
    assert abs(places[:4] - 50).max() < 40
    assert places[-1].tolist() == [200, 90]


def test_a_layer_is_chosen_by_keyboard(at_map):
    at_map.page.get_by_role("radio", name="hidden 1").focus()
    at_map.page.keyboard.press("ArrowRight")
    share = plane.between(TRACE.activations[2], TEST.labels)
    at_map.page.get_by_text(f"{100 * share:.0f}\u00a0% lie between classes").wait_for()

    def python_knows():
        assert at_map.parameters().get("map") == "2"

    at_map.eventually(python_knows)


def test_a_pressed_point_is_the_drawing(at_map, planes):
    points = planes[1].points
    k = int(NearestNeighbors(n_neighbors=2).fit(points).kneighbors()[0][:, 0].argmax())  # the one most alone
    x, y = drawn(planes[1], points[k]).tolist()
    box = at_map.page.locator(".st-key-spread .plot").bounding_box()
    side = min(box["width"], box["height"]) / 2 / 1.06 / 30_000
    at_map.page.mouse.click(box["x"] + box["width"] / 2 + x * side, box["y"] + box["height"] / 2 - y * side)
    at_map.eventually(lambda: np.testing.assert_allclose(at_map.picture_in_address(), TEST.images[k] / 255, atol=1e-6))
    at_map.page.get_by_text(f"test digit {k:,}").wait_for()


def test_by_keyboard_one_goes_to_the_nearest_point_in_a_direction_and_takes_it(at_map, planes):
    x, y = planes[1].points[:, 0], planes[1].points[:, 1]
    at_map.page.locator(".st-key-spread .plot").focus()
    at_map.page.keyboard.press("ArrowRight")
    said = at_map.page.locator(".st-key-spread output")
    here = on_point(said)
    at_map.page.keyboard.press("ArrowRight")
    right, up = x - x[here], np.abs(y - y[here])
    inside = (right > 0) & (up <= right)
    expected = np.where(inside, right**2 + up**2, np.inf).argmin()
    number = on_point(said)
    assert number == expected
    label, answer, sure = TEST.labels[number], ANSWERS[number], OUTPUT[number].max()
    assert said.text_content().endswith(f"{'An' if label == 8 else 'A'} {label}, answered {answer}, sure {sure:.2f}")
    at_map.page.keyboard.press("Enter")
    at_map.eventually(lambda: np.testing.assert_allclose(at_map.picture_in_address(), TEST.images[number] / 255))


def on_point(said):
    return int(said.text_content().split(":")[0].removeprefix("test digit ").replace(",", ""))


LOSE = """(all) => all[0].getContext("webgl").getExtension("WEBGL_lose_context").loseContext()"""
INKED = """(all) => all[0].getContext("2d")?.getImageData(0, 0, all[0].width, all[0].height).data.some((n) => n > 0)"""


def test_a_map_whose_graphics_card_is_lost_is_drawn_without_it(at_map):
    layers = at_map.page.locator(".st-key-spread .plot > canvas")
    layers.evaluate_all(LOSE)

    def drawn_flat():
        assert layers.evaluate_all(INKED)

    at_map.eventually(drawn_flat)


# Read what Python sends of a network, take a visitor's own pictures, and find those nearest to one in each layer.
NEAREST = """async ([sources, message, pixels, count, inputs]) => {
    const load = (source) => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
    const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const [{read}, {Neighbours}] = await Promise.all(sources.map(load));
    const {network} = read(bytes(message)), neighbours = new Neighbours();
    await neighbours.load(bytes(pixels));
    const found = [];
    for (const [layer, mine] of inputs.entries()) {
        await neighbours.prepare(network, layer, count);
        found.push(neighbours.find(network, Float32Array.from(mine), layer, count, 10).map(({k}) => k));
    }
    return found;
}"""


def test_the_nearest_of_a_visitors_own_pictures_are_those_that_python_finds(tab):
    net = replace(foreign.network("markup"), preparation=Preparation(inverted=True, mean=0.3, deviation=0.5))
    images = np.random.default_rng(8).integers(0, 256, (50, *net.shape), np.uint8)
    trace = net.forward(Pictures(images, np.zeros(50, int), net.classes).x(net))
    sources = [live.script(name) for name in ("message.js", "../pages/digits/neighbours.js")]
    sent = live.message(live.described("own", net), None, edition=0, layer=0, neuron=0, told=False)
    message, pixels = (base64.b64encode(each).decode() for each in (sent, images.tobytes()))
    mine = [a[7].tolist() for a in trace.activations]
    found = tab.page.evaluate(NEAREST, [sources, message, pixels, 50, mine])
    assert found == [confusion.nearest(a, a[7], 10)[0].tolist() for a in trace.activations]
