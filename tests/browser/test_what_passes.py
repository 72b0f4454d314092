"""The connections on Draw: each as bright as its weight times what passes now, following the pen, hidden by one key."""

import numpy as np
import pytest

from nnviz.export import link
from nnviz.mnist import ASSETS, load
from tests.browser.visit import forward

DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"
GAPS = """() => document.querySelector("canvas.connections")?.gaps
    .map(({lines}) => lines.map(({share}) => share)) ?? []"""


@pytest.fixture(scope="module")
def lit(tab):
    tab.open(f"/?{DRAWING}").page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    tab.page.wait_for_function(f"() => ({GAPS})().length === 3")
    return tab


def passing(x):
    """What passes along each connection into each layer of `smooth`: weight times activation."""
    with np.load(ASSETS / "networks" / "smooth.npz") as arrays:
        return [arrays[f"W{n}"] * a for n, a in enumerate(forward("smooth", x)[0][:-1], start=1)]


def strongest(values, most=10_000):
    """The shares of the strongest there are, the weakest first."""
    values = values[values != 0].ravel()
    return (values[np.argsort(np.abs(values), kind="stable")] / np.abs(values).max())[-most:]


def test_a_connection_is_as_bright_as_weight_times_activation(lit):
    found = lit.page.evaluate(GAPS)
    expected = passing(lit.input())
    assert 100 < len(found[0]) <= 240  # of some 2,000
    for shares, values in zip(found, expected, strict=True):
        np.testing.assert_allclose(shares, strongest(values, len(shares)), atol=2e-4)


def test_the_connections_follow_the_pen(lit):
    before = lit.page.evaluate(GAPS)
    (start, *path) = lit.on_screen([(40, 40), (90, 200), (200, 230)])
    lit.page.mouse.move(*start)
    lit.page.mouse.down()
    for point in path:
        lit.page.mouse.move(*point)
    lit.eventually(lambda: _differ(lit.page.evaluate(GAPS), before))
    found, values = lit.page.evaluate(GAPS), passing(lit.input())
    np.testing.assert_allclose(found[2], strongest(values[2], len(found[2])), atol=2e-4)
    lit.page.mouse.up()
    lit.taken_over()
    lit.eventually(lambda: _agree(lit.page.evaluate(GAPS)[1], strongest(passing(lit.input())[1])))


def test_one_key_hides_them_and_shows_them_again(lit):
    lit.page.keyboard.press("f")
    lit.eventually(lambda: _agree([len(gap) for gap in lit.page.evaluate(GAPS)], []))
    lit.page.keyboard.press("f")
    lit.page.wait_for_function(f"() => ({GAPS})().length === 3")


def _differ(found, before):
    assert found != before


def _agree(found, expected):
    np.testing.assert_allclose(found, expected[-len(found) :] if len(found) else expected, atol=2e-4)
