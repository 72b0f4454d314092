"""The forward pass against numbers worked by hand and an independent implementation; files against damage."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from nnviz.mnist import ASSETS, load
from nnviz.network import Layer, Network, sigmoid

HAND = Network(
    (
        Layer(np.array([[1, -2], [0, 4]], np.float32), np.array([0, -1], np.float32)),
        Layer(np.array([[2, 2]], np.float32), np.array([-1], np.float32)),
    )
)


def random_network(*sizes, seed=0):
    rng = np.random.default_rng(seed)
    return Network(
        tuple(
            Layer(rng.normal(size=(n_out, n_in)).astype(np.float32), rng.normal(size=n_out).astype(np.float32))
            for n_in, n_out in pairwise(sizes)
        )
    )


def test_a_network_worked_by_hand_gives_the_hand_worked_numbers():
    trace = HAND.forward(np.array([1.0, 0.5]))
    # z1 = (1 - 1, 2 - 1) = (0, 1); a1 = (1/2, 1/(1 + 1/e)); z2 = 1 + 2 a1[1] - 1
    assert trace.zs[0].tolist() == [0, 1]
    assert trace.activations[1] == pytest.approx([0.5, 0.7310585786])
    assert trace.zs[1] == pytest.approx([1.4621171573])
    assert trace.output == pytest.approx([0.8118562749])


def test_scikit_learn_with_the_same_weights_gives_the_same_output():
    net = random_network(5, 4, 3, 2)
    x = np.random.default_rng(1).random((20, 5))
    other = MLPClassifier((4, 3), activation="logistic", max_iter=1).fit
    with pytest.warns(UserWarning, match="iterations"):
        other = other(x, np.arange(20) % 2 == np.arange(2)[:, None].T.repeat(20, 0)[:, 0])
    other.coefs_ = [layer.W.T.astype(float) for layer in net.layers[:2]] + [net.layers[2].W[:1].T.astype(float)]
    other.intercepts_ = [layer.b.astype(float) for layer in net.layers[:2]] + [net.layers[2].b[:1].astype(float)]
    assert net.forward(x).output[:, 0] == pytest.approx(other.predict_proba(x)[:, 1], abs=1e-6)


def test_many_pictures_at_once_give_what_each_gives_alone():
    net, x = random_network(784, 16, 16, 10), np.random.default_rng(2).random((7, 784))
    alone = np.array([net.forward(picture).output for picture in x])
    assert net.forward(x).output == pytest.approx(alone, abs=1e-6)


def test_the_sigmoid_of_huge_numbers_is_zero_or_one_and_warns_of_nothing():
    assert sigmoid(np.array([-1e4, 1e4], np.float32)) == pytest.approx([0, 1], abs=1e-30)


def test_a_trace_holds_four_activations_and_three_sums():
    trace = random_network(784, 16, 16, 10).forward(np.zeros(784))
    assert [a.shape for a in trace.activations] == [(784,), (16,), (16,), (10,)]
    assert [z.shape for z in trace.zs] == [(16,), (16,), (10,)]


def test_the_three_layers_have_13002_parameters():
    assert random_network(784, 16, 16, 10).parameter_count == 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10 == 13_002


def test_of_outputs_that_all_round_to_1_the_one_with_the_largest_sum_is_the_prediction():
    net = Network((Layer(np.zeros((10, 784), np.float32), np.arange(30, 40, dtype=np.float32)[::-1].copy()),))
    net.layers[0].b[6] = 41
    trace = net.forward(np.zeros((2, 784)))
    assert (trace.output == 1).all()
    assert trace.prediction.tolist() == [6, 6]


@pytest.mark.parametrize("name", ["smooth", "rough", "plain"])
def test_the_prediction_is_the_digit_with_the_largest_sum(name):
    trace = Network.load(ASSETS / "networks" / f"{name}.npz").forward(load("test").x)
    assert (trace.prediction == trace.zs[-1].argmax(axis=1)).all()


def test_a_picture_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"shape \(783,\); expected \(784,\)"):
        random_network(784, 16, 10).forward(np.zeros(783))


def test_a_saved_network_loads_with_the_same_numbers(tmp_path):
    net = random_network(784, 16, 16, 10)
    net.save(tmp_path / "mine.npz")
    again = Network.load(tmp_path / "mine.npz")
    assert all((a.W == b.W).all() and (a.b == b.b).all() for a, b in zip(net.layers, again.layers, strict=True))


def test_a_missing_network_file_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no network file gone\.npz.*make networks"):
        Network.load(tmp_path / "gone.npz")


def test_a_truncated_network_file_is_refused(tmp_path):
    whole = (ASSETS / "networks" / "smooth.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"damaged or not an \.npz"):
        Network.load(tmp_path / "cut.npz")


def test_an_empty_network_file_is_refused(tmp_path):
    (tmp_path / "empty.npz").write_bytes(b"")
    with pytest.raises(ValueError, match="not a network nnviz can use"):
        Network.load(tmp_path / "empty.npz")


def arrays(**changes):
    good = {f"{kind}{i}": a for i, layer in enumerate(HAND.layers, 1) for kind, a in (("W", layer.W), ("b", layer.b))}
    return {name: array for name, array in {**good, **changes}.items() if array is not None}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"b2": None}, "expected W1, b1, W2, b2"),
        ({"W2": np.ones((1, 3), np.float32)}, "takes 3 inputs, but the layer before has 2"),
        ({"b1": np.ones(3, np.float32)}, r"W1 has shape \(2, 2\) and b1 \(3,\)"),
        ({"b1": np.array([np.nan, 0], np.float32)}, "W1 or b1 holds NaN or infinite"),
        ({"W1": np.array([["a", "b"], ["c", "d"]])}, "not of floating-point numbers"),
    ],
)
def test_a_wrong_network_file_is_refused_with_what_is_wrong(tmp_path, changes, says):
    np.savez(tmp_path / "wrong.npz", **arrays(**changes))
    with pytest.raises(ValueError, match=says):
        Network.load(tmp_path / "wrong.npz")


class Bomb:
    def __reduce__(self):
        return (open, ("exploded", "w"))


@pytest.mark.parametrize("kind", ["npz", "pickle"])
def test_a_file_holding_pickled_objects_is_refused_and_never_run(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    if kind == "npz":
        np.savez("bomb.npz", **arrays(W1=np.array([[Bomb()]], dtype=object)))
    else:
        (tmp_path / "bomb.npz").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="pickled objects"):
        Network.load(tmp_path / "bomb.npz")
    assert not (tmp_path / "exploded").exists()
