"""The Build page in a real browser: paint with mouse, finger and keys, read the sum, reload, save and load."""

import re
from decimal import Decimal

import numpy as np

from nnviz import build, link
from nnviz.mnist import load

DIGIT = load("test").images[0] / 255  # a seven
LINK = f"/build?drawing={link.encode(DIGIT)}"
CELL = 10  # CSS pixels


def cell(row, column):
    """Return the middle of a weight's cell in pixels of the grid."""
    return CELL * (column + 0.5), CELL * (row + 0.5)


def grid(visit):
    return visit.page.locator(".st-key-paint canvas")


def on_screen(visit, *cells):
    box = grid(visit).bounding_box()
    return [(box["x"] + x, box["y"] + y) for x, y in (cell(*place) for place in cells)]


def paint(visit, *cells):
    """Draw a line through cells with the mouse."""
    path = on_screen(visit, *cells)
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point, steps=4)
    visit.page.mouse.up()


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


def test_what_is_painted_is_added_up(visit):
    visit.open(LINK)
    paint(visit, (8, 10), (8, 18))
    weights = np.zeros((28, 28))
    weights[7:10, 9:20] = 1  # three wide
    visit.eventually(lambda: np.testing.assert_array_equal(in_address(visit)[0], weights))
    visit.settled()
    np.testing.assert_array_equal(shown(visit), weights)
    adds_up(visit, weights)
    visit.choose("brush", "−")
    visit.settled()
    paint(visit, (12, 10), (12, 18))
    weights[11:14, 9:20] = -1
    visit.eventually(lambda: np.testing.assert_array_equal(in_address(visit)[0], weights))
    visit.settled()
    adds_up(visit, weights)
    visit.press("Undo")
    weights[11:14] = 0
    visit.eventually(lambda: np.testing.assert_array_equal(shown(visit), weights))
    visit.settled()
    adds_up(visit, weights)


def test_a_reload_another_page_and_a_fresh_browser_keep_the_neuron(visit, visit_with):
    visit.open(f"{LINK}&painted={link.encode_neuron(build.bar(), -4)}")
    paint(visit, (20, 5), (24, 9))
    visit.eventually(lambda: np.testing.assert_equal(in_address(visit)[0][22, 7], 1))
    weights, bias = in_address(visit)
    assert bias == -4
    visit.settled()
    address = visit.page.url
    visit.page.reload()
    visit.settled()
    visit.go_to("Neurons").go_to("Build")
    other = visit_with()
    other.open(address)
    for seen in (visit, other):
        np.testing.assert_array_equal(shown(seen), np.sign(weights))
        adds_up(seen, weights, bias)


def test_the_threshold_moves_with_the_keys_and_changes_who_fires(visit):
    visit.open(f"{LINK}&painted={link.encode_neuron(build.bar(), -4)}")
    before = visit.page.locator(".st-key-threshold_and_sums").inner_text()
    visit.page.locator(".st-key-threshold").get_by_role("slider").press("ArrowRight")
    visit.eventually(lambda: np.testing.assert_allclose(in_address(visit)[1], -4.1, atol=1e-6))
    visit.settled()
    adds_up(visit, build.bar(), -4.1)
    assert visit.page.locator(".st-key-threshold_and_sums").inner_text() != before


def test_a_neuron_is_saved_and_loaded_and_a_bad_file_changes_nothing(visit, tmp_path):
    weights = build.ring()
    visit.open(f"{LINK}&painted={link.encode_neuron(weights, -2.5)}")
    visit.press("Save or load")
    with visit.page.expect_download() as download:
        visit.page.locator(".st-key-save_neuron button").click()
    download.value.save_as(tmp_path / "neuron.npz")
    visit.page.keyboard.press("Escape")
    visit.press("Clear")
    visit.eventually(lambda: np.testing.assert_array_equal(shown(visit), np.zeros((28, 28))))
    visit.settled()
    visit.press("Save or load")
    choose = visit.page.locator(".st-key-neuron_file input[type=file]")
    choose.set_input_files(tmp_path / "neuron.npz")
    visit.eventually(lambda: np.testing.assert_array_equal(shown(visit), np.sign(weights)))
    visit.settled()
    adds_up(visit, weights, -2.5)
    (tmp_path / "bad.npz").write_bytes(b"hello")
    choose.set_input_files(tmp_path / "bad.npz")
    visit.eventually(lambda: np.testing.assert_equal(len(visit.warnings()), 1))
    assert "cannot be used" in visit.warnings()[0]
    adds_up(visit, weights, -2.5)


def test_the_keys_paint(visit):
    visit.open(LINK)
    grid(visit).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", " "):
        visit.page.keyboard.press(key)
    weights = np.zeros((28, 28))
    weights[13:16, 14:17] = 1
    visit.eventually(lambda: np.testing.assert_array_equal(in_address(visit)[0], weights))
    assert visit.page.locator(".st-key-paint output").inner_text() == "row 14, column 15: weight 1.00"


def test_a_finger_paints_and_does_not_scroll(visit_with):
    visit = visit_with(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit.open(LINK)
    top = grid(visit).bounding_box()["y"]
    visit.swipe(on_screen(visit, *((row, 13) for row in range(22, 5, -2))))
    visit.eventually(lambda: np.testing.assert_array_equal(in_address(visit)[0][6:23, 13], 1))
    assert grid(visit).bounding_box()["y"] == top
