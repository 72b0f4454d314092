"""Links that were cut short, mistyped or forged: a sentence on the page, and the rest of the link still works."""

from urllib.parse import quote

import numpy as np

from nnviz.export import link
from nnviz.mnist import load

DIGIT = load("test").images[0] / 255
DRAWING = link.encode(DIGIT)


def says(visit, *words):
    """Fail unless there is one warning, holding the words, and no exception."""
    visit.page.locator(".note").first.wait_for()
    (sentence,) = visit.warnings()
    assert all(word in sentence for word in words), sentence
    assert visit.exceptions() == []


def test_a_mangled_drawing_is_refused_and_the_rest_of_the_link_works(tab):
    tab.open(f"/?drawing={DRAWING[:-20]}&network=plain")
    says(tab, "The drawing in this link cannot be read", "The canvas starts empty")
    assert not tab.input().any()
    tab.answers("plain")


def test_a_network_that_does_not_exist_leaves_the_drawing(tab):
    tab.open(f"/?drawing={DRAWING}&network=nope")
    says(tab, 'There is no network "nope"', "smooth")
    np.testing.assert_allclose(tab.input(), DIGIT, atol=1e-6)
    tab.answers("smooth")


def test_a_neuron_that_does_not_exist_leaves_network_and_layer(tab):
    tab.open("/neurons?neuron=12&layer=3&network=plain")
    says(tab, 'There is no neuron "12"; they run from 0 to 9')
    assert (tab.parameters()["network"], tab.parameters()["layer"]) == ("plain", "3")


HOSTILE = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>[a](javascript:1)"


def test_a_forged_parameter_is_never_taken_for_html(tab):
    tab.open(
        "/neurons?" + "&".join(f"{key}={quote(HOSTILE)}" for key in ("network", "neuron", "layer", "drawing", "x"))
    )
    assert tab.page.title() != "caught"
    assert tab.page.locator("[data-testid=stMain] :is(img[src=x], script, a[href^='javascript'])").count() == 0
    assert tab.exceptions() == []
