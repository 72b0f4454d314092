"""What is taken home, without a browser: the page as one file, read by Python's HTML parser, and the popover."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import plotly.offline
import pytest

from nnviz import figures, mnist
from nnviz.export import link
from nnviz.network import Network
from tests.test_pages import BLANK, DIGIT, PAGES, open_page

NASTY = '</script><img src=x onerror="alert(1)">&amp;'
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Document(HTMLParser):
    """The elements of a file, what stands open at its end, and its words outside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words, self.wrong = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def snapshot(layer=1, neuron=3, x=DIGIT, **others):
    network = Network.load(mnist.ASSETS / "networks" / "smooth.npz")
    given = {"name": "smooth", "about": "trained", "answer": 7, "sentence": "one output neuron is sure"}
    given |= {"description": "All layers.", "query": f"?drawing={link.encode(DIGIT)}&network=smooth"}
    return figures.Snapshot(network, network.forward(x.ravel()), layer, neuron, **(given | others))


@pytest.fixture(scope="module")
def text():
    return figures.page(snapshot())


@pytest.fixture(scope="module")
def document(text):
    return Document(text)


# ---- the page


def test_every_element_of_the_page_is_closed_in_order(document):
    assert document.wrong == document.open == []


def test_the_page_has_a_language_a_title_and_one_heading_above_all_others(document):
    headings = [tag for tag, _ in document.elements if re.fullmatch("h[1-6]", tag)]
    assert document.all("html") == [{"lang": "en"}]
    assert headings == ["h1", *["h2"] * 5]
    assert len(document.all("title")) == 1


def test_the_page_asks_for_no_other_file(document):
    assert document.all("link") == document.all("img") == document.all("iframe") == []
    assert [script for script in document.all("script") if "src" in script] == []


def test_plotly_is_in_the_page_once(text):
    assert text.count(plotly.offline.get_plotlyjs()) == 1


def test_every_figure_says_in_words_what_it_shows(document):
    pictures = [attributes for attributes in document.all("div") if attributes.get("role") == "img"]
    assert len(pictures) == len(document.all("figure")) == 4
    assert all(attributes["aria-label"] for attributes in pictures)


def test_no_two_elements_share_an_id(document):
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize(("layer", "neuron"), [(1, 3), (2, 5), (3, 7)])
def test_the_chosen_neurons_sum_adds_up_to_the_last_digit_shown(layer, neuron):
    written = Document(figures.page(snapshot(layer, neuron))).text
    found = re.search(r"positive terms (\S+) \+ negative terms (\S+) \+ bias (\S+) = z (\S+) →", written)
    positive, negative, bias, z = (Decimal(number.replace("−", "-")) for number in found.groups())
    assert positive + negative + bias == z


def test_the_page_holds_the_link_that_opens_it_again(document):
    assert f"?drawing={link.encode(DIGIT)}&network=smooth" in document.text


@pytest.mark.parametrize("field", ["name", "about", "sentence", "description", "query"])
def test_words_from_outside_stay_words(field):
    page = Document(figures.page(snapshot(**{field: NASTY})))
    assert page.wrong == page.open == page.all("img") == []
    said = page.text.lower() + " ".join(str(attributes.get("aria-label")) for attributes in page.all("div"))
    assert NASTY.lower() in said.lower()


def test_the_page_says_what_is_knocked_out():
    assert "neuron 4 of hidden 1" in Document(figures.page(snapshot(out=[(1, 4)]))).text


def test_a_blank_picture_makes_a_page_without_an_answer():
    page = Document(figures.page(snapshot(x=BLANK, answer=None, sentence="nothing drawn yet", query="?")))
    assert page.wrong == []
    assert "read as no digit" in page.text


def test_a_page_of_the_same_is_the_same_to_the_byte(text):
    assert figures.page(snapshot()) == text


# ---- the popover


def files(app):
    """The files offered to take home, as their buttons call them."""
    return [button.proto.label for button in app.get("download_button") if "take_" in button.proto.id]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("image", [None, DIGIT], ids=["nothing drawn", "a digit"])
def test_the_popover_opens_on_every_page(page, image):
    app = open_page(page, image, take_home=True)
    assert not app.exception
    assert files(app) == ["Page (HTML)", "Numbers (CSV)"]


def test_nothing_is_made_while_the_popover_is_closed():
    assert files(open_page(PAGES[0], DIGIT)) == []


def test_the_popover_says_what_is_knocked_out():
    app = open_page(PAGES[0], DIGIT, take_home=True, out=[(1, 4)])
    assert any("hidden 1, neuron 4" in caption.value for caption in app.caption)
