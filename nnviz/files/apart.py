"""Keras's files read in a process of their own: a damaged one can keep the HDF5 library busy for ever, or crash it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from nnviz.archives import pack_arrays
from nnviz.files import arrays, keras
from nnviz.files.chain import Refused
from nnviz.network import Network

SECONDS, WAIT, MEMORY = 2, 20, 2_000_000_000  # of processor time; by the clock; bytes of address space
LARGEST = 20_000_000  # bytes of what comes back
READERS = {".keras": keras.read_zip, ".h5": keras.read_h5}


def read(data: bytes, ending: str) -> Network:
    """Read a network from the bytes of a .keras or .h5 file."""
    command = [sys.executable, "-m", "nnviz.files.apart", ending]
    place = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=WAIT, env=place, check=False)
    except subprocess.TimeoutExpired:
        raise Refused("it is damaged: reading it takes for ever") from None
    if done.returncode == 3:
        raise Refused(done.stderr.decode("utf-8", "replace")[:300])
    if done.returncode:
        raise Refused("it is damaged: reading it takes for ever, or breaks what reads it")
    return arrays.read(done.stdout, LARGEST)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        network = READERS[sys.argv[1]](sys.stdin.buffer.read())
    except ValueError as error:
        sys.stderr.write(str(error))
        sys.exit(3)
    sys.stdout.buffer.write(pack_arrays(**arrays.of(network)))


if __name__ == "__main__":
    main()
