"""The Build page in a real browser: paint with mouse, finger and keys, read the sum, drag, reload, save and load."""

import re
from decimal import Decimal

import numpy as np
import pytest

from nnviz.export import link
from nnviz.mnist import load
from nnviz.study import build
from tests.browser.conftest import PHONE
from tests.browser.test_layout import LOOK, PARTS, SMALLEST, WIDE, resized
from tests.browser.visit import Visit

TOO_WIDE = """() => [...document.querySelectorAll("[data-testid=stMain] *:not(.draglayer, .draglayer *)")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 200))"""
SCROLLS = """() => [...document.querySelectorAll(".stMain, .stMain [role=tabpanel]")]
    .filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => `${e.scrollHeight} in ${e.clientHeight}`)"""
DIGITS = load("test")
DIGIT = DIGITS.images[0] / 255  # a seven
LINK = f"/build?drawing={link.encode(DIGIT)}"
EMPTY = f"{LINK}&painted={link.encode_neuron(build.zero(), 0)}"


@pytest.fixture(scope="module")
def phone(window, server):
    visit = Visit(window(viewport=PHONE, has_touch=True, is_mobile=True).new_page(), server)
    yield visit.open(LINK)
    visit.page.close()
    assert visit.trouble == []


def grid(visit):
    return visit.page.locator(".st-key-paint canvas")


def on_screen(visit, *cells):
    """Return the middles of weights' cells in pixels of the window."""
    box = grid(visit).bounding_box()
    side = box["width"] / 28
    return [(box["x"] + side * (column + 0.5), box["y"] + side * (row + 0.5)) for row, column in cells]


def paint(visit, *cells):
    """Draw a line through cells with the mouse."""
    press_and_move(visit, on_screen(visit, *cells))
    visit.page.mouse.up()


def press_and_move(visit, path):
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point, steps=4)


def on_curve(visit, *thresholds):
    """Return where thresholds are on the curve, in pixels of the window."""
    visit.page.locator(".st-key-curve").scroll_into_view_if_needed()
    plot = visit.page.locator(".st-key-threshold_curve .nsewdrag").first
    low, high = visit.page.evaluate(
        "document.querySelector('.st-key-threshold_curve .js-plotly-plot').layout.xaxis.range"
    )
    box = plot.bounding_box()
    return [
        (box["x"] + box["width"] * (at - low) / (high - low), box["y"] + box["height"] * (0.3 + 0.1 * k))
        for k, at in enumerate(thresholds)
    ]


def shown(visit):
    """Read the weights' signs off the grid's own pixels: 1 blue, -1 red, 0 nothing."""
    pixels = grid(visit).evaluate("c => Array.from(c.getContext('2d').getImageData(0, 0, 28, 28).data)")
    rgba = np.array(pixels, int).reshape(28, 28, 4)
    return np.sign(rgba[..., 2] - rgba[..., 0]) * (rgba[..., 3] > 0)


def in_address(visit):
    """Read weights and bias from the address."""
    text = visit.parameters().get("painted")
    return link.decode_neuron(text) if text else (build.zero(), 0.0)


def numbers(visit):
    """Read positive, negative, bias, z and a, as they are written."""
    text = visit.page.locator(".st-key-arithmetic").inner_text().replace("−", "-")
    return [Decimal(found) for found in re.findall(r"-?\d+\.\d+", text)][:5]


def adds_up(visit, weights, bias=0.0):
    """Fail unless the sum on the page is exact, and the one NumPy finds for these weights."""
    terms = weights.astype(float) * DIGIT
    z = terms.sum() + bias
    positive, negative, b, total, a = numbers(visit)
    truth = [terms[terms > 0].sum(), terms[terms < 0].sum(), bias, z, 1 / (1 + np.exp(-z))]
    np.testing.assert_allclose(np.array([positive, negative, b, total, a], float), truth, atol=0.00101)
    assert positive + negative + b == total


