"""What a later neuron tells apart, on the Neurons page: the numbers it says, against scikit-learn's."""

import re

import numpy as np
import pytest
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from nnviz import mnist
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import patterns
from tests import test_network_page
from tests.test_pages import DIGIT, open_page, text

NEURONS = "pages/2_neurons.py"
DIGITS = mnist.load("test")


def said(app):
    """Read off the page: neuron, its share, the single neuron, its share, the draws and how many did as well."""
    found = re.search(
        r"neuron (\d+) tells (\d+)% apart, neuron (\d+) of hidden 1 alone (\d+)%.*half of ([\d,]+) .*and ([\d,]+) do",
        text(app),
    )
    return [int(number.replace(",", "")) for number in found.groups()]


@pytest.fixture(scope="module")
def loops():
    ink = DIGITS.images[1::2] >= 128
    return np.array([ndimage.label(np.pad(~each, 1, constant_values=True))[1] > 1 for each in ink])


def test_a_shipped_neurons_share_of_loops_is_scikit_learns(loops):
    app = open_page(NEURONS, DIGIT, layer=2, neuron=8)
    assert not app.exception
    assert "with a closed loop and one without" in text(app)
    neuron, share, single, alone, draws, _ = said(app)
    trace = Network.load(ASSETS / "networks" / "smooth.npz").forward(DIGITS.x[1::2])
    own, other = roc_auc_score(loops, trace.zs[1][:, 8]), roc_auc_score(loops, trace.zs[0][:, single])
    assert (neuron, draws) == (8, patterns.DRAWS)
    assert share == round(100 * max(own, 1 - own))
    assert alone == round(100 * max(other, 1 - other))
    sixes = ~loops | (DIGITS.labels[1::2] == 6)
    six = roc_auc_score(loops[sixes], trace.zs[1][sixes, 8])
    assert f"6s {six if own > 0.5 else 1 - six:.0%}" in text(app)


def test_a_changed_network_is_measured_anew():
    app = test_network_page.open_page(NEURONS, None, {"turned": "2.9.3:4.5", "layer": "2", "neuron": "9"})
    assert said(app)[4] == patterns.FEWER


def test_the_output_layer_is_measured_beside_hidden_2():
    app = open_page(NEURONS, DIGIT, layer=3, neuron=0)
    assert not app.exception
    assert re.search(r"neuron 0 tells \d+% apart, neuron \d+ of hidden 2 alone", text(app))


def test_the_first_layer_has_no_pattern_through_others():
    assert "tells" not in text(open_page(NEURONS, DIGIT, layer=1, neuron=9))
