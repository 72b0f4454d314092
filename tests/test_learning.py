"""A training seen on the way: its steps beside scikit-learn's, its moments, where it goes on, what it learns from."""

from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from nnviz import mnist, training
from nnviz.network import Network
from nnviz.training.lessons import VALIDATION, mislabelled
from nnviz.training.squash import SLOPES, SQUASH
from tests.test_training import FUNCTIONS, bars, differences

SMALL = training.Recipe(epochs=3, batch=20, sizes=(784, 6, 10), rate=0.01)


def lessons_of(lesson, unseen=None):
    return training.Lessons(lambda epoch: lesson, lesson, unseen or lesson)


def parameters(network):
    return training.flatten(network.layers)


# ---- one step


@pytest.mark.parametrize("kind", SQUASH)
def test_an_activation_that_overwrites_its_sums_is_the_same_function(kind):
    z = np.array([[-3.0, -0.5, 0.1, 4.0]])
    found = z.copy()
    SQUASH[kind](found, 0.01)
    np.testing.assert_allclose(found, FUNCTIONS[kind](z), rtol=1e-12)


@pytest.mark.parametrize("middle", [0.0, 0.5])
@pytest.mark.parametrize("kind", SLOPES)
def test_a_slope_is_found_from_a_centred_activation(kind, middle):
    z = np.array([-3.0, -0.5, 0.1, 4.0])
    slope = np.empty_like(z)
    SLOPES[kind](FUNCTIONS[kind](z) - middle, slope, middle, 0.01)
    expected = np.diag(differences(lambda z: FUNCTIONS[kind](z).sum(), z) * np.eye(4))
    np.testing.assert_allclose(slope, expected, atol=1e-8)


def test_a_far_negative_sum_gives_a_sigmoid_of_zero():
    z = np.array([-200.0, 200.0], np.float32)
    with np.errstate(over="ignore"):
        SQUASH["sigmoid"](z, 0.0)
    assert z.tolist() == [0, 1]


def test_plain_descent_takes_the_step_worked_by_hand():
    w = np.array([1.0, -2.0])
    training.Descent(w).update(w, np.array([0.5, -1.0]), rate=0.1)
    assert w == pytest.approx([0.95, -1.9])


def test_momentum_keeps_nine_tenths_of_its_speed():
    # v = -0.1 * 2 = -0.2; then v = 0.9 * -0.2 - 0.1 * -1 = -0.08
    w = np.array([0.0])
    momentum = training.Momentum(w)
    momentum.update(w, np.array([2.0]), rate=0.1)
    assert w.item() == pytest.approx(-0.2)
    momentum.update(w, np.array([-1.0]), rate=0.1)
    assert w.item() == pytest.approx(-0.28)


@pytest.mark.parametrize(
    ("optimiser", "solver", "momentum"), [("sgd", "sgd", 0), ("momentum", "sgd", 0.9), ("adam", "adam", 0)]
)
@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_ten_steps_are_those_of_scikit_learn(hidden, optimiser, solver, momentum):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(30, 12)).astype(np.float32), np.arange(30) % 10
    recipe = training.Recipe(
        epochs=1, batch=30, sizes=(12, 8, 7, 10), hidden=hidden, output="softmax", optimiser=optimiser, average=0
    )
    learner = training.Learner(recipe, np.zeros(12, np.float32), rng)
    theirs = MLPClassifier(
        (8, 7), activation=hidden, solver=solver, alpha=0, batch_size=30, learning_rate_init=0.05, shuffle=False,
        momentum=momentum, nesterovs_momentum=False,
    )  # fmt: skip
    theirs.partial_fit(x, labels, classes=range(10))  # which makes its arrays, for ours to be put into
    for k, layer in enumerate(learner.network.layers):
        theirs.coefs_[k][...], theirs.intercepts_[k][...] = layer.W.T, layer.b
    del theirs._optimizer
    for _ in range(10):
        learner.step(x, np.eye(10, dtype=np.float32)[labels], 0.05)
        theirs.partial_fit(x, labels)
    for layer, W, b in zip(learner.network.layers, theirs.coefs_, theirs.intercepts_, strict=True):
        np.testing.assert_allclose(layer.W, W.T, atol=2e-4)
        np.testing.assert_allclose(layer.b, b, atol=2e-4)


# ---- its moments


def test_moments_begin_untrained_and_end_trained():
    lesson = bars(np.random.default_rng(0), 300)
    moments = list(training.learn(SMALL, lessons_of(lesson)))
    assert [moments[0].step, moments[-1].step] == [0, training.steps_of(SMALL, 300)] == [0, 45]
    assert moments[-1].epoch == 3
    assert moments[-1].right_training > moments[0].right_training + 0.5
    assert np.array_equal(parameters(moments[-1].network), parameters(training.train(lambda epoch: lesson, SMALL)))


