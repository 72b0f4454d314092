"""What losing each single neuron costs: all of a network, or of a layer, ranked."""

from __future__ import annotations

import numpy as np

from nnviz.network import Network, Trace
from nnviz.study.surgery import Cost, right_answers, shares, to_count

SINGLE = 20  # an activation takes about so many times as long as a multiplication within a product of matrices


def ranking(network: Network, x: np.ndarray, labels: np.ndarray, layer: int | None = None) -> list[Cost]:
    """Measure what losing each single neuron, hidden or output, costs: the costliest first, equal ones by layer.

    A neuron lost takes ``a[k] W[:, k]`` from the sums of the next layer, which is all that is computed there, and only
    for pictures on which it passes something on.

    Parameters
    ----------
    network : Network
    x, labels : arrays (n, n_in), (n,)
    layer : int or None
        Of which neurons; of all layers when None.

    Returns
    -------
    list of Cost
        One a neuron.

    Raises
    ------
    ValueError
        If x is not as wide as the network's input.
    """
    trace = to_count(network, x)
    right, answers = right_answers(trace.zs[-1], labels), trace.zs[-1].shape[1]
    before, costs = shares(right, labels, answers), []
    for number in range(1, len(network.sizes)) if layer is None else [layer]:
        for k in range(network.sizes[number]):
            after = before
            if (changed := np.flatnonzero(trace.activations[number][:, k])).size:
                still = right.copy()
                still[changed] = right_answers(_without(network, trace, number, k, changed), labels[changed])
                after = shares(still, labels, answers)
            costs.append(Cost(((number, k),), before[0], after[0], before[1], after[1]))
    return sorted(costs, key=lambda cost: -cost.drop)


def work(network: Network, layer: int | None = None) -> int:
    """Estimate for how many multiplications' time `ranking` takes for each picture."""
    sizes, whole, behind = network.sizes, 1, 0
    for number in range(len(sizes) - 2, 0, -1):
        if layer in (None, number):
            whole += sizes[number] * (SINGLE * sum(sizes[number + 1 :]) + behind)
        behind += sizes[number] * sizes[number + 1]
    return whole


def _without(network: Network, trace: Trace, layer: int, k: int, pictures: np.ndarray) -> np.ndarray:
    """Return the last z (n, outputs) for some pictures when a neuron passes on 0; that of a lost output is -inf."""
    if layer == len(network.layers):
        z = trace.zs[-1][pictures]
        z[:, k] = -np.inf
        return z
    z = trace.zs[layer][pictures] - np.outer(trace.activations[layer][pictures, k], network.layers[layer].W[:, k])
    for before, after in zip(network.layers[layer:], network.layers[layer + 1 :], strict=False):
        z = before.function.value(z) @ after.W.T + after.b
    return z
