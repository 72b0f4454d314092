"""ONNX graphs against the same sums in NumPy, and others refused by the name of a node."""

import numpy as np
import onnx
import pytest

from nnviz import files
from nnviz.files import wire
from tests.files.made import RNG, graph, node

W, B, PICTURES = RNG.normal(size=(3, 4)).astype(np.float32), RNG.normal(size=3).astype(np.float32), RNG.random((5, 4))


@pytest.mark.parametrize(
    ("nodes", "constants", "expected"),
    [
        (
            [node("Gemm", "x", "W", "b", "y", transB=1, alpha=2.0, beta=-0.5)],
            {"W": W, "b": B},
            PICTURES @ W.T * 2 - B / 2,
        ),
        ([node("Gemm", "x", "W", "y")], {"W": W.T.copy()}, PICTURES @ W.T),
        ([node("MatMul", "x", "W", "h"), node("Add", "b", "h", "y")], {"W": W.T.copy(), "b": B}, PICTURES @ W.T + B),
        ([node("Transpose", "W", "V"), node("MatMul", "x", "V", "y")], {"W": W}, PICTURES @ W.T),
        ([node("Gemm", "x", "W", "h", transB=1), node("Relu", "h", "y")], {"W": W}, np.maximum(PICTURES @ W.T, 0)),
        (
            [node("Sub", "x", "m", "c"), node("Div", "c", "s", "d"), node("Gemm", "d", "W", "y", transB=1)],
            {"W": W, "m": np.float32(0.5), "s": np.float32(0.25)},
            (PICTURES - 0.5) / 0.25 @ W.T,
        ),
        (
            [node("Sub", "x", "m", "c"), node("Gemm", "c", "W", "y", transB=1)],
            {"W": W, "m": np.array([1, 2, 3, 4], np.float32)},
            (PICTURES - [1, 2, 3, 4]) @ W.T,
        ),
    ],
)
def test_nodes_worked_out_by_hand_give_the_same(nodes, constants, expected):
    network = files.read(graph(*nodes, constants=constants), "a.onnx")
    assert network.forward(network.preparation.scaled(PICTURES)).output == pytest.approx(expected, abs=1e-5)


def test_a_picture_a_column_is_turned_around_where_the_file_says_so():
    data = graph(node("Gemm", "x", "W", "y", transA=1, transB=1), constants={"W": W}, given=(4, "n"))
    assert files.read(data, "a.onnx").forward(PICTURES).output == pytest.approx(PICTURES @ W.T, abs=1e-5)


GEMM = node("Gemm", "x", "W", "h", transB=1)


@pytest.mark.parametrize(
    ("nodes", "constants", "says"),
    [
        (
            [node("Conv", "x", "W", "y")],
            {"W": np.ones((2, 1, 3, 3), np.float32)},
            "it has a Conv layer; nnviz opens dense",
        ),
        ([node("LSTM", "x", "W", "W", "y")], {"W": W}, "it has a LSTM layer"),
        ([GEMM, node("Gelu", "h", "y")], {"W": W}, "it has a Gelu layer"),
        ([GEMM, node("Add", "h", "x", "y")], {"W": W}, "something from further back|branches of it meet"),
        (
            [GEMM, node("Relu", "h", "r"), node("Mul", "r", "two", "y")],
            {"W": W, "two": np.float32(2)},
            "between its layers",
        ),
        ([GEMM, node("Relu", "h", "r"), node("Tanh", "r", "y")], {"W": W}, "a tanh that follows no dense layer"),
        ([node("Relu", "x", "y")], {}, "a relu that follows no dense layer"),
        ([GEMM, node("Softmax", "h", "y", axis=0)], {"W": W}, "along axis 0"),
        ([node("Gemm", "x", "W", "y", transA=1, transB=1)], {"W": W}, "transA"),
        ([node("MatMul", "W", "x", "y")], {"W": W}, "does not multiply by a table"),
        ([GEMM, node("Softmax", "h", "s"), node("Gemm", "s", "V", "y")], {"W": W, "V": W}, "softmax.*last layer only"),
        ([GEMM, node("Relu", "h", "elsewhere")], {"W": W}, "does not come from its last layer"),
        ([node("Gemm", "x", "W", "b", "y", transB=1)], {"W": W, "b": np.ones(7, np.float32)}, "3 neurons and 7 biases"),
        ([node("Identity", "x", "y")], {}, "no dense layer"),
    ],
)
def test_onnx_graphs_of_other_layers_are_refused_by_name(nodes, constants, says):
    with pytest.raises(ValueError, match=says):
        files.read(graph(*nodes, constants=constants), "a.onnx")


def test_weights_in_another_file_are_never_fetched(tmp_path):
    model = onnx.load_model_from_string(graph(node("Gemm", "x", "W", "y", transB=1), constants={"W": W}))
    onnx.save(model, tmp_path / "a.onnx", save_as_external_data=True, location="secret", size_threshold=0)
    assert (tmp_path / "secret").exists()
    with pytest.raises(ValueError, match="lie in another file"):
        files.read((tmp_path / "a.onnx").read_bytes(), "a.onnx")


def test_a_graph_of_very_many_small_parts_is_refused_before_the_library_sees_it():
    with pytest.raises(ValueError, match="parts"):
        wire.check(b"\x12\x00" * 3000 + b"\x3a\x00")
    with pytest.raises(ValueError, match="besides its weights"):
        wire.check(b"\x3a\x87\xb5\x18" + b"\x0a\x83\xb5\x18" + bytes(400_003))
