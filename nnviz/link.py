"""A picture as a few hundred characters of a web address, and back: exactly the same 784 grey levels.

The text is a version, a full stop and base64url of: the 784 bytes deflated (zlib), behind their CRC-32. The checksum
is of the packed bytes, since deflate leaves a few bits unused that could be changed unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import numpy as np

from nnviz.ink import SIDE, quantize

VERSION = "1"
LONGEST = 1_200  # characters; 784 bytes of pure noise need 1,062
_SHAPE = re.compile(rf"{VERSION}\.[A-Za-z0-9_-]+")


def encode(image: np.ndarray) -> str:
    """Write a picture as text that is safe in a web address.

    Parameters
    ----------
    image : array (28, 28) or (784,), 0..1
        Rounded to 256 grey levels.

    Returns
    -------
    str
        "1." and base64url without padding.
    """
    levels = np.rint(quantize(np.asarray(image)) * 255).astype(np.uint8)
    packed = zlib.compress(levels.tobytes(), 9)
    return f"{VERSION}.{_text(zlib.crc32(packed).to_bytes(4, 'big') + packed)}"


def decode(text: str) -> np.ndarray:
    """Read a picture written by `encode`.

    Returns
    -------
    array (28, 28) float32, 0..1 in steps of 1/255

    Raises
    ------
    ValueError
        If the text is not exactly such a picture: another version, cut short, changed, or too long.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it is {len(text)} characters long; a picture takes at most {LONGEST}")
    if not _SHAPE.fullmatch(text):
        raise ValueError(
            f'it does not look like a picture, which begins with "{VERSION}." and holds letters, digits, - _'
        )
    try:
        levels = _unpack(text.split(".")[1])
    except (binascii.Error, zlib.error) as error:
        raise ValueError("it is damaged or incomplete") from error
    return (np.frombuffer(levels, np.uint8).reshape(SIDE, SIDE) / 255).astype(np.float32)


def _text(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpack(body: str) -> bytes:
    checked = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    checksum, packed = checked[:4], checked[4:]
    if _text(checked) != body or zlib.crc32(packed).to_bytes(4, "big") != checksum:  # also stray bits at the very end
        raise zlib.error
    inflate = zlib.decompressobj()
    levels = inflate.decompress(packed, SIDE * SIDE + 1)  # never more, whatever the text claims to hold
    if not inflate.eof or inflate.unused_data or len(levels) != SIDE * SIDE:
        raise zlib.error
    return levels
