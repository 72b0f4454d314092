"""A painted neuron in a link and in a file: read again to the last thousandth, and refused when damaged."""

import base64
import io
import pickle
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.export import link
from nnviz.study import build

painted = arrays(np.int16, (28, 28), elements=st.integers(-4000, 4000), fill=st.integers(-1000, 1000))
biases = st.floats(-3136, 3136, width=32)


@settings(deadline=None, max_examples=60)
@given(painted, biases)
def test_every_neuron_survives_a_link_and_a_file_to_the_last_thousandth(levels, bias):
    for weights, b in (
        link.decode_neuron(link.encode_neuron(levels / 1000, bias)),
        link.load_neuron(link.neuron_bytes(levels / 1000, bias)),
    ):
        assert (weights == (levels / 1000).astype(np.float32)).all()
        assert b == bias


@pytest.mark.parametrize("name", build.PATTERNS)
def test_a_painted_neuron_takes_a_few_hundred_characters(name):
    assert len(link.encode_neuron(build.PATTERNS[name](), -8)) < 400


def test_even_noise_fits_the_longest_text():
    weights = np.random.default_rng(0).uniform(-4, 4, (28, 28))
    assert (link.decode_neuron(link.encode_neuron(weights, 1))[0] == build.quantize(weights)).all()


OLD = "1.7BV6Z3jaY2BgOMgwnMALOKCe3CgYBUMVMMMB9eRGwYgCALqsHEw"  # region() with the bias -8, as nnviz 0.2 wrote it


def test_a_neuron_written_by_the_first_version_is_read_forever():
    weights, bias = link.decode_neuron(OLD)
    assert (weights == build.region()).all()
    assert bias == -8


@settings(deadline=None)
@given(st.data())
def test_one_changed_character_is_refused(data):
    text = link.encode_neuron(build.bar(), -8)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDwxyz0189-_.").filter(lambda c: c != text[place]))
    with pytest.raises(ValueError, match="it "):
        link.decode_neuron(text[:place] + letter + text[place + 1 :])


@given(st.text(max_size=60) | st.integers(1, 60).map(lambda cut: link.encode_neuron(build.bar(), -8)[:-cut]))
def test_any_other_text_and_any_cut_is_refused(text):
    with pytest.raises(ValueError, match="it "):
        link.decode_neuron(text)


def test_a_picture_is_no_neuron_and_a_neuron_no_picture():
    with pytest.raises(ValueError, match="damaged"):
        link.decode_neuron(link.encode(np.zeros((28, 28))))
    with pytest.raises(ValueError, match="damaged"):
        link.decode(link.encode_neuron(build.bar(), 0))


@pytest.mark.parametrize(
    ("head", "body", "says"),
    [
        (np.array(np.nan, "<f4").tobytes(), bytes(1568), "the bias is nan"),
        (bytes(4), b"\x7f" * 1568, "the weights run from 32.639"),
        (bytes(4), bytes(500_000), "damaged"),
    ],
)
def test_a_link_made_on_purpose_with_a_right_checksum_is_refused_too(head, body, says):
    packed = zlib.compress(head + body)
    text = "1." + base64.urlsafe_b64encode(zlib.crc32(packed).to_bytes(4, "big") + packed).decode().rstrip("=")
    with pytest.raises(ValueError, match=says):
        link.decode_neuron(text)


def test_a_text_far_too_long_is_refused_unread():
    with pytest.raises(ValueError, match="100002 characters long; a neuron takes at most 2343"):
        link.decode_neuron("1." + "A" * 100_000)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


class Bomb:
    def __reduce__(self):
        return (open, ("exploded", "w"))


GOOD = {"w": np.zeros((28, 28), np.float32), "b": np.float32(1)}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", r"damaged or not an \.npz"),
        (b"GIF89a" * 50, r"damaged or not an \.npz"),
        (pickle.dumps(Bomb()), "pickled objects"),
        (npz(**GOOD)[:-30], "damaged"),
        (npz(**{**GOOD, "b": np.array(Bomb(), object)}), "pickled objects"),
        (npz(w=GOOD["w"]), 'holds the arrays "w"; expected b and w'),
        (npz(**GOOD, extra=np.ones(1)), "expected b and w"),
        (npz(**{**GOOD, "w": np.zeros(784)}), r"shape \(784,\); expected \(28, 28\)"),
        (npz(**{**GOOD, "w": np.full((28, 28), np.inf)}), "NaN or infinite"),
        (npz(**{**GOOD, "w": np.full((28, 28), 5.0)}), "expected within ±4"),
        (npz(**{**GOOD, "w": np.full((28, 28), "x")}), "expected numbers"),
        (npz(**{**GOOD, "b": np.zeros(1)}), "one for b"),
        (npz(**{**GOOD, "b": np.float32(np.nan)}), "the bias is nan"),
        (bytes(5_000_001), "5.0 MB; expected at most 5 MB"),
    ],
)
def test_a_wrong_neuron_file_is_refused_with_what_is_wrong(tmp_path, monkeypatch, data, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=says):
        link.load_neuron(data)
    assert not (tmp_path / "exploded").exists()


def test_a_neuron_file_is_small_and_opens_in_plain_numpy():
    data = link.neuron_bytes(build.ring(), -3)
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        assert (file["w"] == build.ring()).all()
        assert (file["b"].dtype, file["b"].shape, float(file["b"])) == (np.float32, (), -3)
    assert len(data) < 2_000
