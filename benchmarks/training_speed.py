"""Time of one epoch of our training beside scikit-learn's MLPClassifier, taking turns: medians, and both accuracies.

python benchmarks/training_speed.py
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from pathlib import Path

os.environ.pop("OPENBLAS_CORETYPE", None)  # set on some machines for old processors; it slows NumPy down
sys.path.insert(0, str(Path(__file__).parents[1]))

from sklearn.neural_network import MLPClassifier

from nnviz import mnist, training
from nnviz.network import Network

EPOCHS = 5
ROUNDS = 3
BATCH = 100
RATE = 0.005


def ours(scans: mnist.Digits) -> tuple[float, Network]:
    """Seconds an epoch took, and the network after `EPOCHS`."""
    start = time.perf_counter()
    network = training.train(lambda epoch: scans, training.Recipe(epochs=EPOCHS, batch=BATCH, rate=RATE))
    return (time.perf_counter() - start) / EPOCHS, network


def theirs(scans: mnist.Digits) -> tuple[float, MLPClassifier]:
    """The same with scikit-learn: the same layers, sigmoids, batches, optimiser and rate, on float32 pictures."""
    x = scans.x
    classifier = MLPClassifier(
        training.SIZES[1:-1], activation="logistic", batch_size=BATCH, learning_rate_init=RATE, alpha=0.0,
        max_iter=EPOCHS, random_state=training.SEED,
    )  # fmt: skip
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that so few epochs do not converge
        classifier.fit(x, scans.labels)
    return (time.perf_counter() - start) / EPOCHS, classifier


def main() -> None:
    scans, test = mnist.load("train"), mnist.load("test")
    times: dict[str, list[float]] = {"nnviz": [], "scikit-learn": []}
    for _ in range(ROUNDS):
        seconds, network = ours(scans)
        times["nnviz"].append(seconds)
        seconds, classifier = theirs(scans)
        times["scikit-learn"].append(seconds)
    right = {
        "nnviz": (network.forward(test.x).prediction == test.labels).mean(),
        "scikit-learn": classifier.score(test.x, test.labels),
    }
    print(f"| trained by | seconds an epoch, median of {ROUNDS} | MNIST test after {EPOCHS} epochs |\n|---|---:|---:|")
    for name, seconds_each in times.items():
        print(f"| {name} | {statistics.median(seconds_each):.2f} | {right[name]:.1%} |")
    ratio = statistics.median(times["nnviz"]) / statistics.median(times["scikit-learn"])
    print(f"\nnnviz takes {ratio:.2f} of scikit-learn's time (goal: 0.50).")


if __name__ == "__main__":
    main()
