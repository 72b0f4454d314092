"""Every sentence of the app, the README and assets/README that holds a measured number: each is measured here.
Those on how large the networks are, and how they were made, are counted in `test_making_claims`.

Numbers come from the files in assets/ by NumPy, and by the app's own code only where that is what is claimed about, as
for the fit of an edge, which has its own tests. The sentence is then looked for, so that changed words fail, too. What
is timed (README, "How fast it is") is not: the scripts in benchmarks/ print it.
"""

import importlib
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import accuracy
from nnviz import augment, mnist, pen
from nnviz.mnist import ASSETS
from nnviz.study import build, chance, edges, nonsense, scores
from tests.test_pages import BLANK, DIGIT, ROOT, open_page
from tests.test_pages import text as words_on

NAMES = ("smooth", "rough", "plain", "untrained")
READERS = (*NAMES, "wide")  # whose accuracy is told
TALK = "pages/5_talk.py"
ROUNDED = 0.19  # per cent: by the table's decimal, and by two of 1,499 digits that a processor's rounding decides


def layers(name):
    with np.load(ASSETS / "networks" / f"{name}.npz", allow_pickle=False) as arrays:
        count = sum(key.startswith("W") for key in arrays.files)
        return [(arrays[f"W{n}"].astype(float), arrays[f"b{n}"].astype(float)) for n in range(1, count + 1)]


def forward(name, x):
    """Every layer's activations in float64, and the last z, without nnviz; of `wide` the last is no softmax."""
    passed = [np.asarray(x, float)]
    for W, b in layers(name):
        z = passed[-1] @ W.T + b
        passed.append(np.maximum(z, 0) if name == "wide" else 1 / (1 + np.exp(-z)))
    return passed, z


def file(name):
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def says(app):
    """The words of a page as they are read: without markup, each space one space."""
    return " ".join(re.sub(r"<[^>]+>|\*\*", " ", words_on(app)).split()).replace(" .", ".").replace(" ,", ",")


@pytest.fixture(scope="module")
def test_digits():
    digits = mnist.load("test")
    return SimpleNamespace(x=digits.images.reshape(-1, 784) / 255, labels=digits.labels)


@pytest.fixture(scope="module")
def right(test_digits):
    """Which test digits each network reads."""
    return {name: forward(name, test_digits.x)[1].argmax(axis=1) == test_digits.labels for name in READERS}


@pytest.fixture(scope="module")
def measured():
    """Each network's maps beside the scores kept in assets: explained, the noise (16, 2000), and how many are ahead."""
    found = {}
    with np.load(scores.FILE) as kept:
        for name in NAMES:
            W = layers(name)[0][0].astype(np.float32)
            explained = np.array([edge.explained for edge in edges.fits(W)])
            noise = np.stack([kept[scores.digest(w)] / 65535 for w in W])
            p = np.sort(((noise >= explained[:, None]).sum(axis=1) + 1) / 2001)
            below = np.flatnonzero(p <= 0.05 * np.arange(1, 17) / 16)  # Benjamini and Hochberg's line
            found[name] = SimpleNamespace(
                explained=explained, noise=noise, ahead=int(below[-1]) + 1 if below.size else 0
            )
    return found


@pytest.fixture(scope="module")
def step():
    """The words of a step of the talk."""
    cache = {}

    def show(number, answered=False, network="smooth"):
        key = (number, answered, network)
        if key not in cache:
            cache[key] = says(open_page(TALK, DIGIT, talk_step=number, answered=answered, network=network))
        return cache[key]

    return show


@pytest.fixture(scope="module")
def side_by_side():
    return says(open_page("pages/2_neurons.py", BLANK, more="Four networks side by side"))


def percent(share):
    return f"{100 * share:.0f}"


# ---- how many digits they read


@pytest.mark.parametrize("name", READERS)
def test_both_readmes_say_how_many_test_digits_are_read(right, name):
    share = 100 * right[name].mean()
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"\| MNIST test, as it is \| 10,000 \|(.*)", table)
    assert row.split("|")[::2][READERS.index(name)].strip() == f"{share:.1f}"
    (cell,) = re.findall(rf"^\| {name} \| ([\d.]+) %", (ROOT / "assets/README.md").read_text(encoding="utf-8"), re.M)
    assert float(cell) == pytest.approx(share, abs=0.0051)


