"""Every page alone and through app.py, without a browser: no exception whatever the state, and sums that add up.

There is no canvas here: a drawing is put into the session, as the canvas would.
"""

import html
import io
import re
import shutil
import tracemalloc
import zlib
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from nnviz import ink, link, mnist
from nnviz.network import Trace
from nnviz.ui.kit import answer

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
    return [element.value for element in app.subheader] + re.findall("<h2>.*?</h2>", text(app))


def numbers(app):
    """The numbers of the sum: positive, negative, bias, z, a."""
    (box,) = (element.proto.body for element in app.get("html") if 'class="sum"' in element.proto.body)
    return [Decimal(found.replace("−", "-")) for found in re.findall(r"<b[^>]*>(−?[\d.]+)</b><small>", box)]


def sentences(app):
    """What the page says of what it could not use: notes, which are text and not Markdown, and errors."""
    said = [found for element in app.get("html") for found in NOTE.findall(element.proto.body)]
    return [html.unescape(found) for found in said] + [element.value for element in (*app.warning, *app.error)]


# ---- nothing fails


@pytest.mark.parametrize("script", ["nnviz/ui/script.py", *PAGES])
@pytest.mark.parametrize("image", [None, BLANK, DIGIT, FULL], ids=["first visit", "blank", "a digit", "all ink"])
def test_a_page_runs_without_an_exception_or_a_warning(script, image):
    app = open_page(script, image)
    assert not app.exception
    assert sentences(app) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_through_the_app(page):
    app = open_page("nnviz/ui/script.py", DIGIT).switch_page(str(ROOT / page)).run()
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


# ---- what the answer says


def answered(*sure, drawn=True):
    """A pass whose outputs are 0.9 for the digits named, 0.2 for others, a little more for 4."""
    output = np.full(10, 0.2)
    output[4] = 0.3
    output[list(sure)] = 0.9
    return Trace((np.full(784, float(drawn)), output), (np.zeros(10),))


def test_one_output_above_a_half_is_the_answer():
    assert (answer.digit(answered(8)), answer.sentence(answered(8))) == (8, "one output neuron is sure")


def test_two_outputs_above_a_half_are_no_answer():
    assert answer.digit(answered(2, 7)) is None
    assert answer.sentence(answered(2, 7)) == "no output neuron is sure alone: 2 and 7 both say yes"
    assert answer.sentence(answered(2, 5, 7)) == "no output neuron is sure alone: 2 and 5 and 7 all say yes"


def test_no_output_above_a_half_is_no_answer():
    assert answer.digit(answered()) is None
    assert answer.sentence(answered()) == "no output neuron is sure; the brightest is 4"


def test_a_blank_canvas_has_no_answer_whatever_the_outputs_are():
    assert answer.digit(answered(8, drawn=False)) is None
    assert answer.sentence(answered(drawn=False)) == "nothing drawn yet; for blank paper it has no sure answer"


def test_what_blank_paper_is_taken_for_is_said_although_it_is_no_answer():
    assert answer.sentence(answered(8, drawn=False)) == "nothing drawn yet; it takes blank paper for an 8"
    assert answer.sentence(answered(1, 7, drawn=False)) == "nothing drawn yet; to blank paper 1 and 7 both say yes"


def test_a_blank_page_says_that_nothing_is_drawn():
    assert "nothing drawn yet" in text(open_page(DRAW))


def test_the_answer_stands_on_the_page():
    shown = re.search(r'class="digit"[^>]*>(.)<', text(open_page(DRAW, DIGIT)))
    assert shown[1] == "7"


def dot():
    image = BLANK.copy()
    image[14, 14] = 1
    return image


@pytest.mark.parametrize(("image", "advice"), [(dot(), "only a dot"), (FULL, "fills the canvas")])
def test_an_odd_drawing_gets_advice(image, advice):
    assert advice in text(open_page(DRAW, image))


@pytest.mark.parametrize("image", [BLANK, DIGIT], ids=["blank", "a digit"])
def test_an_ordinary_drawing_gets_no_advice(image):
    assert answer.advice(image) == ""


# ---- files that are missing or damaged


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """Assets that may be damaged: copied networks, linked digits; what the server remembers of them is forgotten."""
    copy = tmp_path / "assets"
    shutil.copytree(mnist.ASSETS / "networks", copy / "networks")
    for path in filter(Path.is_file, mnist.ASSETS.iterdir()):  # 13 MB that no test needs to copy
        (copy / path.name).symlink_to(path)
    monkeypatch.setattr(mnist, "ASSETS", copy)
    monkeypatch.setattr(mnist.load, "__defaults__", (copy / "mnist.npz",))  # bound when the function was made
    st.cache_resource.clear()
    yield copy
    st.cache_resource.clear()


