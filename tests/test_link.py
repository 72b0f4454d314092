"""The picture in the link: every picture survives, every mangled text is refused."""

import base64
import io
import re
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz import files
from nnviz.export import link
from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network

DIGIT = load("test").images[0]
OLD = (  # this digit, as nnviz 0.1 wrote it
    "1.t5jPzXjaY2AYLiBk5_zpNirY5e79A4KPx6BglQmynHORR9Hix_8eAlX8evrvXw-GZkEnPmdnZ2vRN_-ycNkd_PeiEA4psZf_g3"
    "Fpa_z3TgeHlPXPf3a4tLX-282KQ4rz7A8rXNrq_m3DJeX9-4MlDinhu_-W4ZBiPv3vtjIOObV__3xxSMk_-FfMiNNr_0xwSNl-wi"
    "1X-e_fbQ2ccueFiE9FAFqHSBc"
)
pictures = arrays(np.uint8, (28, 28))


def packed(body):
    return "1." + base64.urlsafe_b64encode(zlib.crc32(body).to_bytes(4, "big") + body).decode().rstrip("=")


def test_the_bytes_are_deflated_behind_their_checksum():
    assert (link.decode(packed(zlib.compress(DIGIT.tobytes(), 1))) == np.float32(DIGIT / 255)).all()


@settings(deadline=None)
@given(pictures)
def test_every_picture_survives_to_the_last_grey_level(levels):
    assert (np.rint(link.decode(link.encode(levels / 255)) * 255) == levels).all()


def test_a_link_written_by_the_first_version_is_read_forever():
    assert (np.rint(link.decode(OLD) * 255) == DIGIT).all()


def test_pure_noise_still_fits_the_longest_text():
    assert len(link.encode(np.random.default_rng(0).random((28, 28)))) <= link.LONGEST


def test_a_digit_takes_a_few_hundred_characters():
    assert len(link.encode(DIGIT / 255)) < 400


@settings(deadline=None)
@given(st.data())
def test_one_changed_character_is_refused(data):
    text = link.encode(DIGIT / 255)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDwxyz0189-_.").filter(lambda c: c != text[place]))
    with pytest.raises(ValueError, match="it "):
        link.decode(text[:place] + letter + text[place + 1 :])


@given(st.integers(1, 200))
def test_a_text_cut_short_is_refused(cut):
    with pytest.raises(ValueError, match="it "):
        link.decode(link.encode(DIGIT / 255)[:-cut])


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError, match="it "):
        link.decode(text)


def test_a_bomb_that_unpacks_to_half_a_million_bytes_is_refused():
    with pytest.raises(ValueError, match="damaged"):
        link.decode(packed(zlib.compress(bytes(500_000), 9)))


def test_bytes_after_the_picture_are_refused():
    with pytest.raises(ValueError, match="damaged"):
        link.decode(packed(zlib.compress(DIGIT.tobytes()) + b"more"))


def test_another_version_is_refused():
    with pytest.raises(ValueError, match=r'begins with "1\."'):
        link.decode("2" + link.encode(DIGIT / 255)[1:])


# ---- turned knobs

SMOOTH = Network.load(ASSETS / "networks" / "smooth.npz")
floats = st.floats(-(2.0**19), 2.0**19, width=32)
knobs = st.dictionaries(
    st.tuples(st.integers(1, 99), st.integers(0, 9999), st.just("bias") | st.integers(0, 9999)), floats, max_size=40
)


def with_knob(network, layer, neuron, source, value):
    """The network with one knob set, without nnviz's own way of turning it."""
    layers = [Layer(each.W.copy(), each.b.copy()) for each in network.layers]
    if source == "bias":
        layers[layer - 1].b[neuron] = value
    else:
        layers[layer - 1].W[neuron, source] = value
    return Network(tuple(layers))


@given(knobs.filter(bool))
def test_every_turned_knob_survives_to_the_last_bit(knobs):
    again = link.decode_turned(link.encode_turned(knobs))
    assert list(again) == list(knobs)
    for place, value in knobs.items():
        assert np.float32(again[place]).tobytes() == np.float32(value).tobytes()


def test_turned_knobs_are_written_as_layer_neuron_source_and_value():
    assert link.encode_turned({(1, 4, "bias"): 2.5, (2, 3, 7): -1.25}) == "1.4.b:2.5,2.3.7:-1.25"
    assert link.decode_turned("1.4.b:2.5,2.3.7:-1.25") == {(1, 4, "bias"): 2.5, (2, 3, 7): -1.25}


def test_a_knob_of_two_decimals_is_written_with_two_decimals():
    assert link.encode_turned({(1, 4, "bias"): float(np.float32(2.35))}) == "1.4.b:2.35"


