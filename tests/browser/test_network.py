"""The Network page in a real browser: follow the signal, choose, knock out, turn a knob, save it and load it again."""

import io
import re
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz import files, ink, pen
from nnviz.export import link
from nnviz.figures.wiring import BESIDE
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.study import surgery
from tests.browser.conftest import clear_digit
from tests.browser.visit import Visit, forward

DIGIT = load("test").images[0] / 255  # a seven
LINK = f"/network?drawing={link.encode(DIGIT)}"
LAYERS = ("hidden 1", "hidden 2", "output")
OUT = [(1, 4), (2, 0)]


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
    saved = download.value.path().read_bytes()
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


# ---- the pen is down


def forward_without(x, out):
    """Run a picture through `smooth` with neurons knocked out, in float64 and without nnviz: activations and zs."""
    with np.load(ASSETS / "networks" / "smooth.npz", allow_pickle=False) as arrays:
        weights = {key: arrays[key].astype(np.float64) for key in arrays.files}
    activations, zs = [np.asarray(x, np.float64).ravel()], []
    for n in (1, 2, 3):
        zs.append(weights[f"W{n}"] @ activations[-1] + weights[f"b{n}"])
        activations.append(1 / (1 + np.exp(-zs[-1])))
        activations[-1][[k for layer, k in out if layer == n]] = 0
    return activations, zs


def press_and_move(visit, stroke):
    """Draw without lifting the pen, until the input is what is on the canvas."""
    path = visit.on_screen(stroke)
    visit.page.mouse.move(*path[0])
    visit.page.mouse.down()
    for point in path[1:]:
        visit.page.mouse.move(*point)

    def the_input_is_what_is_on_the_canvas():
        prepared = ink.normalize(visit.pixels())
        assert prepared.any()
        assert np.abs(visit.z("wiring", "input") - prepared).max() * 255 < 1.01

    visit.eventually(the_input_is_what_is_on_the_canvas, 5)


def colours(visit, k, of):
    """The colours of or around ("fill", "stroke") the circles of layer k + 1, as painted."""
    return visit.page.locator(".st-key-wiring .scatterlayer > .trace:has(.point)").evaluate_all(
        "(layers, [k, of]) => [...layers[k].querySelectorAll('.point')].map((point) => getComputedStyle(point)[of])",
        [k, of],
    )


def pairs(places):
    """Where each line starts and ends; a gap comes after each."""
    return list(zip(places[::3], places[1::3], strict=False))


@pytest.fixture(scope="module")
def stroke(laptop, server):
    """What the page shows while a stroke is drawn with two neurons out: at the last step, then at the fifth."""
    visit = Visit(laptop.new_page(), server).open("/network?out=1.4,2.0&neuron=4")
    visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    visit.choose("lines_by", "weight × a")
    visit.settled().page.get_by_role("tab", name="The sums").click()
    says(visit, "neuron by neuron")
    (first, *_) = pen.place(clear_digit(2).strokes)
    press_and_move(visit, first)
    found = SimpleNamespace(
        x=visit.z("wiring", "input").ravel(), traces=visit.traces("wiring"), says=step(visit),
        shades=[shades(visit, layer) for layer in LAYERS], fills=[colours(visit, k, "fill") for k in range(3)],
        asked="drawing" in visit.parameters(),
        painted=visit.page.locator(".st-key-wiring .scatterlayer > .lines path").evaluate_all(
            "paths => paths.map((path) => path.getAttribute('d').split('M').length - 1)"
        ),
        sums=visit.page.locator(".sums tr + tr").all_inner_texts(),
        marked=visit.page.locator(".st-key-wiring .textpoint text").all_text_contents(),
    )  # fmt: skip
    visit.page.mouse.up()
    visit.taken_over()
    visit.eventually(lambda: nothing_painted_over(visit))
    found.lifted = visit.picture_in_address(), [shades(visit, layer) for layer in LAYERS]
    for words in ("Output squashes", "Output adds up"):
        visit.press("Back")
        says(visit, words)
    visit.page.get_by_role("tab", name="One neuron").click()
    says(visit, "Neuron 4 of hidden 1")
    press_and_move(visit, first + 15)
    found.ringed = colours(visit, 2, "stroke"), forward_without(visit.z("wiring", "input"), OUT)[1]
    found.parts = {
        name: visit.page.locator(f'.st-key-arithmetic [data-is="{name}"]').inner_text().replace("−", "-")
        for name in ("positive", "negative", "bias", "z", "a")
    }
    visit.page.mouse.up()
    visit.taken_over()
    visit.page.close()
    assert visit.trouble == []
    return found


