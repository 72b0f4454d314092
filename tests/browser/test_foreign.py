"""Networks that are not the lesson's, in the browser: every layer and the answer follow the pen."""

from functools import partial
from urllib.parse import quote

import numpy as np
import pytest

from nnviz import pen
from nnviz.ui.kit import answer
from tests import foreign
from tests.browser.conftest import clear_digit, serve
from tests.browser.visit import Visit

STROKE = pen.place(clear_digit(2).strokes)[0]
NAMES = ("relu and softmax, 8 x 8", "large", "deep", "markup", "leaky relu and identity")


@pytest.fixture(scope="module")
def foreign_server(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("foreign") / "log", script="tests/browser/foreign_server.py") as address:
        yield address


@pytest.fixture
def desk(laptop, foreign_server):
    visit = Visit(laptop.new_page(), foreign_server)
    yield visit
    assert not visit.page.locator(".st-key-live [data-live=off]").count()  # it has not given up
    visit.page.close()
    assert visit.trouble == []


def open_with(visit, name):
    visit.open(f"/?foreign={quote(name)}")
    visit.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")


def expect_answers(visit, net, drawn):
    """Fail unless everything on screen is what the network makes of what is on the canvas."""
    traces = visit.traces("activations")
    cells = [trace["z"] for trace in traces.values() if trace["type"] == "heatmap"]
    layers = [np.array([value for row in rows for value in row if value is not None]) for rows in cells]
    prepared = net.preparation.apply(visit.pixels(), net.shape)
    assert [len(layer) for layer in layers] == list(net.sizes)
    assert np.abs(layers[0] - prepared).max() < 1.01 / 255 / net.preparation.deviation
    trace = net.forward(layers[0])
    assert answer.is_blank(trace, net) != drawn
    for shown, expected in zip(layers, trace.activations, strict=True):
        np.testing.assert_allclose(shown, expected, atol=1e-5 * max(1, np.abs(expected).max()))
    assert answer.sentence(trace, net) in visit.verdict()
    bars = visit.page.locator(".st-key-outputs code").all_inner_texts()
    np.testing.assert_allclose([float(bar.replace("−", "-")) for bar in bars], trace.output, atol=0.0051)


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_and_the_answer_follow_while_the_pen_is_down_and_python_agrees(desk, name):
    net = foreign.network(name)
    open_with(desk, name)
    desk.eventually(lambda: expect_answers(desk, net, drawn=False))
    path = desk.on_screen(STROKE)
    desk.page.mouse.move(*path[0])
    desk.page.mouse.down()
    for point in path[1:]:
        desk.page.mouse.move(*point)
    desk.eventually(lambda: expect_answers(desk, net, drawn=True), 5)
    assert "drawing" not in desk.parameters()  # the server has not been asked
    desk.page.mouse.up()

    def python_has_answered():
        assert desk.picture_in_address().any()
        assert not desk.page.locator(".st-key-activations foreignObject").count()
        expect_answers(desk, net, drawn=True)

    desk.eventually(python_has_answered)


def test_the_next_stroke_is_answered_by_the_network_chosen_meanwhile(desk):
    open_with(desk, "relu and softmax, 8 x 8")
    desk.scribble([STROKE])
    desk.eventually(lambda: expect_answers(desk, foreign.network("relu and softmax, 8 x 8"), drawn=True))
    for name in ("deep", "large"):
        agrees = partial(expect_answers, desk, foreign.network(name), drawn=True)
        desk.choose("network", f"yours {foreign.EVERY.index(name) + 1}")
        desk.eventually(agrees)
        desk.scribble([STROKE[:9] + 10])
        desk.eventually(agrees)
    desk.choose("network", "smooth")
    desk.eventually(lambda: desk.answers("smooth"))
    desk.draw([STROKE[:9] + 20])
    desk.answers("smooth")
