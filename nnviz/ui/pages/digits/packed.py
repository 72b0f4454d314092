"""A header and arrays as the one message that packed.js reads."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np


def packed(header: dict[str, Any], arrays: Sequence[np.ndarray]) -> bytes:
    """Write down how long the header is (uint32, little-endian), it in JSON, and the arrays as they lie in memory.

    Each part is filled up with spaces to a multiple of four bytes; what kind an array is of, the reader knows.
    """
    text = json.dumps(header).encode()
    parts = [struct.pack("<I", len(text)), text, *(array.tobytes() for array in arrays)]
    return b"".join(part + b" " * (-len(part) % 4) for part in parts)