def nothing_painted_over(visit):
    assert not visit.page.locator(".st-key-wiring .scatterlayer > .lines").count()


def test_the_circles_follow_the_pen_without_the_neurons_knocked_out(stroke):
    assert not stroke.asked  # the server knows nothing of it yet
    for shown, expected in zip(stroke.shades, forward_without(stroke.x, OUT)[0][1:], strict=True):
        np.testing.assert_allclose(shown, expected, atol=1e-5)


def test_the_circles_are_painted_in_the_greys_they_hold(stroke):
    for fills, held in zip(stroke.fills, stroke.shades, strict=True):
        greys = np.array([re.findall(r"[\d.]+", fill)[:3] for fill in fills], float)
        np.testing.assert_allclose(greys, np.repeat(255 * held[:, None], 3, axis=1), atol=1.01)


def test_the_sums_follow_the_pen_and_add_up_as_shown(stroke):
    rows = [[float(n) for n in row.replace("−", "-").split()[1:]] for row in stroke.sums]
    activations, zs = forward_without(stroke.x, OUT)
    assert [round(weighted + bias, 2) for weighted, bias, _, _ in rows] == [z for _, _, z, _ in rows]
    np.testing.assert_allclose([row[2:] for row in rows], np.stack([zs[2], activations[3]], 1), atol=0.00501)


def test_the_answer_follows_the_pen(stroke):
    output = forward_without(stroke.x, OUT)[0][-1]
    sure = np.flatnonzero(output > 0.5)
    assert [text for text in stroke.marked if "◀" in text] == ([f"{sure[0]} ◀"] if len(sure) == 1 else [])
    assert (f"The answer: {sure[0]}." if len(sure) == 1 else "No output neuron is sure") in stroke.says
    assert "2 neurons knocked out" in stroke.says


def test_the_lines_by_signal_follow_the_pen(stroke):
    smooth = Network.load(ASSETS / "networks" / "smooth.npz")
    trace = surgery.without(smooth, smooth.forward(stroke.x), OUT)
    chosen = surgery.strongest_lines(smooth, trace, 3, "signal")
    x, y = np.full(784, 27.5 + BESIDE), np.repeat(range(28), 28)
    for name, lines in zip(LAYERS, chosen, strict=True):
        shown = [t for key, t in stroke.traces.items() if key.startswith(f"{name} ")]
        ends = sorted((*x, *y) for t in shown for x, y in zip(*(pairs(t[axis]) for axis in "xy"), strict=True))
        to_x, to_y = stroke.traces[name]["x"], stroke.traces[name]["y"]
        connected = zip(lines.source, lines.target, strict=True)
        np.testing.assert_allclose(ends, sorted((x[s], to_x[t], y[s], to_y[t]) for s, t in connected))
        strong = (abs(lines.value) > abs(lines.value).max() * 2 / 3).sum()
        assert sum(len(pairs(stroke.traces[f"{name} {sign} 2"]["x"])) for sign in ("positive", "negative")) == strong
        x, y = to_x, to_y
    assert sum(stroke.painted) == sum(lines.value.size for lines in chosen)


def test_a_neurons_arithmetic_follows_the_pen_with_what_it_would_pass_on(stroke):
    z = stroke.ringed[1][0][4]
    positive, negative, bias, shown, a = map(float, stroke.parts.values())
    assert round(positive + negative + bias, 3) == shown == pytest.approx(z, abs=0.00051)
    assert a == pytest.approx(1 / (1 + np.exp(-z)), abs=0.00051)


def test_the_sums_are_ringed_by_their_sign_while_the_pen_moves(stroke):
    shown, (*_, z) = stroke.ringed
    assert shown == ["rgb(47, 129, 247)" if value > 0 else "rgb(235, 76, 62)" for value in z]


def test_pythons_circles_replace_them_when_the_pen_is_lifted(stroke):
    x, circles = stroke.lifted
    for shown, expected in zip(circles, forward_without(x, OUT)[0][1:], strict=True):
        np.testing.assert_allclose(shown, expected, atol=1e-5)


# ---- what the tests above need


def upload(visit: Visit, name, content):
    box = visit.page.locator(".st-key-network_file input[type=file]")
    box.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def network_in(visit):
    assert visit.parameters().get("network") == "yours"


def no_network_in(visit):
    assert "network" not in visit.parameters()
