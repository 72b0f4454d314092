"""Time of one epoch of our training beside scikit-learn's MLPClassifier, in turns on one thread, and both accuracies.

python benchmarks/training_speed.py
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

os.environ.pop("OPENBLAS_CORETYPE", None)  # set on some machines for old processors; it slows NumPy down
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `python -m nnviz.training` has it
sys.path.insert(0, str(Path(__file__).parents[1]))

from sklearn.neural_network import MLPClassifier

from nnviz import mnist, training
from nnviz.network import Network

EPOCHS = 5
ROUNDS = 7
BATCH = 100
RATE = 0.005
RECIPE = training.Recipe(epochs=EPOCHS, batch=BATCH, rate=RATE, output="softmax")


def ours(scans: mnist.Digits, seed: int) -> tuple[float, Network]:
    """Seconds an epoch took of the processor, and the network after `EPOCHS`."""
    start = time.process_time()
    network = training.train(lambda epoch: scans, replace(RECIPE, seed=seed))
    return (time.process_time() - start) / EPOCHS, network


def theirs(scans: mnist.Digits, seed: int) -> tuple[float, MLPClassifier]:
    """The same with scikit-learn: the same layers, activations, loss, batches, optimiser, highest rate, in float32."""
    x = scans.x
    classifier = MLPClassifier(
        training.SIZES[1:-1], activation="logistic", batch_size=BATCH, learning_rate_init=RATE, alpha=0.0,
        max_iter=EPOCHS, random_state=seed,
    )  # fmt: skip
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that so few epochs do not converge
        classifier.fit(x, scans.labels)
    return (time.process_time() - start) / EPOCHS, classifier


def main() -> None:
    scans, test = mnist.load("train"), mnist.load("test")
    times: dict[str, list[float]] = {"nnviz": [], "scikit-learn": []}
    right: dict[str, list[float]] = {"nnviz": [], "scikit-learn": []}
    for seed in range(ROUNDS):
        seconds, network = ours(scans, seed)
        times["nnviz"].append(seconds)
        right["nnviz"].append((network.forward(test.x).prediction == test.labels).mean())
        seconds, classifier = theirs(scans, seed)
        times["scikit-learn"].append(seconds)
        right["scikit-learn"].append(classifier.score(test.x, test.labels))
    print("| trained by | processor seconds an epoch, median | MNIST test after 5 epochs, mean |\n|---|---:|---:|")
    for name, seconds_each in times.items():
        print(f"| {name} | {statistics.median(seconds_each):.2f} | {statistics.mean(right[name]):.1%} |")
    ratios = [mine / other for mine, other in zip(*times.values(), strict=True)]
    print(f"\nnnviz takes {statistics.median(ratios):.2f} of scikit-learn's time, median of {ROUNDS} (goal: 0.50).")


if __name__ == "__main__":
    main()