def truncated(path):
    start = path.read_bytes()[:2000]
    path.unlink()  # it may be a link to the true one
    path.write_bytes(start)


def pickled(path):
    np.savez(path, W1=np.array([{"an": "object"}], dtype=object))


def misshapen(path):
    with np.load(path) as arrays:
        np.savez(path, **{key: (value[:, :100] if key == "W1" else value) for key, value in dict(arrays).items()})


def not_finite(path):
    with np.load(path) as arrays:
        np.savez(path, **{key: (value * np.nan if key == "b2" else value) for key, value in dict(arrays).items()})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("damage", [Path.unlink, truncated, pickled, misshapen, not_finite], ids=lambda d: d.__name__)
def test_a_damaged_network_is_named_and_another_one_answers(assets, page, damage):
    damage(assets / "networks" / "smooth.npz")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert any("smooth.npz" in sentence for sentence in sentences(app))
    assert app.session_state["network"] == "rough"


@pytest.mark.parametrize("page", PAGES)
def test_a_network_nobody_chose_may_be_damaged_unnoticed(assets, page):
    truncated(assets / "networks" / "plain.npz")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert app.session_state["network"] == "smooth"


def test_choosing_a_damaged_network_keeps_drawing_and_page(assets):
    truncated(assets / "networks" / "plain.npz")
    app = open_page(DRAW, DIGIT)
    app.session_state["network"] = "plain"
    app.run()
    assert not app.exception
    assert any("plain.npz" in sentence for sentence in sentences(app))
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


@pytest.mark.parametrize("page", PAGES)
def test_without_any_network_the_page_says_so(assets, page):
    shutil.rmtree(assets / "networks")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert any("smooth.npz" in sentence for sentence in sentences(app))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("damage", [Path.unlink, truncated], ids=lambda d: d.__name__)
def test_without_the_digits_a_page_still_runs(assets, page, layer, damage):
    damage(assets / "mnist.npz")
    assert not open_page(page, DIGIT, layer=layer).exception


def test_asking_for_a_test_digit_without_the_digits_says_so_and_keeps_the_drawing(assets):
    (assets / "mnist.npz").unlink()
    app = open_page(DRAW, DIGIT)
    app.button(key="test_digit").click().run()
    assert not app.exception
    assert any("mnist.npz" in sentence for sentence in sentences(app))
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


# ---- links


def open_link(page, **parameters):
    app = AppTest.from_file(str(ROOT / page), default_timeout=120)
    app.query_params.update(parameters)
    return app.run()


def test_a_link_brings_drawing_network_and_neuron():
    app = open_link(NEURONS, drawing=link.encode(DIGIT), network="plain", layer="2", neuron="11")
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())
    assert [app.session_state[key] for key in ("network", "layer", "neuron")] == ["plain", 2, 11]
    with np.load(mnist.ASSETS / "networks" / "plain.npz") as arrays:
        assert float(numbers(app)[2]) == pytest.approx(arrays["b2"][11], abs=0.001)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"neuron": "99"}, 'There is no neuron "99"; they run from 0 to 15. Showing 0.'),
        ({"neuron": "abc"}, 'There is no neuron "abc"'),
        ({"neuron": "-1"}, 'There is no neuron "-1"'),
        ({"neuron": "1.5"}, 'There is no neuron "1.5"'),
        ({"neuron": "²"}, 'There is no neuron "²"'),  # a digit to str.isdigit, not to int
        ({"neuron": "9" * 5000}, "There is no neuron"),
        ({"neuron": "0000000012"}, "There is no neuron"),
        ({"out": ",".join(["1.4"] * 101)}, "knocks out more neurons than there are"),
        ({"out": "1.4," + "1" * 400}, "knocks out more neurons than there are"),
        ({"layer": "7"}, 'There is no layer "7"; they run from 1 to 3. Showing 1.'),
        ({"layer": "0"}, 'There is no layer "0"'),
        ({"layer": "3", "neuron": "12"}, 'There is no neuron "12"; they run from 0 to 9'),
        ({"network": "nope"}, 'There is no network "nope"; there are smooth, rough, plain, untrained. Showing smooth.'),
        ({"network": "../../etc/passwd"}, "There is no network"),
    ],
)
def test_what_does_not_exist_is_named_and_the_rest_of_the_link_works(parameters, sentence):
    app = open_link(NEURONS, drawing=link.encode(DIGIT), **parameters)
    assert not app.exception
    (said,) = sentences(app)
    assert sentence in said
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