def in_curve(visit):
    """Read the threshold and the point off the curve as it is drawn: all in numbers of the axes."""
    found = visit.page.evaluate(
        """() => {
            const gd = document.querySelector(".st-key-threshold_curve .js-plotly-plot");
            if (!gd?.querySelector(".point")?.getClientRects().length) return null;
            const {xaxis, yaxis, _size} = gd._fullLayout, box = gd.getBoundingClientRect();
            const middle = (part, axis, name) => {
                const {left, top, width, height} = gd.querySelector(part).getBoundingClientRect();
                return name === "x" ? axis.p2l(left + width / 2 - box.left - _size.l)
                    : axis.p2l(top + height / 2 - box.top - _size.t);
            };
            return {line: middle(".shapelayer path", xaxis, "x"), sum: middle(".point", xaxis, "x"),
                a: middle(".point", yaxis, "y"), name: [...gd.querySelectorAll(".annotation text")].at(-1).textContent};
        }"""
    )
    assert found, "the curve is not drawn yet"
    return found


def fires(weights, bias):
    """Count for which test digits a painted neuron fires, in whole thousandths and greys: of each digit, and of all."""
    levels = np.rint(weights.ravel() * 1000).astype(np.int64)
    flat = DIGITS.images.reshape(-1, 784).astype(np.int64)
    parts = [flat @ np.clip(levels, *side) / 255_000 for side in ((0, None), (None, 0))]
    of_each = np.bincount(DIGITS.labels[parts[0] + parts[1] + float(np.float32(bias)) > 0], minlength=10)
    return [*of_each.tolist(), int(of_each.sum())]


def counts(visit, weights, threshold):
    """Fail unless the page counts who fires as NumPy does, digit by digit."""
    rows = visit.page.locator(".st-key-sums_by_digit .textpoint text").all_text_contents()
    found = [int(row.split(" of ")[0].replace(",", "")) for row in rows if " of " in row]
    total = visit.page.locator("[data-count=fires]").inner_text()
    assert [*found, int(total.replace(",", ""))] == fires(weights, -threshold)


def steps(visit):
    """Read the histogram as it is drawn: left end, right end and height of each bar of the sevens."""
    found = visit.page.evaluate(
        """() => {
            const gd = document.querySelector(".st-key-sums_by_digit .js-plotly-plot"), {xaxis, yaxis} = gd._fullLayout;
            const bars = [...gd.querySelectorAll(".scatterlayer path.js-fill")].flatMap((path) =>
                path.getAttribute("d").split("Z").filter(Boolean));
            return bars.map((bar) => bar.slice(1).split(/[,VH]/).map(Number)).map(([left, floor, top, right]) =>
                [xaxis.p2l(left), xaxis.p2l(right), yaxis.p2l(top) - yaxis.p2l(floor), yaxis.p2l(floor)]);
        }"""
    )
    rows = np.array(found)
    return rows[np.isclose(rows[:, 3], 2, atol=0.01), :3]  # digit 9 has its floor at 0


# ---- painting


def test_what_is_painted_is_added_up(tab):
    tab.open(EMPTY)
    tab.page.locator(".invitation").wait_for()
    paint(tab, (8, 10), (8, 18))
    assert not tab.page.locator(".invitation").is_visible()
    weights = np.zeros((28, 28))
    weights[7:10, 9:20] = 1  # three wide
    tab.eventually(lambda: np.testing.assert_array_equal(in_address(tab)[0], weights))
    tab.settled()
    np.testing.assert_array_equal(shown(tab), weights)
    adds_up(tab, weights)
    tab.choose("brush", "−")
    tab.page.locator(".st-key-paint canvas[data-level='-1000']").wait_for()
    paint(tab, (12, 10), (12, 18))
    weights[11:14, 9:20] = -1
    tab.eventually(lambda: np.testing.assert_array_equal(in_address(tab)[0], weights))
    tab.settled()
    adds_up(tab, weights)
    tab.press("Undo")
    weights[11:14] = 0
    tab.eventually(lambda: np.testing.assert_array_equal(shown(tab), weights))
    tab.settled()
    adds_up(tab, weights)


