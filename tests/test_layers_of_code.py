"""One direction only: numerics, then figures, then ui, then pages; and in the ui from the session to the pages' parts.

Each numeric module is imported afresh; the ui's imports are read.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NUMERIC = sorted(f"nnviz.{path.stem}" for path in (ROOT / "nnviz").glob("*.py") if path.stem != "__init__")
for folder in ("export", "files", "study", "training", "workers"):
    NUMERIC += sorted(f"nnviz.{folder}.{path.stem}" for path in (ROOT / "nnviz" / folder).glob("*.py"))
UI = ROOT / "nnviz" / "ui"
FLOORS = ("session", "live", "kit", "pocket", "frame", "pages")  # of the ui, from the lowest
PAGES = sorted(path.name for path in (UI / "pages").iterdir() if (path / "__init__.py").exists())


def loaded_by(*modules):
    """Import modules in a new interpreter, and return the names of all modules then loaded."""
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


# Import modules one after another, each where nothing is loaded yet of nnviz or of what it must not load.
ONE_BY_ONE = """
import importlib, json, sys, numpy
loaded = {}
for module in sys.argv[1:]:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("nnviz", "plotly", "streamlit")]:
        del sys.modules[name]
    importlib.import_module(module)
    loaded[module] = list(sys.modules)
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def loaded_by_each():
    """The names of all modules that are loaded once a numeric one has been imported."""
    command = [sys.executable, "-c", ONE_BY_ONE, *NUMERIC]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_the_numeric_modules_are_found():
    assert {"nnviz.network", "nnviz.ink", "nnviz.study.attribution", "nnviz.study.edges", "nnviz.training.loop"} <= set(
        NUMERIC
    )


@pytest.mark.parametrize("module", NUMERIC)
def test_a_numeric_module_loads_neither_figures_nor_ui(module, loaded_by_each):
    assert module in loaded_by_each[module]
    assert set(loaded_by_each[module]) & {"plotly", "streamlit", "nnviz.figures", "nnviz.ui"} == set()


def test_the_figures_load_no_ui():
    loaded = loaded_by("nnviz.figures")
    assert "plotly" in loaded
    assert loaded & {"streamlit", "nnviz.ui"} == set()


def modules(folder):
    """Yield each module of a folder with what it imports: `from a import b` gives a.b."""
    for path in sorted(folder.rglob("*.py")):
        imported = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
        yield str(path.relative_to(ROOT)), imported


def under(imported, *packages):
    """Those of the imported names that are one of these packages, or in one."""
    return {name for name in imported if f"{name}.".startswith(tuple(f"{package}." for package in packages))}


def test_the_ui_calls_plotly_only_through_the_figures():
    assert [path for path, imported in modules(UI) if under(imported, "plotly")] == []


def test_every_folder_of_the_ui_has_its_floor():
    assert {path.name for path in UI.iterdir() if (path / "__init__.py").exists()} == set(FLOORS)


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_of_the_ui_knows_nothing_of_those_above(floor):
    above = [f"nnviz.ui.{name}" for name in FLOORS[FLOORS.index(floor) + 1 :]]
    assert list(modules(UI / floor)) != []
    assert [path for path, imported in modules(UI / floor) if above and under(imported, *above)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_knows_nothing_of_the_other_pages(page):
    others = [f"nnviz.ui.pages.{name}" for name in PAGES if name != page]
    assert [path for path, imported in modules(UI / "pages" / page) if under(imported, *others)] == []


def test_streamlit_finds_no_pages_of_its_own_beside_the_script():
    (script,) = re.findall(r"[\w/]+/script\.py", (ROOT / "app.py").read_text(encoding="utf-8"))
    assert (ROOT / script).exists()
    assert not (ROOT / script).with_name("pages").exists()


def test_nothing_below_the_ui_imports_it():
    below = [*modules(ROOT / "nnviz" / "figures"), *modules(ROOT / "nnviz" / "web")]
    assert [path for path, imported in below if under(imported, "nnviz.ui")] == []


def test_the_server_around_the_pages_loads_neither_pages_nor_figures():
    loaded = loaded_by("nnviz.web.guard", "nnviz.web.routes")
    assert loaded & {"nnviz.ui", "nnviz.figures"} == set()


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_a_page_imports_only_streamlit_and_the_ui(page):
    (imported,) = [imported for path, imported in modules(ROOT / "pages") if path.endswith(page)]
    assert imported - {"streamlit"} - under(imported, "nnviz.ui") == set()
