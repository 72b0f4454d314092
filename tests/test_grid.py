"""What the Build page's grid and threshold send, checked before it is taken."""

import base64

import numpy as np
import pytest

from nnviz.ui.pages.build import grid


@pytest.mark.parametrize("sent", ["hello", "A", "ü", None, 7, {}, "AAA=", base64.b64encode(b"\x7f" * 1568).decode()])
def test_what_is_no_grid_of_weights_is_refused(sent):
    with pytest.raises(ValueError, match=r"damaged|expected"):
        grid.read(sent)


@pytest.mark.parametrize(
    "sent",
    [
        "hello", None, 7, [5.0, 1], {}, {"at": 5.0}, {"at": "5", "began": 1}, {"at": True, "began": 1},
        {"at": np.nan, "began": 1}, {"at": np.inf, "began": 1}, {"at": 3136.1, "began": 1}, {"at": 10**400, "began": 1},
        {"at": 5.0, "began": None},
    ],
)  # fmt: skip
def test_what_is_no_threshold_is_refused(sent):
    with pytest.raises(ValueError, match=r"damaged|expected"):
        grid.read_drag(sent)


def test_a_grid_of_weights_is_read_to_the_thousandth():
    levels = np.arange(-392, 392).astype("<i2") * 10
    read = grid.read(base64.b64encode(levels.tobytes()).decode())
    np.testing.assert_allclose(read.ravel(), levels / 1000, atol=1e-6)
