"""Write small networks as the real frameworks write them, and what the frameworks themselves make of ten pictures.

    python -m venv /tmp/frameworks
    /tmp/frameworks/bin/pip install torch==2.13.0 keras==3.15.1 scikit-learn==1.9.1 skl2onnx==1.20.0 onnx==1.23.2 \\
        onnxscript==0.7.2 safetensors==0.8.0 h5py==3.16.0
    KERAS_BACKEND=torch /tmp/frameworks/bin/python tests/data/make.py

writes the files beside it, `said.npz` with ten pictures and each file's answers to them, and the three trained networks
in assets/examples. nnviz itself is not used. The pictures are scikit-learn's 8 x 8 digits, 0..1.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import onnx
import torch
from keras import layers
from safetensors.torch import save_file
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

HERE = Path(__file__).parent
ASSETS = HERE.parents[1] / "assets"
DIGITS = load_digits()
X = (DIGITS.data / 16).astype(np.float32)
TEN = X[:10]
SAID: dict[str, np.ndarray] = {"pictures": TEN}


def main() -> None:
    keras.utils.set_random_seed(1)
    from_torch()
    from_keras()
    from_scikit_learn()
    np.savez_compressed(HERE / "said.npz", **SAID)
    examples()


# ---- PyTorch


class Named(nn.Module):
    """Layers with names, the last of them first by the alphabet, two without a bias; a hyperbolic tangent between."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc10 = nn.Linear(64, 9, bias=False), nn.Linear(9, 9), nn.Linear(9, 10, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(self.fc1(x.view(x.size(0), -1)))
        return self.fc10(torch.tanh(self.fc2(x)))


def from_torch() -> None:
    plain = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10), nn.Softmax(dim=1))
    mixed = nn.Sequential(
        nn.Flatten(), nn.Linear(64, 8), nn.LeakyReLU(0.2), nn.Dropout(), nn.Linear(8, 7), nn.Sigmoid(), nn.Linear(7, 10)
    )
    named = Named()
    for name, model in (("torch", plain), ("torch_mixed", mixed), ("torch_named", named)):
        model.eval()
        save_file(model.state_dict(), HERE / f"{name}.safetensors")
        export(model, HERE / f"{name}.onnx", dynamo=False)
        export(model, HERE / f"{name}_new.onnx", dynamo=True)
        for kind in (".safetensors", ".onnx", "_new.onnx"):
            SAID[name + kind] = torch_says(model)


def torch_says(model: nn.Module) -> np.ndarray:
    with torch.no_grad():
        return model(torch.from_numpy(TEN).reshape(10, 1, 8, 8)).numpy()


def export(model: nn.Module, path: Path, dynamo: bool) -> None:
    """Write with PyTorch's older exporter, or its newer one, as one file without the traces of this machine."""
    axes = (
        {"dynamic_shapes": ({0: torch.export.Dim("n")},)}
        if dynamo
        else {"dynamic_axes": {"input": {0: "n"}}, "input_names": ["input"]}
    )
    torch.onnx.export(
        model, (torch.zeros(2, 1, 8, 8),), path, dynamo=dynamo, external_data=False, verbose=False, **axes
    )
    stripped(path)


def stripped(path: Path) -> None:
    model = onnx.load(path)
    for node in model.graph.node:
        del node.metadata_props[:]  # where in this script each came from
    onnx.save(model, path)


# ---- Keras