@pytest.fixture(scope="module")
def pen_digits():
    """The digits of the held-out writers, a pen of 20 pixels, prepared and merely shrunk, with their labels."""
    digits = augment.writers(held_out=True)
    drawn = [pen.render(pen.place(digit.strokes), 20) for digit in digits]
    prepared, raw = accuracy.both_ways(drawn)
    return prepared, raw, np.array([digit.label for digit in digits]), len({digit.writer for digit in digits})


@pytest.mark.parametrize("name", READERS)
def test_both_readmes_say_how_many_pen_digits_are_read(pen_digits, name):
    prepared, raw, labels, writers = pen_digits
    read, unprepared = (100 * (forward(name, x)[1].argmax(axis=1) == labels).mean() for x in (prepared, raw))
    (row,) = re.findall(
        r"\| pen digits of other writers, pen 20 \| 1,499 \|(.*)", (ROOT / "README.md").read_text("utf-8")
    )
    cells = [float(cell) for cell in row.split("|")[: 2 * len(READERS)]]
    assert cells[2 * READERS.index(name) :][:2] == pytest.approx([read, unprepared], abs=ROUNDED)
    (cell,) = re.findall(rf"^\| {name} \| [\d.]+ % \| ([\d.]+) %", (ROOT / "assets/README.md").read_text("utf-8"), re.M)
    assert float(cell) == pytest.approx(read, abs=ROUNDED)
    assert (len(labels), writers) == (1499, 6)


@pytest.mark.parametrize("title", list(accuracy.HARD))
def test_the_redrawn_digits_are_read_about_as_the_readme_says(test_digits, title):
    """On every fifth of the 1,500: a figure in the wrong column, or of another network, is off by more."""
    images = mnist.load("test").images[:1500:5]
    ways = accuracy.both_ways(accuracy.paint(image, *accuracy.HARD[title]) for image in images)
    (row,) = re.findall(rf"\| MNIST test redrawn, {title} \| 1,500 \|(.*)\|", (ROOT / "README.md").read_text("utf-8"))
    read = [
        100 * (forward(name, x)[1].argmax(1) == test_digits.labels[:1500:5]).mean() for name in READERS for x in ways
    ]
    assert [float(cell) for cell in row.split("|")] == pytest.approx(read, abs=7)


def test_the_readme_says_how_digits_drawn_elsewhere_are_read():
    digits = augment.redraw_all(augment.writers(held_out=True), seed=0, elsewhere=True)
    read = [100 * (forward(name, digits.x)[1].argmax(axis=1) == digits.labels).mean() for name in READERS]
    (row,) = re.findall(rf"\| {accuracy.ELSEWHERE} \| 1,499 \|(.*)", (ROOT / "README.md").read_text("utf-8"))
    assert [float(cell) for cell in row.split("|")[: 2 * len(READERS) : 2]] == pytest.approx(read, abs=ROUNDED)


# ---- what the penalty bought


def test_the_readme_compares_the_maps_as_they_are_measured(measured):
    readme = file("README.md")
    medians = [f"{percent(np.median(measured[name].explained))} %" for name in NAMES]
    noise = [f"{percent(np.median(np.median(measured[name].noise, axis=1)))} %" for name in NAMES]
    ahead = [str(measured[name].ahead) for name in NAMES]
    assert f"the best edge or bar explains, median | {' | '.join(medians)} |" in readme
    assert f"equally smooth and large random patterns | {' | '.join(noise)} |" in readme
    assert f"allowing for 16 looks at once | {' | '.join(ahead)} |" in readme
    assert f"and {ahead[0]} of 16 against {ahead[1]} is a difference that luck makes easily" in readme


