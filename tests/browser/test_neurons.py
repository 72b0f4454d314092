"""The Neurons page in a real browser: every number beside one that NumPy finds by itself from the same file."""

import re
from decimal import Decimal

import numpy as np
import pytest

from nnviz.export import link
from nnviz.mnist import ASSETS, load
from tests.browser.visit import forward

DIGIT = load("test").images[0] / 255
LINK = f"drawing={link.encode(DIGIT)}"


def weights(name, layer):
    with np.load(ASSETS / "networks" / f"{name}.npz", allow_pickle=False) as arrays:
        return arrays[f"W{layer}"].astype(float), arrays[f"b{layer}"].astype(float)


def numbers(visit):
    """Read positive, negative, bias, z and a, and the threshold, off the page, as they are written there."""
    text = visit.page.locator(".st-key-arithmetic").inner_text().replace("−", "-")
    return [Decimal(found) for found in re.findall(r"-?\d+\.\d+", text)]


def adds_up(visit, name, layer, neuron):
    """Fail unless the sum on the page is exact, and each number in it is the one NumPy finds."""
    activations, zs = forward(name, DIGIT)
    W, b = weights(name, layer)
    terms = W[neuron] * activations[layer - 1]
    truth = [
        terms[terms > 0].sum(),
        terms[terms < 0].sum(),
        b[neuron],
        zs[layer - 1][neuron],
        activations[layer][neuron],
    ]
    positive, negative, bias, z, a = numbers(visit)[:5]
    np.testing.assert_allclose(np.array([positive, negative, bias, z, a], float), truth, atol=0.00101)
    assert positive + negative + bias == z


@pytest.fixture
def examined(tab):
    """One tab with a test digit as the input, neuron 0 of the first layer chosen."""
    link = f"{tab.address}/neurons?{LINK}"
    return tab if tab.page.url == link else tab.open(link)


def pick(visit, key, option):
    """Choose from a menu that drops down."""
    visit.page.locator(f".st-key-{key}").get_by_role("combobox").click()
    visit.page.get_by_role("option", name=option, exact=True).click()


def test_the_gallery_shows_the_16_rows_of_weights(examined):
    traces = [trace for trace in examined.traces("weight_maps").values() if trace["type"] == "heatmap"]
    assert [trace["name"] for trace in traces] == [f"neuron {k}" for k in range(16)]
    shown = np.array([np.ravel(trace["z"]) for trace in traces])
    np.testing.assert_allclose(shown, weights("smooth", 1)[0], atol=1e-6)


def test_all_maps_share_one_symmetric_scale(examined):
    traces = [trace for trace in examined.traces("weight_maps").values() if trace["type"] == "heatmap"]
    limit = np.abs(weights("smooth", 1)[0]).max()
    np.testing.assert_allclose([(trace["zmin"], trace["zmax"]) for trace in traces], [(-limit, limit)] * 16, atol=1e-6)


LAYERS = {1: "hidden 1", 2: "hidden 2", 3: "output"}


@pytest.mark.parametrize(
    ("name", "layer", "neuron"),
    [("smooth", 1, 5), ("plain", 1, 3), ("untrained", 1, 15), ("smooth", 2, 11), ("smooth", 3, 7), ("plain", 3, 2)],
)
def test_the_sum_on_the_page_is_exact_and_as_numpy_finds_it(tab, name, layer, neuron):
    if tab.parameters().get("drawing") != link.encode(DIGIT):
        tab.open(f"/neurons?{LINK}")
    tab.choose("network", name)
    tab.choose("layer", LAYERS[layer])
    tab.eventually(lambda: is_chosen(tab, network=name, layer=layer))
    pick(tab, "neuron", f"digit {neuron}" if layer == 3 else f"neuron {neuron}")
    tab.eventually(lambda: is_chosen(tab, network=name, layer=layer, neuron=neuron))
    tab.eventually(lambda: adds_up(tab, name, layer, neuron))


def is_chosen(visit, **choices):
    """Fail unless the address names the choices, or leaves out those that are as at the first visit."""
    met = {"network": "smooth", "layer": "1", "neuron": "0", **visit.parameters()}
    assert {key: met[key] for key in choices} == {key: str(value) for key, value in choices.items()}


def test_weights_and_contributions_share_one_scale(examined):
    traces = [trace for key in ("weight_map", "contributions") for trace in examined.traces(key).values()]
    limits = [(trace["zmin"], trace["zmax"]) for trace in traces if trace["type"] == "heatmap"]
    limit = np.abs(weights("smooth", 1)[0][0]).max()
    np.testing.assert_allclose(limits, [(-limit, limit)] * 2, atol=1e-6)


def test_the_point_on_the_sigmoid_is_z_and_a(examined):
    point = examined.traces("sigmoid")["neuron"]
    activations, zs = forward("smooth", DIGIT)
    assert (point["x"][0], point["y"][0]) == pytest.approx((zs[0][0], activations[1][0]), abs=1e-5)


def is_examined(visit, neuron):
    assert visit.parameters().get("neuron", "0") == str(neuron)
    w = weights("smooth", 1)[0][neuron]
    np.testing.assert_allclose(visit.z("weight_map").ravel(), w, atol=1e-6)
    np.testing.assert_allclose(visit.z("contributions").ravel(), w * DIGIT.ravel(), atol=1e-6)
    adds_up(visit, "smooth", 1, neuron)


def middle(chart, neuron):
    """Where the middle of a neuron's map in the gallery is."""
    return chart.evaluate(
        """(gd, name) => {
            const {x0, y0} = gd.data.find((trace) => trace.name === name), {xaxis, yaxis} = gd._fullLayout;
            return {x: xaxis._offset + xaxis.l2p(x0 + 13.5), y: yaxis._offset + yaxis.l2p(y0 + 13.5)};
        }""",
        f"neuron {neuron}",
    )