def from_keras() -> None:
    plain = keras.Sequential(
        [
            layers.Input((8, 8)),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(12, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    start = layers.Input((8, 8, 1))
    inner = layers.LeakyReLU()(layers.Dense(9)(layers.Flatten()(start)))
    inner = layers.Activation("tanh")(layers.Dense(7, use_bias=False)(inner))
    functional = keras.Model(start, layers.Dense(10, activation="sigmoid")(inner))
    for name, model, pictures in (
        ("keras", plain, TEN.reshape(10, 8, 8) * 16),
        ("keras_functional", functional, TEN.reshape(10, 8, 8, 1)),
    ):
        for weights in model.weights:  # biases begin at 0, which would hide a mistake
            weights.assign(keras.random.normal(weights.shape, stddev=0.3))
        answers = keras.ops.convert_to_numpy(model(pictures))
        for kind in (".keras", ".h5"):
            model.save(HERE / (name + kind))
            SAID[name + kind] = answers
        model.export(HERE / f"{name}.onnx", format="onnx", verbose=False)
        stripped(HERE / f"{name}.onnx")
        SAID[f"{name}.onnx"] = answers


# ---- scikit-learn


def from_scikit_learn() -> None:
    names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])[DIGITS.target]
    for name, model, target in (
        ("sklearn", MLPClassifier((12,), max_iter=8, random_state=1), DIGITS.target),
        ("sklearn_names", MLPClassifier((7, 6), "logistic", max_iter=60, random_state=1), names),
        (
            "sklearn_scaled",
            make_pipeline(StandardScaler(), MLPClassifier((9,), "tanh", max_iter=8, random_state=1)),
            DIGITS.target,
        ),
    ):
        model.fit(X, target)
        (HERE / f"{name}.onnx").write_bytes(to_onnx(model, X[:1]).SerializeToString())
        SAID[f"{name}.onnx"] = model.predict_proba(TEN).astype(np.float32)


# ---- the examples


def examples() -> None:
    """Train three networks for assets/examples, and print how well each reads digits it has not seen."""
    folder = ASSETS / "examples"
    folder.mkdir(exist_ok=True)
    learner = MLPClassifier((16,), max_iter=300, random_state=1).fit(X[:1300], DIGITS.target[:1300])
    print(f"digits-8x8.onnx: {learner.score(X[1300:], DIGITS.target[1300:]):.1%} of the last 497")
    (folder / "digits-8x8.onnx").write_bytes(to_onnx(learner, X[:1]).SerializeToString())
    small = nn.Sequential(nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 10))
    print(f"mnist.safetensors: {taught(small):.1%} of MNIST's 10,000 test digits")
    save_file(small.state_dict(), folder / "mnist.safetensors")
    deep = nn.Sequential(nn.Linear(784, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 10))
    print(f"mnist.keras: {taught(deep):.1%} of MNIST's 10,000 test digits")
    in_keras(deep).save(folder / "mnist.keras")


def taught(model: nn.Module, epochs: int = 6, batch: int = 200) -> float:
    """Train on MNIST in PyTorch, and return the share of its test digits that are read right."""
    with np.load(ASSETS / "mnist.npz") as mnist:
        train, labels, test, answers = (
            torch.from_numpy(mnist[f"{part}_{kind}"]) for part in ("train", "test") for kind in ("images", "labels")
        )
    x, labels = train.reshape(-1, 784) / 255, labels.long()
    optimiser = torch.optim.Adam(model.parameters(), 0.002)
    torch.set_num_threads(1)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(batch):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(x[chosen]), labels[chosen]).backward()
            optimiser.step()
    return float((model(test.reshape(-1, 784) / 255).argmax(dim=1) == answers).float().mean())


def in_keras(trained: nn.Sequential) -> keras.Model:
    """Write PyTorch's weights into Keras's layers, with tanh between them and a softmax at the end."""
    model = keras.Sequential([layers.Input((28, 28)), layers.Rescaling(1 / 255), layers.Flatten()])
    linear = [each for each in trained if isinstance(each, nn.Linear)]
    for each in linear:
        model.add(layers.Dense(each.out_features, "softmax" if each is linear[-1] else "tanh"))
    for there, each in zip(model.layers[2:], linear, strict=True):
        there.set_weights([each.weight.detach().numpy().T, each.bias.detach().numpy()])
    return model


if __name__ == "__main__":
    main()
