"""What no kind of file may do: run code, be too large, take long, or be refused without a sentence."""

import json
import pickle
import subprocess
import sys
from itertools import pairwise

import h5py
import numpy as np
import onnx
import pytest
from onnx import TensorProto
from safetensors.numpy import save

from nnviz import files
from tests.files.made import DATA, graph, many_entries, node, npz, weights


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


@pytest.mark.parametrize(("kind", "opens"), [("relu", False), ("identity", False), ("tanh", True), ("sigmoid", True)])
def test_weights_that_would_overflow_on_the_way_are_refused_and_others_give_numbers(kind, opens):
    huge = save({f"{k}.weight": np.full((4, 4), 1e12, np.float32) for k in range(4)})
    if opens:
        assert np.isfinite(files.read(huge, "a.safetensors", [kind] * 3 + ["softmax"]).forward(np.ones(4)).output).all()
    else:
        with pytest.raises(ValueError, match=r"sums of layer 3 could reach 6e\+37; expected at most 1e\+30"):
            files.read(huge, "a.safetensors", [kind] * 3 + ["softmax"])


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
    with pytest.raises(ValueError, match=r"16\.0 MB; expected at most 16 MB"):
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
        (wide(1, 4096, 1000), "a.h5", "has 4,096,000 numbers; expected far fewer"),
        (wide(1, 4, 4, members=101), "a.h5", "holds 101 things"),
        (b"\xff\xff\xff\x00\x00\x00\x00\x00" + bytes(2**24), "a.safetensors", "MB; expected"),
        ((200_000).to_bytes(8, "little") + b" " * 200_000, "a.safetensors", "list of arrays is 200 kB long"),
    ],
)
def test_what_would_take_much_room_or_time_is_refused_before_it_does(data, name, says):
    with pytest.raises(ValueError, match=says):
        files.read(data, name)


def test_a_file_that_keeps_its_library_busy_for_ever_is_given_up():
    with pytest.raises(ValueError, match="takes for ever"):
        files.read((DATA / "endless.bin").read_bytes(), "endless.h5")