def test_a_moments_marks_are_the_networks_own():
    lesson, unseen = bars(np.random.default_rng(1), 200), bars(np.random.default_rng(2), 150)
    _, last, *_ = training.learn(SMALL, lessons_of(lesson, unseen), due=lambda step: step == 2)
    answers = last.network.forward(unseen.x).prediction
    assert 0.2 < last.right_validation == (answers == unseen.labels).mean() < 0.95
    assert last.right_by_digit.tolist() == [(answers == k)[unseen.labels == k].mean() for k in range(10)]
    assert last.right_training == (last.network.forward(lesson.x).prediction == lesson.labels).mean()
    output = last.network.forward(lesson.x).output.astype(float)
    assert last.loss_training == pytest.approx(training.cross_entropy(output, np.eye(10)[lesson.labels]), rel=1e-4)


def test_which_moments_are_due_changes_nothing_of_what_is_learned():
    lesson = lessons_of(bars(np.random.default_rng(3), 100))
    few = list(training.learn(SMALL, lesson, due=lambda step: False))
    many = list(training.learn(SMALL, lesson, due=lambda step: True))
    assert [len(few), len(many)] == [2, 16]
    assert np.array_equal(parameters(few[-1].network), parameters(many[-1].network))


def test_a_seeded_course_is_the_same_to_the_last_bit():
    lesson = lessons_of(bars(np.random.default_rng(4), 200))
    for optimiser in training.OPTIMISERS:
        recipe = replace(SMALL, optimiser=optimiser, smoothness=1e-3)
        runs = []
        for _ in range(2):
            course = training.Course(recipe, 30)
            for moment in training.learn(recipe, lesson):
                course.add(moment)
            runs.append(course.to_bytes())
        assert runs[0] == runs[1]


def test_the_usual_schedule_is_fine_at_first_and_even_later():
    due = list(filter(training.schedule(12_000), range(12_001)))
    assert due[:18] == list(range(18))
    assert max(np.diff(due)) == 100


def test_a_training_goes_on_from_a_moment():
    lesson = lessons_of(bars(np.random.default_rng(5), 300))
    moments = list(training.learn(SMALL, lesson, due=lambda step: step == 20))
    since = moments[1]
    gone_on = list(training.learn(SMALL, lesson, since=since))
    np.testing.assert_allclose(parameters(gone_on[0].network), parameters(since.network), atol=0.05)
    assert [gone_on[0].step, gone_on[1].step, gone_on[-1].step] == [21, 22, 45]
    assert gone_on[-1].loss_training < since.loss_training
    assert list(training.learn(SMALL, lesson, since=moments[-1])) == []  # there is no more
    assert gone_on[-1].right_training == pytest.approx(moments[-1].right_training, abs=0.05)


def test_a_learning_rate_far_too_high_ends_in_a_sentence():
    recipe = replace(SMALL, rate=1e30, hidden="relu", optimiser="sgd", average=0.0)
    with pytest.raises(training.OverflowedError, match="the learning rate is far too high"):
        list(training.learn(recipe, lessons_of(bars(np.random.default_rng(6), 100))))


def test_the_caller_keeps_its_own_way_of_meeting_overflows():
    before = np.geterr()
    for _ in islice(training.learn(SMALL, lessons_of(bars(np.random.default_rng(7), 100))), 3):
        assert np.geterr() == before


# ---- what is learned from


@pytest.fixture(scope="module")
def scans():
    return bars(np.random.default_rng(8), VALIDATION + 1200)


def test_the_last_scans_are_never_learned_from(scans):
    marked = mnist.Digits(scans.images.copy(), scans.labels)
    marked.images[-VALIDATION:, 0, 0] = 255
    lessons = training.lessons(replace(SMALL, noise=0.3), marked)
    for learned in (lessons.epoch(0), lessons.training):
        assert not (learned.images[:, 0, 0] == 255).any()
    assert (lessons.validation.images[:, 0, 0] == 255).all()
    assert len(lessons.epoch(0).labels) == 1200


def test_a_share_of_the_digits_is_that_share(scans):
    assert len(training.lessons(replace(SMALL, share=0.25), scans).epoch(0).labels) == 300


def test_so_many_labels_are_wrong():
    labels = np.random.default_rng(9).integers(0, 10, 5000).astype(np.uint8)
    found = mislabelled(labels, 0.4, np.random.default_rng(10))
    assert (found != labels).sum() == 2000
    assert found.dtype == np.uint8
    assert np.bincount((found - labels.astype(int)) % 10, minlength=10)[1:].min() > 180  # of 222 each


def test_the_validation_digits_keep_their_true_labels(scans):
    true, noisy = (training.lessons(replace(SMALL, noise=noise), scans) for noise in (0, 1))
    assert np.array_equal(true.validation.labels, noisy.validation.labels)
    assert (true.epoch(0).labels != noisy.epoch(0).labels).all()


