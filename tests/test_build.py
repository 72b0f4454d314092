"""Neurons made by hand against sums worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import balanced_accuracy_score

from nnviz.export import link
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.study import build

BALANCED = ("surround", "bar", "ring")
painted = arrays(np.int16, (28, 28), elements=st.integers(-4000, 4000), fill=st.integers(-1000, 1000))


def z_of(weights, bias=-8.0, **place):
    pictures = build.probes(**place)
    z = build.respond(weights, bias, np.stack(list(pictures.values()))).z
    return dict(zip(pictures, z, strict=True))


def square(value, top, left, side=2):
    picture = np.zeros((28, 28))
    picture[top : top + side, left : left + side] = value
    return picture


def test_a_hand_worked_neuron():
    weights = square(0.5, 0, 0) + square(-2, 10, 10)  # four pixels of each
    picture = square(0.25, 0, 0) + square(1, 10, 10, side=1) + square(1, 20, 20)
    answer = build.respond(weights, 1.5, picture[None])
    assert (answer.positive, answer.negative, answer.z) == (4 * 0.5 * 0.25, -2, 0.5 - 2 + 1.5)
    assert answer.sum(0).a == 0.5
    assert sum(answer.sum(0).shown()[:3]) == 0


def test_a_drawn_neuron_answers_as_the_network_it_is_taken_from():
    network, x = Network.load(ASSETS / "networks" / "plain.npz"), load("test").x[:50]
    answer = build.respond(*build.from_network(network, 7), x)
    assert answer.z == pytest.approx(network.forward(x).zs[0][:, 7], abs=784 * 0.0005)


def test_flat_pictures_and_square_ones_give_the_same():
    images = load("test").x[:5]
    flat, square = (build.respond(build.ring(), 1, x).z for x in (images, images.reshape(-1, 28, 28)))
    assert (flat == square).all()


@pytest.mark.parametrize("name", build.PATTERNS)
def test_every_pattern_is_within_the_brush_and_already_in_thousandths(name):
    weights = build.PATTERNS[name]()
    assert weights.dtype == np.float32
    assert abs(weights).max() <= 1
    assert (weights == (np.rint(weights.astype(float) * 1000) / 1000).astype(np.float32)).all()


@pytest.mark.parametrize("name", BALANCED)
def test_evenly_bright_paper_says_nothing_to_a_pattern_with_a_surround(name):
    assert abs(z_of(build.PATTERNS[name](), bias=0)["full"]) < 0.1


@pytest.mark.parametrize("name", BALANCED)
@given(row=st.floats(2, 25), column=st.floats(2, 25))
@settings(deadline=None, max_examples=30)
def test_even_a_surround_cut_off_by_the_border_cancels_its_middle(name, row, column):
    weights = build.PATTERNS[name](row, column)
    assert abs(weights.sum()) < 0.4  # 784 roundings to thousandths
    assert 0.99 < abs(weights).max() <= 1


def test_a_narrow_surround_is_as_dark_as_the_brush_allows_and_its_middle_less_bright():
    weights = build.surround(13.5, 13.5, height=20, width=20, margin=1)
    assert weights.min() == -1
    assert weights.max() == pytest.approx(84 / 400, abs=5e-4)


def test_a_region_adds_up_its_pixels():
    weights = build.region(row=3, column=10.5, height=3, width=4)
    expected = np.zeros((28, 28))
    expected[2:5, 9:13] = 1
    assert (weights == expected).all()


def test_a_big_blob_fools_a_bright_region_alone_but_not_one_with_a_surround():
    alone, framed, barred = z_of(build.region()), z_of(build.surround()), z_of(build.bar())
    assert alone["blob"] == alone["bar"] == alone["full"] == 22  # 30 pixels, less 8
    assert framed["bar"] == barred["bar"] == 22
    assert max(framed["blob"], framed["full"], barred["blob"], barred["full"]) < 0


@pytest.mark.parametrize("orientation", [0, 30, 90, 135])
def test_a_bar_likes_its_own_bar_best_and_its_inverse_least(orientation):
    place = {"row": 14, "column": 13, "orientation": orientation}
    z = z_of(build.bar(**place), **place)
    assert max(z, key=z.get) == "bar"
    assert min(z, key=z.get) == "inverse"
    assert z["beside"] < z["blank"]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (27, 27), (0, 27), (14, 14)])
@pytest.mark.parametrize("orientation", [0, 45, 90, 120])
def test_the_bar_beside_stays_in_the_picture_wherever_the_bar_is(row, column, orientation):
    pictures = build.probes(row, column, orientation)
    assert pictures["beside"].sum() > 0.5 * pictures["bar"].sum()


def test_the_turned_bar_is_the_bar_with_rows_and_columns_exchanged():
    pictures = build.probes(13.5, 13.5, orientation=0)
    assert pictures["turned"] == pytest.approx(pictures["bar"].T, abs=1e-5)


def test_the_probes_are_pictures():
    assert all(p.shape == (28, 28) and p.min() >= 0 and p.max() <= 1 for p in build.probes().values())


def test_a_ring_encloses_a_dark_middle():
    weights = build.ring(14, 14, radius=6, width=2)
    assert weights[14, 8] == weights[8, 14] == 1
    assert weights[14, 10] < 0
    assert weights[14, 14] == 0
    assert weights[14, 6] < 0


@pytest.mark.parametrize(
    ("paint", "says"),
    [
        (lambda: build.bar(width=0), "the width is 0; expected more than 0"),
        (lambda: build.region(height=np.nan), "the height is nan"),
        (lambda: build.surround(row=80), "outside the picture"),
        (lambda: build.surround(13.5, 13.5, 28, 28), "expected room for both"),
    ],
)
def test_patterns_without_size_or_room_are_refused(paint, says):
    with pytest.raises(ValueError, match=says):
        paint()


def test_a_trained_neuron_beyond_the_limit_is_scaled_down_but_fires_for_the_same_pictures():
    network = Network.load(ASSETS / "networks" / "plain.npz")
    network.layers[0].W[3] *= 4
    network.layers[0].b[3] *= 4
    weights, bias = build.from_network(network, 3)
    x = load("test").x[:1000]
    z, own = build.respond(weights, bias, x).z, network.forward(x).zs[0][:, 3]
    assert abs(weights).max() == 4
    assert ((z > 0) == (own > 0)).mean() > 0.99


def test_who_fires_by_hand():
    firing = build.firing(np.array([1.0, -1, 0, 2]), np.array([7, 7, 7, 1], np.uint8))
    assert (firing.fires[7], firing.silent[7], firing.fires[1]) == (1, 2, 1)  # z = 0 does not fire
    assert firing.shares[7] == pytest.approx(1 / 3)
    assert np.isnan(firing.shares[0])


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1000), st.floats(-2, 2))
def test_the_best_separated_digit_agrees_with_scikit_learn(seed, shift):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, 300)
    z = rng.normal(size=300) + shift * (labels == 4)
    scores = {}
    for digit in range(10):
        scores[digit, "fires"] = balanced_accuracy_score(labels == digit, z > 0)
        scores[digit, "silent"] = balanced_accuracy_score(labels == digit, z <= 0)
    found = build.best_separated(z, labels)
    assert found.balanced_accuracy == pytest.approx(max(scores.values()))
    assert scores[found.digit, found.polarity] == pytest.approx(found.balanced_accuracy)


def test_a_neuron_silent_for_one_digit_only_separates_that_one():
    labels = np.arange(10).repeat(3)
    assert build.best_separated(np.where(labels == 6, -1, 1), labels) == build.Separation(6, 1.0, "silent")


def test_a_neuron_that_never_fires_separates_nothing():
    assert build.best_separated(np.zeros(20), np.arange(20) % 10).balanced_accuracy == 0.5


@pytest.mark.parametrize(
    ("z", "labels", "says"),
    [
        (np.zeros(3), np.zeros(2, int), r"shape \(3,\) and the labels \(2,\)"),
        (np.zeros(0), np.zeros(0, int), r"\(0,\)"),
        (np.zeros(2), np.array([0, 10]), "run from 0 to 10; expected 0 to 9"),
        (np.zeros(2), np.array([3, 3]), "of 1 digits; expected at least two"),
    ],
)
def test_sums_without_fitting_labels_are_refused(z, labels, says):
    with pytest.raises(ValueError, match=says):
        build.best_separated(z, labels)


def test_each_digits_histogram_is_numpys_own():
    rng = np.random.default_rng(0)
    sums, labels = rng.normal(size=500).round(1), rng.integers(0, 10, 500)
    found = build.histogram(sums, labels, bins=12)
    for digit in range(10):
        assert (found.counts[digit] == np.histogram(sums[labels == digit], found.edges)[0]).all()
    assert found.counts.sum() == 500


def test_a_sum_on_a_bin_edge_counts_where_numpy_counts_it():
    sums, labels = np.arange(11.0), np.zeros(11, int)
    assert build.histogram(sums, labels, bins=10).counts[0].tolist() == [1] * 9 + [2]


def test_the_histogram_of_a_neuron_painted_zero_has_all_pictures_in_one_bin():
    counts = build.histogram(np.zeros(30), np.arange(30) % 10).counts
    assert np.count_nonzero(counts.sum(axis=0)) == 1


@pytest.mark.parametrize(
    ("weights", "bias", "says"),
    [
        (np.zeros((16, 16)), 0, r"shape \(16, 16\); expected \(28, 28\)"),
        (np.full((28, 28), np.nan), 0, "NaN or infinite"),
        (np.full((28, 28), 4.01), 0, "run from 4.01 to 4.01; expected within ±4"),
        (np.zeros((28, 28)), np.inf, "the bias is inf; expected within ±3136"),
        (np.zeros((28, 28)), np.nan, "the bias is nan"),
    ],
)
def test_weights_and_biases_out_of_range_are_refused(weights, bias, says):
    for use in (link.encode_neuron, link.neuron_bytes, lambda w, b: build.respond(w, b, np.zeros((1, 784)))):
        with pytest.raises(ValueError, match=says):
            use(weights, bias)


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"shape \(784,\); expected \(n, 28, 28\)"):
        build.respond(build.bar(), 0, np.zeros(784))
