"""nnviz as a library: built and installed apart from its checkout, then imported in a notebook that Jupyter runs."""

import os
import re
import subprocess
import sys
import tomllib

import nbformat
import pytest
from nbclient import NotebookClient

from tests.browser.conftest import ROOT

CELL = """
import nnviz, nnviz.mnist
net = nnviz.Network.load(nnviz.mnist.ASSETS / "networks" / "smooth.npz")
x = nnviz.ink.normalize([[0, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0]])
print(nnviz.__file__, len(nnviz.mnist.load("test").labels))
nnviz.figures.activations(net.forward(x.reshape(-1)))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install nnviz from a wheel, without what it needs, into a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*pip, "--target", str(folder), str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def outputs(installed, tmp_path_factory):
    """Run the notebook's one cell in a kernel that finds the installed nnviz and no checkout."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    folder = str(tmp_path_factory.mktemp("notebook"))
    client = NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}})
    client.execute(env=os.environ | {"PYTHONPATH": str(installed), "IPYTHONDIR": folder})
    return book.cells[0].outputs


def test_a_notebook_shows_every_layer_of_a_forward_pass_as_a_figure(outputs):
    (shown,) = [output.data for output in outputs if output.output_type == "display_data"]
    figure = shown["application/vnd.plotly.v1+json"]
    assert [trace["name"] for trace in figure["data"]] == ["input", "hidden 1", "hidden 2", "output"]


def test_the_installed_library_brings_its_own_networks_and_digits(outputs, installed):
    (said,) = [output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"]
    assert said.split() == [str(installed / "nnviz" / "__init__.py"), "10000"]


def test_the_installed_library_leaves_the_app_and_its_web_server_out(installed):
    assert not (installed / "nnviz" / "ui").exists()
    assert not (installed / "nnviz" / "web").exists()


def test_the_library_and_the_app_need_the_same_versions():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pinned = dict(re.findall(r"^([\w-]+)~=(\d+\.\d+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    for name, version in (each.split(">=") for each in needed):
        assert pinned[name] == version
