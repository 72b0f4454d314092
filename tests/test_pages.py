"""Every page alone and through app.py, without a browser: no exception whatever the state, and sums that add up.

There is no canvas here: a drawing is put into the session, as the canvas would.
"""

import html
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnviz import mnist

ROOT = Path(__file__).parents[1]
DRAW, NEURONS = "pages/1_draw.py", "pages/2_neurons.py"
PAGES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pages").glob("*.py"))
NAMES = ("smooth", "rough", "plain", "untrained")
DIGIT = mnist.load("test").images[0] / np.float32(255)  # a seven
BLANK = np.zeros((28, 28), np.float32)
NOTE = re.compile('<p class="note" role="alert">(.*?)</p>')
FULL = np.ones((28, 28), np.float32)


def open_page(script, image=None, **choices):
    """Run a page, or app.py, with a drawing and other choices in the session."""
    app = AppTest.from_file(str(ROOT / script), default_timeout=120)
    if image is not None:
        app.session_state["x"], app.session_state["drawn"] = image.ravel(), image
        app.session_state["objects"] = []
    for key, value in choices.items():
        app.session_state[key] = value
    return app.run()


def text(app):
    """All words on a page, markup and all."""
    kinds = (app.markdown, app.caption, app.subheader, app.warning, app.error)
    return " ".join([element.proto.body for element in app.get("html")] + [e.value for kind in kinds for e in kind])


def headings(app):
    return [element.value for element in app.subheader] + re.findall("<h[23]>.*?</h[23]>", text(app))


def numbers(app):
    """The numbers of the sum: positive, negative, bias, z, a."""
    (box,) = (element.proto.body for element in app.get("html") if 'class="sum"' in element.proto.body)
    return [Decimal(found.replace("−", "-")) for found in re.findall(r"<b[^>]*>(−?[\d.]+)</b><small>", box)]


def sentences(app):
    """What the page says of what it could not use: notes, which are text and not Markdown, and errors."""
    said = [found for element in app.get("html") for found in NOTE.findall(element.proto.body)]
    return [html.unescape(found) for found in said] + [element.value for element in (*app.warning, *app.error)]


def open_link(page, **parameters):
    app = AppTest.from_file(str(ROOT / page), default_timeout=120)
    app.query_params.update(parameters)
    return app.run()


# ---- nothing fails


@pytest.mark.parametrize("script", ["nnviz/ui/frame/script.py", *PAGES])
@pytest.mark.parametrize("image", [None, BLANK, DIGIT, FULL], ids=["first visit", "blank", "a digit", "all ink"])
def test_a_page_runs_without_an_exception_or_a_warning(script, image):
    app = open_page(script, image)
    assert not app.exception
    assert sentences(app) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_through_the_app(page):
    app = open_page("nnviz/ui/frame/script.py", DIGIT).switch_page(str(ROOT / page)).run()
    assert not app.exception
    assert headings(app) == headings(open_page(page)) != []


@pytest.mark.parametrize("name", NAMES)
def test_the_draw_page_runs_with_every_network(name):
    assert not open_page(DRAW, DIGIT, network=name).exception


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_that_loses_the_choice_of_network_falls_back_to_it_and_not_to_the_first(name):
    app = open_page(DRAW, DIGIT, network=name)
    proto = app.button_group(key="network").proto
    assert [proto.options[k].content for k in proto.default] == [name]
    assert not app.warning


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_the_sum_of_any_neuron_adds_up_to_the_last_digit_shown(name, layer):
    app = open_page(NEURONS, DIGIT, network=name, layer=layer, neuron=4)
    assert not app.exception
    positive, negative, bias, z, a = numbers(app)
    assert positive + negative + bias == z
    assert float(a) == pytest.approx(1 / (1 + np.exp(-float(z))), abs=0.001)


def test_the_sum_over_a_blank_picture_is_the_bias():
    positive, negative, bias, z, _ = numbers(open_page(NEURONS, BLANK))
    assert (positive, negative, bias) == (0, 0, z)


def test_leaving_for_a_smaller_layer_keeps_the_neuron_inside_it():
    app = open_page(NEURONS, DIGIT, layer=1, neuron=15)
    app.session_state["layer"] = 3
    app.run()
    assert not app.exception
    assert app.session_state["neuron"] == 9


@pytest.mark.parametrize(("layer", "way"), [(1, "by activation"), (1, "by edge-likeness"), (3, "by edge-likeness")])
def test_the_gallery_can_be_sorted(way, layer):
    assert not open_page(NEURONS, DIGIT, sort=way, layer=layer).exception
