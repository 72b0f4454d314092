"""Taking it home, in a real browser: the files a visitor gets, opened again with no server and no network."""

import csv
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.visit import Visit, downloaded, forward

DIGIT = load("test").images[0] / 255  # a seven
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tab(laptop, server):
    """One tab for all tests, its popover open."""
    visit = Visit(laptop.new_page(), server).open(f"/?drawing={link.encode(DIGIT)}")
    visit.press("Take home")
    visit.page.get_by_role("button", name="Save the layers as PNG").wait_for()
    yield visit
    visit.page.close()
    assert visit.trouble == []


@pytest.fixture(scope="module")
def explorer(browser, tab, tmp_path_factory):
    """The explorer taken home, opened from disk in a browser without a network, and what goes wrong in it."""
    path = tmp_path_factory.mktemp("home") / "nnviz-7.html"
    path.write_bytes(taken(tab, "Explorer (HTML)", path.name))
    context = browser.new_context(offline=True)
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: request.url.startswith((path.as_uri(), "data:")) or trouble.append(request.url))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert trouble == []


def taken(tab: Visit, button: str, name: str = "") -> bytes:
    """Press a button, and return the file which comes, of that name if one is expected."""
    with tab.page.expect_download() as download:
        tab.press(button)
    assert name in ("", download.value.suggested_filename)
    return downloaded(download.value)


def test_the_explorer_opened_from_disk_shows_the_drawing_and_every_output_that_numpy_computes(explorer):
    explorer.locator("#verdict .digit", has_text="7").wait_for()  # its policy lets no string be waited for
    shown = explorer.locator("#outputs data").evaluate_all("all => all.map(({value}) => Number(value))")
    np.testing.assert_allclose(shown, forward("smooth", DIGIT)[0][-1], atol=1e-5)


def test_the_explorer_opened_from_disk_leads_back_to_the_app_with_the_drawing(explorer, server):
    explorer.wait_for_url(re.compile("#drawing="))
    href = explorer.locator("#full").evaluate("(link) => document.querySelector('#share').click() ?? link.href")
    found = re.fullmatch(rf"http://[\d.]+:{server.rpartition(':')[2]}/\?drawing=([\w.-]+)", href)
    assert np.array_equal(link.decode(found[1]), np.float32(DIGIT))


def test_the_table_that_comes_holds_every_z_on_screen(tab):
    rows = list(csv.DictReader(io.StringIO(taken(tab, "Numbers (CSV)", "nnviz-7.csv").decode())))
    found = [float(row["z"]) for row in rows if row["source"] == "bias"]
    np.testing.assert_allclose(found, np.concatenate(forward("smooth", DIGIT)[1]), atol=1e-4)


def test_a_figure_saved_as_png_has_a_slides_pixels_and_the_pages_background(tab):
    with Image.open(io.BytesIO(taken(tab, "Save the layers as PNG", "nnviz-activations.png"))) as picture:
        assert picture.size == (1920, 1080)
        assert picture.convert("RGB").getpixel((3, 3)) == (13, 17, 23)


def test_a_figure_saved_as_svg_is_xml_of_a_slides_size_with_the_figures_own_labels(tab):
    image = ElementTree.fromstring(taken(tab, "Save the layers as SVG", "nnviz-activations.svg"))
    labels = ["".join(text.itertext()) for text in image.iter(f"{SVG}text")]
    assert (image.get("width"), image.get("height")) == ("1920", "1080")
    assert {*"0123456789", "input", "784", "The layers, smooth"} <= set(labels)


def test_saving_leaves_the_popover_open_and_says_so(tab):
    taken(tab, "Save drawn and prepared as SVG", "nnviz-drawn-and-prepared.svg")
    tab.page.get_by_text("Saved nnviz-drawn-and-prepared.svg.").wait_for()


def test_the_code_for_a_room_is_the_explorers_with_what_is_on_screen(tab):
    tab.page.keyboard.press("Escape")
    tab.press("Share")
    tab.choose("share_what", "For a room")
    code = tab.page.locator("img.code")
    tab.page.get_by_text("Each phone gets the explorer").wait_for()
    with Image.open(io.BytesIO(code.screenshot())) as picture:
        (found,) = zxingcpp.read_barcodes(picture)
    assert re.fullmatch(rf"http://[\d.]+:{tab.address.rpartition(':')[2]}/pocket#drawing=[\w.-]+", found.text)
    tab.page.keyboard.press("Escape")


def test_a_stroke_that_closes_the_popover_is_in_the_table_taken_next(tab):
    tab.draw([[(60, 140), (220, 140)]])
    tab.press("Take home")
    rows = csv.DictReader(io.StringIO(taken(tab, "Numbers (CSV)").decode()))
    given = [float(row["input"]) for row in rows if (row["layer"], row["neuron"]) == ("1", "0")]
    np.testing.assert_allclose(given[:-1], tab.input().ravel(), atol=1e-6)  # the last is the bias's, 1
