"""One direction only: numerics, then figures, then ui, then pages. Each module is imported in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NUMERIC = sorted(f"nnviz.{path.stem}" for path in (ROOT / "nnviz").glob("*.py") if path.stem != "__init__")
NUMERIC += sorted(f"nnviz.files.{path.stem}" for path in (ROOT / "nnviz" / "files").glob("*.py"))
UI = sorted(f"nnviz.ui.{path.stem}" for path in (ROOT / "nnviz" / "ui").glob("*.py") if path.stem != "__init__")


def loaded_by(*modules):
    """Import modules in a new interpreter, and return the names of all modules then loaded."""
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_numeric_modules_are_found():
    assert {"nnviz.network", "nnviz.ink", "nnviz.attribution", "nnviz.edges", "nnviz.training"} <= set(NUMERIC)


@pytest.mark.parametrize("module", NUMERIC)
def test_a_numeric_module_loads_neither_figures_nor_ui(module):
    assert loaded_by(module) & {"plotly", "streamlit", "nnviz.figures", "nnviz.ui"} == set()


def test_the_figures_load_no_ui():
    loaded = loaded_by("nnviz.figures")
    assert "plotly" in loaded
    assert loaded & {"streamlit", "nnviz.ui"} == set()


def test_the_ui_calls_plotly_only_through_the_figures():
    for module in UI:
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert "import plotly" not in source, module
        assert "from plotly" not in source, module


def test_the_server_around_the_pages_loads_neither_pages_nor_figures():
    loaded = loaded_by("nnviz.web.guard", "nnviz.web.routes")
    assert loaded & {"nnviz.ui", "nnviz.figures"} == set()


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_a_page_imports_only_streamlit_and_the_ui(page):
    imports = [
        line.split()[1] for line in (ROOT / "pages" / page).read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]  # fmt: skip
    assert set(imports) <= {"streamlit", "nnviz.ui"}
