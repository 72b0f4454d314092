"""The explorer in one file, in a real browser: with a finger, from the server and from disk, without a network."""

import base64
import io
import re
from decimal import Decimal

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from nnviz import ink
from nnviz.export import link
from nnviz.mnist import ASSETS, load
from nnviz.ui.pocket.handed import lessons
from nnviz.ui.pocket.page import Held, page
from tests import foreign
from tests.browser.audit import serious
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.visit import Visit, forward

SEVEN = load("test").images[0] / 255
FOREIGN = (*foreign.FILES, "letters", "markup", "one layer", "hyperbolic")
STROKES = ([(70, 60), (200, 60), (110, 220)], [(80, 140), (190, 150)])
GREYS = """canvas => {
    const {width, height} = canvas, {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
    let text = "";
    for (let i = 0; i < width * height; i++) text += String.fromCharCode(data[4 * i]);
    return [height, width, btoa(text)];
}"""


class Pocket(Visit):
    """A tab with the explorer: what is drawn there and what it says; `trouble` as everywhere."""

    def open(self, path="/pocket"):
        self.page.goto(path if "://" in path else self.address + path)
        self.page.locator("#outputs data").first.wait_for()
        return self.frame()

    def frame(self):
        """Wait until what was done is shown, and in the address."""
        self.page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 100))")
        return self

    def taken_over(self):
        return self.frame()

    @property
    def canvas(self):
        return self.page.locator("#ink")

    def greys(self, canvas):
        """Read a canvas of the page: (H, W), 0..1."""
        height, width, greys = self.page.locator(canvas).evaluate(GREYS)
        return np.frombuffer(base64.b64decode(greys), np.uint8).reshape(height, width) / 255

    def outputs(self):
        """Read the outputs, as exactly as the scripts have them."""
        return np.array(self.page.locator("#outputs [data-output]").evaluate_all("all => all.map((d) => +d.value)"))

    def shown(self):
        return self.page.locator("#outputs [data-output]").all_inner_texts()

    def verdict(self):
        return self.page.locator("#verdict").inner_text()

    def hash(self):
        return self.page.evaluate("location.hash")

    def choose_network(self, title):
        self.page.locator("#network").select_option(title)
        return self.frame()


def opened(browser, server, path="/pocket", **options):
    return Pocket(browser.new_context(**options).new_page(), server).open(path)


@pytest.fixture(scope="module")
def phone(browser, server):
    visit = opened(browser, server, viewport=PHONE, has_touch=True, is_mobile=True)
    asked = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.context.set_offline(True)  # all that follows, it does alone
    yield visit
    visit.page.context.close()
    assert visit.trouble == asked == []


def agrees(visit, net):
    """Fail unless picture and outputs are what Python makes of the canvas."""
    picture = visit.greys("#picture")
    assert np.abs(picture - net.preparation.picture(visit.greys("#ink"), net.shape)).max() * 255 < 1.01
    expected = net.forward(net.preparation.scaled(picture).ravel()).output
    np.testing.assert_allclose(visit.outputs(), expected, atol=1e-5 * max(1, np.abs(expected).max()))
    for text, a in zip(visit.shown(), visit.outputs(), strict=True):
        assert re.fullmatch(r"−?\d+\.\d{3}", text)
        assert abs(float(text.replace("−", "-")) - a) <= 0.0005001


# ---- on a phone, the server gone


def test_a_finger_draws_and_the_outputs_are_numpys(phone):
    phone.page.locator("#clear").tap()
    phone.touch(STROKES)
    for each in lessons():
        agrees(phone.choose_network(each.title), each.network)
    phone.choose_network("smooth")
    assert phone.verdict().split()[0] == str(phone.outputs().argmax())
    np.testing.assert_allclose(phone.outputs(), forward("smooth", phone.greys("#picture"))[0][-1], atol=1e-5)


def test_the_layers_follow_while_the_finger_is_down(phone):
    phone.page.locator("#clear").tap()
    before, session = phone.frame().outputs(), phone.page.context.new_cdp_session(phone.page)
    for kind, point in [("touchStart", (140, 60)), ("touchMove", (140, 220))]:
        ((x, y),) = phone.on_screen([point])
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    during = phone.frame().outputs()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()
    assert np.abs(during - before).max() > 0.01
    assert np.array_equal(phone.frame().outputs(), during)


def test_undo_takes_back_one_stroke_and_clear_all(phone):
    phone.page.locator("#clear").tap()
    phone.touch(STROKES[:1])
    one = phone.greys("#ink")
    phone.touch(STROKES[1:])
    phone.page.locator("#undo").tap()
    assert np.array_equal(phone.frame().greys("#ink"), one)
    phone.page.locator("#clear").tap()
    assert not phone.frame().greys("#ink").any()
    assert "nothing drawn yet" in phone.verdict().lower()


