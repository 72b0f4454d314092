"""The table of numbers, read by Python's csv module and checked against NumPy on the network's own file."""

import csv
import io
import math

import numpy as np
import pytest

from nnviz import mnist
from nnviz.export import report
from nnviz.network import Layer, Network

FILE = mnist.ASSETS / "networks" / "smooth.npz"
DIGIT = (mnist.load("test").images[0] / 255).astype(np.float32).ravel()
OUT = [(1, 4), (2, 0), (3, 7)]


@pytest.fixture(scope="module")
def arrays():
    with np.load(FILE, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def read(x=DIGIT, out=()):
    return list(csv.DictReader(io.StringIO(report.table(Network.load(FILE), x, out))))


@pytest.fixture(scope="module")
def rows():
    return read()


def of(rows, layer, neuron):
    return [row for row in rows if (row["layer"], row["neuron"]) == (str(layer), str(neuron))]


def column(rows, name):
    return np.array([np.float32(row[name]) for row in rows if row["source"] != "bias"], np.float32)


def results(rows, layer, name):
    return np.array([float(row[name]) for row in rows if row["layer"] == str(layer) and row["source"] == "bias"])


def forward(arrays, x, out=()):
    """Run a picture through in float64, with neurons' activations put to 0: activations and zs."""
    activations, zs = [x.astype(np.float64)], []
    for n in (1, 2, 3):
        zs.append(arrays[f"W{n}"].astype(np.float64) @ activations[-1] + arrays[f"b{n}"])
        a = 1 / (1 + np.exp(-zs[-1]))
        a[[k for layer, k in out if layer == n]] = 0
        activations.append(a)
    return activations, zs


def test_there_is_a_row_for_each_of_the_13_002_parameters(rows):
    assert len(rows) == 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10 == 13_002


def test_no_row_is_there_twice(rows):
    assert len({(row["layer"], row["neuron"], row["source"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_weights_and_biases_come_back_to_the_bit(rows, arrays, layer):
    W, b = arrays[f"W{layer}"], arrays[f"b{layer}"]
    found = column([row for row in rows if row["layer"] == str(layer)], "weight").reshape(W.shape)
    assert found.tobytes() == W.tobytes()
    assert results(rows, layer, "weight").astype(np.float32).tobytes() == b.tobytes()


def test_the_first_layers_inputs_are_the_picture_to_the_bit(rows):
    assert column(of(rows, 1, 0), "input").tobytes() == DIGIT.tobytes()


@pytest.mark.parametrize("layer", [2, 3])
def test_a_later_layers_inputs_are_the_activations_of_the_one_before(rows, layer):
    given, before = column(of(rows, layer, 5), "input"), results(rows, layer - 1, "activation")
    np.testing.assert_array_equal(given, before.astype(np.float32))


@pytest.mark.parametrize("out", [(), OUT], ids=["whole", "knocked out"])
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_z_and_activation_are_what_numpy_computes(arrays, layer, out):
    activations, zs = forward(arrays, DIGIT, out)
    rows = read(out=out)
    np.testing.assert_allclose(results(rows, layer, "z"), zs[layer - 1], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(results(rows, layer, "activation"), activations[layer], atol=1e-5)


@pytest.mark.parametrize("out", [(), OUT], ids=["whole", "knocked out"])
def test_the_contributions_of_each_neuron_add_up_to_its_z(out):
    rows = read(out=out)
    for layer, size in ((1, 16), (2, 16), (3, 10)):
        for neuron in range(size):
            terms = [float(row["contribution"]) for row in of(rows, layer, neuron)]
            z = float(of(rows, layer, neuron)[-1]["z"])
            assert math.fsum(terms) == pytest.approx(z, abs=1e-6 * math.fsum(map(abs, terms)))


def test_each_contribution_is_weight_times_input(rows):
    exact = column(rows, "weight").astype(np.float64) * column(rows, "input")
    np.testing.assert_allclose(column(rows, "contribution"), exact, rtol=1e-7)


def test_what_is_knocked_out_is_said_and_passes_on_nothing():
    rows = read(out=OUT)
    said = [(int(row["layer"]), int(row["neuron"])) for row in rows if row["knocked_out"] == "yes"]
    assert said == OUT
    assert {row["contribution"] for row in rows if (row["layer"], row["source"]) == ("2", "4")} == {"0.0"}


def test_over_a_blank_picture_z_is_the_bias(arrays):
    np.testing.assert_array_equal(results(read(np.zeros(784)), 1, "z").astype(np.float32), arrays["b1"])


def test_a_case_worked_by_hand():
    one = Network((Layer(np.array([[2, -1]], np.float32), np.array([-0.5], np.float32)),))
    assert report.table(one, np.array([0.5, 0.5])).splitlines() == [
        "layer,neuron,source,weight,input,contribution,z,activation,knocked_out",
        "1,0,0,2.0,0.5,1.0,,,",
        "1,0,1,-1.0,0.5,-0.5,,,",
        "1,0,bias,-0.5,1.0,-0.5,0.0,0.5,no",
    ]


def test_several_pictures_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 784\); expected one picture"):
        report.table(Network.load(FILE), np.zeros((2, 784)))


def test_a_neuron_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="16"):
        report.table(Network.load(FILE), DIGIT, [(1, 16)])