def test_the_readme_counts_what_only_one_of_the_two_reads(right):
    only = [int((right[a] & ~right[b]).sum()) for a, b in (("smooth", "rough"), ("rough", "smooth"))]
    assert (
        f"of the 10,000 test digits `smooth` reads {only[0] - only[1]} more, {only[0]} that `rough` misreads against "
        f"{only[1]} the other way round"
    ) in file("README.md")
    tail = sum(math.comb(sum(only), k) for k in range(min(only) + 1)) / 2 ** sum(only)
    assert 2 * tail < 0.01  # McNemar's test: "more than luck with the digits"


def test_luck_could_make_the_difference_in_edges(measured):
    first, second = measured["smooth"].ahead, measured["rough"].ahead
    both = first + second
    ways = [math.comb(16, k) * math.comb(16, both - k) for k in range(both + 1)]
    assert sum(ways[first:]) / sum(ways) > 0.2  # Fisher's exact test


def penalty(measured, right):
    pair = [measured[name] for name in ("smooth", "rough")]
    high, low = (percent(np.median(each.explained)) for each in pair)
    return (
        f"The penalty bought smoothness: for half of the maps, the best edge or bar explains more than {high}%, "
        f"without it more than {low}%. With it {100 * right['smooth'].mean():.1f}% of the test digits are read, "
        f"without it {100 * right['rough'].mean():.1f}%: more than luck with the digits, but earlier pairs came out "
        f"the other way round. The two do not show whether it makes more true edges: {pair[0].ahead} against "
        f"{pair[1].ahead} of 16 maps are ahead of equally smooth noise, and luck alone could do that."
    )


def test_the_talk_says_of_the_penalty_what_was_measured(measured, right, step):
    assert penalty(measured, right) in step(15, answered=True)
    assert "The penalty bought" not in step(15)


def test_side_by_side_the_neurons_page_says_the_same(measured, side_by_side):
    (high, ahead), (low, others) = (
        (percent(np.median(measured[name].explained)), measured[name].ahead) for name in ("smooth", "rough")
    )
    assert (
        f"for half of its maps the best edge or bar explains more than {high}%, without that more than {low}%."
        in side_by_side
    )
    assert f"{ahead} against {others} of 16 are ahead of equally smooth noise." in side_by_side
    for name in NAMES:
        own = measured[name]
        assert (
            f"{own.ahead} of 16 are ahead of their noise. Median explained: {percent(np.median(own.explained))}%, by "
            f"noise: {percent(np.median(np.median(own.noise, axis=1)))}%."
        ) in side_by_side


def test_the_talk_says_of_plain_what_was_measured(measured, right, step):
    own = measured["plain"]
    assert (
        f"plain reads {100 * right['plain'].mean():.1f}% of the 10,000 test digits. For half of its maps, the best "
        f"edge or bar explains less than {percent(np.median(own.explained))}%; equally smooth noise reaches "
        f"{percent(np.median(np.median(own.noise, axis=1)))}%, and {own.ahead} of the 16 maps are ahead of it."
    ) in step(14)


def test_of_16_maps_of_noise_one_may_well_beat_its_own_and_the_count_allows_for_that(step):
    once = 1 - 0.95**16
    assert 0.5 < once < 0.6
    assert "Of 16 maps one may beat its noise by luck; full dots allow for that." in step(14)


def test_the_neurons_page_says_how_the_count_allows_for_16_looks(side_by_side):
    assert chance.CHANCE == 1 / 20
    assert "Full dots are ahead of it, and on average no more than one in twenty of them by luck." in side_by_side


# ---- the first step's neuron


@pytest.mark.parametrize("name", ["smooth", "plain"])
def test_the_first_step_shows_a_neuron_that_brightens(test_digits, step, name):
    rest = forward(name, np.zeros(784))[0][1]
    a = forward(name, test_digits.x)[0][1]
    halves = np.stack([np.median(a[test_digits.labels == digit], axis=0) for digit in range(10)])
    digit, neuron = np.unravel_index((halves - rest).argmax(), halves.shape)
    assert (
        f"On blank paper it is at {rest[neuron]:.2f}. Half of the {digit}s in the test set bring it to "
        f"{halves[digit, neuron]:.2f} or more"
    ) in step(1, network=name)
    brighter = (a[test_digits.labels == digit, neuron] > rest[neuron]).mean()
    assert brighter > 0.8  # "watch the circle with the ring get brighter"


