"""Each activation against finite differences and scikit-learn, and everything that rests on them."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from scipy import special
from sklearn.neural_network import MLPClassifier

from nnviz import activations, training
from nnviz.activations import ACTIVATIONS
from nnviz.mnist import ASSETS
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.study import attribution, nonsense, surgery

ALONE = [name for name in ACTIVATIONS if name != "softmax"]
Z = np.array([-6, -1.3, -0.2, 0.4, 1, 5.5])  # none at a kink


def made(*sizes, inner="relu", last="softmax", seed=0, **more):
    rng = np.random.default_rng(seed)
    names = [inner] * (len(sizes) - 2) + [last]
    return Network(
        tuple(
            Layer(rng.normal(size=(m, n)) / np.sqrt(n) * 2, rng.normal(size=m), name)
            for (n, m), name in zip(pairwise(sizes), names, strict=True)
        ),
        **more,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sigmoid", [0.5, 0.7310585786, 0.1192029220]),
        ("tanh", [0, 0.7615941560, -0.9640275801]),
        ("relu", [0, 1, 0]),
        ("leaky relu", [0, 1, -0.02]),
        ("identity", [0, 1, -2]),
        ("softmax", [0.2594964603, 0.7053845126, 0.0351190271]),  # e**0, e**1, e**-2 over their sum, 3.8536171113
    ],
)
def test_each_gives_the_numbers_of_a_table_at_0_1_and_minus_2(name, expected):
    assert ACTIVATIONS[name].value(np.array([0.0, 1, -2])) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ALONE)
def test_the_slope_is_what_finite_differences_find(name):
    each, h = ACTIVATIONS[name], 1e-6
    found = (each.value(Z + h) - each.value(Z - h)) / (2 * h)
    assert each.slope(Z, each.value(Z)) == pytest.approx(found, abs=1e-8)


def test_the_slope_of_softmax_is_each_neurons_own_with_the_others_held_still():
    each, h = ACTIVATIONS["softmax"], 1e-6
    steps = np.eye(len(Z)) * h
    found = np.diag(each.value(Z + steps) - each.value(Z - steps)) / (2 * h)
    assert each.slope(Z, each.value(Z)) == pytest.approx(found, abs=1e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_huge_sums_in_float32_warn_of_nothing_and_stay_in_range(name):
    each, z = ACTIVATIONS[name], np.array([[-1e30, -1e4, 0, 1e4, 1e30], [-1e4] * 5], np.float32)
    a = each.value(z)
    assert a.dtype == np.float32
    assert ((a >= each.low) & (a <= each.high)).all()
    assert np.isfinite(each.slope(z, a)).all()
    assert (np.diff(a[0]) >= 0).all()


def test_a_softmax_shares_out_one_and_does_not_mind_a_number_added_to_all():
    z = np.random.default_rng(0).normal(size=(4, 7))
    assert activations.softmax(z).sum(axis=-1) == pytest.approx(np.ones(4))
    assert activations.softmax(z + 700) == pytest.approx(activations.softmax(z))


@pytest.mark.parametrize("theirs", ["relu", "tanh", "identity", "logistic"])
def test_scikit_learns_classifier_with_the_same_weights_gives_the_same_shares(theirs):
    rng = np.random.default_rng(3)
    x, labels = rng.random((60, 12)), np.arange(60) % 4
    other = MLPClassifier((9, 5), activation=theirs, max_iter=1)
    with pytest.warns(UserWarning, match="iterations"):
        other.fit(x, labels)
    name = {"logistic": "sigmoid"}.get(theirs, theirs)
    layers = zip(other.coefs_, other.intercepts_, [name, name, "softmax"], strict=True)
    net = Network(tuple(Layer(W.T.astype(np.float32), b.astype(np.float32), kind) for W, b, kind in layers))
    assert net.forward(x).output == pytest.approx(other.predict_proba(x), abs=1e-6)
    assert (net.forward(x).prediction == other.predict(x)).all()


def test_a_layer_without_an_activation_named_is_a_sigmoid_to_the_bit():
    net = Network.load(ASSETS / "networks" / "smooth.npz")
    x = np.random.default_rng(4).random((5, 784), np.float32)
    a = x
    for layer in net.layers:
        a = 1 / (1 + np.exp(-np.maximum(a @ layer.W.T + layer.b, -80)))
    assert (net.forward(x).output == a).all()
    assert [layer.activation for layer in net.layers] == ["sigmoid"] * 3
    assert (net.shape, net.classes, net.preparation) == ((28, 28), tuple("0123456789"), Preparation())


def test_of_negative_sums_that_a_relu_all_makes_0_the_largest_is_the_prediction():
    net = Network((Layer(np.zeros((3, 4), np.float32), np.array([-2, -1, -3], np.float32), "relu"),))
    assert net.forward(np.zeros(4)).prediction == 1


@pytest.mark.parametrize(
    ("layers", "more", "says"),
    [
        ((Layer(np.eye(2), np.zeros(2), "softmax"), Layer(np.eye(2), np.zeros(2))), {}, "softmax.*last layer only"),
        ((Layer(np.eye(2), np.zeros(2), "gelu"),), {}, '"gelu" is not one nnviz knows; expected sigmoid, tanh'),
        ((Layer(np.eye(2), np.zeros(2), "leaky relu", 7),), {}, "leak is 7"),
        ((Layer(np.eye(6), np.zeros(6)),), {"shape": (2, 4)}, "2 x 4 pixels, but it has 6 inputs"),
        ((Layer(np.eye(2), np.zeros(2)),), {"classes": ("a", "b", "c")}, "names 3 classes, but has 2 outputs"),
    ],
)
def test_what_does_not_fit_is_refused(layers, more, says):
    with pytest.raises(ValueError, match=says):
        Network(layers, **more)


def test_a_saved_network_comes_back_with_all_that_is_its_own(tmp_path):
    net = made(6, 4, 2, inner="tanh", shape=(2, 3), classes=("cat", "dog"), preparation=Preparation("filling", True, 1))
    layers = (*net.layers[:1], Layer(net.layers[1].W, net.layers[1].b, "leaky relu", 0.3))
    net.with_layers(layers).save(tmp_path / "mine.npz")
    again = Network.load(tmp_path / "mine.npz")
    assert [(layer.activation, layer.leak) for layer in again.layers] == [("tanh", 0.01), ("leaky relu", 0.3)]
    assert (again.shape, again.classes, again.preparation) == (net.shape, net.classes, net.preparation)


def test_a_network_of_the_lessons_kind_is_saved_in_the_six_arrays_it_always_was(tmp_path):
    Network.load(ASSETS / "networks" / "smooth.npz").save(tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as arrays:
        assert sorted(arrays) == ["W1", "W2", "W3", "b1", "b2", "b3"]


# ---- what rests on them


@pytest.mark.parametrize("inner", ALONE)
def test_the_pixel_pattern_is_what_finite_differences_of_z_find(inner):
    net, h = made(12, 5, 4, 3, inner=inner, shape=(3, 4)), 1e-3
    x = np.random.default_rng(5).random(12)
    steps = np.eye(12) * h
    found = (net.forward(x + steps).zs[2][:, 1] - net.forward(x - steps).zs[2][:, 1]) / (2 * h)
    assert attribution.pixel_pattern(net, net.forward(x), 3, 1) == pytest.approx(found.reshape(3, 4), abs=1e-2)
    assert attribution.saliency(net, x, 3, 1) == pytest.approx(abs(found).reshape(3, 4), abs=1e-2)


def test_losing_neurons_of_a_relu_network_is_the_pass_with_their_outgoing_weights_0():
    net, x = made(9, 6, 4, 3), np.random.default_rng(6).random((8, 9))
    W = [layer.W.copy() for layer in net.layers]
    W[1][:, 2] = W[2][:, 0] = 0
    cut = Network(tuple(Layer(w, old.b, old.activation) for w, old in zip(W, net.layers, strict=True)))
    lost = [(1, 2), (2, 0)]
    assert surgery.without(net, net.forward(x), lost).output == pytest.approx(cut.forward(x).output, abs=1e-6)
    assert attribution.ablate(net, x, lost).output == pytest.approx(cut.forward(x).output, abs=1e-6)
    labels = net.forward(x).prediction
    after = (cut.forward(x).prediction == labels).mean()
    assert surgery.cost_of_losing(net, x, labels, lost).after == pytest.approx(after)


def test_a_knob_turned_and_a_neuron_put_in_leave_every_activation_and_name_as_it_was():
    net = made(784, 6, 5, 3, inner="tanh", classes=("a", "b", "c"), preparation=Preparation("as drawn"))
    x = np.random.default_rng(7).random((50, 784))
    turned = surgery.change(net, 1, 2, "bias", 0.5)
    put = surgery.put_in(net, 2, np.zeros((28, 28)), 0.25, refit=True, x=x)
    for changed in (turned, put):
        assert [layer.activation for layer in changed.layers] == ["tanh", "tanh", "softmax"]
        assert (changed.classes, changed.preparation) == (net.classes, net.preparation)
    assert put.forward(x).activations[1][:, 2] == pytest.approx(np.full(50, np.tanh(0.25)))


def test_the_gradients_of_a_relu_network_with_a_softmax_are_what_finite_differences_find():
    sizes, rng = (7, 5, 3), np.random.default_rng(8)
    x, y, theta = rng.random((6, 7)), np.eye(3)[np.arange(6) % 3], rng.normal(size=7 * 5 + 5 + 5 * 3 + 3)

    def network(values):
        kinds = zip(training.unflatten(values, sizes), ("relu", "softmax"), strict=True)
        return Network(tuple(Layer(layer.W, layer.b, kind) for layer, kind in kinds))

    def loss(values):
        a = x
        for layer in network(values).layers:  # in float64, which `forward` is not
            a = layer.function.value(a @ layer.W.T + layer.b)
        return -(y * np.log(a)).sum() / len(y)

    found = training.flatten(training.gradients(network(theta), x, y))
    steps = np.eye(len(theta)) * 1e-6
    assert found == pytest.approx([(loss(theta + h) - loss(theta - h)) / 2e-6 for h in steps], abs=1e-6)


def test_gradients_of_outputs_without_a_loss_of_their_own_are_refused():
    with pytest.raises(ValueError, match="output is relu; expected sigmoid or softmax"):
        training.gradients(made(3, 2, last="relu"), np.zeros((1, 3)), np.zeros((1, 2)))


def test_noise_is_prepared_before_a_network_is_asked_about_it():
    taken = Layer(np.eye(2, 4, dtype=np.float32) * 50, np.zeros(2, np.float32))  # sure wherever its pixel is above 0
    rng = np.random.default_rng
    assert nonsense.noise_confidence(Network((taken,)), rng(0)) > 0.99
    below = Preparation(mean=1.5)  # every pixel -1.5 to -0.5
    assert nonsense.noise_confidence(Network((taken,), preparation=below), rng(0)) == 0


def test_nonsense_is_drawn_in_any_shape():
    pictures = nonsense.pictures(np.random.default_rng(0), shape=(8, 12))
    assert {picture.shape for picture in pictures.values()} == {(8, 12)}
    assert pictures["letter"].max() > 0.3


# ---- preparation


@pytest.mark.parametrize(
    ("wanted", "black", "grey", "white"),
    [
        (Preparation(), 0, 0.25, 1),
        (Preparation(inverted=True), 1, 0.75, 0),
        (Preparation(mean=0.5, deviation=0.5), -1, -0.5, 1),
        (Preparation(inverted=True, mean=0.5, deviation=0.25), 2, 1, -2),
    ],
)
def test_pixels_are_inverted_first_and_scaled_after(wanted, black, grey, white):
    assert wanted.scaled(np.array([0, 0.25, 1])).tolist() == [black, grey, white]
    assert wanted.range == (min(black, white), max(black, white))


@pytest.mark.parametrize("wanted", [Preparation(inverted=True), Preparation("filling", True, 0.1307, 0.3081)])
def test_a_folded_network_makes_of_the_plain_picture_what_the_other_makes_of_the_prepared_one(wanted):
    net, picture = made(16, 5, 3, preparation=wanted), np.random.default_rng(9).random((4, 16))
    folded = net.folded()
    assert folded.forward(picture).output == pytest.approx(net.forward(wanted.scaled(picture)).output, abs=1e-5)
    assert folded.preparation == Preparation(wanted.place)


def test_a_drawing_is_placed_for_pictures_of_any_shape():
    drawing = np.zeros((100, 100))
    drawing[10:90, 40:50] = 1
    filled = Preparation("filling").apply(drawing, (8, 8)).reshape(8, 8)
    assert filled.sum(axis=1) == pytest.approx(np.ones(8), abs=1 / 255)  # from the top to the bottom, one pixel wide
    asis = Preparation("as drawn").apply(drawing, (10, 20)).reshape(10, 20)
    assert np.argwhere(asis).tolist() == [[row, column] for row in range(1, 9) for column in (8, 9)]
    mnist = Preparation().apply(drawing, (14, 14)).reshape(14, 14)
    assert (mnist.sum(axis=1) > 0).sum() in (10, 11)  # 20 of 28 pixels, perhaps across one border


@pytest.mark.parametrize("wrong", [{"place": "thrown"}, {"deviation": 0}, {"mean": float("nan")}])
def test_a_preparation_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        Preparation(**wrong)


@pytest.mark.parametrize("inner", ["sigmoid", "tanh", "relu", "leaky relu", "identity"])
def test_a_network_goes_to_another_process_and_says_the_same_there(inner):
    net, x = made(4, 3, 2, inner=inner), np.random.default_rng(9).random((5, 4)).astype(np.float32)
    before = net.forward(x).output
    assert pickle.loads(pickle.dumps(net)).forward(x).output.tobytes() == before.tobytes()


@pytest.mark.parametrize("z", [[0.3], [1000.0, 1001.0, -5.0], [-800.0, -800.0]])
def test_logsumexp_is_scipys(z):
    assert activations.logsumexp(np.array(z, np.float32)) == pytest.approx(special.logsumexp(z))


def test_logsumexp_of_nothing_is_minus_infinity():
    assert activations.logsumexp(np.array([])) == -np.inf
