"""The course of a training: which moments it keeps, and its bytes: read as described, and refused when damaged."""

import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from nnviz import training
from nnviz.training import Course, Moment, Recipe
from nnviz.training.course import POINTS, most_kept

RECIPE = Recipe(epochs=2, sizes=(784, 5, 4, 10), hidden="relu", output="softmax")


def moment(step, rng=None, recipe=RECIPE):
    rng = rng or np.random.default_rng(step)
    network = training.initial(rng, recipe.sizes, recipe.hidden, recipe.output)
    network = network.with_layers(
        replace(layer, b=rng.normal(0, 9, len(layer.b)).astype("f")) for layer in network.layers
    )
    return Moment(step, step / 500, *rng.random(4).tolist(), rng.random(10), network)


def course_of(steps, recipe=RECIPE):
    course = Course(recipe, max(steps))
    for step in steps:
        course.add(moment(step, recipe=recipe))
    return course


def parameters(network):
    return training.flatten(network.layers)


# ---- what is kept


def test_sixty_moments_are_kept_evenly_on_a_logarithmic_scale():
    course, one = Course(RECIPE, 15_000), moment(0)
    due = training.schedule(15_000)
    for step in range(15_001):
        if due(step):
            course.add(replace(one, step=step))
    steps = np.array([each.step for each in course.moments])
    assert (len(steps), steps[0], steps[-1]) == (60, 0, 15_000)
    assert np.diff(np.log1p(steps)).max() < 0.7  # log 2: the first step
    assert np.diff(np.log1p(steps))[20:].max() < 0.35


def test_the_last_moment_is_kept_whenever_one_stops():
    course, one = Course(RECIPE, 1000), moment(0)
    for step in range(1000):
        course.add(replace(one, step=step))
        assert (course.moments[0].step, course.moments[-1].step) == (0, step)


def test_the_curve_keeps_600_points_and_every_kept_moment():
    course, one = Course(RECIPE, 2000), moment(0)
    for step in range(2000):
        course.add(replace(one, step=step))
    steps = [each.step for each in course.curve]
    assert len(steps) == POINTS
    assert {each.step for each in course.moments} <= set(steps)
    assert max(np.diff(steps)) <= 8


def test_a_moment_before_the_last_is_refused():
    with pytest.raises(ValueError, match="step 3 comes after step 5"):
        course_of([0, 5]).add(moment(3))


def test_larger_networks_keep_fewer_moments():
    kept = [most_kept((784, n, n, 10)) for n in (16, 32, 64, 128)]
    assert kept[0] == 60
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] >= 20
    assert most_kept((784, 16, 16, 10), 1_000_000) > 30


# ---- its bytes


@pytest.mark.parametrize(
    ("sizes", "megabytes"),
    [((784, 16, 16, 10), 2), ((784, 48, 10), 2), ((784, 64, 64, 10), 2), ((784, 128, 128, 128, 128, 10), 4)],
)
def test_a_full_course_fits_two_megabytes_or_four_if_large(sizes, megabytes):
    recipe = Recipe(epochs=1, sizes=sizes)
    course, one = Course(recipe, 599), moment(0, recipe=recipe)
    for step in range(600):
        course.add(replace(one, step=step))
    assert len(course.to_bytes()) <= megabytes * 1_000_000


def test_a_course_comes_back_from_its_bytes():
    course = course_of([0, 1, 2, 700, 900])
    found = Course.from_bytes(course.to_bytes())
    assert (found.recipe, found.steps, found.held) == (RECIPE, 900, "validation")
    for old, new in zip(course.moments, found.moments, strict=True):
        assert (new.step, new.epoch) == (old.step, pytest.approx(old.epoch))
        assert (new.loss_training, new.right_validation) == pytest.approx((old.loss_training, old.right_validation))
        assert new.right_by_digit == pytest.approx(old.right_by_digit)
        assert [layer.activation for layer in new.network.layers] == ["relu", "relu", "softmax"]
    assert np.array_equal(parameters(found.network(-1)), parameters(course.network(-1)))


@pytest.mark.parametrize(("sizes", "largest"), [((784, 5, 4, 10), 32767), ((784, 128, 128, 128, 10), 127)])
def test_weights_are_kept_to_half_a_step(sizes, largest):
    course = course_of(range(15), Recipe(epochs=1, sizes=sizes))
    found = Course.from_bytes(course.to_bytes())
    for old, new in zip(course.moments, found.moments, strict=True):
        for before, after in zip(old.network.layers, new.network.layers, strict=True):
            for a, b in ((before.W, after.W), (before.b, after.b)):
                assert np.abs(a - b).max() <= np.abs(a).max() * (0.5 / largest + 2e-7)


