"""Keras's files changed: what they say is understood, or refused by the name of a layer."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from nnviz import files
from tests.files.made import DATA, weights


def changed(name, change, where="config.json"):
    """Change the configuration of a .keras file."""
    file = io.BytesIO()
    with zipfile.ZipFile(DATA / name) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "config.json":
                config = json.loads(body)
                change(config["config"]["layers"])
                body = json.dumps(config).encode()
            new.writestr(entry.filename, body)
    return file.getvalue()


def layer_with(**about):
    return lambda layers: layers[3]["config"].update(about)


def conv(layers):
    layers[2] = {"class_name": "Conv2D", "config": {"name": "conv"}}


def rescaled(scale, offset=0.0):
    return lambda layers: layers[1]["config"].update(scale=scale, offset=offset)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (conv, "it has a Conv2D layer; nnviz opens dense"),
        (layer_with(activation="gelu"), 'the activation "gelu"'),
        (layer_with(activation={"class_name": "function", "config": "mine"}), "the activation"),
        (lambda layers: layers.pop(3), r'"dense_1" is to be of 10 neurons; its weights are of shape \(64, 12\)'),
        (lambda layers: layers.clear(), "no dense layer"),
        (rescaled(0.0), "rescales its pictures with 0"),
        (rescaled("x"), "damaged"),
        (lambda layers: layers[0]["config"].update(batch_shape=[None, 8, 8, 3]), "8 x 8 x 3 numbers; expected grey"),
    ],
)
def test_keras_files_of_other_layers_are_refused_by_name(change, says):
    with pytest.raises(ValueError, match=says):
        files.read(changed("keras.keras", change), "a.keras")


@pytest.mark.parametrize(
    ("scale", "offset", "mean", "deviation"),
    [
        (1 / 255, 0, 0, 1),
        (1 / 16, 0, 0, 1),
        (1 / 127.5, -1, 0.5, 0.5),
        (1 / (255 * 0.3081), -0.1307 / 0.3081, 0.1307, 0.3081),
    ],
)
def test_what_keras_rescales_becomes_mean_and_deviation_of_the_picture(scale, offset, mean, deviation):
    found = files.read(changed("keras.keras", rescaled(scale, offset)), "a.keras").preparation
    assert (found.mean, found.deviation) == (pytest.approx(mean), pytest.approx(deviation))


def test_an_h5_file_named_as_keras_2_named_things_opens():
    (W, b), about = weights(64, 3)[0], {"name": "d", "units": 3, "activation": "sigmoid"}
    layers = [{"class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [None, 4, 16]}},
              {"class_name": "Dense", "config": about}]  # fmt: skip
    with h5py.File.in_memory() as file:
        file["model_weights/d/d/kernel:0"], file["model_weights/d/d/bias:0"] = W.T, b
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode()
        file.flush()
        network = files.read(file.id.get_file_image(), "a.h5")
    assert (network.layers[0].W == W).all()
    assert (network.layers[0].b == b).all()
    assert (network.shape, network.layers[0].activation) == ((4, 16), "sigmoid")


def test_weights_without_their_layers_say_how_to_save_both():
    with zipfile.ZipFile(DATA / "keras.keras") as archive:
        alone = archive.read("model.weights.h5")
    with pytest.raises(ValueError, match=r'weights without their layers; write both by model\.save\("model\.keras"\)'):
        files.read(alone, "model.weights.h5")


def test_a_dense_layers_own_leaky_relu_leaks_as_keras_documents_it():
    layer = files.read(changed("keras.keras", layer_with(activation="leaky_relu")), "a.keras").layers[0]
    assert (layer.activation, layer.leak) == ("leaky relu", 0.2)


def test_branches_of_a_keras_model_are_refused():
    def branch(layers):
        layers[3]["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = "input_layer_1"

    with pytest.raises(ValueError, match='branch or meet at "leaky_re_lu"'):
        files.read(changed("keras_functional.keras", branch), "a.keras")


def test_links_out_of_an_hdf5_file_and_packed_or_foreign_arrays_are_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.ones((64, 12), np.float32)
    whole = (DATA / "keras.h5").read_bytes()

    def with_kernel(put):
        path = tmp_path / "a.h5"
        path.write_bytes(whole)
        with h5py.File(path, "a") as file:
            group = file["model_weights/dense/sequential/dense"]
            del group["kernel"]
            put(group)
        return path.read_bytes()

    def virtual(group):
        layout = h5py.VirtualLayout((64, 12), np.float32)
        layout[:] = h5py.VirtualSource(str(secret), "kernel", (64, 12))
        group.create_virtual_dataset("kernel", layout)

    puts = {
        "points to other files": lambda group: group.__setitem__("kernel", h5py.ExternalLink(str(secret), "kernel")),
        "are packed": lambda group: group.create_dataset("kernel", (64, 12), "f4", compression="gzip"),
        "are packed, ": virtual,
        "or are no floating": lambda group: group.create_dataset(
            "kernel", (64, 12), "f4", external=[(str(secret), 0, 64 * 12 * 4)]
        ),
        "large|fewer": lambda group: group.create_dataset("kernel", (10**6, 10**3), "f4"),
    }
    for says, put in puts.items():
        with pytest.raises(ValueError, match=says):
            files.read(with_kernel(put), "a.h5")
