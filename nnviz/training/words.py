"""Each choice of a recipe in one plain sentence: what it does to the weight maps."""

WORDS: dict[str, str] = {
    "hidden": "What a neuron makes of its sum: with relu most maps grow bolder, and some neurons fall silent for good.",
    "sizes": "More neurons mean more maps, each with less to do; with two, each must serve all ten digits.",
    "output": "Ten sigmoids answer ten questions, a softmax shares out one answer; the maps hardly differ.",
    "smoothness": "Makes each weight pay for differing from its neighbours, so that noise gives way to smooth strokes.",
    "sparsity": "Makes each weight pay for not being zero, so that borders, which no ink reaches, go grey.",
    "rate": "How far each step goes: too far and the maps jump about, too short and they stay the noise they began as.",
    "batch": "How many digits are averaged into a step: few make the maps tremble, many make them move seldom.",
    "optimiser": "Plain descent leaves little-used weights as they began; Adam moves rare and frequent pixels alike.",
    "warm_up": "Begins with short steps for this share of the training, so that the first maps are not thrown about.",
    "epochs": "How often all digits are gone through: the maps' large shapes come in the first, the fine ones later.",
    "average": "Shows the average of the last weights instead of the newest, which calms the maps.",
    "share": "With few digits the maps become copies of those few, and digits not seen before are read worse.",
    "noise": "Wrong labels pull the weights about at random: the maps grow noisier, yet most digits are still read.",
    "warped": "Bends some of the pictures before they are learned from, which makes the maps broader.",
    "pens": "Adds digits drawn on a tablet to the scanned ones, so that the maps fit what you draw as well.",
    "seed": "Another seed begins from other random weights, and other maps come out that read about as well.",
}
