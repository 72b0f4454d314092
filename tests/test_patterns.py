"""Shapes and patterns against pictures made by hand, scipy, scikit-learn, and networks made up."""

import numpy as np
import pytest
from scipy import ndimage, stats
from sklearn.metrics import roc_auc_score

from nnviz import mnist
from nnviz.mnist import ASSETS
from nnviz.network import Layer, Network, Trace
from nnviz.study import attribution, patterns, shapes

SHIPPED = ("smooth", "rough", "plain", "untrained")
DIGITS = mnist.load("test")


def shipped(name):
    return Network.load(ASSETS / "networks" / f"{name}.npz")


def picture(*rows):
    """Draw rows of text in the middle of a picture: # is ink."""
    image = np.zeros((28, 28), np.uint8)
    for r, row in enumerate(rows):
        image[10 + r, 10 : 10 + len(row)] = [255 * (c == "#") for c in row]
    return image


def has(feature, *images):
    return shapes.features(np.stack(images))[shapes.FEATURES.index(feature)].tolist()


# ---- what is told apart


def test_a_ring_is_a_loop_and_one_with_a_gap_is_not():
    closed, gap = picture("####", "#  #", "####"), picture("####", "#  #", "## #")
    assert has("a closed loop", closed, gap, picture("####", "####")) == [True, False, False]


def test_a_ring_that_holds_together_by_its_corners_is_a_loop():
    assert has("a closed loop", picture(" # ", "# #", " # ")) == [True]


def test_a_way_out_may_wind():
    spiral = picture("#######", "#     #", "# ### #", "# # # #", "# #   #", "# #####", "#      ")
    blocked = picture("#######", "#     #", "# ### #", "# # # #", "# #   #", "# #####", "###    ")
    assert has("a closed loop", spiral, blocked) == [False, True]


def test_ink_along_the_border_encloses_nothing_by_itself():
    frame = np.full((28, 28), 255, np.uint8)
    frame[5:9, 5:9] = 0
    assert has("a closed loop", frame, np.full((28, 28), 255, np.uint8), np.zeros((28, 28), np.uint8)) == [
        True, False, False,
    ]  # fmt: skip


def test_loops_are_where_scipy_counts_background_that_does_not_touch_the_border():
    ink = DIGITS.images[:2000] >= 128
    around = (ndimage.label(np.pad(~each, 1, constant_values=True))[1] for each in ink)
    assert shapes.features(DIGITS.images[:2000])[0].tolist() == [count > 1 for count in around]


def test_a_stroke_is_long_from_twelve_pixels_on_and_a_gap_ends_it():
    up = np.zeros((4, 28, 28), np.uint8)
    up[0, 3:15, 9] = 255  # twelve
    up[1, 3:14, 9] = 255  # eleven
    up[2, 3:20, 9] = 255
    up[2, 12, 9] = 0  # nine and seven
    up[3, 16:28, 27] = 255  # twelve, at the border
    assert has("a long upright stroke", *up) == [True, False, False, True]
    assert has("a long level stroke", *up) == [False] * 4
    assert has("a long level stroke", *up.swapaxes(1, 2)) == [True, False, False, True]


def test_pictures_without_their_third_axis_are_refused():
    with pytest.raises(ValueError, match=r"shape \(28, 28\); expected \(n, rows, columns\)"):
        shapes.features(DIGITS.images[0])


# ---- how well


def test_the_share_of_pairs_is_the_area_under_the_curve_with_ties_and_without():
    rng = np.random.default_rng(0)
    z = np.stack([rng.normal(size=400), rng.integers(0, 4, 400), np.zeros(400)]).astype(np.float32)
    feature = rng.random((2, 400)) < [[0.3], [0.8]]
    expected = [[roc_auc_score(one, row) for row in z] for one in feature]
    np.testing.assert_allclose(patterns.told_apart(z, feature), expected, atol=1e-12)


def test_of_pictures_all_alike_there_is_no_share():
    assert np.isnan(patterns.told_apart(np.arange(4.0), np.array([[True] * 4, [False] * 4]))).all()


def test_ranks_are_scipys():
    z = np.random.default_rng(1).integers(0, 20, 100).astype(float)
    np.testing.assert_array_equal(patterns.ranks(z), stats.rankdata(z))


def test_the_doubt_is_what_drawing_the_pictures_again_gives():
    rng = np.random.default_rng(2)
    feature = rng.random(600) < 0.4
    common = rng.normal(size=600)
    z, other = (common + rng.normal(size=600) + shift * feature for shift in (0.9, 0.75))
    leads = []
    for _ in range(1500):
        again = rng.integers(0, 600, 600)
        leads.append(np.subtract(*patterns.told_apart(np.stack([z, other])[:, again], feature[None, again])[0]))
    lead = roc_auc_score(feature, z) - roc_auc_score(feature, other)
    assert patterns.doubt(z, other, feature) == pytest.approx(stats.norm.sf(lead / np.std(leads)), abs=0.02)


