"""A convolutional, recurrent or attending network is refused in a sentence that names the layer, in every format."""

import json
import zipfile

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from nnviz import files
from tests.files.made import DATA, npz
from tests.files.test_keras import changed

ONES = np.ones((4, 4), np.float32)
IMAGE = np.ones((4, 1, 3, 3), np.float32)
NAMED = {  # as PyTorch names the weights of nn.Conv2d, nn.LSTM, nn.TransformerEncoder
    "a convolutional layer": {"conv1.weight": IMAGE, "fc.weight": ONES},
    "a recurrent layer": {"lstm.weight_ih_l0": ONES, "lstm.weight_hh_l0": ONES, "fc.weight": ONES},
    "an attention, as in a transformer, layer": {
        "layers.0.self_attn.in_proj_weight": np.ones((12, 4), np.float32),
        "layers.0.linear1.weight": ONES,
    },
}


def refused(data, name):
    with pytest.raises(ValueError, match="nnviz opens dense") as said:
        files.read(data, name)
    return str(said.value)


@pytest.mark.parametrize("layer", NAMED)
def test_in_safetensors_the_names_of_the_weights_tell(layer):
    assert layer.removesuffix(" layer") in refused(save(NAMED[layer]), "a.safetensors")


@pytest.mark.parametrize("layer", NAMED)
def test_in_npz_files_they_tell_too(layer):
    assert f"it has {layer}; " in refused(npz(**NAMED[layer]), "a.npz")


@pytest.mark.parametrize(
    "kind",
    ["Conv2D", "DepthwiseConv2D", "MaxPooling2D", "LSTM", "GRU", "SimpleRNN", "MultiHeadAttention", "Embedding"],
)
@pytest.mark.parametrize("name", ["keras.keras", "keras_functional.keras"])
def test_in_keras_files_the_layer_is_named_as_keras_names_it(kind, name):
    def change(layers):
        layers[2] |= {"class_name": kind, "config": {"name": "other"}}
        layers[2].pop("inbound_nodes", None)
        layers[-1]["inbound_nodes"] = [[["other", 0, 0], ["input", 0, 0]]]  # and goes around it, as transformers do

    assert f"it has a {kind} layer; " in refused(changed(name, change), "a.keras")


def graph(*nodes, **constants):
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", 4)) for name in "xy")
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    return helper.make_model(helper.make_graph(list(nodes), "g", [x], [y], held)).SerializeToString()


@pytest.mark.parametrize("kind", ["Conv", "LSTM", "GRU", "RNN", "Scan", "Attention", "LayerNormalization", "MaxPool"])
def test_in_onnx_files_a_layer_that_is_one_node_is_named_as_onnx_names_it(kind):
    branch = helper.make_node("Add", ["x", "x"], ["y"])
    other = helper.make_node(kind, ["x", "W"], ["h"])
    assert f"it has a {kind} layer; " in refused(graph(branch, other, W=ONES), "a.onnx")


@pytest.mark.parametrize(
    ("weights", "layer"),
    [
        ("encoder.layers.0.self_attn.in_proj_weight", "an attention, as in a transformer,"),
        ("lstm.weight_ih_l0", "a recurrent"),
    ],
)
def test_in_onnx_files_an_attention_in_many_small_nodes_is_told_by_its_names(weights, layer):
    nodes = [
        helper.make_node("MatMul", ["x", weights], ["q"]),
        helper.make_node("MatMul", ["x", weights], ["k"]),
        helper.make_node("MatMul", ["q", "k"], ["y"]),
    ]
    assert f"it has {layer} layer; " in refused(graph(*nodes, **{weights: ONES}), "a.onnx")


def test_in_onnx_files_names_that_are_no_text_are_no_trouble():
    data = graph(helper.make_node("Add", ["x", "x"], ["y"], name="AAAA"), W=ONES).replace(b"AAAA", b"\xff\xfe\xff\xfe")
    assert refused(data, "a.onnx")


def test_a_dense_network_whose_weights_have_such_names_opens():
    nodes = [helper.make_node("MatMul", ["x", "embedding_of_conv"], ["y"])]
    assert files.read(graph(*nodes, embedding_of_conv=ONES), "a.onnx").sizes == (4, 4)


def test_the_files_that_are_changed_here_open_unchanged():
    with zipfile.ZipFile(DATA / "keras.keras") as archive:
        assert json.loads(archive.read("config.json"))["class_name"] == "Sequential"
    assert files.read((DATA / "keras_functional.keras").read_bytes(), "a.keras").sizes == (64, 9, 7, 10)
