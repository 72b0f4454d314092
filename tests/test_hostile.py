"""What a hostile browser may send in a widget's place: it harms nobody, and its own session goes on."""

import io
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from nnviz import archives, ink
from tests.test_pages import DRAW, NEURONS, PAGES, ROOT, open_page


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png_with(kind, body):
    """A good PNG of the canvas's size with one more chunk, whose checksum is right, after its pixels."""
    file = io.BytesIO()
    Image.new("L", (ink.CANVAS, ink.CANVAS)).save(file, "PNG")
    whole = file.getvalue()
    at = whole.index(b"IEND") - 4
    return whole[:at] + chunk(kind, body) + whole[at:]


@pytest.fixture(scope="module")
def canvas():
    open_page(DRAW)  # it can be imported only where Streamlit runs
    from nnviz.ui.kit import canvas

    return canvas


@pytest.mark.parametrize("png", [png_with(b"iCCP", body) for body in (b"", b"\0", b"a\0")], ids=["", "0", "a0"])
def test_a_chunk_that_trips_pillow_is_a_damaged_picture(canvas, png):
    with pytest.raises(ValueError, match="damaged"):
        canvas._read_png(png)


def test_a_picture_that_claims_to_be_huge_is_never_decoded(canvas, monkeypatch):
    file = io.BytesIO()
    Image.new("L", (ink.CANVAS, ink.CANVAS)).save(file, "PNG")
    sent = bytearray(file.getvalue())
    sent[16:24] = 2 * (30_000).to_bytes(4, "big")
    sent[29:33] = zlib.crc32(sent[12:29]).to_bytes(4, "big")
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(ValueError, match="expected 280 x 280"):
        canvas._read_png(bytes(sent))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("wrong", [{"layer": None}, {"neuron": "zzz"}, {"layer": 2, "neuron": -7}, {"neuron": 10**9}])
def test_a_forged_choice_of_neuron_is_another_neuron_and_no_error(page, wrong):
    app = open_page(page, **wrong)
    assert not app.exception
    assert 1 <= app.session_state["layer"] <= 3
    assert 0 <= app.session_state["neuron"] < 16


@pytest.mark.parametrize("customdata", ["a", None, [float("inf")], [[]], {"x": 1}, [[1], [2, 3]]])
def test_a_forged_click_chooses_nothing(customdata):
    def page():
        import streamlit as st

        from nnviz.ui.kit import picker

        sent = {"selection": {"points": [{"customdata": st.session_state["forged"]}]}}
        st.session_state["found"] = picker.place_clicked(sent, 2)

    app = AppTest.from_function(page)
    app.session_state["forged"] = customdata
    app.run()
    assert not app.exception
    assert app.session_state["found"] == ()


def test_a_first_run_that_fails_leaves_the_next_one_its_canvas(monkeypatch):
    app = AppTest.from_file(str(ROOT / NEURONS), default_timeout=120)
    from nnviz.ui.kit import canvas as module

    def fail(*_):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(module, "_as_objects", fail)
    assert app.run().exception
    monkeypatch.undo()
    assert not app.run().exception


def test_a_directory_of_100_000_entries_is_refused_before_it_is_read(monkeypatch):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(1000):
            archive.writestr(f"{k}.npy", b"")
    monkeypatch.setattr(archives.zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    with pytest.raises(ValueError, match=r"1,000 arrays; expected at most"):
        archives.unpack_arrays(file.getvalue())


def test_a_header_too_long_is_not_called_a_pickle():
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" + b" " * 20_000 + b"\n"
    array = b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header + np.zeros(1, "<f4").tobytes()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", array)
    with pytest.raises(ValueError, match="damaged"):
        archives.unpack_arrays(file.getvalue())
