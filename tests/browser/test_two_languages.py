"""What the browser works out by itself, with no server asked, is what Python makes of the same drawing and network."""

import base64

import numpy as np
import pytest

from nnviz import ink, pen
from nnviz.figures.curves import signed_text
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.sentences import quoted
from nnviz.study import attribution, surgery
from nnviz.ui.kit import answer
from nnviz.ui.live import live
from nnviz.ui.live.live import script
from tests import foreign
from tests.browser.visit import forward

NUMBERS, WIRING, MESSAGE, VERDICT = (script(f"{name}.js") for name in ("numbers", "wiring", "message", "verdict"))
NETWORKS = ("smooth", "rough", "plain", "untrained")

# Paint strokes on a canvas of the browser's own, prepare what is on it, and return both.
PREPARE = """async ([source, drawings]) => {
    const live = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
    const sheet = Object.assign(document.createElement("canvas"), {width: 280, height: 280});
    const pen = sheet.getContext("2d", {willReadFrequently: true});
    return drawings.map(({strokes, width}) => {
        pen.fillStyle = "#000"; pen.fillRect(0, 0, 280, 280);
        Object.assign(pen, {strokeStyle: "#fff", lineWidth: width, lineCap: "round", lineJoin: "round"});
        for (const [first, ...rest] of strokes) {
            pen.beginPath(); pen.moveTo(...first);
            rest.forEach((point) => pen.lineTo(...point));
            pen.stroke();
        }
        const rgba = pen.getImageData(0, 0, 280, 280).data;
        const levels = Uint8Array.from({length: 78400}, (_, i) => rgba[4 * i]);
        const ink = Float64Array.from(levels, (level) => level / 255);
        let text = ""; for (const level of levels) text += String.fromCharCode(level);
        return [btoa(text), Array.from(live.normalize(ink, 280, 280)), Array.from(live.shrink(ink, 280, 280))];
    });
}"""

RUN = """async ([source, layers, inputs]) => {
    const live = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
    const decoded = layers.map(({W, b}) => ({W: live.decode(W), b: live.decode(b), activation: "sigmoid"}));
    return inputs.map((x) => live.forward(decoded, x).activations.slice(1).map((a) => Array.from(a)));
}"""


# Read what Python sends of a network, prepare drawings for it, run it on these and on inputs, and say what it answers.
ANSWER = """async ([sources, message, inks, inputs, out]) => {
    const load = (source) => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
    const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const [numbers, {read}, {judge}] = await Promise.all(sources.map(load));
    const sent = bytes("AAAA" + message).subarray(3); // not where a float32 may begin
    const {network, x} = read(sent);
    const floats = (base64) => new Float32Array(bytes(base64).buffer);
    const run = (x) => numbers.forward(network.layers, x, out);
    const says = (pass) => Object.values(judge(network, pass));
    return {
        x: Array.from(x),
        prepared: inks.map((ink) =>
            Array.from(numbers.prepare(network, Float64Array.from(bytes(ink), (v) => v / 255), 280, 280))),
        passes: inputs.map((x) => run(floats(x)).activations.slice(1).map((a) => Array.from(a))),
        says: inputs.map((x) => says(run(floats(x)))),
        same: read(sent, network).network === network,
    };
}"""


def recorded(count):
    rng, digits = np.random.default_rng(3), pen.load()
    for index in rng.choice(len(digits), count, replace=False):
        strokes = pen.place(digits[index].strokes, rng.uniform(0.2, 0.95), rng.uniform(-20, 20))
        yield {"strokes": [stroke.tolist() for stroke in strokes], "width": float(rng.uniform(6, 40))}


def scribbles(count):
    rng = np.random.default_rng(4)
    for _ in range(count):
        strokes = [rng.uniform(-20, 300, (rng.integers(2, 30), 2)).tolist() for _ in range(rng.integers(1, 4))]
        yield {"strokes": strokes, "width": float(rng.uniform(1, 60))}


@pytest.fixture(scope="module")
def bare_page(browser, server):
    """A page with nothing on it: what is run here needs no app, and none is started for it."""
    page = browser.new_page()
    page.goto(f"{server}/_stcore/health")
    yield page
    page.close()


@pytest.fixture(scope="module")
def prepared(bare_page):
    """Drawings as ink, and what the browser and Python made of each."""
    drawings = [*recorded(50), *scribbles(20), {"strokes": [], "width": 1}]
    rows = bare_page.evaluate(PREPARE, [NUMBERS, drawings])
    inks = [np.frombuffer(base64.b64decode(row[0]), np.uint8).reshape(280, 280) / 255 for row in rows]
    return inks, np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


def test_the_browser_prepares_50_recorded_digits_and_20_scribbles_as_python_does(prepared):
    inks, browsers, _ = prepared
    pythons = np.array([ink.normalize(drawing).ravel() for drawing in inks])
    assert len(inks) == 71
    assert np.abs(browsers - pythons).max() * 255 < 1.01


def test_the_browser_shrinks_drawings_as_python_does(prepared):
    inks, _, browsers = prepared
    assert np.abs(browsers - [ink.shrink(drawing).ravel() for drawing in inks]).max() * 255 < 1.01