def test_the_knobs_turned_are_found_in_the_order_of_their_last_turn():
    versions = [SMOOTH]
    for change in ((1, 4, "bias", 2.5), (2, 3, 7, 1.0), (1, 4, "bias", 3.0), (3, 9, 15, 0.5)):
        versions.append(with_knob(versions[-1], *change))
    found = link.turned(versions)
    assert list(found.items()) == [((2, 3, 7), 1.0), ((1, 4, "bias"), 3.0), ((3, 9, 15), 0.5)]


def test_a_knob_turned_back_is_not_turned():
    first = float(SMOOTH.layers[0].b[4])
    versions = [SMOOTH, (there := with_knob(SMOOTH, 1, 4, "bias", 2.5)), with_knob(there, 1, 4, "bias", first)]
    assert link.turned(versions) == {}


def test_forty_knobs_can_be_written_and_41_not():
    knobs = {(1, 0, k): 1.5 for k in range(41)}
    with pytest.raises(ValueError, match="41 knobs are turned; expected at most 40"):
        link.encode_turned(knobs)
    knobs.popitem()
    assert link.decode_turned(link.encode_turned(knobs)) == knobs


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *(
            (f"1.4.b:{number}", "is no knob")
            for number in ("nan", "inf", "-inf", "1e+5", "1_000", "0x10", "", "٣", ".5")
        ),
        *((f"{place}:1", "is no knob") for place in ("1.4", "1.4.c", "-1.4.b", "1.4.b.2", "100.1.b", "1.99999.b", "b")),
        ("1.4.b:2.5,", "is no knob"),
        ("1.4.b:2.5 ", "is no knob"),
        ("1.4.b:2.5\n", "is no knob"),
        ("1.4.b:1e99", "too large; expected at most 1,000,000"),
        ("1.4.b:1000001", "too large"),
        ("1.4.b:2.5,1.4.b:2.5", "turned twice"),
        ("1.4.b:2.5,1.04.b:3", "turned twice"),
        (",".join(f"1.0.{k}:1" for k in range(41)), "more than 40"),
        ("," * 1_000_000, "more than 40"),
        ("1" * 1_000_000, "is no knob"),
        ("1.4.b:" + "9" * 1_000_000, "is no knob"),
    ],
)
def test_what_is_no_list_of_turned_knobs_is_refused_in_a_short_sentence(text, says):
    with pytest.raises(ValueError, match=re.escape(says)) as refused:
        link.decode_turned(text)
    assert len(str(refused.value)) < 120


@given(st.text("0123456789.:,be-", max_size=40))
def test_whatever_is_read_as_turned_knobs_is_finite(text):
    try:
        values = link.decode_turned(text).values()
    except ValueError:
        return
    assert np.abs(list(values)).max() <= 1e6


# ---- files of strangers


def archive(method=zipfile.ZIP_DEFLATED, **members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
HEADER = b"\x93NUMPY\x01\x00"


@pytest.mark.parametrize(
    "data",
    [
        archive(**{name: b"no array" for name in NAMES}),
        archive(**{f"{name}.npy": b"no array" for name in NAMES}),
        archive(zipfile.ZIP_BZIP2, **{"W1.npy": npy(np.zeros((10, 784))), "b1.npy": npy(np.zeros(10))}),
        archive(zipfile.ZIP_LZMA, **{"W1.npy": npy(np.zeros((10, 784))), "b1.npy": npy(np.zeros(10))}),
        archive(**{"W1.npy": npy(np.array(["x"])), "b1.npy": npy(np.zeros(1))}),
        archive(**{f"![](//evil){n}.npy": npy(np.zeros(1)) for n in range(39)}),
    ],
    ids=["members without .npy", "no arrays", "bzip2", "lzma", "text", "many names"],
)
def test_a_file_that_is_no_network_is_refused_in_one_sentence(data):
    with pytest.raises(ValueError, match=r"\w") as refused:
        files.read(data, "strange.npz")
    assert type(refused.value) is not UnicodeDecodeError
    assert len(str(refused.value)) <= 200


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (",
        b"(" * 4000,
        b"{'shape': (99999999999999999999,)}",
        b"\xff",
    ],
    ids=["an open bracket", "many brackets", "an endless shape", "no text"],
)
def test_whatever_a_header_holds_a_network_file_is_refused_as_a_value(tmp_path, header):
    body = HEADER + len(header).to_bytes(2, "little") + header
    path = tmp_path / "strange.npz"
    path.write_bytes(archive(**{"W1.npy": body, "b1.npy": npy(np.zeros(10))}))
    with pytest.raises(ValueError, match="not a network nnviz can use"):
        Network.load(path)
    with pytest.raises(ValueError, match=r"damaged|holds"):
        files.read(path.read_bytes(), path.name)
