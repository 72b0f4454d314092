"""How many test digits are read, counted in the browser while one plays, is the number that Python then counts."""

import json
from functools import cache

import numpy as np
import pytest

from nnviz.mnist import ASSETS, load
from tests.browser.test_network import place, says

TEST = load("test")
LAYERS = ("hidden 1", "hidden 2", "output")
KEEP = """() => {
    window.counts = []
    window.keeper?.disconnect()
    const shown = () => document.querySelector(".st-key-read [data-count=read]")
    const note = () => {
        const read = shown(), knob = document.querySelector(".st-key-knob input")
        if (!read || window.counts.at(-1)?.[0] === read.textContent) return
        const change = document.querySelector(".st-key-read [data-count=change]").textContent
        window.counts.push([read.textContent, knob?.value ?? null, read.dataset.before, change])
    }
    shown().nodeName && (shown().old = true)
    note()
    window.keeper = new MutationObserver(note)
    window.keeper.observe(document.body, {subtree: true, childList: true, characterData: true})
}"""


@cache
def right(name, out=(), knob=None):
    """Count, in float64 and without nnviz, what a shipped network reads with neurons lost and one knob turned."""
    with np.load(ASSETS / "networks" / f"{name}.npz", allow_pickle=False) as arrays:
        weights = {key: arrays[key].astype(np.float64) for key in arrays.files}
    if knob:
        layer, neuron, source, value = knob
        weights[f"b{layer}" if source is None else f"W{layer}"][neuron if source is None else (neuron, source)] = value
    a = TEST.x.astype(np.float64)
    for n in (1, 2, 3):
        z = a @ weights[f"W{n}"].T + weights[f"b{n}"]
        a = 1 / (1 + np.exp(-z))
        a[:, [k for layer, k in out if layer == n]] = 0
    z[:, [k for layer, k in out if layer == 3]] = -np.inf
    return int((z.argmax(axis=1) == TEST.labels).sum())


def counts(visit):
    """What has been shown since `KEEP`, beside the change that it is, and what a slider stood at then."""
    found = []
    for text, value, before, change in visit.page.evaluate("window.counts"):
        read = int(text.replace(",", ""))
        assert int(change.replace(",", "").replace("±", "").replace("−", "-")) == read - int(before)
        found.append((read, value))
    return found


def pythons(visit):
    """What Python shows by now: it has written the number anew."""

    def it_is_new():
        assert not visit.page.locator(".st-key-read [data-count=read]").evaluate("(shown) => Boolean(shown.old)")

    visit.eventually(it_is_new)
    return int(visit.settled().page.locator(".st-key-read [data-count=read]").inner_text().replace(",", ""))


def ready(visit, path):
    """Open the page, and wait until its browser can count: the digits are there and the first sums are added up."""
    visit.open(path).page.locator(".st-key-live [data-counts=on]").wait_for(state="attached")
    return visit.settled()


@pytest.mark.parametrize(
    ("name", "out"),
    [("smooth", [(1, 6), (2, 9), (3, 1)]), ("plain", [(2, 3)]), ("rough", [(1, 0)]), ("untrained", [(1, 7)])],
)
def test_neurons_knocked_out_by_click_cost_what_python_then_counts(tab, name, out):
    ready(tab, f"/network?network={name}")
    expected = [right(name, tuple(out[:many])) for many in range(len(out) + 1)]
    for many, (layer, k) in enumerate(out, start=1):
        tab.page.evaluate(KEEP)
        tab.page.mouse.click(*place(tab, LAYERS[layer - 1], k))
        assert pythons(tab) == expected[many]
        assert [read for read, _ in counts(tab)] == expected[many - 1 : many + 1]
    assert tab.parameters()["out"] == ",".join(f"{layer}.{k}" for layer, k in out)


def test_a_key_puts_a_neuron_back(tab):
    ready(tab, "/network?out=1.1")
    tab.page.evaluate(KEEP)
    tab.page.locator(".walk").focus()
    tab.page.keyboard.press("ArrowDown")
    assert tab.page.locator(".st-key-wiring .lit path").count()  # its lines
    tab.page.keyboard.press(" ")
    assert pythons(tab) == right("smooth")
    assert "out" not in tab.parameters()


@pytest.mark.parametrize(("layer", "neuron", "source"), [(1, 6, None), (1, 6, 294), (2, 3, 7)])
def test_a_knob_being_turned_counts_what_python_then_counts(tab, layer, neuron, source):
    ready(tab, f"/network?layer={layer}&neuron={neuron}")
    tab.page.get_by_role("tab", name="Turn a knob").click()
    slider = tab.page.locator(".st-key-knob").get_by_role("slider")
    slider.wait_for(state="attached")
    if source is not None:
        at = f"pixel row {source // 28}, column {source % 28}" if layer == 1 else f"neuron {source} before it"
        tab.page.locator(".st-key-source input").click()
        tab.page.locator(".st-key-source input").press_sequentially(at)
        tab.page.get_by_role("option", name=f"weight from {at}", exact=True).click()
        tab.eventually(lambda: knob_is(tab, source))
    tab.settled().page.evaluate(KEEP)
    tab.page.locator(".st-key-knob").scroll_into_view_if_needed()
    box = tab.page.locator(".st-key-knob [data-testid=stSliderThumbValue]").locator("..").bounding_box()
    y, from_x = box["y"] + box["height"] - 4, box["x"] + box["width"] / 2
    tab.page.mouse.move(from_x, y)
    tab.page.mouse.down()
    for x in (40, 80, 120):
        tab.page.mouse.move(from_x + x, y)
        tab.eventually(lambda: counted_where_it_stands(tab, layer, neuron, source))
    shown = counts(tab)[1:]
    assert "turned" not in tab.parameters()  # the server knows nothing of it yet
    assert shown
    for read, value in shown:
        assert read == right("smooth", knob=(layer, neuron, source, np.float32(value)))
    tab.page.mouse.up()
    says(tab, f"{shown[-1][0] / 10_000:.2%} now")  # Python
    assert counts(tab)[-1][0] == shown[-1][0]


def counted_where_it_stands(visit, layer, neuron, source):
    value = np.float32(visit.page.locator(".st-key-knob input").evaluate("(slider) => slider.value"))
    assert counts(visit)[-1][0] == right("smooth", knob=(layer, neuron, source, value))


def knob_is(visit, source):
    assert json.loads(visit.page.locator("[data-knob]").get_attribute("data-knob"))["source"] == source
