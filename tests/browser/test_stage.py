"""What a talk, a booth and a visitor without a mouse rely on: links, the kiosk, and drawing by keyboard."""

import numpy as np

from nnviz import ink
from nnviz.export import link
from nnviz.mnist import load
from nnviz.study import build
from tests.browser.visit import forward

DIGIT = load("test").images[0] / 255


def says(visit, words):
    """Wait until screen readers are told something."""

    def told():
        assert words in visit.page.locator(".st-key-live output").text_content()

    visit.eventually(told)


def test_a_digit_is_drawn_by_keyboard_alone(tab):
    tab.open("/")
    tab.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    keys = tab.page.keyboard
    tab.canvas.focus()
    for key in ["ArrowUp"] * 7 + ["ArrowLeft"] * 4 + ["Space"] + ["ArrowRight"] * 8 + ["ArrowDown"] * 16 + ["Space"]:
        keys.press(key)
    tab.taken_over()
    row, column = np.argwhere(tab.pixels() > 0.5).T
    assert (row.min() // 10, row.max() // 10, column.min() // 10, column.max() // 10) == (5, 23, 8, 18)
    tab.answers("smooth")
    assert tab.verdict().startswith("7")
    says(tab, "7: one output neuron is sure")


def test_a_pen_put_down_and_lifted_leaves_a_dot_that_undo_takes_back(tab):
    before = tab.pixels()
    tab.canvas.focus()
    for key in ["ArrowLeft"] * 9 + ["Space", "Escape"]:
        tab.page.keyboard.press(key)
    tab.taken_over()
    assert tab.pixels().sum() > before.sum()
    tab.press("Undo")
    tab.eventually(lambda: np.testing.assert_array_equal(tab.pixels(), before))


def test_a_link_opened_in_a_fresh_browser_shows_the_same_numbers(tab, visit_with):
    painted = link.encode_neuron(build.bar(orientation=45), -2.5)
    path = f"/?drawing={link.encode(DIGIT)}&network=plain&out=1.4&painted={painted}&stage=1"
    tab.open(path)
    tab.press("Share")
    code = tab.page.get_by_role("img", name="This link as a code, to be read by a phone")
    code.wait_for()
    other = visit_with().open(tab.page.url)
    np.testing.assert_array_equal(other.input(), tab.input())
    for here, there in zip(tab.layers(), other.layers(), strict=True):
        np.testing.assert_array_equal(here, there)
    np.testing.assert_allclose(other.layers()[-1], forward("plain", DIGIT)[0][-1], atol=1e-5)
    assert other.parameters() == tab.parameters() == dict(part.split("=") for part in path[2:].split("&"))


def test_the_copied_link_is_the_address(tab, laptop):
    laptop.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open(f"/?drawing={link.encode(DIGIT)}&neuron=3&stage=1")
    tab.press("Share")
    tab.page.get_by_role("button", name="Copy link").click()
    tab.page.get_by_text("Copied.").wait_for()
    assert tab.page.evaluate("navigator.clipboard.readText()") == tab.page.url


def test_left_alone_the_kiosk_replays_digits_and_the_first_touch_hands_over_a_clean_canvas(tab):
    tab.open(f"/?kiosk=5&drawing={link.encode(DIGIT)}")
    replay = tab.page.locator(".st-key-ink canvas[data-kiosk=on]")
    replay.wait_for()

    def every_layer_follows():
        shown = tab.layers()
        assert (shown[0] > 0).sum() > 60
        assert np.abs(shown[0].reshape(28, 28) - DIGIT).max() > 0.5
        np.testing.assert_allclose(shown[-1], forward("smooth", shown[0])[0][-1], atol=1e-5)

    tab.eventually(every_layer_follows)
    tab.page.mouse.click(*tab.on_screen([(ink.CANVAS / 2, ink.CANVAS / 2)])[0])
    replay.wait_for(state="detached")
    tab.eventually(tab.is_blank)
    assert "nothing drawn yet" in tab.verdict()


def test_of_a_large_network_the_whole_ring_is_on_the_stage(tab):
    tab.open("/neurons?network=wide&stage=1").page.locator(".st-key-ring .st-key-weight_map .js-plotly-plot").wait_for()

    def all_is_seen():
        for key in ("ring", "arithmetic"):
            box = tab.page.locator(f".st-key-{key}").bounding_box()
            assert box["y"] + box["height"] <= tab.page.viewport_size["height"]

    tab.eventually(all_is_seen)
