"""Every page and tab with networks of other shapes, activations and classes than the lesson's: true and unbroken."""

from functools import cache

import pytest

from nnviz import files
from nnviz.preparation import Preparation
from nnviz.ui.session.yours import Yours
from tests.foreign import LETTERS, ROOT, made
from tests.test_pages import DIGIT, open_page, sentences

NEURONS, BUILD, NETWORK, TALK = (f"pages/{page}.py" for page in ("2_neurons", "3_build", "4_network", "5_talk"))
SCALED = Preparation("mnist", True, 0.1307, 0.3081)


@cache
def network(name):
    if name == "8 x 8":
        path = ROOT / "assets" / "examples" / "digits-8x8.onnx"
        return files.read(path.read_bytes(), path.name)
    return {
        "two hidden layers": lambda: made((784, 128, 64, 10), "relu, relu, softmax", preparation=SCALED),
        "wide": lambda: made((784, 512, 512, 10), "relu, relu, softmax"),
        "deep": lambda: made((784, 40, 30, 20, 20, 70, 10), "tanh, tanh, tanh, tanh, tanh, sigmoid"),
        "one layer": lambda: made(
            (49, 3), "identity", classes=("<b>cat</b>", "**dog**", "a name that is too long to be shown")
        ),
        "letters": lambda: made(
            (4096, 30, 26), "leaky relu, softmax", shape=(64, 64), classes=LETTERS[10:36],
            preparation=Preparation("as drawn"),
        ),
    }[name]()  # fmt: skip


EVERY = ("8 x 8", "two hidden layers", "wide", "deep", "one layer", "letters")
UNNAMED = ("8 x 8", "two hidden layers", "wide", "deep")  # whose classes are the ten digits


def show(page, name, image=DIGIT, **choices):
    own = Yours("", (network(name),))
    app = open_page(page, image, yours=(own,), network=own.name, **choices)
    assert not app.exception, app.exception[0].value
    assert sentences(app) == []
    return app


def layers(name):
    return range(1, len(network(name).layers) + 1)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("page", [NEURONS, BUILD, NETWORK, TALK])
def test_every_page_opens(page, name):
    assert show(page, name).session_state["network"].startswith("yours")
