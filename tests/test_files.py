"""Files written by PyTorch, Keras and scikit-learn against what those say themselves; and files to be refused."""

import io
import json
import pickle
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from nnviz import archives, files
from nnviz.files import wire
from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation

DATA, EXAMPLES = Path(__file__).parent / "data", ASSETS / "examples"
RNG = np.random.default_rng(0)
CHOSEN = {
    "torch.safetensors": ["relu", "softmax"],
    "torch_mixed.safetensors": ["leaky relu 0.2", "sigmoid", "identity"],
    "torch_named.safetensors": ["tanh", "tanh", "identity"],
}
WRITTEN = sorted(path.name for path in DATA.iterdir() if path.suffix in files.KINDS and path.name != "said.npz")


@pytest.fixture(scope="module")
def said():
    with np.load(DATA / "said.npz") as arrays:
        return dict(arrays)


def opened(name, **choices):
    return files.read((DATA / name).read_bytes(), name, CHOSEN.get(name), **choices)


def npz(**arrays):
    return archives.pack_arrays(**arrays)


def weights(*sizes):
    return [
        (RNG.normal(size=(m, n)).astype(np.float32), RNG.normal(size=m).astype(np.float32)) for n, m in pairwise(sizes)
    ]


def many_entries():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(1001):
            archive.writestr(str(k), b"")
    return file.getvalue()


# ---- what the frameworks wrote


def test_every_kind_of_file_is_among_those_the_frameworks_wrote(said):
    assert {Path(name).suffix for name in WRITTEN} == {".safetensors", ".onnx", ".keras", ".h5"}
    assert sorted(said) == sorted([*WRITTEN, "pictures"])
    assert len(said["pictures"]) == 10


@pytest.mark.parametrize("name", WRITTEN)
def test_the_network_says_of_ten_pictures_what_the_framework_said_that_wrote_it(name, said):
    network = opened(name)
    output = network.forward(network.preparation.scaled(said["pictures"])).output
    assert output == pytest.approx(said[name], abs=1e-5)
    assert np.ptp(said[name], axis=0).max() > 0.01  # the ten are not all alike
    assert network.shape == (8, 8)


def test_a_file_of_nnvizs_own_gives_the_network_that_was_saved(tmp_path):
    layers = [Layer(*pair, name) for pair, name in zip(weights(12, 5, 3), ("relu", "softmax"), strict=True)]
    before = Network(tuple(layers), (3, 4), ("a", "b", "c"), Preparation("as drawn", True, 0.5, 0.25))
    before.save(tmp_path / "own.npz")
    after = files.read((tmp_path / "own.npz").read_bytes(), "own.npz")
    x = RNG.random((4, 12))
    assert (after.forward(x).output == before.forward(x).output).all()
    assert (after.shape, after.classes, after.preparation) == (before.shape, before.classes, before.preparation)


@pytest.mark.parametrize("name", ["smooth", "plain"])
def test_a_shipped_network_comes_through_the_door_as_it_comes_from_load(name):
    path = ASSETS / "networks" / f"{name}.npz"
    x = load("test").x[:50]
    network = files.read(path.read_bytes(), path.name)
    assert (network.forward(x).output == Network.load(path).forward(x).output).all()
    assert network.preparation == Preparation()


def test_scikit_learns_names_of_classes_are_kept():
    assert opened("sklearn_names.onnx").classes[:3] == ("eight", "five", "four")


def test_the_examples_open_and_read_what_they_were_trained_on():
    from sklearn.datasets import load_digits

    digits, test = load_digits(), load("test")
    small = files.read((EXAMPLES / "digits-8x8.onnx").read_bytes(), "digits-8x8.onnx")
    assert (small.forward(digits.data[1300:] / 16).prediction == digits.target[1300:]).mean() > 0.9
    for name, chosen in (("mnist.keras", None), ("mnist.safetensors", ["relu", "softmax"])):
        network = files.read((EXAMPLES / name).read_bytes(), name, chosen)
        assert (network.forward(test.x).prediction == test.labels).mean() > 0.92
        assert (network.shape, network.preparation) == ((28, 28), Preparation())


# ---- what must be chosen


