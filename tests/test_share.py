"""Links as they are shared: a code that a phone reads, and old links that still work."""

import base64
import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from streamlit.testing.v1 import AppTest

from nnviz.mnist import load
from nnviz.training import Recipe
from nnviz.ui.frame import share
from nnviz.ui.session.table import IN_LINK
from tests.test_link import OLD
from tests.test_pages import DRAW, ROOT, sentences

DIGIT = load("test").images[0] / np.float32(255)


def read(picture):
    """Read a QR code with a library that has nothing to do with the one that drew it."""
    with Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return found.text


@pytest.mark.parametrize("address", ["http://192.168.1.20:8501/?step=3", f"https://nnviz.example/talk?drawing={OLD}"])
def test_a_phone_reads_the_address_from_the_code(address):
    assert read(share.code(address)) == address


def test_the_longest_address_for_which_a_code_is_shown_is_read():
    address = f"http://192.168.1.20:8501/?drawing={'A' * share.LONGEST}"[: share.LONGEST]
    assert read(share.code(address)) == address


# ---- one link of each kind, held forever

NEURON = (  # a bar of weights 1 with two flanks of -0.5, bias -2.5, as nnviz 0.1 wrote it
    "1.cKig8njaY2BQOMAwUIAHDqgn9wIOqCdHC3eOglGADv7BAfXkmOGAenK0cOcoGLQAADUIWsM"
)
FOREVER = {
    "drawing": (OLD, lambda session: np.rint(session["x"] * 255).tolist(), np.rint(DIGIT * 255).ravel().tolist()),
    "network": ("plain", lambda session: session["network"], "plain"),
    "layer": ("2", lambda session: session["layer"], 2),
    "neuron": ("7", lambda session: session["neuron"], 7),
    "out": ("1.4,2.0", lambda session: session["out"], [(1, 4), (2, 0)]),
    "painted": (NEURON, lambda session: (session["painted"].sum().item(), session["painted_bias"]), (0.0, -2.5)),
    "pattern": ("bar,9,13.5,45", lambda session: (session["start_from"], session["place_turn"]), ("bar", 45)),
    "turned": ("1.4.b:2.5", lambda session: session["yours"][-1].network.layers[0].b[4].item(), 2.5),
    "label": ("4", lambda session: session["digits_label"], "4"),
    "answer": ("9", lambda session: session["digits_answer"], "9"),
    "right": ("all", lambda session: session["digits_right"], "all"),
    "sure": ("unsure", lambda session: session["digits_sure"], "unsure"),
    "sort": ("torn", lambda session: session["digits_sort"], "torn"),
    "recipe": (
        "sizes:32-16,hidden:relu,optimiser:momentum,rate:0.3,epochs:3,noise:0.1,pens:1",
        lambda session: session["recipe"],
        Recipe(3, rate=0.3, sizes=(784, 32, 16, 10), hidden="relu", optimiser="momentum", noise=0.1, pens=True),
    ),
    "view": ("map", lambda session: session["digits_view"], "map"),
    "map": ("3", lambda session: session["map_layer"], 3),
    "colours": ("answer", lambda session: session["map_colours"], "answer"),
    "step": ("8", lambda session: session["talk_step"], 8),
    "room": ("Ab-_" * 5 + "Ab", lambda session: session["room"], "Ab-_" * 5 + "Ab"),
    "stage": ("1", lambda session: session["stage"], True),
    "kiosk": ("90", lambda session: session["kiosk"], 90),
}


def opened(**parameters):
    """Open the first page by a link."""
    app = AppTest.from_file(str(ROOT / DRAW), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("name", FOREVER)
def test_a_link_of_each_kind_is_read_forever(name):
    text, found, expected = FOREVER[name]
    app = opened(**{name: text})
    assert sentences(app) == []
    assert found(app.session_state) == expected


@pytest.mark.parametrize("name", FOREVER)
def test_a_link_of_each_kind_is_written_again_as_it_was(name):
    text, *_ = FOREVER[name]
    written = opened(**{name: text}).query_params
    assert written[name] == text


def test_every_kind_of_link_has_one_held_forever():
    assert set(FOREVER) == set(IN_LINK)


def test_a_link_of_another_version_is_read_as_far_as_it_can_be():
    app = opened(v="2", layer="2")
    assert "version" in " ".join(sentences(app))
    assert app.session_state["layer"] == 2


def test_an_unknown_parameter_is_named_and_the_rest_of_the_link_works():
    app = opened(colour="blue", layer="2")
    assert '"colour"' in " ".join(sentences(app))
    assert app.session_state["layer"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [("step", "0"), ("step", "18"), ("step", "x"), ("stage", "2"), ("kiosk", "4"), ("kiosk", "-5"), ("kiosk", "9" * 9)],
)
def test_a_step_look_or_kiosk_that_there_is_not_is_refused_in_a_sentence(name, text):
    app = opened(**{name: text})
    assert len(sentences(app)) == 1
    assert not app.exception
