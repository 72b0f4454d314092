"""Ways to damage bytes or text, chosen by chance, as accidents and strangers do."""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import cache
from typing import Any

import numpy as np

from nnviz.export import link

WEIRD = (
    "",
    "0",
    "-1",
    "nan",
    "inf",
    "1e999",
    "9" * 400,
    "\0",
    "\u202e",
    "²",
    "🦆",
    "..",
    "../../etc/passwd",
    "%00",
    "[](//e)",
)


def damaged(thing: Any, rng: np.random.Generator) -> Any:
    """Damage bytes or text in one to three ways."""
    ways = _BYTES if isinstance(thing, bytes) else _TEXT
    for _ in range(rng.integers(1, 4)):
        thing = ways[rng.integers(len(ways))](thing, rng)
    return thing


def _place(thing: Any, rng: np.random.Generator) -> int:
    return int(rng.integers(len(thing) + 1))


def _flip(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.integers(1, 9)):
        if changed:
            changed[rng.integers(len(changed))] ^= 1 << rng.integers(8)
    return bytes(changed)


def _cut(thing: Any, rng: np.random.Generator) -> Any:
    return thing[: _place(thing, rng)]


def _doubled(thing: Any, rng: np.random.Generator) -> Any:
    start, end = sorted((_place(thing, rng), _place(thing, rng)))
    return thing[:end] + thing[start:]


def _large_number(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    number = int(rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 30_000, 100_000]))
    return data[:at] + number.to_bytes(4, rng.choice(["big", "little"])) + data[at + 4 :]


def _noise(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.bytes(int(rng.integers(1, 200))) + data[at:]


def _repacked(data: bytes, rng: np.random.Generator) -> bytes:
    """Make another archive: headers that lie, arrays of other kinds, names and ways to pack."""
    kinds = (
        lambda: np.zeros(
            int(rng.integers(0, 3000)), rng.choice(["<f8", "<f2", "<c8", "<U4", "|S3", "<M8[s]", "|b1", ">f4"])
        ),
        lambda: np.full((16, 784), rng.choice([np.nan, np.inf, 1e30, -1e7]), np.float32),
        lambda: np.asfortranarray(rng.normal(size=(28, 28)).astype(np.float32)),
        lambda: np.zeros((3, 4), [("a", "<f4"), ("b", "<i8", (2,))]),
        lambda: np.zeros(tuple(rng.integers(0, 3, rng.integers(0, 20))), np.float32),
    )
    names = ["W1", "b1", "W2", "b2", "W3", "b3", "w", "b", "x", "y", "a" * 50, "../evil", "\u202e", "W1"]
    file = io.BytesIO()
    method = int(
        rng.choice(
            [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
        )
    )
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in dict.fromkeys(rng.choice(names, int(rng.integers(1, 8)))):
            body = io.BytesIO()
            np.save(body, kinds[rng.integers(len(kinds))](), allow_pickle=False)
            text = body.getvalue()
            if rng.random() < 0.3:
                text = text.replace(b"False", b"True ").replace(b"(16,", b"(99999999999,")
            if rng.random() < 0.2:
                text = _flip(text, rng)
            archive.writestr(f"{name}{rng.choice(['.npy', '.npy', '.npy', '', '.pkl'])}", text)
    return file.getvalue()


def _parts(data: bytes, rng: np.random.Generator) -> bytes:
    """Add very many empty parts, as protobuf and others count them, or brackets within brackets."""
    part = (b"\x0a\x00", b"\x3a\x00", b"\x2a\x00", b"[", b'{"a":')[rng.integers(5)]
    return data[: _place(data, rng)] + part * int(rng.choice([100, 10**4, 10**6]))


def _swapped(data: bytes, rng: np.random.Generator) -> bytes:
    """Replace letters in the names that formats keep: another layer, another array."""
    words = (b"weight", b"bias", b"Gemm", b"Relu", b"MatMul", b"kernel", b"Dense", b"relu", b"layers", b"F32", b"vars")
    word = words[rng.integers(len(words))]
    return data.replace(word, rng.bytes(len(word)) if rng.random() < 0.5 else word[::-1], int(rng.integers(1, 4)))


def _zeros(data: bytes, rng: np.random.Generator) -> bytes:
    """Deflate very many zeros: small to send, large to unpack."""
    packed = _deflated_zeros(int(rng.choice([10**5, 10**7])))
    return data[: _place(data, rng)] + packed


@cache
def _deflated_zeros(count: int) -> bytes:
    return zlib.compress(bytes(count), 9)


def _letters(text: str, rng: np.random.Generator) -> str:
    changed = list(text)
    for _ in range(rng.integers(1, 5)):
        if changed:
            changed[rng.integers(len(changed))] = chr(rng.choice([*range(32, 127), 0, 0x3B1, 0x1F986, 0x202E]))
    return "".join(changed)


def _word(text: str, rng: np.random.Generator) -> str:
    at = _place(text, rng)
    return text[:at] + str(rng.choice(WEIRD)) + text[at:]


def _packed(text: str, rng: np.random.Generator) -> str:
    """Pack other bytes as a link does, so that the checksum holds."""
    return link.pack(rng.bytes(int(rng.choice([0, 1, 783, 784, 785, 1572, 4000]))))


def _long(text: str, rng: np.random.Generator) -> str:
    return (text[:100] or "1") * int(rng.choice([2, 50, 3000]))


_BYTES = (_flip, _flip, _cut, _doubled, _large_number, _large_number, _noise, _repacked, _zeros, _parts, _swapped)
_TEXT = (_letters, _letters, _cut, _doubled, _word, _packed, _long)
