"""The Network page in a real browser: follow the signal, choose, knock out, turn a knob, save it and load it again."""

import io
import re

import numpy as np
import pytest

from nnviz import files
from nnviz.export import link
from nnviz.mnist import ASSETS, load
from tests.browser.visit import Visit, downloaded, forward

DIGIT = load("test").images[0] / 255  # a seven
LINK = f"/network?drawing={link.encode(DIGIT)}"
LAYERS = ("hidden 1", "hidden 2", "output")


@pytest.fixture
def opened(tab):
    return tab.open(LINK)


def shades(visit, layer):
    """The activations the circles of a layer are shaded by."""
    marker = visit.page.locator(".st-key-wiring .js-plotly-plot").evaluate(
        "(gd, name) => gd.data.find((trace) => trace.name === name).marker.color", layer
    )
    return np.array(marker, float)


def step(visit):
    return visit.page.locator(".step").inner_text()


def says(visit, words):
    def it_is_there():
        assert words in visit.page.get_by_test_id("stMain").inner_text()

    visit.eventually(it_is_there)
    return visit.settled()


def place(visit, layer, k):
    """Where a neuron's circle is in the window."""
    return visit.page.locator(".st-key-wiring .js-plotly-plot").evaluate(
        """(gd, [name, k]) => {
            const {x, y} = gd.data.find((trace) => trace.name === name), {_size, xaxis, yaxis} = gd._fullLayout
            const box = gd.getBoundingClientRect()
            return [box.left + _size.l + xaxis.l2p(x[k]), box.top + _size.t + yaxis.l2p(y[k])]
        }""",
        [layer, k],
    )


def test_the_circles_hold_what_numpy_finds(opened):
    activations, _ = forward("smooth", DIGIT)
    for layer, expected in zip(LAYERS, activations[1:], strict=True):
        np.testing.assert_allclose(shades(opened, layer), expected, atol=1e-5)
    assert "The answer: 7" in step(opened)


def test_keys_take_the_signal_through_the_layers(opened):
    opened.press("Start")
    for words in ("The input", "Hidden 1 adds up", "Hidden 1 squashes", "Hidden 2 adds up"):
        says(opened, words)
        opened.page.keyboard.press("n")
    says(opened, "Hidden 2 squashes")
    opened.page.keyboard.press("b")
    says(opened, "Hidden 2 adds up")


KEEP_STEPS = """() => {
    window.steps = [];
    const look = () => {
        window.steps.push(document.querySelector(".step")?.innerText ?? "");
        requestAnimationFrame(look);
    };
    look();
}"""


def test_played_it_reaches_the_answer_by_itself(opened):
    opened.press("Start")
    for _ in range(4):
        opened.press("Next")
    opened.page.evaluate(KEEP_STEPS)
    opened.press("Play")
    says(opened, "The answer: 7")
    assert any("adds up" in step for step in opened.page.evaluate("window.steps"))  # shown for a second on the way
    opened.page.get_by_role("button", name="Play").wait_for()


COUNT_MESSAGES = """() => {
    const send = WebSocket.prototype.send;
    window.sent = 0;
    WebSocket.prototype.send = function (...parts) { window.sent++; return send.apply(this, parts); };
}"""


def test_going_on_by_hand_ends_the_clock_for_good(opened):
    opened.press("Play")
    says(opened, "adds up")
    opened.press("Next")
    opened.page.get_by_role("button", name="Play").wait_for()
    opened.settled().page.evaluate(COUNT_MESSAGES)
    opened.page.wait_for_timeout(3500)  # the clock ticks every 1.1 s
    assert opened.page.evaluate("window.sent") == 0


def test_only_the_chosen_neurons_lines_are_left_if_asked_for(opened):
    opened.open(f"{LINK}&layer=2&neuron=3")
    opened.page.get_by_role("button", name="Lines", exact=True).click()
    opened.page.locator(".st-key-only label").click()
    opened.page.keyboard.press("Escape")
    says(opened, "Neuron 3 of hidden 2")

    def sixteen_lines_lead_to_one_neuron():
        traces = opened.traces("wiring")
        into = [n for name, t in traces.items() if name.startswith("hidden 2 ") for n in (t["y"] or [])[1::3]]
        assert (len(into), len(set(into))) == (16, 1)

    opened.eventually(sixteen_lines_lead_to_one_neuron)