def test_everything_is_on_one_screen(phone):
    ends = phone.page.evaluate(
        """() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth,
        ...[...document.querySelectorAll("#ink, #verdict, .cells")].map((e) => e.getBoundingClientRect().bottom)]"""
    )
    assert ends[0] <= PHONE["height"]
    assert ends[1] <= PHONE["width"]
    assert max(ends[2:]) <= PHONE["height"]


def test_a_tap_opens_a_neuron_whose_sum_adds_up_while_canvas_and_answer_stay_in_sight(phone):
    phone.touch(STROKES)
    phone.page.locator(".layer").nth(1).locator(".cell").nth(5).tap()
    assert phone.frame().page.locator("#which").inner_text() == "hidden 2, neuron 5"
    numbers = phone.page.locator("#sum b").all_inner_texts()
    positive, negative, bias, z = (Decimal(number.replace("−", "-")) for number in numbers[:4])
    assert positive + negative + bias == z
    expected = forward("smooth", phone.greys("#picture"))
    assert float(z) == pytest.approx(expected[1][1][5], abs=6e-4)
    assert float(numbers[4]) == pytest.approx(expected[0][2][5], abs=6e-4)
    sheet = phone.page.locator("#neuron").bounding_box()
    assert sheet["y"] >= max(
        box["y"] + box["height"] for box in (phone.page.locator(part).bounding_box() for part in ("#ink", "#verdict"))
    )
    phone.page.locator("#close").tap()
    assert not phone.page.locator("#neuron").is_visible()


def test_a_neuron_knocked_out_passes_on_nothing(phone):
    phone.touch(STROKES)
    before = phone.outputs()
    phone.page.locator(".layer").nth(1).locator(".cell").nth(5).tap()
    phone.page.locator("#out").tap()
    net = next(lessons()).network
    a = net.forward(phone.frame().greys("#picture").ravel()).activations[2].copy()
    a[5] = 0
    last = net.layers[-1]
    np.testing.assert_allclose(phone.outputs(), last.function.value(last.W @ a + last.b), atol=1e-5)
    phone.page.locator("#out").tap()
    phone.page.locator("#close").tap()
    assert np.array_equal(phone.frame().outputs(), before)


# ---- links


def test_a_link_of_the_app_opens_the_same_in_the_explorer(phone):
    phone.page.evaluate(f"location.hash = 'network=plain&layer=2&neuron=3&drawing={link.encode(SEVEN)}'")
    phone.frame()
    assert np.array_equal(np.rint(255 * phone.greys("#picture")), np.rint(255 * SEVEN))
    np.testing.assert_allclose(phone.outputs(), forward("plain", SEVEN)[0][-1], atol=1e-5)
    assert phone.page.locator("#which").inner_text() == "hidden 2, neuron 3"
    phone.page.locator("#close").tap()


def test_the_first_neuron_if_it_was_chosen_stays_chosen_in_the_link(phone):
    phone.page.evaluate(f"location.hash = 'neuron=0&drawing={link.encode(SEVEN)}'")
    assert phone.frame().page.locator("#which").inner_text() == "hidden 1, neuron 0"
    assert "neuron=0" in phone.hash()
    phone.page.locator("#close").tap()


def test_what_is_drawn_stands_in_the_address_as_the_app_reads_it(phone):
    phone.page.locator("#clear").tap()
    phone.choose_network("rough").touch(STROKES)
    said = dict(part.split("=") for part in phone.hash()[1:].split("&"))
    assert said["network"] == "rough"
    assert np.array_equal(link.decode(said["drawing"]), np.float32(phone.greys("#picture")))
    href = phone.page.locator("#full").evaluate("(link) => document.querySelector('#share').click() ?? link.href")
    phone.page.locator("#leave").tap()
    assert href.startswith(f"{phone.address}/?")
    assert said["drawing"] in href
    phone.choose_network("smooth")


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("network=nobody", "not in this file"),
        ("layer=9", "no such neuron"),
        ("drawing=1.AAAA", "cannot be read"),
        (f"drawing={link.encode(SEVEN)[:-3]}", "cannot be read"),
        ("drawing=%3Cimg%20src%3Dx%3E&neuron=-1&layer=1e3", "cannot be read"),
    ],
)
def test_a_link_that_is_wrong_gets_a_sentence_and_the_rest_works(phone, state, says):
    phone.page.evaluate(f"location.hash = {state!r}")
    assert says in phone.frame().page.locator("#note").inner_text()
    assert len(phone.shown()) == 10
    phone.page.evaluate("location.hash = ''")