@pytest.mark.parametrize("text", [link.encode(DIGIT)[:-20], link.encode(DIGIT).swapcase(), "hello", "A" * 5000, "\0🦆"])
@pytest.mark.parametrize("page", PAGES)
def test_a_mangled_drawing_is_refused_and_the_rest_of_the_link_works_on_any_page(page, text):
    app = open_link(page, drawing=text, network="plain")
    assert not app.exception
    (said,) = sentences(app)
    assert "The drawing in this link cannot be read" in said
    assert not app.session_state["x"].any()
    assert app.session_state["network"] == "plain"


def test_a_number_with_zeros_before_it_is_that_number():
    app = open_link(NEURONS, neuron="0000012")
    assert sentences(app) == []
    assert app.session_state["neuron"] == 12


IMAGE, SIGN_IN = "![](//evil.example/t.gif)", "[Sign in](//evil.example) http://evil.example :red[x] $x$ <b>x</b>"
FOREIGN = ("network", "layer", "neuron", "out", "pattern", "step", "stage", "kiosk", "v", "turned", IMAGE)


@pytest.mark.parametrize("words", [IMAGE, SIGN_IN, IMAGE * 50])
def test_words_of_a_link_are_quoted_and_never_markdown(words):
    app = open_link(NEURONS, **dict.fromkeys(FOREIGN, words))
    assert not app.exception
    said = sentences(app)
    assert len(said) == len(FOREIGN) - 1  # no knobs are turned of a network that does not exist
    assert all(len(sentence) <= 200 for sentence in said)
    assert list(app.warning) == list(app.error) == []
    assert not any("evil" in element.value for kind in (app.markdown, app.caption) for element in kind)
    assert not any("<b>x" in element.proto.body for element in app.get("html"))


def test_several_mistakes_are_all_named():
    said = " ".join(sentences(open_link(NEURONS, drawing="d", network="n", layer="l", neuron="k")))
    assert all(word in said for word in ("drawing", 'network "n"', 'layer "l"', 'neuron "k"'))


# ---- what the canvas sends


def png(size=(ink.CANVAS, ink.CANVAS), mode="RGBA", kind="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, size, "white").save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def read_png():
    open_page(DRAW)  # the canvas can be imported only where Streamlit runs
    from nnviz.ui.kit import canvas

    return canvas._read_png


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1", "P"])
def test_the_canvas_may_send_any_kind_of_png(read_png, mode):
    assert read_png(png(mode=mode)).shape == (ink.CANVAS, ink.CANVAS)


@pytest.mark.parametrize("size", [(1, 1), (279, 280), (280, 281)])
def test_a_picture_of_another_size_is_refused(read_png, size):
    with pytest.raises(ValueError, match="expected 280 x 280"):
        read_png(png(size))


def test_a_picture_that_claims_to_be_huge_is_refused_unopened(read_png):
    sent = bytearray(png())
    sent[16:24] = 2 * (30_000).to_bytes(4, "big")  # width and height, in the first chunk, which ends with its checksum
    sent[29:33] = zlib.crc32(sent[12:29]).to_bytes(4, "big")
    with pytest.raises((ValueError, OSError)):
        read_png(bytes(sent))


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def bomb(side=16_000):
    """A small file whose second header says it is huge, and whose pixels deflate well."""
    whole = png(mode="L")
    first = whole[8:33]
    header = chunk(b"IHDR", side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0]))
    pixels = zlib.compressobj(9)
    body = b"".join(pixels.compress(bytes(side + 1)) for _ in range(side)) + pixels.flush()
    return whole[:8] + first + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_second_header_is_refused_before_anything_is_decoded(read_png):
    sent = bomb()
    assert len(sent) < 500_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="expected 280 x 280"):
        read_png(sent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("objects", [7, "x", ["x"], [{"type": "Image", "src": "x"}], [{}] * 3000])
def test_a_drawing_described_wrongly_is_refused(read_png, objects):
    from nnviz.ui.kit import canvas

    with pytest.raises((ValueError, OSError)):
        canvas._read_objects({"objects": objects})


def test_a_test_digit_keeps_only_its_own_picture():
    app = open_page(DRAW)
    app.button(key="test_digit").click().run()
    for key in ("x", "drawn", "loaded_x"):
        array = app.session_state[key]
        while array.base is not None:
            array = array.base
        assert array.nbytes <= 784 * 4, key


@pytest.mark.parametrize(
    "sent", [b"", b"hello", png()[:-200], png(kind="GIF", mode="L"), png(kind="JPEG", mode="L")],
    ids=["nothing", "text", "cut short", "a GIF", "a JPEG"],
)  # fmt: skip
def test_what_is_not_a_png_is_refused(read_png, sent):
    with pytest.raises((ValueError, OSError)):
        read_png(sent)