def test_safetensors_ask_which_activations_and_take_the_answer():
    with pytest.raises(files.Unsaid, match="which activation follows each of its 2 layers") as asked:
        files.read((DATA / "torch.safetensors").read_bytes(), "torch.safetensors")
    assert (asked.value.what, asked.value.sizes) == ("activations", (64, 12, 10))
    chosen = files.read((DATA / "torch.safetensors").read_bytes(), "torch.safetensors", ["tanh", "identity"])
    assert [layer.activation for layer in chosen.layers] == ["tanh", "identity"]


def test_inputs_that_make_no_square_ask_for_rows_and_columns():
    (W, b), name = weights(15, 3)[0], "own.npz"
    with pytest.raises(files.Unsaid, match="15 inputs make up a picture") as asked:
        files.read(npz(W1=W, b1=b), name)
    assert asked.value.what == "shape"
    assert files.read(npz(W1=W, b1=b), name, shape=(3, 5)).shape == (3, 5)
    with pytest.raises(ValueError, match="4 x 5 pixels, but it has 15 inputs"):
        files.read(npz(W1=W, b1=b), name, shape=(4, 5))


def test_what_is_chosen_counts_whatever_the_file_says():
    network = opened("sklearn.onnx", preparation=Preparation("as drawn", True))
    assert network.preparation == Preparation("as drawn", True)
    data = (DATA / "sklearn.onnx").read_bytes()
    assert [each.activation for each in files.read(data, "a.onnx", ["tanh", "identity"]).layers] == ["tanh", "identity"]
    with pytest.raises(ValueError, match="has 2 layers, but"):
        files.read(data, "a.onnx", ["tanh"])


# ---- safetensors


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


# ---- onnx


def graph(*nodes, constants=(), given=("n", 4), gives="y", **more):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, given)
    y = helper.make_tensor_value_info(gives, TensorProto.FLOAT, None)
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(constants).items()]
    return helper.make_model(helper.make_graph(list(nodes), "g", [x], [y], held), **more).SerializeToString()


def node(kind, *names, **about):
    return helper.make_node(kind, list(names[:-1]), [names[-1]], **about)


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


# ---- Keras


def changed(name, change, where="config.json"):
    """Change the configuration of a .keras file."""
    file = io.BytesIO()
    with zipfile.ZipFile(DATA / name) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "config.json":
                config = json.loads(body)
                change(config["config"]["layers"])
                body = json.dumps(config).encode()
            new.writestr(entry.filename, body)
    return file.getvalue()


def layer_with(**about):
    return lambda layers: layers[3]["config"].update(about)


def conv(layers):
    layers[2] = {"class_name": "Conv2D", "config": {"name": "conv"}}


def rescaled(scale, offset=0.0):
    return lambda layers: layers[1]["config"].update(scale=scale, offset=offset)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (conv, "it has a Conv2D layer; nnviz opens dense"),
        (layer_with(activation="gelu"), 'the activation "gelu"'),
        (layer_with(activation={"class_name": "function", "config": "mine"}), "the activation"),
        (lambda layers: layers.pop(3), r'"dense_1" is to be of 10 neurons; its weights are of shape \(64, 12\)'),
        (lambda layers: layers.clear(), "no dense layer"),
        (rescaled(0.0), "rescales its pictures with 0"),
        (rescaled("x"), "damaged"),
        (lambda layers: layers[0]["config"].update(batch_shape=[None, 8, 8, 3]), "8 x 8 x 3 numbers; expected grey"),
    ],
)
def test_keras_files_of_other_layers_are_refused_by_name(change, says):
    with pytest.raises(ValueError, match=says):
        files.read(changed("keras.keras", change), "a.keras")


@pytest.mark.parametrize(
    ("scale", "offset", "mean", "deviation"),
    [
        (1 / 255, 0, 0, 1),
        (1 / 16, 0, 0, 1),
        (1 / 127.5, -1, 0.5, 0.5),
        (1 / (255 * 0.3081), -0.1307 / 0.3081, 0.1307, 0.3081),
    ],
)
def test_what_keras_rescales_becomes_mean_and_deviation_of_the_picture(scale, offset, mean, deviation):
    found = files.read(changed("keras.keras", rescaled(scale, offset)), "a.keras").preparation
    assert (found.mean, found.deviation) == (pytest.approx(mean), pytest.approx(deviation))


