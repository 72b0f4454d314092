"""PyTorch's names put in order, and other layers refused by them."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from nnviz import files


def test_layers_are_ordered_as_people_count_or_as_their_shapes_fit():
    numbered = {f"fc{k}.weight": np.full((4, 4), k, np.float32) for k in (1, 2, 10)}
    network = files.read(save(numbered), "a.safetensors", ["relu"] * 3)
    assert [layer.W[0, 0] for layer in network.layers] == [1, 2, 10]
    shaped = {"out.weight": np.ones((3, 5), np.float32), "tail.weight": np.ones((5, 4), np.float32)}
    assert files.read(save(shaped), "a.safetensors", ["relu"] * 2).sizes == (4, 5, 3)
    unclear = {"one.weight": np.ones((4, 4), np.float32), "two.weight": np.ones((4, 4), np.float32)}
    with pytest.raises(ValueError, match="more than one order"):
        files.read(save(unclear), "a.safetensors", ["relu"] * 2)


def test_numbers_of_16_bits_are_read_too():
    W = np.array([[1.5, -2], [0.25, 3]], np.float32)
    header = json.dumps({"0.weight": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    bf16 = len(header).to_bytes(8, "little") + header + (W.view("<u4") >> 16).astype("<u2").tobytes()
    for data in (bf16, save({"0.weight": W.astype(np.float16)})):
        network = files.read(data, "a.safetensors", ["identity"], shape=(1, 2))
        assert network.layers[0].W.tolist() == W.tolist()


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"conv1.weight": np.ones((4, 1, 3, 3))}, '"conv1.weight", of a convolutional layer; nnviz opens dense'),
        ({"features.0.weight": np.ones((4, 1, 3, 3))}, "of a convolutional layer"),
        ({"rnn.weight_ih_l0": np.ones((4, 4))}, "of a recurrent layer"),
        ({"encoder.self_attn.in_proj_weight": np.ones((4, 4))}, "of an attention, as in a transformer, layer"),
        ({"bn.running_mean": np.ones(4)}, "of a batch normalisation layer"),
        ({"embedding.weight": np.ones((4, 4))}, "of an embedding layer"),
        ({"0.weight": np.ones((4, 4)), "1.bias": np.ones(4)}, "expected 0.weight, 0.bias and so on"),
        ({"0.weight": np.ones((4, 4), np.int32)}, '"0.weight"; nnviz opens'),
        ({"0.weight": np.ones((4, 4)), "0.bias": np.ones(3)}, r"W1 has shape \(4, 4\) and b1 \(3,\)"),
        ({"0.weight": np.ones((4, 4)), "2.weight": np.ones((4, 5))}, "takes 5 inputs, but the layer before has 4"),
        ({"in.weight": np.ones((4, 4)), "out.weight": np.ones((7, 5))}, "fit together in no order"),
        ({f"{k}.weight": np.ones((4, 4)) for k in range(7)}, "7 layers; expected at most 6"),
        ({"0.weight": np.full((4, 4), np.nan)}, "NaN or infinite"),
        ({}, "holds the arrays none"),
    ],
)
def test_safetensors_of_other_layers_are_refused_by_name(arrays, says):
    with pytest.raises(ValueError, match=says):
        files.read(save(arrays), "a.safetensors", ["relu"] * max(1, len(arrays)))
