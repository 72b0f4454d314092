"""Networks in .onnx files, as PyTorch, Keras and scikit-learn (skl2onnx) write them.

The graph is followed from its input: each node either takes the picture a step further, or computes sizes for a
reshape, or makes an answer of the outputs. Anything else is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.files import wire
from nnviz.files.chain import OPENS, Activate, Dense, Refused, Rescale, Step, foreign, kind_named, picture_shape
from nnviz.files.chain import network as made
from nnviz.network import Network
from nnviz.sentences import quoted

ACTIVATIONS = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}
SAME = ("Cast", "Identity", "Dropout")
OF_SIZES = ("Gather", "Unsqueeze", "Squeeze", "Concat", "Slice", "Cast", "Identity", "Constant", "ReduceProd", "Mul")
MOST_AXES, MOST_WORDS = 8, 10_000  # of an array; words and whole numbers are slow to read
NOTABLE = (
    *("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization"),
    *("LSTM", "GRU", "RNN", "Loop", "Scan", "Attention", "MultiHeadAttention", "LayerNormalization"),
)


def read(data: bytes) -> Network:
    """Read a network from the bytes of an .onnx file."""
    import onnx

    wire.check(data)
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:
        raise Refused("it is damaged or not an .onnx file") from error
    for node in model.graph.node:
        if node.op_type in NOTABLE:
            raise foreign(node.op_type)
    try:
        return _Walk(model.graph).network()
    except Refused:
        if kind := _kind_named(model.graph):
            raise Refused(f"it has {kind} layer; {OPENS}") from None
        raise


def _kind_named(graph: Any) -> str | None:
    """Tell another kind of layer by the names of weights and nodes, where its parts alone would not tell."""
    names = [str(each.name) for kind in (graph.initializer, graph.node) for each in kind]
    return next(filter(None, map(kind_named, names)), None)


class _Walk:
    """One walk along a graph: `current` names the tensor that the picture has become."""

    def __init__(self, graph: Any) -> None:
        self.graph, self.steps, self.classes, self.ended = graph, list[Step](), list[str](), False
        self.constants = {each.name: _array(each) for each in graph.initializer}
        inputs = [each for each in graph.input if each.name not in self.constants]
        if len(inputs) != 1:
            raise Refused(f"it has {len(inputs)} inputs; expected one, the picture")
        self.current = inputs[0].name
        self.sizes, self.answers = set[str](), set[str]()
        dimensions = inputs[0].type.tensor_type.shape.dim
        self.declared = [each.dim_value or None for each in dimensions]
        self.shape = picture_shape(self.declared[1:])

    def network(self) -> Network:
        for node in self.graph.node:
            self._take(node)
        if not self.ended and self.current not in {each.name for each in self.graph.output}:
            raise Refused(f"its answer does not come from its last layer; {OPENS}, one after the other")
        return made(self.steps, self.shape, self.classes)

    def _take(self, node: Any) -> None:
        given = [name for name in node.input if name]
        out, first = node.output[0] if node.output else "", given[0] if given else ""
        if node.op_type == "Constant":
            self.constants[out] = _constant(node)
        elif given and all(name in self.constants for name in given) and node.op_type in _FOLDED:
            self.constants[out] = _FOLDED[node.op_type](node, self.constants[first])
        elif node.op_type == "Shape" or (node.op_type in OF_SIZES and self.sizes.intersection(given)):
            self.sizes.add(out)
        elif self.answers.intersection(given):
            self.answers.update(node.output)
        elif node.op_type in ("ArgMax", "ZipMap") and first == self.current:
            self._answer(node)
        elif self.current in given and not self.ended:
            self._step(node, given)
            self.current = out
        else:
            raise Refused(f"its {quoted(node.op_type, 30)} takes something from further back; {OPENS}")

    def _answer(self, node: Any) -> None:
        self.ended = True
        self.answers.update(node.output)
        about = _about(node)
        names = about.get("classlabels_strings") or about.get("classlabels_int64s") or []
        self.classes += [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in names]

    def _step(self, node: Any, given: list[str]) -> None:
        kind, about = node.op_type, _about(node)
        others = [self._constant(name) for name in given if name != self.current]
        if kind in SAME:
            return
        if kind in ACTIVATIONS:
            self.steps.append(Activate(ACTIVATIONS[kind]))
        elif kind == "LeakyRelu":
            self.steps.append(Activate("leaky relu", float(f"{about.get('alpha', 0.01):.6g}")))
        elif kind in ("Softmax", "LogSoftmax"):  # the logarithm of the shares; nnviz shows the shares
            self._softmax(about)
        elif kind in ("Flatten", "Reshape"):
            self._flat(kind, about, given)
        elif kind in ("Gemm", "MatMul"):
            self._dense(kind, about, given, others)
        elif kind in ("Add", "Sub", "Mul", "Div", "Scaler"):
            self._shifted(kind, about, given, others)
        else:
            raise foreign(kind)

    def _constant(self, name: str) -> np.ndarray | None:
        if name not in self.constants and name not in self.sizes:
            raise Refused(f"two branches of it meet; {OPENS}, one after the other")
        return self.constants.get(name)

    def _softmax(self, about: dict[str, Any]) -> None:
        if about.get("axis", -1) not in (-1, 1):
            raise Refused(f"its softmax is along axis {about['axis']}; expected the last, over the outputs")
        self.steps.append(Activate("softmax"))

    def _flat(self, kind: str, about: dict[str, Any], given: list[str]) -> None:
        if any(isinstance(step, Dense) for step in self.steps):
            raise Refused(f"it reshapes numbers between its layers; {OPENS}")
        wanted = self.constants.get(given[1]) if kind == "Reshape" and len(given) > 1 else None
        if (kind == "Flatten" and about.get("axis", 1) != 1) or (wanted is not None and wanted.size > 4):
            raise Refused("it reshapes its picture; expected it in one row")
        if wanted is not None and wanted.size > 2:
            self.shape = picture_shape(wanted.tolist()[1:]) or self.shape

    def _dense(self, kind: str, about: dict[str, Any], given: list[str], others: list[Any]) -> None:
        if given[0] != self.current or not others or others[0] is None or others[0].ndim != 2:
            raise Refused(f"its {kind} does not multiply by a table of weights; {OPENS}")
        W = others[0] if about.get("transB", 0) else others[0].T
        if about.get("transA", 0) and (self.steps or self.declared[:1] != [W.shape[1]]):
            raise Refused("its Gemm turns its input around (transA); expected a picture a row")
        bias = others[1] if len(others) > 1 and others[1] is not None else np.zeros(1, np.float32)
        alpha, beta = about.get("alpha", 1.0), about.get("beta", 1.0)
        W, bias = (W if alpha == 1 else W * W.dtype.type(alpha)), (bias if beta == 1 else bias * bias.dtype.type(beta))
        self.steps.append(Dense(W, _as_bias(bias, len(W))))

    def _shifted(self, kind: str, about: dict[str, Any], given: list[str], others: list[Any]) -> None:
        last = self.steps[-1] if self.steps else None
        if kind == "Scaler":
            scale = np.array(about.get("scale", [1.0]))
            self.steps.append(Rescale(scale, -np.array(about.get("offset", [0.0])) * scale))
            return
        if len(others) != 1 or others[0] is None or others[0].dtype.kind not in "fiu":
            raise Refused(f"its {kind} is not with numbers of its own; {OPENS}")
        number = others[0]
        if kind == "Add" and isinstance(last, Dense):
            self.steps[-1] = Dense(last.W, last.b + _as_bias(number, len(last.b)))
        elif given[0] != self.current and kind in ("Sub", "Div"):
            raise Refused(f"its {kind} starts from a number, not from the picture; {OPENS}")
        else:
            number = number.astype(np.float64).ravel()
            with np.errstate(divide="ignore"):
                scale = {"Mul": number, "Div": 1 / number}.get(kind, np.ones(1))
            offset = {"Add": number, "Sub": -number}.get(kind, np.zeros(1))
            self.steps.append(Rescale(scale, offset))


def _as_bias(array: np.ndarray, size: int) -> np.ndarray:
    if array.dtype.kind != "f" or array.size not in (1, size):
        raise Refused(f"a layer has {size:,} neurons and {array.size:,} biases")
    return np.broadcast_to(array.ravel(), size)


def _array(tensor: Any) -> np.ndarray:
    """Read a tensor's numbers, never from another file."""
    import onnx

    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise Refused("its weights lie in another file; save it as one file")
    if len(tensor.dims) > MOST_AXES or max(len(tensor.string_data), len(tensor.int64_data)) > MOST_WORDS:
        raise Refused("it holds long lists of words or whole numbers, or an array of very many axes")
    try:
        return np.asarray(onnx.numpy_helper.to_array(tensor))
    except Exception as error:
        raise Refused("it is damaged: an array does not hold the numbers it says") from error


def _about(node: Any) -> dict[str, Any]:
    import onnx

    try:
        return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    except ValueError as error:
        raise Refused("it is damaged: a layer has attributes of an unknown kind") from error


def _constant(node: Any) -> np.ndarray:
    for name, value in _about(node).items():
        if name == "value":
            return _array(value)
        if name in ("value_float", "value_floats", "value_int", "value_ints"):
            return np.array(value, np.float32 if "float" in name else np.int64)
    raise Refused("it holds a constant of an unknown kind")


def _transposed(node: Any, array: np.ndarray) -> np.ndarray:
    order = list(_about(node).get("perm", reversed(range(array.ndim))))
    if sorted(order) != list(range(array.ndim)):
        raise Refused("it is damaged: it swaps axes that are not there")
    return array.transpose(order)


_FOLDED: dict[str, Callable[[Any, np.ndarray], np.ndarray]] = {
    "Identity": lambda node, array: array,
    "Cast": lambda node, array: array,
    "Transpose": _transposed,
}
