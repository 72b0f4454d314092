"""What leaves nnviz and comes back: pictures, neurons and turned knobs in web addresses, neurons and networks in files.

A packed text is a version, a full stop and base64url of: the bytes deflated (zlib), behind their CRC-32. The checksum
is of the packed bytes, since deflate leaves a few bits unused that could be changed unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from nnviz.archives import pack_arrays, unpack_arrays
from nnviz.ink import SIDE, quantize
from nnviz.network import Network
from nnviz.sentences import listed, quoted
from nnviz.study import build

VERSION = "1"
LONGEST = 1_200  # characters of a picture; 784 bytes of pure noise need 1,062
LARGEST_NUMBER = 1e6  # a knob turned in a link; far beyond it float32 sums overflow
MOST_KNOBS = 40  # turned, in a link
Knob = tuple[
    int, int, int | Literal["bias"]
]  # layer, neuron, and its weight from that neuron of the layer before, or "bias"
_SHAPE = re.compile(rf"{VERSION}\.[A-Za-z0-9_-]+")
_TURNED = re.compile(r"(\d{1,2})\.(\d{1,4})\.(b|\d{1,4}):(-?\d{1,9}(?:\.\d{1,15})?(?:e-?\d{1,2})?)", re.ASCII)


def encode(image: np.ndarray) -> str:
    """Write a picture as text that is safe in a web address, a few hundred characters long.

    Parameters
    ----------
    image : array (28, 28) or (784,), 0..1
        Rounded to 256 grey levels.

    Returns
    -------
    str
        "1." and base64url without padding.
    """
    return pack(np.rint(quantize(np.asarray(image)) * 255).astype(np.uint8).tobytes())


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
    levels = unpack(text, SIDE * SIDE)
    return (np.frombuffer(levels, np.uint8).reshape(SIDE, SIDE) / 255).astype(np.float32)


def encode_neuron(weights: np.ndarray, bias: float) -> str:
    """Write a neuron as text that is safe in a web address: a few hundred characters for most painted ones."""
    levels = np.rint(build.quantize(weights).astype(np.float64) * build.STEPS).astype("<i2")
    planes = levels.view(np.uint8).reshape(-1, 2).T  # all low bytes, then all high ones: shorter when deflated
    return pack(np.array(build.check_bias(bias), "<f4").tobytes() + planes.tobytes())


def decode_neuron(text: str) -> tuple[np.ndarray, float]:
    """Read weights (28, 28) and bias written by `encode_neuron`.

    Raises
    ------
    ValueError
        If the text is not exactly such a neuron: another version, cut short, changed, too long, or out of range.
    """
    data = unpack(text, 4 + 2 * SIDE * SIDE, "neuron")
    planes = np.frombuffer(data, np.uint8, offset=4).reshape(2, -1)
    levels = np.ascontiguousarray(planes.T).view("<i2").reshape(SIDE, SIDE)
    return build.quantize(levels / build.STEPS), build.check_bias(float(np.frombuffer(data[:4], "<f4")[0]))


def neuron_bytes(weights: np.ndarray, bias: float) -> bytes:
    """Write a neuron as the bytes of an .npz file: w (28, 28) float32, b a float32 without axes."""
    return pack_arrays(w=build.quantize(weights), b=np.array(build.check_bias(bias), np.float32))


def load_neuron(data: bytes) -> tuple[np.ndarray, float]:
    """Read weights (28, 28), rounded to thousandths, and bias from an .npz file such as `neuron_bytes` writes.

    Raises
    ------
    ValueError
        If it is too large, damaged, holds pickled objects, or not exactly a w (28, 28) and a b within range.
    """
    found = unpack_arrays(data)
    if sorted(found) != ["b", "w"]:
        raise ValueError(f"it holds the arrays {listed(found)}; expected b and w, one neuron's bias and weights")
    w, b = found["w"], found["b"]
    if w.dtype.kind not in "fiu" or b.dtype.kind not in "fiu" or b.ndim:
        raise ValueError(f"w is of {w.dtype} and b of {b.dtype} {b.shape}; expected numbers, and one for b")
    return build.quantize(w), build.check_bias(float(b))


def turned(networks: Sequence[Network]) -> dict[Knob, float]:
    """Find the knobs that differ between the first and the last of a network's versions: their values in the last.

    In the order in which they were turned last, so that read again they can be taken back in the same order.
    """
    order: dict[Knob, None] = {}
    for before, after in pairwise(networks):
        for knob in _differing(before, after):
            order.pop(knob, None)
            order[knob] = None
    values = _differing(networks[0], networks[-1])
    return {knob: values[knob] for knob in order if knob in values}


def encode_turned(knobs: dict[Knob, float]) -> str:
    """Write turned knobs as text for a web address, such as 1.4.b:2.5,2.3.7:-1.25: layer, neuron, source, value.

    The values are written so exactly that float32 reads them back to the bit. ValueError if they are over 40.
    """
    if len(knobs) > MOST_KNOBS:
        raise ValueError(f"{len(knobs)} knobs are turned; expected at most {MOST_KNOBS}")
    return ",".join(
        f"{layer}.{neuron}.{'b' if source == 'bias' else source}:{_shortest(value)}"
        for (layer, neuron, source), value in knobs.items()
    )


def decode_turned(text: str) -> dict[Knob, float]:
    """Read turned knobs written by `encode_turned`; whether the network has them is for `surgery.change` to say.

    Raises
    ------
    ValueError
        If a knob is not of that form, is turned twice or beyond a million, or there are more than 40.
    """
    parts = text.split(",", MOST_KNOBS)
    if len(parts) > MOST_KNOBS:
        raise ValueError(f"there are more than {MOST_KNOBS}")
    knobs: dict[Knob, float] = {}
    for part in parts:
        found = _TURNED.fullmatch(part)
        if not found:
            raise ValueError(f"{quoted(part, 20)} is no knob; 1.4.b:2.5 sets the bias of neuron 4 in layer 1 to 2.5")
        layer, neuron, source, number = found.groups()
        knob: Knob = int(layer), int(neuron), "bias" if source == "b" else int(source)
        if knob in knobs:
            raise ValueError(f"{quoted(part, 20)} is turned twice")
        if abs(float(number)) > LARGEST_NUMBER:
            raise ValueError(f"{quoted(part, 20)} is too large; expected at most {LARGEST_NUMBER:,.0f} in size")
        knobs[knob] = float(np.float32(number))
    return knobs


def network_bytes(network: Network) -> bytes:
    """Write a network as the bytes of a file in the shipped format."""
    file = io.BytesIO()
    network.save(file)  # type: ignore[arg-type]
    return file.getvalue()


def pack(data: bytes) -> str:
    """Write bytes as text that is safe in a web address: "1." and base64url without padding."""
    packed = zlib.compress(data, 9)
    return f"{VERSION}.{_text(zlib.crc32(packed).to_bytes(4, 'big') + packed)}"


def unpack(text: str, length: int, what: str = "picture") -> bytes:
    """Read bytes written by `pack`.

    Parameters
    ----------
    text : str
    length : int
        How many bytes it must hold; no more are ever unpacked, whatever the text claims.
    what : str
        What they are, for the sentence that refuses them.

    Raises
    ------
    ValueError
        If the text is not exactly `length` packed bytes: another version, cut short, changed, or too long.
    """
    longest = 64 + length * 29 // 20  # base64 takes 4/3, the rest is for bytes that do not deflate; LONGEST for 784
    if len(text) > longest:
        raise ValueError(f"it is {len(text)} characters long; a {what} takes at most {longest}")
    if not _SHAPE.fullmatch(text):
        raise ValueError(
            f'it does not look like a {what}, which begins with "{VERSION}." and holds letters, digits, - _'
        )
    try:
        return _unpack(text.split(".")[1], length)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("it is damaged or incomplete") from error


def _differing(before: Network, after: Network) -> dict[Knob, float]:
    """Find the knobs that differ in any bit, and their values in `after`."""
    knobs: dict[Knob, float] = {}
    for number, (old, new) in enumerate(zip(before.layers, after.layers, strict=True), start=1):
        for k in np.flatnonzero(old.b.view(np.uint32) != new.b.view(np.uint32)):
            knobs[number, int(k), "bias"] = float(new.b[k])
        for k, source in np.argwhere(old.W.view(np.uint32) != new.W.view(np.uint32)):
            knobs[number, int(k), int(source)] = float(new.W[k, source])
    return knobs


def _shortest(value: float) -> str:
    """Write a float32 with as few digits as bring it back; nine always do."""
    texts = (f"{value:.{digits}g}".replace("e+", "e") for digits in range(1, 10))
    return next(text for text in texts if np.float32(text) == np.float32(value))


def _text(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _unpack(body: str, length: int) -> bytes:
    checked = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    checksum, packed = checked[:4], checked[4:]
    if _text(checked) != body or zlib.crc32(packed).to_bytes(4, "big") != checksum:  # also stray bits at the very end
        raise zlib.error
    inflate = zlib.decompressobj()
    data = inflate.decompress(packed, length + 1)  # never more, whatever the text claims to hold
    if not inflate.eof or inflate.unused_data or len(data) != length:
        raise zlib.error
    return data
