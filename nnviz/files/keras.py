"""Networks in Keras's .keras and .h5 files; TensorFlow is not needed, and no code in them is run."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnviz.archives import check_directory
from nnviz.files.chain import MOST_LAYERS, OPENS, Activate, Dense, Refused, Rescale, Step, foreign, picture_shape
from nnviz.files.chain import network as made
from nnviz.network import Network
from nnviz.sentences import quoted

LONGEST_CONFIG, LARGEST_WEIGHTS = 400_000, 16_000_000  # bytes
MOST_NUMBERS = 4_000_000  # of all layers together; the largest network nnviz explores has 3,180,094
SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_MEMBERS = 100  # of one group
SKIPPED = ("InputLayer", "Flatten", "Dropout", "Reshape", "ActivityRegularization", "GaussianNoise", "GaussianDropout")
WITHOUT_WEIGHTS = ("Rescaling", "Activation", "Softmax", "LeakyReLU", "ReLU")
MERGING = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
NAMES = {"linear": "identity", "relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax"}
Weights = Callable[[int, str], tuple[np.ndarray, np.ndarray | None]]  # of the n-th dense layer, with its name


def read_zip(data: bytes) -> Network:
    """Read a network from the bytes of a .keras file."""
    check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            config = _member(archive, "config.json", LONGEST_CONFIG)
            weights = _member(archive, "model.weights.h5", LARGEST_WEIGHTS)
    except Refused:
        raise
    except Exception as error:  # whatever a stranger's file sets off in the zip and deflate readers
        raise Refused("it is damaged or not a .keras file") from error
    return _read(weights, lambda file: (config, lambda number, _: _by_number(file, number)))


def read_h5(data: bytes) -> Network:
    """Read a network from the bytes of Keras's older .h5 file."""
    return _read(data, lambda file: (_attribute(file), lambda _, name: _by_name(file, name)))


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    entry = archive.getinfo(name)
    if entry.file_size > most or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"its {name} is {entry.file_size / 1e6:,.1f} MB; expected at most {most / 1e6:.1f} MB")
    with archive.open(entry) as member:
        return member.read(most)


def _read(data: bytes, parts: Callable[[Any], tuple[bytes | str, Weights]]) -> Network:
    import h5py

    if not data.startswith(SIGNATURE):  # of nothing at all the library would make a new file
        raise Refused("it is damaged or not a file of Keras's")
    try:
        with h5py.File.in_memory(data) as file:
            config, weights = parts(file)
            return _network(json.loads(config), weights)
    except Refused:
        raise
    except Exception as error:  # whatever a stranger's file sets off in the HDF5 library and among its names
        raise Refused("it is damaged or not a file of Keras's") from error


# ---- layers


def _network(config: Mapping[str, Any], weights: Weights) -> Network:
    model = config["config"]
    layers = model if isinstance(model, list) else model["layers"]  # a list in the oldest files
    if len(layers) > MOST_MEMBERS:
        raise Refused(f"it has {len(layers)} layers; {OPENS}, at most six")
    for layer in layers:  # named before it is said that layers branch, as all do around an attention
        if layer["class_name"] not in ("Dense", *SKIPPED, *WITHOUT_WEIGHTS, *MERGING):
            raise foreign(str(layer["class_name"]))
    _check_chain(layers)
    steps: list[Step] = []
    shape, dense, numbers = None, 0, 0
    for layer in layers:
        kind, about = str(layer["class_name"]), layer["config"]
        if shape is None and not dense:
            shape = _shape(about, layer)
        if kind == "Dense":
            W, b = weights(dense, str(about["name"]))
            if W.ndim != 2 or W.shape[1] != about["units"]:
                raise Refused(f"{quoted(about['name'], 30)} is to be of {quoted(about['units'], 9)[1:-1]} neurons; "
                              f"its weights are of shape {str(W.shape)[:40]}")  # fmt: skip
            steps.append(Dense(W.T, np.zeros(W.shape[-1], np.float32) if b is None else b))
            steps.append(_activation(about["activation"]))
            dense, numbers = dense + 1, numbers + W.size
            if dense > MOST_LAYERS or numbers > MOST_NUMBERS:
                raise Refused(f"it has more than {MOST_LAYERS} dense layers, or {MOST_NUMBERS:,} weights")
        else:
            steps += _besides(kind, about, dense)
    return made(steps, shape)