def test_a_lead_that_is_none_is_doubted_in_a_twentieth_of_all_cases_at_a_twentieth():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(1500):
        feature = rng.random(300) < 0.4
        p.append(patterns.doubt(*(rng.normal(size=300) + 0.5 * feature for _ in range(2)), feature))
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.017)
    same = rng.normal(size=300)
    assert patterns.doubt(same, same, feature) == 1


def two_bars(W2):
    """A network whose first layer holds two bars and 14 neurons that see single pixels far from them."""
    W1 = np.zeros((16, 784), np.float32)
    W1[0, 10 * 28 + np.arange(8, 20)] = 1  # a level bar
    W1[1, np.arange(8, 20) * 28 + 13] = 1  # an upright one
    W1[np.arange(2, 16), np.arange(14)] = 8
    b1 = np.where(np.arange(16) < 2, -6, -4).astype(np.float32)
    return Network((Layer(W1, b1), Layer(W2.astype(np.float32), np.zeros(len(W2), np.float32))))


def crosses(rng, count=2000):
    """Pictures with either bar, both or none, and specks elsewhere; the feature is to have both."""
    level, upright = rng.random((2, count)) < 0.5
    images = np.zeros((count, 28, 28))
    images[level, 10, 8:20] = 1
    images[upright, 8:20, 13] = 1
    images.reshape(count, -1)[:, :14] = rng.random((count, 14))
    images += 0.2 * rng.random(images.shape) * (images > 0)
    return np.clip(images, 0, 1).reshape(count, -1), (level & upright)[None]


def test_a_neuron_that_puts_two_bars_together_is_found_and_an_idle_one_is_not():
    rng = np.random.default_rng(4)
    W2 = np.zeros((2, 16))
    W2[0, :2] = 4  # this one wants both
    W2[1, 2:] = rng.normal(size=14)
    x, both = crosses(rng)
    network = two_bars(W2)
    found = patterns.measure(network, network.forward(x), both, draws=4000)
    assert found.ahead.tolist() == [[True, False]]
    assert found.which[0] in (0, 1)
    assert found.own[0, 0] > 0.95
    assert found.single[0] < 0.9
    assert found.luck[0, 0] == pytest.approx(2 / (16 * 15), abs=0.004)  # both weights come to the bars again, or cross


def test_a_neuron_that_only_hands_one_bar_on_is_not_ahead_of_that_bar():
    x, both = crosses(np.random.default_rng(5))
    network = two_bars(np.eye(16)[:2] * 3)
    found = patterns.measure(network, network.forward(x), both, draws=400)
    assert not found.ahead.any()
    assert found.own.max() == pytest.approx(found.single[0], abs=1e-6)
    assert (found.luck < 0.15).all()  # though few of their shuffles do as well: those that hand a bar on, 2 of 16


def test_a_neuron_better_than_any_single_one_is_not_ahead_if_every_shuffle_does_as_well():
    rng = np.random.default_rng(10)
    feature = rng.random((1, 1000)) < 0.4
    before = rng.normal(size=(1000, 16)) + 0.4 * feature.T
    W2 = np.ones((1, 16))
    network = Network((Layer(np.eye(16), np.zeros(16)), Layer(W2, np.zeros(1))))
    found = patterns.measure(network, Trace((before,) * 2, (before, before @ W2.T)), feature, draws=50)
    assert found.own[0, 0] > found.single[0] + 0.1
    assert found.doubt[0, 0] < 0.001
    assert found.luck[0, 0] == 1
    assert not found.ahead.any()


def test_meaningless_weights_seem_better_than_their_shuffles_in_a_twentieth_of_all_cases():
    rng = np.random.default_rng(6)
    images = DIGITS.images[:400]
    feature, luck, named = shapes.features(images), [], 0
    for trial in range(20):
        layers = (
            Layer(rng.normal(size=(16, 784)) / 9, rng.normal(size=16)),
            Layer(rng.normal(size=(16, 16)), np.zeros(16)),
        )
        network = Network(layers)
        found = patterns.measure(network, network.forward(images.reshape(400, -1) / 255), feature, draws=99, seed=trial)
        luck.append(found.luck)
        named += found.ahead.any()
    assert np.mean(np.array(luck) <= 0.05) == pytest.approx(0.05, abs=0.02)
    assert np.mean(np.array(luck) <= 0.5) == pytest.approx(0.5, abs=0.05)
    assert named <= 3  # of 20 networks a twentieth, 1, is expected at most


def test_what_is_counted_was_not_used_to_choose():
    """Neuron 0 tells all even pictures apart and no odd one; neuron 1 the odd ones alone. The first must be chosen."""
    rng = np.random.default_rng(7)
    feature = np.repeat([[True, True, False, False]], 100, axis=0).reshape(1, -1)
    even = np.arange(400) % 2 == 0
    z = rng.normal(size=(400, 2))
    z[:, 0] += 9 * feature[0] * even
    z[:, 1] -= 9 * feature[0] * ~even
    W2 = np.array([[1.0, 0.0]])
    network = Network((Layer(np.eye(2), np.zeros(2)), Layer(W2, np.zeros(1))))
    trace = Trace((z, z, z @ W2.T), (z, z @ W2.T))
    found = patterns.measure(network, trace, feature, draws=50)
    assert found.which.tolist() == [0]
    assert found.single[0] == found.own[0, 0] == pytest.approx(roc_auc_score(feature[0, 1::2], z[1::2, 0]))
    assert found.single[0] < 0.6


