"""The QR codes that the explorer draws without Python, read back as a phone would. Node draws them."""

import json
import subprocess

import numpy as np
import pytest
import zxingcpp

from nnviz.ui.live import live
from nnviz.ui.pocket import page
from tests.test_bundle import NODE

TEXTS = [
    *("http://a.b", "http://192.168.0.7:8501/pocket#network=rough&drawing=1.abc-_", "https://nnviz.example.com/?é=ü€"),
    *("x" * length for length in (17, 18, 106, 134, 230, 231, 321, 858, 1465, 2000, 2953)),
]


@pytest.mark.skipif(NODE is None, reason="no Node here; tests/browser/test_pocket.py reads one code in a browser")
def test_every_code_is_read_back_letter_by_letter(tmp_path):
    (tmp_path / "qr.mjs").write_text(live.script(str(page.HERE / "qr.js")))
    program = f"import {{ code }} from './qr.mjs'\nconsole.log(JSON.stringify({json.dumps(TEXTS)}.map(code)))"
    (tmp_path / "program.mjs").write_text(program)
    done = subprocess.run([NODE, tmp_path / "program.mjs"], capture_output=True, text=True, timeout=60, check=True)
    for text, squares in zip(TEXTS, json.loads(done.stdout), strict=True):
        picture = np.kron(np.pad(np.where(squares, 0, 255), 4, constant_values=255), np.ones((4, 4)))
        (found,) = zxingcpp.read_barcodes(picture.astype(np.uint8))
        assert found.bytes.decode() == text
