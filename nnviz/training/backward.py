"""The loss, and by how much each weight and bias changes it: backpropagation, for every activation.

The loss belongs to the last layer: ten sigmoids answer ten questions, a softmax one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnviz.network import Layer, Network

Gradients = tuple[Layer, ...]


def cross_entropy(output: np.ndarray, y: np.ndarray) -> float:
    """Ten yes-or-no questions' cross entropy: ``-sum(y log a + (1 - y) log(1 - a))``, the mean over pictures.

    Parameters
    ----------
    output : array (n, 10), 0..1
        The output activations.
    y : array (n, 10), 0 or 1
        What they should be.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 3, equation 63.
    """
    wrong = np.abs(1 - y - output)  # log a where y is 1, log(1 - a) where y is 0
    return float(-np.log(wrong).sum() / len(y))


def shared_cross_entropy(output: np.ndarray, y: np.ndarray) -> float:
    """One question's cross entropy, for shares that add up to 1: ``-sum(y log a)``, the mean over pictures.

    Parameters
    ----------
    output : array (n, 10), 0..1
        The output activations of a softmax.
    y : array (n, 10), 0..1
        What they should be.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 3, equation 80, on the log-likelihood cost.
    """
    wanted = y > 0  # 0 log 0 is 0
    return float(-(y[wanted] * np.log(output[wanted])).sum() / len(y))


LOSSES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "sigmoid": cross_entropy,
    "softmax": shared_cross_entropy,
}


def loss(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    """Measure how wrong a network is about pictures x (n, n_in) that should give y (n, n_out)."""
    _check(network.layers)
    return LOSSES[network.layers[-1].activation](network.forward(x).output, y)


def gradients(network: Network, x: np.ndarray, y: np.ndarray) -> Gradients:
    """Differentiate the loss by every weight and bias, by backpropagation.

    Parameters
    ----------
    network : Network
        With sigmoids at the output, or a softmax; each has its own loss (`LOSSES`).
    x, y : arrays (n, n_in) and (n, n_out), 0..1
        Pictures, and what the output should be.

    Returns
    -------
    tuple of Layer
        ``dC/dW`` and ``dC/db`` of each layer, in the precision of `x` and the weights. With
        ``delta = dC/dz``: ``(a - y) / n`` at the output, for either loss; ``(delta W) * slope`` one layer down;
        ``dC/dW = delta.T a_below``, ``dC/db = sum(delta)``.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 2, equations BP1 to BP4.
    """
    _check(network.layers)
    kind = np.result_type(x, network.layers[0].W)
    found = tuple(Layer(np.empty(layer.W.shape, kind), np.empty(layer.b.shape, kind)) for layer in network.layers)
    backpropagate(network.layers, x, y, found)
    return found


def backpropagate(layers: Sequence[Layer], x: np.ndarray, y: np.ndarray, into: Sequence[Layer]) -> None:
    """Do so for layers that are not checked, and write the gradients into the arrays of other layers."""
    activations, zs = [x], []
    for layer in layers:
        z = activations[-1] @ layer.W.T
        z += layer.b
        zs.append(z)
        activations.append(layer.function.value(z))
    delta = activations[-1] - y
    delta /= delta.dtype.type(len(x))
    for k in reversed(range(len(zs))):
        np.matmul(delta.T, activations[k], out=into[k].W)
        delta.sum(axis=0, out=into[k].b)
        if k:
            delta = delta @ layers[k].W
            delta *= layers[k - 1].function.slope(zs[k - 1], activations[k])


def _check(layers: Sequence[Layer]) -> None:
    if layers[-1].activation not in LOSSES:
        raise ValueError(f"the output is {layers[-1].activation}; expected {' or '.join(LOSSES)}")