def test_smooths_first_neuron_goes_from_dark_to_bright(test_digits):
    a, rest = (forward("smooth", x)[0][1] for x in (test_digits.x, np.zeros(784)))
    assert rest[7] < 0.1
    assert np.median(a[test_digits.labels == 7, 7]) > 0.75


def test_the_strokes_of_a_seven_and_a_zero_light_some_of_the_eight(test_digits, step):
    said, scenes = step(5), importlib.import_module("nnviz.ui.pages.talk.scenes")
    weights = np.stack([build.bar(*place).ravel() for place in scenes.HOPED])
    fires = test_digits.x @ weights.T + scenes.ENOUGH > 0
    for digit in (0, 7):
        assert fires[test_digits.labels == digit].any(axis=1).mean() > 0.9
    assert "Draw a 7, then a 0: which of the eight light up (above 0.5)?" in said


def test_the_readme_counts_the_steps_and_questions_of_the_talk(step):
    step(1)  # a running app: the canvas's package asks for one
    steps = importlib.import_module("nnviz.ui.pages.talk.talk").STEPS
    readme = file("README.md")
    assert f"The lesson in {len(steps)} steps" in readme
    asking = {3: "three", 4: "four", 5: "five"}[sum(each.asks for each in steps)]
    assert f"{asking} steps ask the audience first" in readme


# ---- no digit


@pytest.mark.parametrize("name", ["smooth", "plain"])
def test_what_is_said_of_noise_is_what_numpy_measures(step, name):
    strong, dim = re.search(
        r"Of 2,000 pictures of noise, every pixel a random grey, ([\d.]+)% get an output above one half; dimmed to a "
        r"digit's ink, ([\d.]+)%\. Nobody taught it to answer “none”\.",
        step(16, network=name),
    ).groups()
    noise = np.random.default_rng(11).random((6000, 784))
    ink_of_a_digit = mnist.load("test").images.mean() / 255
    assert ink_of_a_digit == pytest.approx(nonsense.GREY, abs=5e-4)
    for said, brightest in ((strong, 1.0), (dim, 2 * ink_of_a_digit)):
        share = 100 * (forward(name, noise * brightest)[0][3].max(axis=1) > 0.5).mean()
        assert float(said) == pytest.approx(share, abs=4)


def test_all_ten_outputs_can_stay_low(step):
    net = nonsense.pictures(np.random.default_rng(0))
    assert forward("smooth", net["letter"].ravel())[0][3].max() < 0.5
    assert "All ten outputs can stay low" in step(16)


@pytest.mark.parametrize("name", NAMES)
def test_blank_paper_gets_the_answer_the_page_says(name):
    output = forward(name, np.zeros(784))[0][3]
    sure = np.flatnonzero(output > 0.5)
    said = says(open_page("pages/1_draw.py", BLANK, network=name))
    one = f"it takes blank paper for a {sure[0]}" if sure.size else "for blank paper it has no sure answer"
    assert sure.size in (0, 1, 3)  # the three of `untrained`
    several = "to blank paper {}, {} and {} all say yes".format(*sure) if sure.size == 3 else one
    assert f"nothing drawn yet; {several}" in said


# ---- words that were put right


@pytest.mark.parametrize(
    "words",
    [
        "absurd", "has no way to say", "only knows ten numbers", "the dearest", "energy explained", "weights' energy",
        "784 grey levels", "half a millisecond", "edge detectors are made", "prefers the bar",
        "more ink changes nothing", "grayscale", "spits out", "squish",
    ],
)  # fmt: skip
def test_words_that_were_wrong_or_not_ours_are_gone(words):
    for path in (*(ROOT / "nnviz").rglob("*.py"), *(ROOT / "nnviz").rglob("*.js"), ROOT / "README.md"):
        assert words not in path.read_text(encoding="utf-8"), path