def test_an_h5_file_named_as_keras_2_named_things_opens():
    (W, b), about = weights(64, 3)[0], {"name": "d", "units": 3, "activation": "sigmoid"}
    layers = [{"class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [None, 4, 16]}},
              {"class_name": "Dense", "config": about}]  # fmt: skip
    with h5py.File.in_memory() as file:
        file["model_weights/d/d/kernel:0"], file["model_weights/d/d/bias:0"] = W.T, b
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode()
        file.flush()
        network = files.read(file.id.get_file_image(), "a.h5")
    assert (network.layers[0].W == W).all()
    assert (network.layers[0].b == b).all()
    assert (network.shape, network.layers[0].activation) == ((4, 16), "sigmoid")


def test_weights_without_their_layers_say_how_to_save_both():
    with zipfile.ZipFile(DATA / "keras.keras") as archive:
        alone = archive.read("model.weights.h5")
    with pytest.raises(ValueError, match=r'weights without their layers; write both by model\.save\("model\.keras"\)'):
        files.read(alone, "model.weights.h5")


def test_a_dense_layers_own_leaky_relu_leaks_as_keras_documents_it():
    layer = files.read(changed("keras.keras", layer_with(activation="leaky_relu")), "a.keras").layers[0]
    assert (layer.activation, layer.leak) == ("leaky relu", 0.2)


def test_branches_of_a_keras_model_are_refused():
    def branch(layers):
        layers[3]["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = "input_layer_1"

    with pytest.raises(ValueError, match='branch or meet at "leaky_re_lu"'):
        files.read(changed("keras_functional.keras", branch), "a.keras")


def test_links_out_of_an_hdf5_file_and_packed_or_foreign_arrays_are_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.ones((64, 12), np.float32)
    whole = (DATA / "keras.h5").read_bytes()

    def with_kernel(put):
        path = tmp_path / "a.h5"
        path.write_bytes(whole)
        with h5py.File(path, "a") as file:
            group = file["model_weights/dense/sequential/dense"]
            del group["kernel"]
            put(group)
        return path.read_bytes()

    def virtual(group):
        layout = h5py.VirtualLayout((64, 12), np.float32)
        layout[:] = h5py.VirtualSource(str(secret), "kernel", (64, 12))
        group.create_virtual_dataset("kernel", layout)

    puts = {
        "leads elsewhere": lambda group: group.__setitem__("kernel", h5py.ExternalLink(str(secret), "kernel")),
        "are packed": lambda group: group.create_dataset("kernel", (64, 12), "f4", compression="gzip"),
        "are packed, ": virtual,
        "or are no floating": lambda group: group.create_dataset(
            "kernel", (64, 12), "f4", external=[(str(secret), 0, 64 * 12 * 4)]
        ),
        "large|fewer": lambda group: group.create_dataset("kernel", (10**6, 10**3), "f4"),
    }
    for says, put in puts.items():
        with pytest.raises(ValueError, match=says):
            files.read(with_kernel(put), "a.h5")


# ---- whatever the kind


@pytest.mark.parametrize("data", [pickle.dumps({"0.weight": 1}), many_entries(), b""])  # PyTorch wraps them in a zip
@pytest.mark.parametrize("ending", ["pt", "pth", "pkl", "joblib"])
def test_a_pickle_stays_shut_and_the_sentence_shows_the_two_lines_that_convert_it(ending, data):
    with pytest.raises(files.Pickled, match=r"could run code.*Convert it: from .* import .*; .*model\.") as refused:
        files.read(data, f"model.{ending}")
    assert len(refused.value.lines) == 2
    assert len(str(refused.value)) <= 200


def test_a_pickle_by_another_name_stays_shut_too():
    with pytest.raises(ValueError, match="could run code"):
        files.read(pickle.dumps([1]), "model.h5")


LARGE = {
    "7 layers": weights(4, *[4] * 7),
    "513 neurons": weights(4, 513, 3),
    "63 outputs": weights(4, 5, 63),
    "1 outputs": weights(4, 1),
    "4,225 numbers": weights(65 * 65, 2),
}


@pytest.mark.parametrize("says", LARGE)
def test_a_network_too_large_to_explore_is_refused(says):
    arrays = {}
    for number, (W, b) in enumerate(LARGE[says], start=1):
        arrays[f"W{number}"], arrays[f"b{number}"] = W, b
    with pytest.raises(ValueError, match=says):
        files.read(npz(**arrays), "a.npz")


def test_the_largest_network_that_is_explored_comes_in():
    sizes = (64 * 64, *[512] * 5, 62)
    arrays = {}
    for number, (n, m) in enumerate(pairwise(sizes), start=1):
        arrays[f"W{number}"], arrays[f"b{number}"] = np.ones((m, n), np.float32), np.ones(m, np.float32)
    assert files.read(npz(**arrays), "a.npz").sizes == sizes


@pytest.mark.parametrize("name", ["a.txt", "a", "", "a.npz.exe"])
def test_a_name_of_another_kind_is_refused_with_those_that_open(name):
    with pytest.raises(ValueError, match=r"expected \.npz, \.safetensors, \.onnx, \.keras, \.h5"):
        files.read(b"", name)


@pytest.mark.parametrize("ending", files.KINDS)
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"hello, I am text", (DATA / "torch.onnx").read_bytes()[:900]])
def test_rubbish_is_called_damaged_whatever_its_name(ending, data):
    with pytest.raises(ValueError, match="damaged"):
        files.read(data, f"a{ending}")