def test_during_a_stroke_sum_terms_and_curve_are_what_numpy_finds_and_python_then_says_the_same(tab):
    before = build.bar()
    tab.open(f"{LINK}&painted={link.encode_neuron(before, -4.7)}")
    tab.page.locator(".st-key-paint canvas[data-counts=on]").wait_for()
    press_and_move(tab, on_screen(tab, (8, 4), (8, 22)))
    weights = before.copy()
    weights[7:10, 3:24] = 1
    bias = float(np.float32(-4.7))
    tab.eventually(lambda: adds_up(tab, weights, bias))
    counts(tab, weights, 4.7)
    sums = DIGITS.images[DIGITS.labels == 7].reshape(-1, 784) / 255 @ weights.ravel()
    bars = [bar for bar in steps(tab) if abs(bar[:2] - 4.7).min() > 0.1]  # the threshold cuts one in two
    many = [((sums >= left) & (sums < right)).sum() for left, right, _ in bars]
    assert max(many) > 50
    np.testing.assert_allclose([bar[2] for bar in bars], 0.86 * np.array(many) / max(many), atol=0.02)
    np.testing.assert_array_equal(in_address(tab)[0], before)  # Python was told nothing yet
    np.testing.assert_allclose(tab.z("present_terms"), weights * DIGIT, atol=1e-5)
    z = (weights * DIGIT).sum() + bias
    assert in_curve(tab)["sum"] == pytest.approx(z - bias, abs=0.1)
    assert in_curve(tab)["a"] == pytest.approx(1 / (1 + np.exp(-z)), abs=0.01)
    live = tab.page.locator(".st-key-arithmetic").inner_text()
    tab.page.mouse.up()
    tab.eventually(lambda: np.testing.assert_array_equal(in_address(tab)[0], weights))
    tab.settled()
    assert tab.page.locator(".st-key-arithmetic").inner_text() == live
    counts(tab, weights, 4.7)


def test_the_keys_paint(tab):
    tab.open(EMPTY)
    grid(tab).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", " "):
        tab.page.keyboard.press(key)
    weights = np.zeros((28, 28))
    weights[13:16, 14:17] = 1
    tab.eventually(lambda: np.testing.assert_array_equal(in_address(tab)[0], weights))
    assert tab.page.locator(".st-key-paint output").inner_text() == "row 14, column 15: weight 1.00"


def test_a_finger_paints_and_does_not_scroll(phone):
    top = grid(phone).bounding_box()["y"]
    phone.swipe(on_screen(phone, *((row, 13) for row in range(22, 5, -2))))
    phone.eventually(lambda: np.testing.assert_array_equal(in_address(phone)[0][6:23, 13], 1))
    assert grid(phone).bounding_box()["y"] == top


# ---- the threshold


def test_the_threshold_moves_with_the_keys_and_changes_who_fires(tab):
    tab.open(f"{LINK}&painted={link.encode_neuron(build.bar(), -4)}")
    tab.page.locator(".st-key-threshold").get_by_role("slider").press("ArrowRight")
    tab.eventually(lambda: np.testing.assert_allclose(in_address(tab)[1], -4.1, atol=1e-6))
    tab.settled()
    adds_up(tab, build.bar(), -4.1)
    counts(tab, build.bar(), 4.1)


def test_the_threshold_is_dragged_on_the_curve_and_a_drag_is_one_step_to_undo(tab):
    tab.open(f"{LINK}&painted={link.encode_neuron(build.bar(), -4)}")
    start, beyond, goal = on_curve(tab, 1.5, 9.0, 7.3)
    press_and_move(tab, [start, beyond])
    tab.page.wait_for_timeout(400)
    tab.page.mouse.move(*goal)
    tab.eventually(lambda: adds_up(tab, build.bar(), float(np.float32(-7.3))))
    tab.eventually(lambda: counts(tab, build.bar(), 7.3))  # while it is still held
    drawn = tab.eventually(lambda: in_curve(tab))
    assert drawn["name"] == "threshold −b = 7.30"
    assert drawn["line"] == pytest.approx(7.3, abs=0.05)
    tab.page.mouse.up()
    tab.settled()
    assert in_address(tab)[1] == np.float32(-7.3)
    assert tab.page.locator(".st-key-threshold").inner_text().startswith("7.30")
    tab.press("Undo")
    tab.eventually(lambda: np.testing.assert_equal(in_address(tab)[1], -4))