# ---- from disk


@pytest.fixture(scope="module")
def disk(browser, server, tmp_path_factory):
    """The explorer as a file with other networks than the lesson's, taken from an app in somebody's network."""
    path = tmp_path_factory.mktemp("disk") / "nnviz.html"
    networks = [Held(name, foreign.network(name), name, "as it says") for name in FOREIGN]
    path.write_text(page(networks, app="http://192.168.0.7:8501/").text, encoding="utf-8")
    visit = opened(browser, path.parent.as_uri(), path.as_uri(), viewport=LAPTOP, offline=True)
    yield visit
    visit.page.context.close()
    assert visit.trouble == []


@pytest.mark.parametrize("name", FOREIGN)
def test_any_network_follows_the_mouse_as_in_numpy(disk, name):
    disk.page.locator("#clear").click()
    disk.choose_network(name).draw(STROKES)
    agrees(disk, foreign.network(name))


def test_the_code_holds_the_link_to_the_apps_own_explorer(disk):
    disk.page.locator("#share").click()
    with Image.open(io.BytesIO(disk.page.locator("#code svg").screenshot())) as picture:
        (found,) = zxingcpp.read_barcodes(picture)
    disk.page.keyboard.press("Escape")
    assert found.text == f"http://192.168.0.7:8501/pocket{disk.hash()}"


def test_the_page_keeps_itself_as_a_file_that_opens_with_what_is_on_screen(disk, browser, tmp_path):
    disk.choose_network("one layer").draw(STROKES)
    disk.page.locator("#share").click()
    with disk.page.expect_download() as download:
        disk.page.locator("#keep").click()
    disk.page.keyboard.press("Escape")
    assert download.value.suggested_filename == "nnviz.html"
    download.value.save_as(tmp_path / "nnviz.html")
    copy = opened(browser, tmp_path.as_uri(), (tmp_path / "nnviz.html").as_uri(), offline=True)
    np.testing.assert_allclose(copy.outputs(), disk.outputs(), atol=1e-9)
    assert copy.verdict() == disk.verdict()
    assert copy.trouble == []
    copy.page.context.close()


# ---- for everybody


@pytest.fixture(scope="module", params=["dark", "light"])
def themed(request, browser, server):
    visit = opened(browser, server, viewport=LAPTOP, color_scheme=request.param, reduced_motion="reduce")
    yield visit
    visit.page.context.close()
    assert visit.trouble == []


def test_axe_finds_nothing_serious(themed):
    for dialog in (False, True):
        if dialog:
            themed.page.locator("#share").click()
        assert serious(themed.page) == []
    themed.page.keyboard.press("Escape")


def test_without_motion_an_example_is_there_at_once(themed):
    themed.page.locator("#example").click()
    assert themed.frame().greys("#ink").mean() > 0.02
    assert ink.box(themed.greys("#picture")) is not None


def decisive(x):
    """The neuron of the first layer of `smooth` without which its brightest output loses most."""
    hidden, best = forward("smooth", x)[0][1], int(forward("smooth", x)[0][-1].argmax())
    with np.load(ASSETS / "networks" / "smooth.npz") as arrays:
        without = np.where(np.eye(16, dtype=bool), 0, hidden) @ arrays["W2"].T + arrays["b2"]
        z = 1 / (1 + np.exp(-without)) @ arrays["W3"].T + arrays["b3"]
    return int(z[:, best].argmin())


def test_by_keyboard_one_draws_and_chooses_a_neuron_and_hears_both(themed):
    keyboard, says = themed.page.keyboard, themed.page.locator("#says")
    themed.page.locator("#clear").click()
    themed.page.locator("#ink").focus()
    for key in (" ", *["ArrowDown"] * 6, " "):
        keyboard.press(key)
    assert themed.frame().greys("#ink").any()
    assert says.inner_text() != ""
    row = themed.page.locator(".cells").first
    first = int(row.get_attribute("aria-valuenow"))
    assert first == decisive(themed.greys("#picture"))
    row.focus()
    for _ in range(3):
        keyboard.press("ArrowLeft" if first > 2 else "ArrowRight")
    chosen = first + (-3 if first > 2 else 3)
    assert row.get_attribute("aria-valuenow") == str(chosen)
    assert row.get_attribute("aria-valuetext").startswith(f"hidden 1, neuron {chosen}: activation ")
    assert themed.page.locator("#which").inner_text() == f"hidden 1, neuron {chosen}"
