"""Figures and scripts agree: every name that the scripts look for is in the figure of the page, once."""

import json
import re
from pathlib import Path

import pytest

import nnviz
from nnviz.ui.live import live
from tests.test_pages import DIGIT, open_page

FOLDER = Path(nnviz.__file__).parent
NAMES = json.loads(next(FOLDER.rglob("names.json")).read_text(encoding="utf-8"))
CONSTANTS = next(FOLDER.rglob("constants.d.ts")).read_text(encoding="utf-8")
SCRIPTS = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.js"))}
KINDS = {"trace": "traces", "traceIfAny": "traces", "shape": "shapes", "note": "notes"}
PAGES = {
    "draw": ("pages/1_draw.py", {}),
    "a first layer's neuron": ("pages/2_neurons.py", {"layer": 1}),
    "a second layer's neuron": ("pages/2_neurons.py", {"layer": 2}),
    "build": ("pages/3_build.py", {}),
    "network": ("pages/4_network.py", {}),
    "train": ("pages/7_train.py", {}),
    "digits": ("pages/6_digits.py", {"digits_view": "map"}),
}


@pytest.fixture(scope="module")
def charts():
    """The figures of all pages: page, key, figure."""
    return [
        (page, re.search(r"-([a-z_]+)$", element.proto.id)[1], json.loads(element.proto.spec))
        for page, (script, choices) in PAGES.items()
        for element in open_page(script, DIGIT, **choices).get("plotly_chart")
    ]


def promised(key, figure):
    """The names a script looks for in this figure, by their kind."""
    named, meta = NAMES[key].get("named", {}), figure["layout"].get("meta") or {}
    wanted = {kind: list(NAMES[key].get(kind, {})) for kind in KINDS.values()}
    wanted["traces"] += re.findall(r'"(.*?)"', json.dumps([meta[each] for each in named], ensure_ascii=False))
    return wanted


def test_each_figure_has_once_what_the_scripts_look_for(charts):
    wanting = [
        f"{page}: {key} has {found.count(name)} {kind} called {name}"
        for page, key, figure in charts
        if key in NAMES
        for kind, parts in (
            ("traces", figure["data"]),
            ("shapes", figure["layout"].get("shapes", [])),
            ("notes", figure["layout"].get("annotations", [])),
        )
        for found in [[part.get("name") for part in parts]]
        for name in promised(key, figure)[kind]
        if found.count(name) != 1
    ]
    assert wanting == []


def test_each_figure_tells_the_scripts_in_its_meta_what_they_must_know(charts):
    wanting = [
        f"{page}: {key} does not say {name}"
        for page, key, figure in charts
        if key in NAMES
        for name in NAMES[key].get("meta", {})
        if name not in (figure["layout"].get("meta") or {})
    ]
    assert wanting == []


def test_every_figure_the_scripts_look_for_is_on_a_page(charts):
    assert set(NAMES) <= {key for _, key, _ in charts}


def test_the_scripts_look_for_no_other_figures_and_names_than_are_promised():
    every = "\n".join(SCRIPTS.values())
    assert set(re.findall(r'\bplot\("(\w+)"\)', every)) | {"threshold_curve"} == set(NAMES)
    for function, kind in KINDS.items():
        asked = set(re.findall(rf'\b{function}\(\w+, "([^"]+)"\)', every))
        assert asked <= {name for figure in NAMES.values() for name in figure.get(kind, {})}, function


def test_the_scripts_find_nothing_in_a_figure_by_its_position():
    by_position = re.compile(r"gd\.data\[\d|\.data\.at\(|shapes\[\d|annotations\[\d|data-index=['\"]?\d|__data__")
    found = {name: by_position.findall(source) for name, source in SCRIPTS.items()}
    assert {name: places for name, places in found.items() if places} == {}


def test_the_scripts_know_the_constants_that_python_gives_them():
    declared = re.findall(r"^export const (\w+):", CONSTANTS, re.MULTILINE)
    assert sorted(declared) == sorted(live.CONSTANTS)
