"""What the canvas sends: pictures and strokes, and what is refused."""

import io
import tracemalloc
import zlib

import pytest
from PIL import Image

from nnviz import ink
from tests.test_pages import DRAW, open_page


def png(size=(ink.CANVAS, ink.CANVAS), mode="RGBA", kind="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, size, "white").save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def read_png():
    open_page(DRAW)  # the canvas can be imported only where Streamlit runs
    from nnviz.ui.kit import canvas

    return canvas._read_png


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1", "P"])
def test_the_canvas_may_send_any_kind_of_png(read_png, mode):
    assert read_png(png(mode=mode)).shape == (ink.CANVAS, ink.CANVAS)


@pytest.mark.parametrize("size", [(1, 1), (279, 280), (280, 281)])
def test_a_picture_of_another_size_is_refused(read_png, size):
    with pytest.raises(ValueError, match="expected 280 x 280"):
        read_png(png(size))


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def bomb(side=16_000):
    """A small file whose second header says it is huge, and whose pixels deflate well."""
    whole = png(mode="L")
    first = whole[8:33]
    header = chunk(b"IHDR", side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0]))
    pixels = zlib.compressobj(9)
    body = b"".join(pixels.compress(bytes(side + 1)) for _ in range(side)) + pixels.flush()
    return whole[:8] + first + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_second_header_is_refused_before_anything_is_decoded(read_png):
    sent = bomb()
    assert len(sent) < 500_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="expected 280 x 280"):
        read_png(sent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("objects", [7, "x", ["x"], [{"type": "Image", "src": "x"}], [{}] * 3000])
def test_a_drawing_described_wrongly_is_refused(read_png, objects):
    from nnviz.ui.kit import canvas

    with pytest.raises((ValueError, OSError)):
        canvas._read_objects({"objects": objects})


def test_a_test_digit_keeps_only_its_own_picture():
    app = open_page(DRAW)
    app.button(key="test_digit").click().run()
    arrays = {key: app.session_state[key] for key in ("x", "drawn")} | {"loaded_x": app.session_state["loaded_x"][1]}
    for key, array in arrays.items():
        while array.base is not None:
            array = array.base
        assert array.nbytes <= 784 * 4, key


@pytest.mark.parametrize(
    "sent", [b"", b"hello", png()[:-200], png(kind="GIF", mode="L"), png(kind="JPEG", mode="L")],
    ids=["nothing", "text", "cut short", "a GIF", "a JPEG"],
)  # fmt: skip
def test_what_is_not_a_png_is_refused(read_png, sent):
    with pytest.raises((ValueError, OSError)):
        read_png(sent)