@pytest.mark.parametrize("layer", [0, 1, 4])
def test_a_layer_without_one_before_it_is_refused(layer):
    network = shipped("smooth")
    with pytest.raises(ValueError, match=f"layer is {layer}; expected 2 to 3"):
        patterns.measure(network, network.forward(DIGITS.x[:9]), np.ones((1, 9), bool), layer)


def test_pictures_that_all_have_the_feature_are_refused():
    network = shipped("smooth")
    with pytest.raises(ValueError, match="expected some of both kinds"):
        patterns.measure(network, network.forward(DIGITS.x[:9]), np.ones((1, 9), bool))


def test_a_digit_is_told_from_all_pictures_without_the_feature():
    rng = np.random.default_rng(8)
    z, feature, labels = rng.normal(size=3000), rng.random(3000) < 0.4, rng.integers(0, 10, 3000)
    feature[labels == 4] = False
    found = patterns.by_digit(z, feature, labels, fewest=20)
    assert sorted(found) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    among = ~feature | (labels == 8)
    assert found[8] == pytest.approx(roc_auc_score(feature[among], z[among]))


# ---- what it responds to


def test_a_shuffle_keeps_the_weights_and_moves_them():
    w = np.random.default_rng(9).normal(size=16)
    mixed = patterns.shuffles(w, 200, 0)
    np.testing.assert_array_equal(np.sort(mixed, axis=1), np.sort(w)[None].repeat(200, axis=0))
    assert len(np.unique(mixed, axis=0)) == 200
    np.testing.assert_allclose(mixed.mean(axis=0), w.mean(), atol=0.4)  # each weight comes to each place


def test_shuffled_patterns_are_the_same_maps_added_up_with_the_weights_shuffled():
    network = shipped("smooth")
    trace = network.forward(DIGITS.x[:500])
    drawn = patterns.shuffled_patterns(network, trace)
    a = trace.activations[1].astype(float)
    parts = (a * (1 - a)).mean(axis=0)[:, None] * network.layers[0].W
    for k in (0, 7):
        weights = np.linalg.lstsq(parts.T, drawn[k].ravel(), rcond=None)[0]
        np.testing.assert_allclose(np.sort(weights), np.sort(network.layers[1].W[k]), atol=1e-3)
        assert not np.allclose(drawn[k], attribution.pixel_pattern(network, trace, 2, k), atol=1e-2)


# ---- what is kept


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_kept_of_a_shipped_network_is_what_scikit_learn_and_new_shuffles_find(name):
    network = shipped(name)
    kept = patterns.kept(network)
    trace, feature = network.forward(DIGITS.x), shapes.features(DIGITS.images)
    assert kept.draws == patterns.DRAWS
    for f in range(3):
        for k in range(16):
            own = roc_auc_score(feature[f, 1::2], kept.side[f, k] * trace.zs[1][1::2, k])
            assert kept.own[f, k] == pytest.approx(own, abs=1e-6)
        alone = roc_auc_score(feature[f, 1::2], trace.zs[0][1::2, kept.which[f]])
        assert kept.single[f] == pytest.approx(max(alone, 1 - alone), abs=1e-6)
    again = patterns.measure(network, trace, feature, draws=200, neurons=[3], seed=1000)
    np.testing.assert_allclose(again.shuffled[:, 0], kept.shuffled[:, 3], atol=0.04)


def test_another_network_has_nothing_kept_and_a_missing_or_damaged_file_is_empty(tmp_path):
    network = shipped("smooth")
    network.layers[1].W[0, 0] += 1
    assert patterns.kept(network) is None
    (tmp_path / "damaged.npz").write_bytes(b"PK")
    assert patterns._kept(tmp_path / "damaged.npz") == patterns._kept(tmp_path / "missing.npz") == {}


def test_the_verdict_says_the_numbers():
    found = patterns.Separation(
        own=np.array([[0.8]]), side=np.array([[1]]), single=np.array([0.7]), which=np.array([13]),
        shuffled=np.array([[[0.5, 0.6, 0.7]]]), as_well=np.array([[3]]), doubt=np.array([[1e-9]]), draws=1000,
    )  # fmt: skip
    says = patterns.verdict(found, 0, 0, 9, "hidden 1")
    assert says.startswith("Ahead of both")
    for part in (
        "neuron 9 tells 80% apart",
        "neuron 13 of hidden 1 alone 70%",
        "half of 1,000 draws reach 60%",
        "3 do as",
    ):
        assert part in says
    slower = patterns.Separation(**{**vars(found), "doubt": np.array([[0.2]])})
    assert patterns.verdict(slower, 0, 0, 9, "hidden 1").startswith("Not ahead of both")
