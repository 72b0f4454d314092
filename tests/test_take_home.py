"""What is taken home, without a browser: the popover, and what is in the explorer that comes from it."""

import re
from html.parser import HTMLParser

import pytest

from nnviz.ui.pocket.handed import LARGEST, lessons, taken
from nnviz.ui.pocket.page import Held
from tests import foreign
from tests.test_pages import DIGIT, PAGES, open_page

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


# ---- the popover


def files(app):
    """The files offered to take home, as their buttons call them."""
    return [button.proto.label for button in app.get("download_button") if "take_" in button.proto.id]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("image", [None, DIGIT], ids=["nothing drawn", "a digit"])
def test_the_popover_opens_on_every_page(page, image):
    app = open_page(page, image, take_home=True)
    assert not app.exception
    assert files(app) == ["Explorer (HTML)", "Numbers (CSV)"]


def test_nothing_is_made_while_the_popover_is_closed():
    assert files(open_page(PAGES[0], DIGIT)) == []


def test_the_popover_says_what_is_knocked_out():
    app = open_page(PAGES[0], DIGIT, take_home=True, out=[(1, 4)])
    assert any("hidden 1, neuron 4" in caption.value for caption in app.caption)


# ---- the explorer


def networks(own):
    """Which networks the explorer holds that is taken home with one of them chosen, and whether it is small."""
    text = taken(own, "", "")
    names = re.findall(r'"name":"([^"]*)"', text)
    return names, len(text.encode()) <= LARGEST


def test_ones_own_network_is_in_the_explorer_with_as_many_of_the_others_as_fit():
    made = foreign.made((784, 16, 16, 10), "relu, relu, softmax")
    assert networks(Held("yours 1", made, "yours", "")) == (["smooth", "yours 1", "rough", "plain"], True)


def test_a_large_network_is_in_it_whole_beside_all_the_lessons():
    made = foreign.made((784, 110, 10), "relu, softmax")
    assert networks(Held("yours 2", made, "yours", "")) == (["smooth", "yours 2", "rough", "plain", "untrained"], False)


def test_a_lessons_network_is_in_it_once():
    assert networks(next(lessons())) == (["smooth", "rough", "plain", "untrained"], True)