def click_map(visit, neuron):
    chart = visit.page.locator(".st-key-weight_maps .js-plotly-plot").first
    chart.click(position=middle(chart, neuron))


def test_clicking_a_map_examines_that_neuron(examined):
    for neuron in (6, 15, 0):
        click_map(examined, neuron)
        examined.eventually(lambda neuron=neuron: is_examined(examined, neuron))


def test_a_map_the_mouse_is_on_shows_what_the_drawing_makes_of_it(examined):
    chart, w = examined.page.locator(".st-key-weight_maps .js-plotly-plot").first, weights("smooth", 1)[0][5]
    examined.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    for position, expected in ((middle(chart, 5), w * DIGIT.ravel()), ({"x": 1, "y": 1}, w)):
        chart.hover(position=position)
        examined.eventually(lambda expected=expected: map_is(examined, 5, expected))


def map_is(visit, neuron, expected):
    np.testing.assert_allclose(visit.z("weight_maps", f"neuron {neuron}").ravel(), expected, atol=1e-6)


def test_lines_lead_from_the_terms_to_the_map_of_a_later_layer_that_the_mouse_is_on(tab):
    tab.open(f"/neurons?{LINK}&layer=2")
    tab.page.locator(".st-key-live [data-live=on]").wait_for(state="attached")
    chart, lines = (
        tab.page.locator(".st-key-weight_maps .js-plotly-plot").first,
        tab.page.locator(".st-key-ring .lit path"),
    )
    terms = weights("smooth", 2)[0][8] * forward("smooth", DIGIT)[0][1]
    chart.hover(position=middle(chart, 8))

    def one_line_for_each_term_broken_where_it_is_negative():
        broken = lines.evaluate_all("paths => paths.map((path) => path.style.strokeDasharray !== '')")
        assert broken == (terms[np.argsort(-abs(terms), kind="stable")] < 0).tolist()

    tab.eventually(one_line_for_each_term_broken_where_it_is_negative)
    chart.hover(position={"x": 1, "y": 1})
    tab.eventually(lambda: no(lines))


def no(found):
    assert found.count() == 0


def test_clicking_a_map_of_a_sorted_gallery_examines_the_neuron_it_shows(visit):
    visit.open(f"/neurons?{LINK}")
    pick(visit, "sort", "by activation")

    def sorted_by_activation():
        shown = [n for n, trace in visit.traces("weight_maps").items() if trace["type"] == "heatmap"]
        a = forward("smooth", DIGIT)[0][1]
        assert shown == [f"neuron {k}" for k in np.argsort(-a, kind="stable")]

    visit.eventually(sorted_by_activation)
    click_map(visit, 9)
    visit.eventually(lambda: is_examined(visit, 9))


def test_the_picker_examines_another_neuron(examined):
    pick(examined, "neuron", "neuron 3")
    examined.eventually(lambda: is_examined(examined, 3))


def test_what_is_drawn_on_this_page_changes_the_sum(examined):
    examined.draw([[(60, 60), (220, 60)], [(220, 60), (120, 230)]])
    x = examined.picture_in_address().ravel()
    w, (b, *_) = weights("smooth", 1)[0][0], weights("smooth", 1)[1]

    def follows():
        np.testing.assert_allclose(examined.z("contributions").ravel(), w * x, atol=1e-6)
        positive, negative, bias, z = numbers(examined)[:4]
        assert positive + negative + bias == z
        assert float(z) == pytest.approx(w @ x + b, abs=0.00101)

    examined.eventually(follows)


def test_the_layer_picker_shows_weights_and_contributions_of_the_second_layer(examined):
    examined.choose("layer", "hidden 2")

    def second_layer():
        w = weights("smooth", 2)[0][0]
        np.testing.assert_allclose(examined.z("weight_map").ravel(), w, atol=1e-6)
        terms = w * forward("smooth", DIGIT)[0][1]
        np.testing.assert_allclose(examined.z("contributions").ravel(), terms, atol=1e-5)
        assert examined.parameters()["layer"] == "2"

    examined.eventually(second_layer)


@pytest.mark.parametrize("tab_title", ["What excites it", "The ten largest terms", "Four networks side by side"])
def test_every_tab_opens(examined, tab_title):
    examined.page.get_by_role("tab", name=tab_title).click()
    shown = examined.page.get_by_role("tabpanel").filter(visible=True)
    shown.locator(".js-plotly-plot .main-svg, [data-testid=stDataFrame]").first.wait_for()
    assert examined.settled().exceptions() == []


def frame(visit):
    """What stands around every page: title, menu, heading and the neuron chosen."""
    menu = visit.page.get_by_test_id("stTopNavLink").all_inner_texts()
    heading = visit.page.get_by_role("heading").first.inner_text()
    return visit.page.title(), menu, heading, visit.page.locator(".st-key-neuron input").input_value()


def test_a_neurons_link_opened_as_the_very_first_visit_is_the_same_page_as_any_other(fresh_server, visit_with):
    first = visit_with(fresh_server).open("/neurons?neuron=5")
    links, heading = frame(first)[1:3]
    assert [link.split("\n")[-1] for link in links] == [
        "Draw",
        "Neurons",
        "Build",
        "Network",
        "Train",
        "Digits",
        "Talk",
    ]
    assert heading == "Examine a neuron"
    np.testing.assert_allclose(first.z("weight_map").ravel(), weights("smooth", 1)[0][5], atol=1e-6)
    later = visit_with(fresh_server).open("/neurons?neuron=5")
    assert frame(first) == frame(later)
    assert frame(first) == frame(later.go_to("Draw").go_to("Neurons"))