def test_a_reader_that_knows_only_the_description_finds_the_weights():
    course = course_of([0, 4, 9])
    data = course.to_bytes()
    (length,) = struct.unpack("<I", data[8:12])
    header = json.loads(data[12 : 12 + length])
    assert (12 + length) % 8 == 0
    places = header["arrays"]
    scales = np.frombuffer(data, "<f4", 3 * 6, places["scales"]["at"]).reshape(3, 6)
    first = np.frombuffer(data, "<i2", 784 * 5, places["weights"]["at"])  # W1 of the first moment, row by row
    np.testing.assert_allclose(first.reshape(5, 784) * scales[0, 0], course.network(0).layers[0].W, atol=1e-4)
    last = np.frombuffer(data, "<f4", 784 * 5, places["last"]["at"])
    assert np.array_equal(last.reshape(5, 784), course.network(2).layers[0].W)
    marks = np.frombuffer(data, "<f4", 15, places["marks"]["at"] + 15 * 4)
    assert marks[:2] == pytest.approx([4 / 500, course.curve[1].loss_training])
    assert (header["recipe"]["sizes"], header["steps"], header["held"]) == ([784, 5, 4, 10], 9, "validation")


def test_an_unchanging_layer_of_zeros_is_kept():
    recipe = Recipe(epochs=1, sizes=(784, 3, 10))
    still = training.initial(np.random.default_rng(0), recipe.sizes)  # its biases are 0
    course = Course(recipe, 1)
    for step in (0, 1):
        course.add(replace(moment(step), network=still))
    assert not Course.from_bytes(course.to_bytes()).network(0).layers[0].b.any()


# ---- bytes of strangers


def changed(data, change):
    """The same course with another header, longer by 64 bytes, in which arrays are moved by as many."""
    (length,) = struct.unpack("<I", data[8:12])
    header = json.loads(data[12 : 12 + length])
    change(header)
    for place in header.get("arrays", {}).values():
        if isinstance(place, dict):
            place["at"] += 64
    text = json.dumps(header, separators=(",", ":")).encode().ljust(length + 64)
    assert len(text) == length + 64
    return data[:8] + struct.pack("<I", len(text)) + text + data[12 + length :]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda h: h.pop("recipe"), "does not say its recipe"),
        (lambda h: h["recipe"].update(sizes=[784, 10**9, 10]), "weights and biases; expected far fewer"),
        (lambda h: h["recipe"].update(sizes=[784, 6, 4, 10]), "its array weights is not int8 or int16 of shape"),
        (lambda h: h["recipe"].update(hidden="x"), "activation of the hidden layers"),
        (lambda h: h["recipe"].update(rate=float("nan")), "learning rate is nan"),
        (lambda h: h.update(steps=-1), "how many steps"),
        (lambda h: h.update(held=["test"]), "which digits were held back"),
        (lambda h: h.pop("arrays"), "where its arrays are"),
        (lambda h: h["arrays"].update(kept=[]), "how many points or moments"),
        (lambda h: h["arrays"]["kept"].update(shape=[10**6]), "expected fewer"),
        (lambda h: h["arrays"]["last"].update(at=10**9), "its array last lies outside of it"),
        (lambda h: h["arrays"]["last"].update(at=-800), "its array last lies outside of it"),
        (lambda h: h["arrays"]["last"].update(kind="float64"), "its array last is not float32"),
        (lambda h: h["arrays"]["steps"].update(at=h["arrays"]["last"]["at"]), "not in order"),
        (lambda h: h["arrays"]["kept"].update(at=h["arrays"]["weights"]["at"]), "not points of its curve"),
        (lambda h: h["arrays"]["marks"].update(at=h["arrays"]["weights"]["at"]), "NaN or infinite|losses below 0"),
    ],
)
def test_a_course_that_contradicts_itself_is_refused_in_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        Course.from_bytes(changed(course_of([0, 5, 9]).to_bytes(), change))


@pytest.mark.parametrize(
    "data",
    [b"", b"nnviz 1\n", b"PK\3\4", b"nnviz 1\n\xff\xff\xff\xff{}", b"nnviz 1\n\4\0\0\0[[[[", b"nnviz 1\n\2\0\0\0[]"],
)
def test_other_bytes_are_no_course(data):
    with pytest.raises(ValueError, match=r"not a course|header"):
        Course.from_bytes(data)


def test_a_course_cut_short_is_refused():
    data = course_of([0, 5]).to_bytes()
    for length in (13, 500, len(data) // 2, len(data) - 9):
        with pytest.raises(ValueError, match=r"header|outside"):
            Course.from_bytes(data[:length])