def test_pen_digits_are_added_when_they_are_asked_for(scans):
    pens = bars(np.random.default_rng(11), 70)
    counts = [
        len(training.lessons(replace(SMALL, pens=with_them), scans, pens).epoch(0).labels)
        for with_them in (True, False)
    ]
    assert counts == [1270, 1200]
    with pytest.raises(ValueError, match="asks for pen digits"):
        training.lessons(replace(SMALL, pens=True), scans)


def test_the_kept_pen_pictures_are_those_of_the_writers_who_are_not_held_out():
    found = training.pens.load()
    assert found.images.shape == (5994, 28, 28)
    assert found.images.dtype == found.labels.dtype == np.uint8
    assert np.bincount(found.labels).min() > 500


# ---- recipes


def test_every_preset_may_be_trained_and_is_said_and_read():
    for recipe in training.PRESETS.values():
        recipe.check()
        assert training.Recipe.of(recipe.stated()) == recipe
    assert list(training.PRESETS) == [
        "as plain", "as smooth", "far too fast", "far too small", "wrong labels", "one epoch"
    ]  # fmt: skip


def test_as_plain_is_as_plain():
    assert training.PRESETS["as plain"] == training.RECIPES["plain"]


def test_every_choice_has_a_sentence():
    assert set(training.WORDS) == {field.name for field in fields(training.Recipe)}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sizes": (784, 10)}, "0 hidden layers; expected 1 to 4"),
        ({"sizes": (784, 8, 8, 8, 8, 8, 10)}, "5 hidden layers; expected 1 to 4"),
        ({"sizes": (784, 129, 10)}, "number of neurons in a layer is 129; expected 1 to 128"),
        ({"sizes": (64, 16, 10)}, "784 inputs and 10 outputs"),
        ({"epochs": 31}, "number of epochs is 31; expected 1 to 30"),
        ({"epochs": 0}, "number of epochs is 0; expected 1 to 30"),
        ({"batch": 1001}, "batch is 1001; expected 1 to 1000"),
        ({"rate": 11.0}, "learning rate is 11; expected 1e-05 to 10"),
        ({"smoothness": 0.2}, "smoothness is 0.2; expected 0 to 0.1"),
        ({"sparsity": 0.02}, "sparsity is 0.02; expected 0 to 0.01"),
        ({"average": 1.0}, "average is 1; expected 0 to 0.9999"),
        ({"warped": 0.5}, "not bent here"),
        ({"batch": 1, "epochs": 4}, "240,000 steps; expected at most 200,000"),
        ({"sizes": (784, 128, 128, 10), "epochs": 30}, "2.1 times as long as may be"),
    ],
)
def test_what_is_too_much_for_visitors_is_refused_in_a_sentence(change, sentence):
    recipe = replace(training.PRESETS["one epoch"], **change)
    with pytest.raises(ValueError, match=sentence):
        recipe.check()


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({}, "does not say how many epochs"),
        ({"epochs": 1, "teacher": 2}, 'a recipe has no "teacher"'),
        ({"epochs": True}, 'epochs is "True"; expected a whole number'),
        ({"epochs": 1.5}, 'epochs is "1.5"; expected a whole number'),
        ({"epochs": 10**400}, "expected a whole number"),
        ({"epochs": 1, "rate": float("nan")}, "learning rate is nan; expected 0 or more"),
        ({"epochs": 1, "rate": float("inf")}, "learning rate is inf; expected 0 or more"),
        ({"epochs": 1, "rate": 10**400}, "expected a number"),
        ({"epochs": 1, "share": 0.001}, "share of the digits is 0.001; expected 0.01 to 1"),
        ({"epochs": 1, "noise": -0.1}, "share of wrong labels is -0.1; expected 0 to 1"),
        ({"epochs": 1, "sizes": [784, "9" * 300, 10]}, "expected a list of whole numbers"),
        ({"epochs": 1, "sizes": [784]}, "expected two layers or more"),
        ({"epochs": 1, "sizes": [784, 0, 10]}, "none empty"),
        ({"epochs": 1, "hidden": "softmax"}, "activation of the hidden layers"),
        ({"epochs": 1, "output": "relu"}, "expected sigmoid, softmax"),
        ({"epochs": 1, "optimiser": "x" * 300}, "expected sgd, momentum, adam, soap"),
        ({"epochs": 1, "pens": 1}, "expected true or false"),
        ({"epochs": 1, "seed": -1}, "seed is -1; expected 0 to"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(stated, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        training.Recipe.of(stated)
    assert len(str(refused.value)) <= 200


def test_a_network_of_another_recipes_layers_is_not_gone_on_from():
    other = next(training.learn(replace(SMALL, sizes=(784, 5, 10)), lessons_of(bars(np.random.default_rng(12), 50))))
    assert isinstance(other.network, Network)
    with pytest.raises(ValueError, match="other layers"):
        next(training.learn(SMALL, lessons_of(bars(np.random.default_rng(12), 50)), since=other))
