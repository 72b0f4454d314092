"""The Network page while the pen is down, with two neurons knocked out: what the browser shows, and then Python."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz import ink, pen
from nnviz.figures.wiring import BESIDE
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import surgery
from tests.browser.conftest import clear_digit
from tests.browser.test_network import LAYERS, says, shades, step
from tests.browser.visit import Visit

OUT = [(1, 4), (2, 0)]


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
    visit.page.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")  # from the tabs back to the canvas
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
    visit.choose("lines_by", "signal")
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
