"""How long it takes to score weight maps beside noise when nothing is kept: medians.

python benchmarks/edges.py
"""

from __future__ import annotations

import statistics
import sys
import timeit
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from nnviz import mnist
from nnviz.network import Network
from nnviz.study import edges, scores
from nnviz.study.chance import noise_floor


def score(weight_map: np.ndarray) -> None:
    """Fit one map and draw noise beside it, as is done for a network that is not shipped."""
    edge = edges.fit(weight_map)
    noise_floor(weight_map, np.random.default_rng(0), scores.FEWER, edge.explained if edge else 0.0)


def median(work, repeat: int) -> float:
    work()
    return statistics.median(timeit.repeat(work, number=1, repeat=repeat))


def main() -> None:
    print("| maps | fitted | fitted and scored beside noise | a random map |\n|---|---:|---:|---:|")
    for name in ("smooth", "plain"):
        maps = Network.load(mnist.ASSETS / "networks" / f"{name}.npz").layers[0].W.reshape(-1, 28, 28)
        fitted = median(lambda maps=maps: edges.fits(maps), 11)
        scored = median(lambda maps=maps: [score(each) for each in maps], 3)
        one = median(lambda maps=maps: noise_floor(maps[0], np.random.default_rng(0), 200), 5) / 200
        print(f"| {name}, all {len(maps)} | {1e3 * fitted:.0f} ms | {scored:.2f} s | {1e3 * one:.2f} ms |")


if __name__ == "__main__":
    main()