def test_a_neuron_knocked_out_by_the_link_costs_what_the_page_says(opened):
    opened.open(f"{LINK}&out=1.4")
    opened.page.get_by_role("tab", name="Knock neurons out").click()
    says(opened, "Each of the 42 neurons")
    digits = load("test")
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as arrays:
        weights = {key: arrays[key].astype(np.float64) for key in arrays.files}
    weights["W2"][:, 4] = 0
    a = digits.x.astype(np.float64)
    for n in (1, 2, 3):
        a = 1 / (1 + np.exp(-(a @ weights[f"W{n}"].T + weights[f"b{n}"])))
    says(opened, f"{(a.argmax(axis=1) == digits.labels).mean():.2%} now")


def test_a_knob_turned_saved_undone_and_loaded_again(opened):
    page = opened.page
    page.get_by_role("tab", name="Turn a knob").click()
    says(opened, "Its value")
    page.locator(".st-key-knob").get_by_role("slider").press("ArrowRight")
    says(opened, "after 1 change")
    turned = link.decode_turned(opened.parameters()["turned"])
    assert list(turned) == [(1, 0, "bias")]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    saved = downloaded(download.value)
    changed = files.read(saved, "network.npz")
    with np.load(io.BytesIO((ASSETS / "networks" / "smooth.npz").read_bytes()), allow_pickle=False) as arrays:
        difference = changed.layers[0].b - arrays["b1"]
    assert np.flatnonzero(difference).tolist() == [0]
    assert changed.layers[0].b[0] == np.float32(turned[1, 0, "bias"])
    page.locator(".st-key-undo_knob").get_by_role("button").click()
    opened.eventually(lambda: no_network_in(opened))
    page.get_by_role("tab", name="Bring your own").click()
    upload(opened, "network.npz", saved)
    opened.eventually(lambda: network_in(opened))
    opened.go_to("Draw")
    assert opened.parameters()["network"] == "yours"
    np.testing.assert_allclose(opened.layers()[1], changed.forward(DIGIT.ravel()).activations[1], atol=1e-5)


def test_a_file_of_another_kind_is_refused_in_a_sentence(opened):
    opened.page.get_by_role("tab", name="Bring your own").click()
    says(opened, "Dense layers from PyTorch")
    upload(opened, "song.npz", b"la la la")
    says(opened, "song.npz cannot be opened: it is damaged or not an .npz file. The present network stays.")
    opened.page.locator(".st-key-network_file").scroll_into_view_if_needed()
    refusal = opened.page.locator(".note").bounding_box()  # where it is seen from there, and nothing gives way to it
    assert 0 < refusal["y"] < 100
    assert refusal["width"] > 1000
    assert "network" not in opened.parameters()


def test_nonsense_is_fed_in_one_press(opened):
    opened.page.get_by_role("tab", name="Feed it nonsense").click()
    opened.press("Blank")
    says(opened, "Nothing drawn yet")
    opened.page.get_by_role("button", name="Noise", exact=True).click()
    says(opened, "The answer")

    def the_input_is_noise():
        assert np.ptp(opened.z("wiring", "input")) > 0.9

    opened.eventually(the_input_is_noise)
    assert re.search(r"[\d.]+% get an output above one half", opened.page.get_by_test_id("stMain").inner_text())


# ---- what the tests above need


def upload(visit: Visit, name, content):
    box = visit.page.locator(".st-key-network_file input[type=file]")
    box.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def network_in(visit):
    assert visit.parameters().get("network") == "yours"


def no_network_in(visit):
    assert "network" not in visit.parameters()


def test_the_lower_row_waits_for_what_it_stands_below(opened):
    """Streamlit may show it first, at the top of the page: the table would push it down."""
    seen = """() => {
        const table = document.querySelector(".st-key-table"), below = document.querySelector(".st-key-below")
        const whole = below.checkVisibility()
        table.classList.remove("st-key-table")  // as long as it is not there
        const alone = below.checkVisibility()
        table.classList.add("st-key-table")
        return [whole, alone]
    }"""
    assert opened.page.evaluate(seen) == [True, False]
