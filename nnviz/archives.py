"""Arrays in .npz files, read without trusting whoever made them."""

from __future__ import annotations

import io
import math
import zipfile
from typing import IO

import numpy as np

LARGEST_FILE = 5_000_000  # bytes, as uploaded
LARGEST_UNPACKED = 20_000_000  # bytes, all arrays of a file together
MOST_ARRAYS, LONGEST_NAME = 40, 40
ENTRY = b"PK\1\2"  # how each entry of a zip file's directory begins


def pack_arrays(**arrays: np.ndarray) -> bytes:
    """Write arrays as the bytes of an .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def check_directory(data: bytes, most: int = 1000) -> None:
    """Refuse a zip file of very many entries before Python makes an object of each."""
    if data.count(ENTRY) > most:
        raise ValueError(f"it holds {data.count(ENTRY):,} entries; expected at most {most:,}")


def unpack_arrays(data: bytes, largest: int = LARGEST_FILE) -> dict[str, np.ndarray]:
    """Read the arrays of somebody's .npz file of at most `largest` bytes, by name, without trusting it.

    Raises
    ------
    ValueError
        If it is over 5 MB, or would be over 20 MB unpacked, holds more than 40 arrays or pickled objects, or is
        damaged or another kind of file. The sizes are read from its directory before anything is unpacked.
    """
    if len(data) > largest:
        raise ValueError(f"it is {len(data) / 1e6:.1f} MB; expected at most {largest / 1e6:.0f} MB")
    check_directory(data)
    if data[:1] == b"\x80":  # how a pickle begins
        raise ValueError("it holds pickled objects, which could run code, so it was not opened")
    if (entries_named := data.count(b"PK\1\2")) > MOST_ARRAYS:  # before a directory of 100,000 is read
        raise ValueError(f"it holds {entries_named:,} arrays; expected at most {MOST_ARRAYS}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            for entry in entries:
                with archive.open(entry) as member:
                    _check_header(member)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except _RefusedError:
        raise
    except Exception as error:  # whatever a stranger's file sets off in the zip, deflate and .npy readers
        if "pickle" in str(error).lower() and "header" not in str(error).lower():
            raise ValueError("it holds pickled objects, which could run code, so it was not opened") from error
        raise ValueError("it is damaged or not an .npz file") from error


class _RefusedError(ValueError):
    """A sentence already worth reading."""


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED:
        most = LARGEST_UNPACKED / 1e6
        raise _RefusedError(f"it would be {unpacked / 1e6:,.1f} MB unpacked; expected at most {most:.0f} MB")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise _RefusedError("it is packed in a way .npz files are not; expected stored or deflated arrays")
    if any(not entry.filename.endswith(".npy") for entry in entries):
        raise _RefusedError("it holds something other than arrays")
    if len(entries) > MOST_ARRAYS:
        raise _RefusedError(f"it holds {len(entries)} arrays; expected at most {MOST_ARRAYS}")
    if any(len(entry.filename) > LONGEST_NAME for entry in entries):
        raise _RefusedError(f"an array has a name of more than {LONGEST_NAME} characters; expected short ones")


def _check_header(member: IO[bytes]) -> None:
    """Refuse an array that says it is larger than a whole file may be: room for it would be made before it is read."""
    read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
    shape, _, dtype = read[np.lib.format.read_magic(member)[0]](member)
    if math.prod(shape) * dtype.itemsize > LARGEST_UNPACKED:
        raise _RefusedError(
            f"an array says it is of shape {shape}; expected a far smaller one".replace("\n", " ")[:120]
        )
