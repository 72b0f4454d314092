"""``python -m nnviz`` and ``import nnviz``, each in an interpreter of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from nnviz.__main__ import main
from nnviz.network import Network

DATA = Path(__file__).parent / "data"


def run(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True)


def test_a_file_of_another_program_is_converted_to_one_that_gives_its_numbers(tmp_path):
    done = run("-m", "nnviz", "convert", DATA / "torch.onnx", tmp_path / "out.npz")
    assert done.returncode == 0, done.stderr
    assert "64-12-10, ReLU then softmax; pictures of 8 × 8, the ink filling them; 910 parameters" in done.stdout
    with np.load(DATA / "said.npz") as said:
        output = Network.load(tmp_path / "out.npz").forward(said["pictures"]).output
        assert np.abs(output - said["torch.onnx"]).max() < 1e-5


def test_what_a_file_does_not_say_is_said_on_the_command_line(tmp_path, capsys):
    source, target = str(DATA / "torch.safetensors"), tmp_path / "out.npz"
    assert main(["convert", source, str(target)]) == 1
    assert "does not say which activation" in capsys.readouterr().err
    assert not target.exists()
    chosen = ["--activations", "leaky relu 0.3,softmax", "--shape", "4x16", "--place", "as drawn", "--inverted"]
    assert main(["convert", source, str(target), *chosen]) == 0
    network = Network.load(target)
    assert [layer.activation for layer in network.layers] == ["leaky relu", "softmax"]
    assert (network.shape, network.preparation.place, network.preparation.inverted) == ((4, 16), "as drawn", True)


def test_a_file_that_cannot_be_opened_ends_in_a_sentence(tmp_path, capsys):
    (tmp_path / "in.onnx").write_bytes(b"rubbish")
    for source in ("in.onnx", "gone.onnx"):
        assert main(["convert", str(tmp_path / source), str(tmp_path / "out.npz")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "in.onnx cannot be opened: it is damaged or incomplete"
    assert "gone.onnx" in said[1]
    assert len(said) == 2


def test_the_help_names_every_kind_of_file_and_an_example():
    done = run("-m", "nnviz", "--help")
    assert done.returncode == 0
    assert "python -m nnviz convert in.onnx out.npz" in done.stdout
    assert "streamlit run app.py" in done.stdout


def test_import_nnviz_is_a_library_whose_parts_come_when_they_are_used():
    program = """
import sys, nnviz
assert not {"numpy", "plotly", "streamlit"} & set(sys.modules), "too early"
network = nnviz.Network.load("assets/networks/smooth.npz")
assert "plotly" not in sys.modules
x = nnviz.ink.normalize(__import__("numpy").eye(100)).ravel()
figure = nnviz.figures.activations(network.forward(x))
print(len(figure.data), nnviz.files.read.__name__, {"Network", "figures", "files", "ink"} <= set(dir(nnviz)))
try:
    nnviz.nothing
except AttributeError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.splitlines() == ["4 read True", "module 'nnviz' has no attribute 'nothing'"], done.stderr
