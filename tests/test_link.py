"""The picture in the link: every picture survives, every mangled text is refused."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz import link
from nnviz.mnist import load

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
