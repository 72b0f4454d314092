"""How long the network takes to read one picture, and ten thousand: medians.

python benchmarks/forward.py
"""

from __future__ import annotations

import os
import statistics
import sys
import timeit
from pathlib import Path

os.environ.pop("OPENBLAS_CORETYPE", None)  # set on some machines for old processors; it slows NumPy down
sys.path.insert(0, str(Path(__file__).parents[1]))

from nnviz import mnist
from nnviz.network import Network


def median(network: Network, x, number: int, repeat: int) -> float:
    """Median over `repeat` runs of the seconds one forward pass takes, each run averaging `number` passes."""
    network.forward(x)
    return statistics.median(timeit.repeat(lambda: network.forward(x), number=number, repeat=repeat)) / number


def main() -> None:
    network = Network.load(mnist.ASSETS / "networks" / "smooth.npz")
    x = mnist.load("test").x
    print("| pictures | median time | goal |\n|---:|---:|---:|")
    print(f"| 1 | {median(network, x[0], 100, 101) * 1e6:.1f} µs | 25 µs |")
    print(f"| {len(x):,} | {median(network, x, 1, 51) * 1e3:.2f} ms | 10 ms |")


if __name__ == "__main__":
    main()
