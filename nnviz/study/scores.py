"""What noise reaches beside each weight map: of the shipped networks kept in assets, with many draws; else drawn now.

    python -m nnviz.study.scores

brings the file up to date. A map is known by its bytes, so that a network trained again never shows an old score, and
only maps that are new are scored; without the file all are.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import edges
from nnviz.study.chance import NoiseFloor, noise_floor

FILE = ASSETS / "networks" / "edge_scores.npz"
DRAWS, FEWER = 2000, 200  # random maps beside a shipped map, and at most beside any other
STEPS = 65535  # scores are kept in steps of 1 / STEPS


def beside_noise(weight_map: np.ndarray, explained: float) -> NoiseFloor:
    """Return what noise reaches beside a weight map that explains so much of itself.

    Parameters
    ----------
    weight_map : array (rows, columns) float32
    explained : float, 0..1

    Returns
    -------
    NoiseFloor
        Of 2,000 random maps for a shipped network's map. Else of up to 200, fewer where those soon show that the map
        does not stand out. The same map gets the same scores each time.
    """
    name = digest(weight_map)
    if found := _kept(FILE).get(name):
        return found
    return noise_floor(weight_map, np.random.default_rng(int(name, 16)), FEWER, explained)


def digest(weight_map: np.ndarray) -> str:
    """Name a weight map by its bytes."""
    return hashlib.blake2b(np.ascontiguousarray(weight_map, np.float32).tobytes(), digest_size=8).hexdigest()


def make(networks: Path = ASSETS / "networks") -> dict[str, np.ndarray]:
    """Score all first-layer maps of the networks in a folder: scores (2000,) uint16, in steps of 1/65535, by digest.

    What the file has of them already is taken from there: it would come out the same.
    """
    scores, found = {}, _kept(FILE)
    for path in sorted(networks.glob("*.npz")):
        if path.name == FILE.name:
            continue
        for weight_map in Network.load(path).layers[0].W.reshape(-1, *edges.IMAGE_SHAPE):
            name = digest(weight_map)
            floor = found.get(name) or noise_floor(weight_map, np.random.default_rng(int(name, 16)), DRAWS)
            scores[name] = np.rint(floor.scores * STEPS).astype(np.uint16)
    return scores


@cache
def _kept(file: Path) -> dict[str, NoiseFloor]:
    """Read the file of scores; without one, or from a damaged one, nothing is kept, and all is drawn when needed."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return {name: NoiseFloor(arrays[name] / STEPS) for name in arrays.files}
    except Exception:
        return {}


if __name__ == "__main__":
    made = make()
    np.savez_compressed(FILE, **made)  # type: ignore[arg-type]
    print(f"{len(made)} weight maps scored beside {DRAWS:,} random ones each: {FILE.stat().st_size:,} bytes")