@pytest.mark.parametrize("name", NETWORKS)
def test_the_browser_runs_each_network_as_numpy_does(prepared, name, bare_page):
    inks, browsers, _ = prepared
    inks, browsers = inks[::3], browsers[::3]
    pythons = [ink.normalize(drawing).ravel().astype(float) for drawing in inks]
    layers = [
        {"W": base64.b64encode(layer.W.tobytes()).decode(), "b": base64.b64encode(layer.b.tobytes()).decode()}
        for layer in Network.load(ASSETS / "networks" / f"{name}.npz").layers
    ]
    same = bare_page.evaluate(RUN, [NUMBERS, layers, [x.tolist() for x in pythons]])
    own = bare_page.evaluate(RUN, [NUMBERS, layers, browsers.tolist()])
    for x, from_same, from_own in zip(pythons, same, own, strict=True):
        for expected, a, b in zip(forward(name, x)[0][1:], from_same, from_own, strict=True):
            assert np.abs(expected - a).max() < 1e-5
            assert np.abs(expected - b).max() < 0.01


def base64_of(array):
    return base64.b64encode(array.tobytes()).decode()


LOST = [pytest.param("leaky relu and identity", lost, id=f"without outputs {lost}") for lost in ((0,), (1, 2), "all")]


@pytest.mark.parametrize(("name", "lost"), [*((name, ()) for name in foreign.EVERY), *LOST])
def test_the_browser_prepares_for_runs_and_judges_any_network_as_python_does(prepared, name, lost, bare_page):
    net, inks = foreign.network(name), [*prepared[0][:40:4], np.zeros((280, 280))]
    gone = [(len(net.layers), k) for k in (range(len(net.classes)) if lost == "all" else lost)]
    levels = [np.rint(drawing * 255).astype(np.uint8) for drawing in inks]
    inputs = [net.preparation.apply(drawing, net.shape) for drawing in inks]
    message = live.message(live.described(name, net), inputs[0], edition=1, layer=0, neuron=0, told=False)
    sources = [NUMBERS, MESSAGE, VERDICT]
    found = bare_page.evaluate(
        ANSWER,
        [
            sources,
            base64.b64encode(message).decode(),
            [base64_of(each) for each in levels],
            [base64_of(x) for x in inputs],
            gone,
        ],
    )
    assert np.array_equal(np.float32(found["x"]), inputs[0])
    assert found["same"]
    step = 1.01 / 255 / net.preparation.deviation
    assert np.abs(np.array(found["prepared"]) - inputs).max() < step
    for x, passes, (number, text, out, shown) in zip(inputs, found["passes"], found["says"], strict=True):
        trace = surgery.without(net, net.forward(x), gone)
        for a, b in zip(trace.activations[1:], passes, strict=True):
            assert np.abs(a - b).max() < 1e-5 * max(1, np.abs(a).max())
        assert (number, text) == (answer.digit(trace, net), answer.sentence(trace, net))
        assert out == answer.standing_out(trace, net)
        assert shown == ("?" if number is None else quoted(net.classes[number], answer.LONGEST)[1:-1])


def test_the_browser_finds_the_strongest_lines_that_python_finds(prepared, bare_page):
    network = Network.load(ASSETS / "networks" / "plain.npz")
    x = ink.normalize(prepared[0][0]).ravel()
    W, b = (base64.b64encode(numbers.tobytes()).decode() for numbers in (network.layers[0].W, network.layers[0].b))
    found = bare_page.evaluate(
        """async ([numbers, wiring, W, b, x]) => {
            const module = (source) => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
            const {decode} = await module(numbers), {strongest} = await module(wiring);
            const lines = strongest({W: decode(W), b: decode(b)}, Float64Array.from(x), 30);
            return lines.map(({source, target, value}) => [source, target, value]);
        }""",
        [NUMBERS, WIRING, W, b, x.tolist()],
    )
    (lines, *_) = surgery.strongest_lines(network, network.forward(x), 30, "signal")
    assert np.array_equal(np.array(found), np.stack([lines.source, lines.target, lines.value], 1))


def test_the_browser_rounds_sums_and_breaks_ties_as_python_does(bare_page):
    rng = np.random.default_rng(5)
    sums = [(parts := rng.normal(0, 5, 3).tolist(), sum(parts)) for _ in range(300)]
    halves = rng.integers(-400, 400, (300, 3)) / 16  # halves of the last of three decimals, exactly, are sixteenths
    sums += [(parts, sum(parts)) for parts in halves.tolist()]
    sums += [([0.0, -0.0, value], value) for value in (0.0625, 0.1875, -0.0625, -0.0004, 1e9, 5e-324)]
    rounded = bare_page.evaluate(
        """async ([source, sums]) => {
            const live = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
            const outputs = {activations: [[0, 1, 1, 0.5]], zs: [[-9, 40, 41, 99]], lost: []};
            return [sums.map(([parts, total]) => live.addUp(parts, total, 3)),
                sums.map(([, total]) => live.signed(total, 2)), live.brightest(outputs)];
        }""",
        [NUMBERS, sums],
    )
    rounded, written, brightest = rounded
    assert written == [signed_text(total) for _, total in sums]
    assert brightest == 2  # as bright as 1, and with the larger sum; 3 was knocked out, say
    for (parts, total), found in zip(sums, rounded, strict=True):
        shown, whole = attribution.add_up(parts, total, 3)
        assert found == [float(number) for number in (*shown, whole)]
