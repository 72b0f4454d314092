"""The loss, and by how much each weight and bias changes it: backpropagation, for every activation.

The loss belongs to the last layer: ten sigmoids answer ten questions, a softmax one. Sigmoids may be asked the
softmax's question beside their own (`contest`): which of them is to be brightest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnviz.network import Layer, Network
from nnviz.training.squash import SLOPES, SQUASH

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
    return float(losses(network, network.forward(x).zs[-1], y).mean())


def losses(network: Network, z: np.ndarray, y: np.ndarray, contest: float = 0.0) -> np.ndarray:
    """Return each picture's loss (n,), from the output's sums z (n, n_out), so that it is finite however sure it is.

    With ``-log a = log(1 + exp(-z))`` of a sigmoid, and ``-log a = log(sum(exp(z))) - z`` of a softmax; to that
    of sigmoids the softmax's is added `contest` times.
    """
    _check(network.layers)
    if network.layers[-1].activation == "softmax":
        return _shared(z, y)
    own = np.logaddexp(0, z).sum(axis=1) - (y * z).sum(axis=1)
    return own + contest * _shared(z, y) if contest else own


def _shared(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    top = z.max(axis=1)
    return top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - (y * z).sum(axis=1)


def gradients(network: Network, x: np.ndarray, y: np.ndarray, contest: float = 0.0) -> Gradients:
    """Differentiate the loss by every weight and bias, by backpropagation.

    Parameters
    ----------
    network : Network
        With sigmoids at the output, or a softmax; each has its own loss (`LOSSES`).
    x, y : arrays (n, n_in) and (n, n_out), 0..1
        Pictures, and what the output should be.
    contest : float
        How much the softmax's loss counts beside that of ten sigmoids; a softmax has it alone, whatever this is.

    Returns
    -------
    tuple of Layer
        ``dC/dW`` and ``dC/db`` of each layer, in the precision of `x` and the weights. With
        ``delta = dC/dz``: ``(a - y) / n`` at the output, for either loss, and ``contest (softmax(z) - y) / n`` more;
        ``(delta W) * slope`` one layer down; ``dC/dW = delta.T a_below``, ``dC/db = sum(delta)``.

    References
    ----------
    Nielsen, Neural Networks and Deep Learning (2015), chapter 2, equations BP1 to BP4.
    """
    _check(network.layers)
    kind = np.result_type(x, network.layers[0].W)
    found = tuple(Layer(np.empty(layer.W.shape, kind), np.empty(layer.b.shape, kind)) for layer in network.layers)
    with np.errstate(over="ignore"):  # in a sigmoid on its way to 0
        Backward(network.layers, found, len(x), contest=contest).differentiate(x, y)
    return found


class Backward:
    """Backpropagation for batches of up to so many pictures, in room that is made once.

    Parameters
    ----------
    layers : sequence of Layer
        Which are not checked; what changes in their arrays is used the next time.
    into : sequence of Layer
        Whose arrays the gradients are written into, in their precision.
    most : int
        Pictures in the largest batch.
    middle : float
        Is taken from each hidden layer's activations before the next layer meets them, as `Learner` centres them.
    contest : float
        As in `gradients`.
    """

    def __init__(
        self, layers: Sequence[Layer], into: Sequence[Layer], most: int, middle: float = 0.0, contest: float = 0.0
    ) -> None:
        self._layers, self._into, self._middle = layers, into, middle
        self._contest = contest if layers[-1].activation == "sigmoid" else 0.0
        kind = into[0].W.dtype
        self._outs = [np.empty((most, len(layer.b)), kind) for layer in layers]
        self._deltas = [np.empty_like(out) for out in self._outs[:-1]]
        self._slopes = [np.empty_like(out) for out in self._outs[:-1]]
        self._shares = np.empty_like(self._outs[-1])
        self._ones = np.ones(most, kind)

    def differentiate(self, x: np.ndarray, y: np.ndarray) -> None:
        """Write the gradients of the loss of pictures x (n, n_in) that should give y (n, n_out)."""
        n = len(x)
        belows = [x]
        for layer, room in zip(self._layers, self._outs, strict=True):
            out = np.matmul(belows[-1], layer.W.T, out=room[:n])
            out += layer.b
            if self._contest and layer is self._layers[-1]:
                self._shares[:n] = out
            SQUASH[layer.activation](out, layer.leak)
            if self._middle and layer is not self._layers[-1]:
                out -= self._middle
            belows.append(out)
        delta = belows.pop()
        delta -= y
        if self._contest:
            delta += self._lost(y)
        delta *= 1 / n
        for k in reversed(range(len(belows))):
            np.matmul(delta.T, belows[k], out=self._into[k].W)
            np.matmul(self._ones[:n], delta, out=self._into[k].b)
            if k:
                layer = self._layers[k - 1]
                slope = self._slopes[k - 1][:n]
                SLOPES[layer.activation](belows[k], slope, self._middle, layer.leak)
                delta = np.matmul(delta, self._layers[k].W, out=self._deltas[k - 1][:n])
                delta *= slope

    def _lost(self, y: np.ndarray) -> np.ndarray:
        """Differentiate what the contest adds to the loss by the output's sums: (n, n_out), overwritten by the next."""
        shares = self._shares[: len(y)]
        SQUASH["softmax"](shares, 0.0)
        shares -= y
        shares *= self._contest
        return shares


def _check(layers: Sequence[Layer]) -> None:
    if layers[-1].activation not in LOSSES:
        raise ValueError(f"the output is {layers[-1].activation}; expected {' or '.join(LOSSES)}")
