"""One thread a process for the linear algebra: small products gain nothing from more, which wait spinning."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

ONE = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")}


def keep_to_one(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let NumPy's linear algebra use one thread, in this process if NumPy is not loaded yet, and in those it starts.

    What the environment says already stands. Measured with OpenBLAS on two cores: a stroke on Draw took 95 ms of
    processor time with two threads, 60 of them spinning, and 33 with one (`python -m benchmarks.room`).
    """
    for name, count in ONE.items():
        environment.setdefault(name, count)
