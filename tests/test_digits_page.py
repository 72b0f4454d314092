"""Digits: the mistakes counted, filtered, ordered and compared, against what the files alone say."""

import json
import math
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from nnviz import ink
from nnviz.archives import pack_arrays
from nnviz.files.pictures import Pictures
from nnviz.mnist import ASSETS, load
from nnviz.network import Network
from nnviz.study import letters
from nnviz.ui.session import parameters
from nnviz.ui.session.yours import Yours
from tests import foreign
from tests.test_pages import DIGIT, open_page, sentences, text

DIGITS = "pages/6_digits.py"
TEST = load("test")
ANSWERS = {
    name: Network.load(ASSETS / "networks" / f"{name}.npz").forward(TEST.x).prediction for name in ("smooth", "plain")
}
SMOOTH = Network.load(ASSETS / "networks" / "smooth.npz").forward(TEST.x)
OUTPUT = SMOOTH.output


def chart(app, key):
    (found,) = [each.proto.spec for each in app.get("plotly_chart") if f"-{key}" in each.proto.id]
    return json.loads(found)


def trace(app, key, name):
    return next(each for each in chart(app, key)["data"] if each["name"] == name)


def unpacked(app, key):
    """What the browser is sent: the header, and the bytes of all arrays."""
    (sent,) = [each.proto.bytes for each in app.get("bidi_component") if each.proto.id.endswith(f"-{key}")]
    length = int.from_bytes(sent[:4], "little")
    return json.loads(sent[4 : 4 + length]), sent[4 + length + -length % 4 :]