@pytest.mark.parametrize("name", ["a" * 300 + "\n.npz", "\u202e\0.npz"])
def test_the_sentence_stays_short_and_on_one_line_whatever_the_name(name):
    with pytest.raises(ValueError, match="cannot be opened") as refused:
        files.read(b"x", name)
    assert len(str(refused.value)) <= 200
    assert str(refused.value).isprintable()


def test_a_file_of_more_than_16_mb_is_refused():
    with pytest.raises(ValueError, match=r"16\.0 MB large; expected at most 16 MB"):
        files.read(bytes(16_000_001), "a.onnx")


def test_no_files_library_is_loaded_before_a_file_of_its_kind_comes():
    program = "import sys, nnviz.network, nnviz.files; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"onnx", "h5py", "safetensors", "google.protobuf"} == set()


# ---- hostile files


def listing(**about):
    """Write an ONNX model with one array that says such things of itself."""
    model = onnx.load_model_from_string(graph(node("Identity", "x", "y")))
    model.graph.initializer.append(TensorProto(name="w", **about))
    return model.SerializeToString()


def wide(count, *shape, members=1):
    """Write a .h5 file of dense layers whose weights take room only once they are read."""
    about = {"units": shape[-1], "activation": "relu"}
    layers = [{"class_name": "Dense", "config": {"name": f"d{k}", **about}} for k in range(count)]
    with h5py.File.in_memory() as file:
        for k in range(count):
            file.create_dataset(f"model_weights/d{k}/kernel", shape, "f4")
            for member in range(members - 1):
                file.create_group(f"model_weights/d{k}/{member}")
        file.attrs["model_config"] = json.dumps({"config": {"layers": layers}})
        file.flush()
        return file.id.get_file_image()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (many_entries(), "a.npz", "1,001 entries; expected at most 1,000"),
        (many_entries(), "a.keras", "1,001 entries; expected at most 1,000"),
        (listing(data_type=TensorProto.STRING, string_data=[b""] * 3000), "a.onnx", "more than 2,000 parts"),
        (
            listing(data_type=TensorProto.INT64, dims=[500_000], int64_data=[1] * 500_000),
            "a.onnx",
            "besides its weights",
        ),
        (listing(data_type=TensorProto.INT64, dims=[20_000], int64_data=[1] * 20_000), "a.onnx", "whole numbers"),
        (wide(7, 64, 64), "a.h5", "more than 6 dense layers"),
        (wide(5, 1000, 1000), "a.h5", "or 4,000,000 weights"),
        (wide(1, 4096, 1000), "a.h5", "of 4,096,000 numbers; expected far fewer"),
        (wide(1, 4, 4, members=101), "a.h5", "holds 101 things"),
        (b"\xff\xff\xff\x00\x00\x00\x00\x00" + bytes(2**24), "a.safetensors", "MB large"),
        ((200_000).to_bytes(8, "little") + b" " * 200_000, "a.safetensors", "list of arrays is 200 kB long"),
    ],
)
def test_what_would_take_much_room_or_time_is_refused_before_it_does(data, name, says):
    with pytest.raises(ValueError, match=says):
        files.read(data, name)
