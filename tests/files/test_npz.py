"""nnviz's own files: what is saved comes back the same; what is wrong or made to do harm is refused with what it is."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from nnviz import files
from nnviz.export import link
from nnviz.mnist import ASSETS
from nnviz.network import Network
from tests.test_surgery import SMOOTH, random_network


def arrays(**changes):
    good = {f"{kind}{i}": a for i, layer in enumerate(SMOOTH.layers, 1) for kind, a in (("W", layer.W), ("b", layer.b))}
    return {name: array for name, array in {**good, **changes}.items() if array is not None}


def npz(entries):
    file = io.BytesIO()
    np.savez_compressed(file, **entries)
    return file.getvalue()


def test_a_saved_network_comes_back_the_same_and_opens_as_a_shipped_one(tmp_path):
    network = random_network(784, 7, 5, 6, 10)
    (tmp_path / "mine.npz").write_bytes(link.network_bytes(network))
    for again in (files.read(link.network_bytes(network), "mine.npz"), Network.load(tmp_path / "mine.npz")):
        for ours, theirs in zip(again.layers, network.layers, strict=True):
            assert (ours.W == theirs.W).all()
            assert (ours.b == theirs.b).all()


def test_the_shipped_files_can_be_loaded_as_they_are():
    for name in ("smooth", "rough", "plain", "untrained"):
        data = (ASSETS / "networks" / f"{name}.npz").read_bytes()
        assert files.read(data, f"{name}.npz").parameter_count == 13_002


def with_header(shape):
    """An archive whose one array promises far more numbers than it holds."""
    entry = io.BytesIO()
    np.lib.format.write_array_header_1_0(entry, {"descr": "<f4", "fortran_order": False, "shape": shape})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("W1.npy", entry.getvalue())
    return file.getvalue()


def broken():
    """A byte of the deflated numbers changed, and one that marks the file as encrypted."""
    whole = npz(arrays())
    yield whole[:5000] + bytes([whole[5000] ^ 255]) + whole[5001:]
    place = whole.index(b"PK\x01\x02")
    yield whole[:6] + b"\x01" + whole[7 : place + 8] + b"\x01" + whole[place + 9 :]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", r"damaged or not an \.npz"),
        (pickle.dumps(SMOOTH.layers[0].W), "a pickle and could run code"),
        (npz(arrays())[:-200], "damaged"),
        *((data, "damaged") for data in broken()),
        (with_header((10**13,)), "expected a far smaller one"),
        (npz(arrays(b1=np.array([{}], object))), "pickled objects"),
        (npz(arrays(b3=None)), "expected W1, b1, W2, b2"),
        (npz(arrays(W1=np.zeros((16, 784), int))), "not of floating-point numbers"),
        (npz(arrays(W2=np.ones((16, 15), np.float32))), "takes 15 inputs, but the layer before has 16"),
        (npz(arrays(b2=np.full(16, np.nan, np.float32))), "W2 or b2 holds NaN or infinite"),
        (npz(arrays(b2=np.full(16, 1e300))), "W2 or b2 holds NaN or infinite"),
        (npz({"W1": np.zeros((0, 784)), "b1": np.zeros(0), "W2": np.zeros((10, 0)), "b2": np.zeros(10)}), "0 neurons"),
        (npz({f"W{k}": np.zeros(1) for k in range(41)}), "holds 41 arrays; expected at most 40"),
        (npz({"W" * 41: np.zeros(1)}), "a name of more than 40 characters"),
        (bytes(16_000_001), "16.0 MB; expected at most 16 MB"),
    ],
)
def test_a_wrong_network_file_is_refused_with_what_is_wrong(data, says):
    with pytest.raises(ValueError, match=says):
        files.read(data, "strange.npz")


def test_a_file_that_would_unpack_to_24_megabytes_is_refused_before_it_does(monkeypatch):
    bomb = npz({"W1": np.zeros((1, 6_000_000), np.float32)})
    monkeypatch.setattr(np, "load", None)
    assert len(bomb) < 5_000_000
    with pytest.raises(ValueError, match=r"24\.0 MB unpacked; expected at most 20 MB"):
        files.read(bomb, "bomb.npz")