def _besides(kind: str, about: Mapping[str, Any], dense: int) -> list[Step]:
    """Say what a layer without weights does: at most one step."""
    if kind in SKIPPED:
        if kind == "Reshape" and dense:
            raise Refused(f"it reshapes numbers between its layers; {OPENS}")
        return []
    if kind == "Rescaling":
        return [Rescale(np.array([float(about["scale"])]), np.array([float(about["offset"])]))]
    if kind == "Activation":
        return [_activation(about["activation"])]
    if kind == "Softmax" and about.get("axis", -1) in (-1, 1, [-1]):
        return [Activate("softmax")]
    if kind == "LeakyReLU":
        return [Activate("leaky relu", float(about.get("negative_slope", about.get("alpha", 0.3))))]
    if kind == "ReLU" and about.get("max_value") is None and not about.get("threshold"):
        leak = float(about.get("negative_slope") or 0)
        return [Activate("leaky relu", leak) if leak else Activate("relu")]
    raise foreign(kind)


def _activation(name: Any) -> Activate:
    if name is None:
        return Activate("identity")
    if name == "leaky_relu":
        return Activate("leaky relu", 0.2)  # Keras's own, as a function; its layer LeakyReLU has 0.3
    if not isinstance(name, str) or name not in NAMES:
        known = name if isinstance(name, str) else (name.get("class_name") if isinstance(name, dict) else name)
        raise Refused(f"it has the activation {quoted(known, 20)}; {OPENS}")
    return Activate(NAMES[name])


def _shape(about: Mapping[str, Any], layer: Mapping[str, Any]) -> tuple[int, int] | None:
    said = (
        about.get("batch_shape") or about.get("batch_input_shape") or layer.get("build_config", {}).get("input_shape")
    )
    return picture_shape(said[1:]) if isinstance(said, list) else None


def _check_chain(layers: Sequence[Mapping[str, Any]]) -> None:
    """Refuse layers that are not one after the other, where the file says what each takes."""
    for before, after in pairwise(layers):
        if "inbound_nodes" in after and list(_sources(after["inbound_nodes"])) != [before.get("name")]:
            raise Refused(f"its layers branch or meet at {quoted(after.get('name'), 30)}; {OPENS}, one after the other")


def _sources(nodes: Any) -> Iterator[str]:
    """Find the layers named in a node: ["flatten", 0, 0], however deep."""
    if isinstance(nodes, list) and len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int):
        yield nodes[0]
    elif isinstance(nodes, list | dict):
        for each in nodes.values() if isinstance(nodes, dict) else nodes:
            yield from _sources(each)


# ---- weights


def _by_number(file: Any, number: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Find the n-th dense layer's weights where .keras files keep them."""
    name = f"dense_{number}" if number else "dense"
    group = _inside(_inside(_inside(file, "layers"), name), "vars")
    return _numbers(_inside(group, "0")), _numbers(_inside(group, "1")) if "1" in group else None


def _by_name(file: Any, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Find a layer's weights by its name where .h5 files keep them, in a group or in groups of it."""
    found = {
        place.rpartition("/")[2].partition(":")[0]: each
        for place, each in _datasets(_inside(_inside(file, "model_weights"), name), depth=5)
    }
    return _numbers(found["kernel"]), _numbers(found["bias"]) if "bias" in found else None


def _inside(group: Any, name: str) -> Any:
    """Open a member of a group, unless it is a link: that could lead into another file."""
    import h5py

    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise Refused("it points to other files; expected its weights in it")
    return group[name]


def _datasets(group: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if len(group) > MOST_MEMBERS:
        raise Refused(f"a layer of it holds {len(group):,} things; expected weights and biases")
    for name in group:
        each = _inside(group, name)
        if hasattr(each, "keys"):
            if depth:
                yield from _datasets(each, depth - 1)
        else:
            yield name, each


def _numbers(dataset: Any) -> np.ndarray:
    """Read an array, unless it is packed, far too large, or kept in another file."""
    plain = dataset.chunks is None and not dataset.is_virtual and not dataset.external
    if not plain or dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
        raise Refused("its weights are packed, or are no floating-point numbers; expected them as Keras saves them")
    if dataset.size > MOST_NUMBERS:
        raise Refused(f"one of its arrays has {dataset.size:,} numbers; expected far fewer")
    return np.asarray(dataset[()])


def _attribute(file: Any) -> bytes | str:
    if "model_config" not in file.attrs:
        raise Refused('it holds weights without their layers; write both by model.save("model.keras")')
    text = file.attrs["model_config"]
    if not isinstance(text, bytes | str) or len(text) > LONGEST_CONFIG:
        raise Refused("what it says about its layers is too long, or is not text")
    return text
