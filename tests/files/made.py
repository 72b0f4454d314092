"""What the tests of files share: the frameworks' files, and files made to be read or refused."""

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from nnviz import archives, files

DATA = Path(__file__).parents[1] / "data"
RNG = np.random.default_rng(0)
CHOSEN = {
    "torch.safetensors": ["relu", "softmax"],
    "torch_mixed.safetensors": ["leaky relu 0.2", "sigmoid", "identity"],
    "torch_named.safetensors": ["tanh", "tanh", "identity"],
}
WRITTEN = sorted(path.name for path in DATA.iterdir() if path.suffix in files.KINDS and path.name != "said.npz")


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


def graph(*nodes, constants=(), given=("n", 4), gives="y", **more):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, given)
    y = helper.make_tensor_value_info(gives, TensorProto.FLOAT, None)
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(constants).items()]
    return helper.make_model(helper.make_graph(list(nodes), "g", [x], [y], held), **more).SerializeToString()


def node(kind, *names, **about):
    return helper.make_node(kind, list(names[:-1]), [names[-1]], **about)
