"""Each choice of a recipe in one plain sentence: what it does to the weight maps.

Each was looked at in trainings `as plain` but of six epochs, with that choice alone changed.
"""

WORDS: dict[str, str] = {
    "sizes": "More neurons mean more maps and better reading; two alone can hardly tell ten digits apart.",
    "hidden": "How a neuron turns its sum into its activation: the maps look alike, relu reads a little better.",
    "output": "Ten sigmoids answer ten questions, a softmax shares out one answer; the maps hardly differ.",
    "smoothness": "Each weight pays for differing from its neighbours, so that noise gives way to smooth strokes.",
    "sparsity": "Each weight pays for not being zero, so that pixels which ink seldom reaches turn grey.",
    "rate": "How far a step goes: too short, and the maps stay the noise they began as; too long, and they turn harsh.",
    "batch": "How many digits one step is averaged over: small batches make more steps, and stronger maps.",
    "optimiser": "Descent and momentum change where ink often is; Adam, where it seldom is; SOAP, fine detail.",
    "epochs": "How often all digits are gone through: more epochs make the weights larger and the maps grainier.",
    "warm_up": "Begins with short steps for this share of the training, so that the first maps are not thrown about.",
    "average": "Shows the average of the latest weights instead of the newest, which calms the maps on their way.",
    "share": "With fewer digits there are fewer steps, the maps stay nearer to noise, and new digits are read worse.",
    "noise": "Wrong labels make weak, noisy maps, yet even with half of them wrong, nine in ten digits are read.",
    "warped": "Bends some of the pictures before they are learned from, so that no two epochs are alike.",
    "bending": "How strongly those pictures are bent; the stronger, the less a map can rely on single pixels.",
    "contest": "Also asks ten sigmoids which one is to be brightest: the maps look alike, but more digits are read.",
    "pens": "Adds digits drawn on a tablet, which reach pixels that the scanned ones never do.",
    "seed": "Another seed begins from other random weights: other maps come out, and read about as well.",
}