def gallery(app, key="digits"):
    """The header, the numbers, labels and answers of all digits, and the pixels of a page."""
    header, rest = unpacked(app, key)
    found = [header]
    for kind in ("<u4", "<u2", "<u2", "<f4") + ("<f4",) * header["apart"]:
        size = header["count"] * int(kind[-1])
        found.append(np.frombuffer(rest[:size], kind))
        rest = rest[size + -size % 4 :]
    pixels = math.prod(header["shape"])
    found.append(np.frombuffer(rest[: len(rest) // pixels * pixels], np.uint8).reshape(-1, *header["shape"]))
    return found


def shown(app):
    """The digits of the page whose pictures are sent."""
    header, numbers = gallery(app)[:2]
    return numbers[header["each"] * (header["page"] - 1) :][: header["each"]].tolist()


@pytest.mark.parametrize("name", ["smooth", "plain"])
def test_the_matrix_is_the_one_computed_from_the_files_alone(name):
    app = open_page(DIGITS, network=name)
    np.testing.assert_array_equal(
        trace(app, "confusion", "confusion")["z"], confusion_matrix(TEST.labels, ANSWERS[name])
    )


def test_it_opens_with_its_worst_mistakes():
    app = open_page(DIGITS)
    wrong = np.flatnonzero(ANSWERS["smooth"] != TEST.labels)
    assert f"{10000 - len(wrong):,} of 10,000 right, {len(wrong):,} wrong" in text(app)
    lead = [
        np.delete(output, label).max() - output[label]
        for output, label in zip(OUTPUT[wrong].astype(np.float64), TEST.labels[wrong], strict=True)
    ]
    assert shown(app) == wrong[np.argsort(-np.array(lead), kind="stable")][:100].tolist()


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("number", np.arange(10000)),
        ("sure", -OUTPUT.max(axis=1)),
        ("torn", np.sort(OUTPUT.astype(np.float64))[:, -1] - np.sort(OUTPUT.astype(np.float64))[:, -2]),
        ("silent", SMOOTH.zs[0][:, 6]),
    ],
)
def test_each_order_is_that_of_the_numbers_it_names(order, first):
    app = open_page(DIGITS, digits_right="all", digits_sort=order, layer=1, neuron=6)
    assert shown(app) == np.argsort(first, kind="stable")[:100].tolist()


@pytest.mark.parametrize(("choice", "sure"), [("sure", True), ("unsure", False)])
def test_only_sure_ones_are_those_with_one_output_above_one_half(choice, sure):
    app = open_page(DIGITS, digits_right="all", digits_sort="number", digits_sure=choice)
    assert shown(app) == np.flatnonzero(((OUTPUT > 0.5).sum(axis=1) == 1) == sure)[:100].tolist()


def test_the_gallery_holds_each_mistake_once_with_its_label_its_answer_and_how_sure_it_is():
    _, numbers, labels, answers, brightest, _ = gallery(open_page(DIGITS))
    assert sorted(numbers) == np.flatnonzero(ANSWERS["smooth"] != TEST.labels).tolist()
    np.testing.assert_array_equal(labels, TEST.labels[numbers])
    np.testing.assert_array_equal(answers, ANSWERS["smooth"][numbers])
    np.testing.assert_array_equal(brightest, OUTPUT[numbers].max(axis=1))


def test_with_it_come_the_pictures_of_the_page_that_the_browser_asked_for():
    app = open_page(DIGITS, digits_page=3)
    header, numbers, *_, pictures = gallery(app)
    assert (header["page"], header["count"]) == (3, len(numbers))
    np.testing.assert_array_equal(pictures, TEST.images[numbers[200:300]])


def test_label_and_answer_leave_the_digits_of_one_cell():
    app = open_page(DIGITS, digits_label="4", digits_answer="9")
    assert sorted(shown(app)) == np.flatnonzero((TEST.labels == 4) & (ANSWERS["smooth"] == 9)).tolist()


def test_by_neuron_the_digits_with_the_largest_z_come_first():
    app = open_page(DIGITS, digits_right="all", digits_sort="fires", layer=1, neuron=6)
    assert shown(app) == np.argsort(-SMOOTH.zs[0][:, 6], kind="stable")[:100].tolist()


def test_filters_that_leave_nothing_say_so():
    app = open_page(DIGITS, digits_label="4", digits_answer="4", digits_right="wrong")
    assert "No test digit is like that" in " ".join(each.value for each in app.info)


def test_a_network_with_other_classes_is_told_what_is_missing():
    letters = replace(Network.load(ASSETS / "networks" / "smooth.npz"), classes=tuple("abcdefghij"))
    own = Yours("", (letters,))
    app = open_page(DIGITS, yours=(own,), network=own.name)
    assert "labelled pictures of the ten digits only" in text(app)
    assert "28 × 28" in text(app)


def view(which, image=None, **choices):
    return open_page(DIGITS, image, digits_view=which, **choices)


def test_the_nearest_to_a_test_digit_is_that_digit_itself():
    app = view("map", DIGIT)
    _, numbers, *_, apart, _ = gallery(app, "nearest")
    assert (numbers[0], len(numbers)) == (0, 10)
    assert apart[0] == pytest.approx(0, abs=1e-6)


def test_before_anything_is_drawn_there_is_room_for_the_nearest():
    _, numbers, *_, pictures = gallery(view("map"), "nearest")
    assert numbers.tolist() == [2**32 - 1] * 10
    assert not pictures.any()


def tables(app):
    """The terms below the differences: of each table its caption, and name and term row by row."""
    (found,) = [each.proto.body for each in app.get("html") if 'class="terms"' in each.proto.body]
    return [
        (
            re.search("<caption>(.*?)</caption>", table)[1],
            [
                (name, Decimal(term.replace("−", "-")))
                for name, term in re.findall("<th[^>]*>(.*?)</th><td>(.*?)</td>", table)
            ],
        )
        for table in found.split("<table>")[1:]
    ]


def test_terms_of_two_digits_add_up_as_shown():
    found = tables(view("compare"))
    for caption, rows in found:
        terms = [term for _, term in rows]
        assert sum(terms[:-1]) == terms[-1]
        assert caption.replace("−", "-").endswith(f"{terms[-1]:+}")
    assert len(found) == 3


def test_the_terms_are_weights_times_how_the_activations_differ():
    app = view("compare", digit_one=7, digit_other=1232)
    W = Network.load(ASSETS / "networks" / "smooth.npz").layers[2].W
    terms = W[int(ANSWERS["smooth"][1232])] * (SMOOTH.activations[2][1232] - SMOOTH.activations[2][7])
    largest = np.argsort(-np.abs(terms), kind="stable")[:5]
    _, rows = tables(app)[0]
    assert [name for name, _ in rows[:5]] == [f"hidden 2, neuron {k}" for k in largest]
    np.testing.assert_allclose([float(term) for _, term in rows[:5]], terms[largest], atol=2e-3)


def test_a_digit_compared_with_itself_differs_nowhere():
    app = view("compare", digit_one=7, digit_other=7)
    assert not app.exception
    assert [str(term) for _, term in tables(app)[0][1]] == ["0.000", "0.000"]


def test_a_softmax_says_what_a_softmax_says():
    words = text(open_page(DIGITS, DIGIT, network="wide"))
    assert "of the total" in words
    assert "one output neuron is sure" not in words


def test_letters_and_noise_stand_beside_digits():
    bars = trace(view("sure"), "convinced", "convinced")
    assert bars["y"] == ["test digits", "letters", "dim noise", "noise"]
    assert bars["x"][0] == pytest.approx((OUTPUT.max(axis=1) > 0.5).mean())
    drawn = [ink.normalize(letter).ravel() for letter in letters.drawings(np.random.default_rng(0))]
    net = Network.load(ASSETS / "networks" / "smooth.npz")
    assert bars["x"][1] == pytest.approx((net.forward(np.array(drawn)).output.max(axis=1) > 0.5).mean(), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "says"),
    [("smooth", "Under-confident"), ("untrained", "Over-confident"), ("wide", "As sure as it is right")],
)
def test_it_says_whether_a_network_is_surer_than_it_is_right(name, says):
    output = Network.load(ASSETS / "networks" / f"{name}.npz").forward(TEST.x).output
    bright, right = output.max(axis=1).mean(), (output.argmax(axis=1) == TEST.labels).mean()
    words = text(open_page(DIGITS, digits_view="sure", network=name))
    assert f"{says}: its brightest output is {bright:.3f} on average" in words
    assert f"{right:.1%} are right" in words
    assert (right - bright > 0.01, bright - right > 0.01) == (says == "Under-confident", says == "Over-confident")


