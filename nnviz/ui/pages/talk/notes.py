"""What the speaker may add to each step: asked for by key, measured where it holds numbers."""

from __future__ import annotations

from nnviz.study import patterns, shapes, surgery
from nnviz.ui.kit import answer, compare, nonsense
from nnviz.ui.pages.talk import scenes
from nnviz.ui.session import data, measured

VOTE = "Press v, and phones can vote: the code leads them to the page. Or count hands."


def one_neuron(shown: bool) -> list[str]:
    rise = measured.rise(scenes.network())
    return [
        f"On blank paper it is at {rise.rest:.2f}. Half of the {rise.digit}s in the test set bring it to "
        f"{rise.half:.2f} or more: draw {answer.an(rise.digit)}.",
        f"The lines are its {scenes.HEARD} strongest weights, blue for, red against. Light runs along those with ink.",
    ]


def numbers(shown: bool) -> list[str]:
    return ["The drawing is shrunk to 20 pixels and its centre of mass is moved to the middle, as MNIST's digits were."]


def outputs(shown: bool) -> list[str]:
    return [
        "An output above one half says yes. If two say yes, or none does, there is no sure answer. The ten need not "
        "add up to 1."
    ]


def layers(shown: bool) -> list[str]:
    return ["Bright lines carry the most: weight times activation. The ring is the answer."]


def hope(shown: bool) -> list[str]:
    return ["Each of the eight has a bright bar, two dark flanks, and a bias of −3. A ring means above 0.5."]


def weights(shown: bool) -> list[str]:
    return [
        f"This is neuron {scenes.chosen()} of the first hidden layer of {scenes.network()}; the link keeps which one."
    ]


def weighted_sum(shown: bool) -> list[str]:
    return ["Where nothing is drawn, nothing is added: a weight times zero is zero. The four bars add up as shown."]


def region(shown: bool) -> list[str]:
    return [VOTE, "The blob wins: a sum that only adds up ink cannot tell a bar from a blob."] if shown else [VOTE]


def surround(shown: bool) -> list[str]:
    said = "On evenly bright paper the surround cancels the bar, so what is left is the edge around it."
    return [VOTE, said] if shown else [VOTE]


def squashing(shown: bool) -> list[str]:
    return ["Where the curve is flat, more ink changes hardly anything. A sum of zero gives one half."]


def bias(shown: bool) -> list[str]:
    return ["The rows count the weighted sums of 10,000 test digits; blue is where the neuron fires."]


def knobs(shown: bool) -> list[str]:
    net = data.network(scenes.network())
    parts = " + ".join(f"({weights:,} + {biases:,})" for weights, biases in surgery.parameter_counts(net))
    return [f"Weights and biases, layer by layer: {parts} = {net.parameter_count:,}. Only the strongest are lit."]


def function(shown: bool) -> list[str]:
    return ["The strip is the picture, row after row. Below it stand the three tables of weights, number by number."]


def plain(shown: bool) -> list[str]:
    return [compare.found("plain").replace("*", ""), compare.DOTS]


def smooth(shown: bool) -> list[str]:
    pair = "smooth and rough were trained alike, but for the penalty on differences between neighbouring weights."
    return [pair, compare.penalty(), compare.DOTS] if shown else [VOTE, pair]


def noise(shown: bool) -> list[str]:
    return [
        f"{nonsense.noise(scenes.network())} Nobody taught it to answer “none”.",
        "All ten outputs can stay low, but do they?",
    ]


def together(shown: bool) -> list[str]:
    """Count the neurons ahead, and name the nearest with its share for each digit."""
    if not shown:
        return [VOTE]
    name = scenes.told_apart()
    found = measured.kept_separation(name)
    if found is None:
        return [f"What was measured on {name} is missing from assets; `make networks` measures it again."]
    feature, k = found.nearest
    digits = ", ".join(
        f"{d}s {share:.0%}" for d, share in measured.shares_by_digit(name, scenes.LAYER, k, feature).items()
    )
    own, as_well, count = found.own[feature, k], found.as_well[feature, k], found.ahead.sum()
    dots, place = ("dot is" if count == 1 else "dots are"), ("The best" if count else "Nearest")
    return [
        "A dot is a neuron: how many pairs of pictures, one with the feature and one without, it tells apart. Grey: "
        "the same weights shuffled. Dashed: the best single neuron of the layer before.",
        f"{name}: allowing for {found.own.size} looks, {count or 'no'} {dots} clearly ahead of both. {place} is neuron "
        f"{k}: {shapes.FEATURES[feature]}, {own:.0%} ({as_well:,} of {found.draws:,} shuffles do as "
        f"well); by digit {digits}.",
        patterns.verdict(found, feature, k, k, data.layer_name(name, scenes.LAYER - 1)),
    ]