def test_a_finger_drags_the_threshold_and_nothing_is_wider_than_the_phone(phone):
    phone.settled()
    path = on_curve(phone, 1.0, 3.0, 5.0)
    top = phone.page.locator(".st-key-curve").bounding_box()["y"]
    phone.swipe(path)
    phone.eventually(lambda: np.testing.assert_allclose(in_address(phone)[1], -5, atol=0.11))
    assert phone.page.locator(".st-key-curve").bounding_box()["y"] == top
    assert phone.page.evaluate(TOO_WIDE) == []


# ---- the tabs


def test_on_a_stage_a_tab_opens_over_the_page_and_nothing_scrolls(tab):
    tab.open(f"{LINK}&stage=1")

    def fits():
        for size in reversed(WIDE):
            resized(tab, size)
            found = tab.page.evaluate(LOOK, [PARTS, SMALLEST["stage"]])
            assert found == {"over": [], "cut": [], "small": [], "sideways": 0}
            assert tab.page.evaluate(SCROLLS) == []

    fits()
    for name in ("Put it into the network", "Is it an edge detector?", "Which picture excites it most?"):
        tab.page.get_by_role("tab", name=name).click()
        tab.page.locator(".st-key-workbench").wait_for(state="hidden")
        tab.settled()
        fits()
    tab.choose("guess", "bar")
    tab.page.locator(".st-key-probe_terms .js-plotly-plot").wait_for()
    fits()
    tab.page.get_by_role("tab", selected=True).press("Home")
    grid(tab).wait_for()
    paint(tab, (24, 4), (24, 22))  # nothing lies over it any more
    tab.eventually(lambda: np.testing.assert_array_equal(in_address(tab)[0][24, 4:23], 1))


# ---- it is kept


def test_a_reload_and_another_page_keep_the_neuron_and_the_probes_at_the_pattern(tab):
    bar = build.bar(9, 12.5, 45)
    tab.open(f"{LINK}&painted={link.encode_neuron(bar, -4)}&pattern=bar,9,12.5,45")
    paint(tab, (20, 5), (24, 9))
    tab.eventually(lambda: np.testing.assert_equal(in_address(tab)[0][22, 7], 1))
    weights, bias = in_address(tab)
    assert bias == -4
    tab.settled()
    tab.page.reload()
    tab.settled()
    tab.go_to("Neurons").go_to("Build")
    np.testing.assert_array_equal(shown(tab), np.sign(weights))
    adds_up(tab, weights, bias)
    for name, picture in build.probes(9, 12.5, 45).items():
        np.testing.assert_allclose(tab.z("probe_pictures", name), picture, atol=1e-5)


def test_a_neuron_is_saved_and_loaded_and_a_bad_file_changes_nothing(tab, tmp_path):
    weights = build.ring()
    tab.open(f"{LINK}&painted={link.encode_neuron(weights, -2.5)}")
    tab.press("Save or load")
    with tab.page.expect_download() as download:
        tab.page.locator(".st-key-save_neuron button").click()
    download.value.save_as(tmp_path / "neuron.npz")
    tab.page.keyboard.press("Escape")
    tab.press("Clear")
    tab.eventually(lambda: np.testing.assert_array_equal(shown(tab), np.zeros((28, 28))))
    tab.settled()
    tab.press("Save or load")
    choose = tab.page.locator(".st-key-neuron_file input[type=file]")
    choose.set_input_files(tmp_path / "neuron.npz")
    tab.eventually(lambda: np.testing.assert_array_equal(shown(tab), np.sign(weights)))
    tab.settled()
    adds_up(tab, weights, -2.5)
    (tmp_path / "bad.npz").write_bytes(b"hello")
    choose.set_input_files(tmp_path / "bad.npz")
    tab.eventually(lambda: np.testing.assert_equal(len(tab.warnings()), 1))
    assert "cannot be used" in tab.warnings()[0]
    adds_up(tab, weights, -2.5)
