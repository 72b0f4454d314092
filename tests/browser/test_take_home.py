"""Taking it home, in a real browser: the files a visitor gets, opened again with no server and no network."""

import csv
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.visit import LAYERS, Visit, forward

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
def paper(browser, tab, tmp_path_factory):
    """The page taken home, opened from disk in a browser without a network, and what goes wrong in it."""
    path = tmp_path_factory.mktemp("home") / "nnviz-7.html"
    path.write_bytes(taken(tab, "Page (HTML)", path.name))
    context = browser.new_context(offline=True, color_scheme="light")
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: request.url == path.as_uri() or trouble.append(request.url))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert trouble == []


def taken(tab: Visit, button: str, name: str = "") -> bytes:
    """Press a button, and return the file which comes, of that name if one is expected."""
    with tab.page.expect_download() as download:
        tab.press(button)
    assert name in ("", download.value.suggested_filename)
    return download.value.path().read_bytes()


def traces(page: Page, figure: str) -> dict[str, dict]:
    """Read the numbers a figure of the paper shows, by its traces' names."""
    read = "gd => gd.data.map(({name, z, customdata}) => ({name, z, customdata}))"
    return {trace["name"]: trace for trace in page.locator(f"#{figure}").evaluate(read)}


def test_the_page_opened_from_disk_shows_every_activation_and_z_that_numpy_computes(paper):
    activations, zs = forward("smooth", DIGIT)
    shown = traces(paper, "layers")
    for name, a, z in zip(LAYERS, activations, [None, *zs], strict=True):
        np.testing.assert_allclose(np.ravel(shown[name]["z"]), a, atol=1e-5)
        if z is not None:
            np.testing.assert_allclose(np.ravel(shown[name]["customdata"]), z, atol=1e-4)


def test_pointing_at_the_page_opened_from_disk_tells_the_number(paper):
    _, zs = forward("smooth", DIGIT)
    output = paper.locator("#layers .nsewdrag[data-subplot=x4y4]")
    box = output.bounding_box()
    output.hover(position={"x": box["width"] / 2, "y": box["height"] * 7.5 / 10}, force=True)
    paper.locator("#layers .hovertext").wait_for()
    said = paper.locator("#layers .hovertext").text_content().replace("−", "-")
    assert "neuron 7" in said
    assert float(re.search(r"z (-?[\d.]+?)activation", said)[1]) == pytest.approx(zs[-1][7], abs=1e-3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_in_the_pages_figures_have_the_colour_of_its_text_not_of_its_background(paper, scheme):
    paper.emulate_media(color_scheme=scheme)
    body = paper.locator("body").evaluate(
        "body => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
    )
    words = paper.locator(".infolayer text").evaluate_all(
        "all => [...new Set(all.map((t) => getComputedStyle(t).fill))]"
    )
    assert words == body[:1]
    assert body[0] != body[1]


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


def test_a_stroke_that_closes_the_popover_is_in_the_table_taken_next(tab):
    tab.draw([[(60, 140), (220, 140)]])
    tab.press("Take home")
    rows = csv.DictReader(io.StringIO(taken(tab, "Numbers (CSV)").decode()))
    given = [float(row["input"]) for row in rows if (row["layer"], row["neuron"]) == ("1", "0")]
    np.testing.assert_allclose(given[:-1], tab.input().ravel(), atol=1e-6)  # the last is the bias's, 1