def test_of_all_answered_as_many_are_right_as_the_matrix_says():
    app = view("sure")
    assert trace(app, "answered", "answered")["y"][-1] == pytest.approx((ANSWERS["smooth"] == TEST.labels).mean())


# ---- labelled pictures of a visitor's own


def with_network(name, **choices):
    own = Yours("", (foreign.network(name),))
    return open_page(DIGITS, choices.pop("image", None), yours=(own,), network=own.name, **choices)


def labelled(net, n=60):
    rng = np.random.default_rng(7)
    images = rng.integers(0, 256, (n, *net.shape), np.uint8)
    return Pictures(images, rng.integers(0, len(net.classes), n), net.classes)


@pytest.mark.parametrize("which", parameters.VIEWS)
@pytest.mark.parametrize("name", ["letters", "markup", "deep"])
def test_every_view_works_with_pictures_of_ones_own(name, which):
    own = labelled(foreign.network(name))
    app = with_network(name, own_pictures=own, digits_view=which, image=DIGIT)
    assert not app.exception
    assert "Your own 60 pictures." in text(app)
    if which == "mistakes":
        counts = np.array(trace(app, "confusion", "confusion")["z"])
        assert counts.sum(axis=1).tolist() == np.bincount(own.labels, minlength=len(own.classes)).tolist()


@pytest.mark.parametrize("which", ["map", "compare"])
def test_names_of_classes_are_no_markdown(which):
    net = foreign.network("markup")
    images = np.random.default_rng(7).integers(0, 256, (200, *net.shape), np.uint8)
    own = Pictures(images, np.zeros(200, int), net.classes)
    taken = int(net.forward(own.x(net)).prediction.tolist().index(0))
    app = with_network("markup", own_pictures=own, digits_view=which, image=DIGIT, digit_one=0, digit_other=taken)
    said = " ".join(each.value for each in (*app.markdown, *app.caption))
    assert "\\*\\*bold" in said
    assert "> & **bold" not in said


@pytest.mark.parametrize("name", [*foreign.FILES, "large", "one layer", "hyperbolic"])
def test_the_map_and_a_comparison_work_for_any_network_of_digits(name):
    for which in ("map", "compare"):
        app = with_network(name, digits_view=which, image=DIGIT)
        assert not app.exception


def test_the_maps_header_tells_pictures_apart_that_differ_in_one_pixel():
    own = labelled(foreign.network("markup"))
    images = own.images.copy()
    images[7, 5, 5] ^= 1
    both = (own, replace(own, images=images))
    found = [unpacked(with_network("markup", own_pictures=each, digits_view="map"), "spread")[0] for each in both]
    assert found[0] != found[1]
    ids = [each.pop("id") for each in found]
    assert ids[0] != ids[1]
    assert found[0] == found[1]


def test_an_uploaded_file_is_used_and_can_be_taken_away_again():
    net = foreign.network("markup")
    own = labelled(net)
    app = with_network("markup")
    app.file_uploader(key="pictures_file").upload("mine.npz", pack_arrays(x=own.images, y=own.labels)).run()
    assert "Your own 60 pictures." in text(app)
    app.button(key="drop_pictures").click().run()
    assert "labelled pictures of the ten digits only" in text(app)
    assert not app.exception


def test_a_file_that_does_not_fit_is_refused_in_a_sentence():
    app = with_network("markup")
    app.file_uploader(key="pictures_file").upload("mine.npz", pack_arrays(x=np.zeros((3, 5, 5)), y=np.zeros(3))).run()
    assert sentences(app) == [
        "mine was not used: x is of shape (3, 5, 5); expected (n, 12, 20), as the network reads them."
    ]


def test_the_path_framed_is_that_of_the_largest_terms():
    net = Network.load(ASSETS / "networks" / "smooth.npz")
    app = view("compare", digit_one=7, digit_other=1232)
    neuron = int(ANSWERS["smooth"][1232])
    expected = [neuron]
    for layer in (2, 1):
        apart = SMOOTH.activations[layer][1232] - SMOOTH.activations[layer][7]
        expected.append(int(np.abs(net.layers[layer].W[expected[-1]] * apart).argmax()))
    frames = [shape for shape in chart(app, "differences")["layout"]["shapes"] if shape.get("name") == "path"]
    assert [frame["x0"] + 0.5 for frame in frames] == expected


def test_every_neurons_difference_is_shown():
    app = view("compare", digit_one=7, digit_other=1232)
    for layer, name in enumerate(("hidden 1", "hidden 2", "output"), start=1):
        apart = SMOOTH.activations[layer][1232] - SMOOTH.activations[layer][7]
        np.testing.assert_allclose(trace(app, "differences", name)["z"][0], apart, atol=1e-5)
