"""Every sentence of the app and both READMEs on how large the networks are and how they were made, counted here."""

import re

import numpy as np
import pytest

from nnviz import augment, ink, mnist, training
from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import surgery
from nnviz.ui.kit import picker
from tests.test_claims import NAMES, file, layers
from tests.test_pages import BLANK, DIGIT, ROOT, open_page


def help_of_the_picker():
    """What the question mark beside the networks on Draw says."""
    (found,) = [each for each in open_page("pages/1_draw.py", BLANK).get("button_group") if each.key == "network"]
    return found.help


# ---- how large they are


def test_there_are_13002_weights_and_biases():
    for name in NAMES:
        assert sum(W.size + b.size for W, b in layers(name)) == 13002
    assert sum(W.size for W, _ in layers("smooth")) == 12960
    readme = file("README.md")
    for claim in ("784-16-16-10, sigmoids, 13,002 parameters", "its 12,960 weights", "any of the 13,002 knobs"):
        assert claim in readme
    assert "13,002 parameters, a sigmoid at every layer" in file("assets/README.md")


def test_wide_is_eight_times_as_large_as_the_lessons_networks():
    sizes = {name: sum(W.size + b.size for W, b in layers(name)) for name in ("smooth", "wide")}
    assert round(sizes["wide"] / sizes["smooth"]) == 8
    assert "eight times as large, with ReLUs and a softmax" in help_of_the_picker()
    assert "`wide`, which is eight times as large and reads best" in file("README.md")


def test_the_picture_of_the_network_has_896_lines_at_most():
    net = Network.load(ASSETS / "networks" / "smooth.npz")
    most = max(30, 3)  # what the slider goes to
    assert sum(len(lines.source) for lines in surgery.strongest_lines(net, net.forward(DIGIT.ravel()), most)) == 896
    assert 16 * 30 + 16 * 16 + 10 * 16 == 896
    assert "at most 896 lines" in file("README.md")
    assert 'st.slider( "Lines per neuron", 1, 30, 3' in file("nnviz/ui/pages/network/wiring.py")


def test_the_input_has_784_pixels_of_256_greys():
    assert DIGIT.size == 784
    assert len(np.unique(ink.normalize(np.random.default_rng(0).random((280, 280))))) <= 256
    assert "784 pixels of 256 greys" in file("README.md")


def test_assets_readme_says_how_large_each_file_is():
    table = re.findall(r"^\| `(.+?)` \| ([\d,]+) \|", (ROOT / "assets/README.md").read_text("utf-8"), re.M)
    data = {
        str(path.relative_to(ASSETS))
        for end in ("npz", "gz", "course", "onnx", "safetensors", "keras")
        for path in ASSETS.rglob(f"*.{end}")
    }
    assert {name for name, _ in table} == data
    for name, size in table:
        assert (ASSETS / name).stat().st_size == int(size.replace(",", "")), name


# ---- how they were made


def test_the_two_to_be_compared_differ_in_one_penalty_alone():
    recipes = {name: vars(training.RECIPES[name]) for name in ("smooth", "rough")}
    differ = {key for key in recipes["smooth"] if recipes["smooth"][key] != recipes["rough"][key]}
    assert differ == {"smoothness"}
    assert recipes["rough"]["smoothness"] == 0
    assert training.PENS["smooth"] == training.PENS["rough"]
    readme = file("README.md")
    assert "had the same digits, epochs, learning rate and seed, and differ in one penalty" in readme


def test_an_epoch_and_its_penalties_are_as_assets_readme_says():
    readme, smooth, plain = file("assets/README.md"), training.RECIPES["smooth"], training.RECIPES["plain"]
    assert f"{smooth.epochs} epochs, each of MNIST's 60,000 training digits" in readme
    assert (smooth.optimiser, plain.optimiser) == ("soap", "adam")
    assert f"Learning rate {smooth.rate} with {smooth.warm_up:.0%}".replace("%", " %") in readme
    assert f"is {smooth.smoothness:.4f} times the sum of their squared Laplacians" in readme
    assert f"plus {smooth.sparsity:.4f} times the sum of their absolute values" in readme
    assert (
        f"Adam, batches of 100, learning rate {plain.rate}, {plain.epochs} epochs of MNIST alone, no penalty" in readme
    )
    assert (plain.smoothness, plain.sparsity, plain.contest) == (0, 0, 0)
    assert (smooth.contest, smooth.warped, plain.batch) == (10, 2 / 5, 100)
    assert "and ten times that over a softmax of the same ten sums" in readme
    assert f"batches of {smooth.batch}, two fifths of whose pictures are bent" in readme
    assert f"but {smooth.bending} times as strongly" in readme
    assert training.PENS["smooth"] == (16, 16, 4)
    assert "four of 32 redrawings of the 24 writers' pen digits (slightly turned" in readme
    assert "Half of the 32 first become what other hands and devices would have made of them" in readme
    assert f"pens of {augment.PEN_WIDTHS[0]:.0f} to {augment.PEN_WIDTHS[1]:.0f} canvas pixels" in readme


def test_assets_readme_says_how_wide_was_trained():
    readme, wide = file("assets/README.md"), training.RECIPES["wide"]
    assert f"Adam, learning rate {wide.rate} with the same warm-up and cosine" in readme
    assert f"batches of {wide.batch}; {wide.epochs} epochs" in readme
    assert (wide.warm_up, wide.average) == (training.RECIPES["smooth"].warm_up, training.RECIPES["smooth"].average)
    assert training.PENS["wide"] == (16, 0, 4)
    assert "four of sixteen redrawings" in readme
    assert wide.warped == 4 / 5
    assert "Four in five pictures of a batch are bent" in readme
    assert {wide.smoothness, wide.sparsity} == {0}
    assert "No penalty, dropout or weight decay" in readme
    count = sum(W.size + b.size for W, b in layers("wide"))
    for told in (readme, file("README.md")):
        assert "-".join(map(str, wide.sizes)) in told
        assert f"{count:,} parameters" in told


def test_assets_readme_counts_writers_and_pen_digits():
    held, trained = augment.writers(held_out=True), augment.writers(held_out=False)
    readme = file("assets/README.md")
    assert f"{len(held) + len(trained):,} digits drawn with a pen" in readme
    assert f"by {len({digit.writer for digit in held + trained})} writers" in readme
    assert (
        f"{len(held):,} digits) are never trained on. The other {len({d.writer for d in trained})} writers' are"
        in readme
    )
    assert "The pen digits are of the six writers that no network was trained on" in file("README.md")


@pytest.mark.parametrize("name", [*NAMES, "wide"])
def test_the_picker_says_how_many_test_digits_a_network_reads(name):
    digits = mnist.load("test")
    answers = Network.load(ASSETS / "networks" / f"{name}.npz").forward(digits.x).prediction
    assert picker.IN_SHORT[name].endswith(f"reads {(answers == digits.labels).mean() * 100:.1f} %")


def test_the_picker_says_how_a_network_was_trained():
    assert "trained for less time, on MNIST alone, for right answers" in help_of_the_picker()
    assert training.RECIPES["plain"].epochs < training.RECIPES["smooth"].epochs
    assert "plain" not in training.PENS
