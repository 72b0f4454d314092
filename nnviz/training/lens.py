"""One step under the lens: what one digit, or a few, would change in each weight."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnviz.network import Layer, Network
from nnviz.training.backward import gradients, losses
from nnviz.training.roughness import penalty, penalty_gradient


@dataclass(frozen=True, eq=False)
class Lens:
    """A plain step, ``w - rate * gradient``, all in float64, so that what is shown adds up.

    Attributes
    ----------
    rate : float
    before, after : Network
        The network, and what the step makes of it.
    loss_before, loss_after : float
        The mean loss of the batch, without the penalty.
    penalty_before, penalty_after : float
        The penalty on the first layer's weight maps.
    of_loss : tuple of Layer
        What the loss's part of the gradient is: dC/dW and dC/db of each layer. Of a single picture dC/db is what the
        neuron's sum is blamed for, and dC/dW that times the activation below.
    of_penalty : array (n_out, n_in)
        What the penalty adds to the gradient of the first layer's weights.
    """

    rate: float
    before: Network
    after: Network
    loss_before: float
    loss_after: float
    penalty_before: float
    penalty_after: float
    of_loss: tuple[Layer, ...]
    of_penalty: np.ndarray

    @property
    def gradient(self) -> tuple[Layer, ...]:
        """The whole gradient of each layer's weights and biases, the penalty's part included."""
        return _whole(self.of_loss, self.of_penalty)


def lens(
    network: Network,
    x: np.ndarray,
    y: np.ndarray,
    rate: float,
    smoothness: float = 0.0,
    sparsity: float = 0.0,
    contest: float = 0.0,
) -> Lens:
    """Take one plain step of gradient descent, and keep all its parts.

    Training itself takes it after centring each layer's inputs, and Adam and momentum remember earlier gradients; this
    is the step they are made of.

    Parameters
    ----------
    network : Network
        With sigmoids or a softmax at the output.
    x, y : arrays (n_in,) and (n_out,), or (n, n_in) and (n, n_out), 0..1
        One picture or several, and what the output should be.
    rate : float
        The learning rate.
    smoothness, sparsity : float
        Of the recipe's penalty.
    contest : float
        The recipe's; its part of the loss is counted in.
    """
    before = network.with_layers(_exactly(layer) for layer in network.layers)
    x, y = np.atleast_2d(np.asarray(x, np.float64)), np.atleast_2d(np.asarray(y, np.float64))
    of_loss = gradients(before, x, y, contest)
    W = before.layers[0].W
    punished = bool(smoothness or sparsity)
    of_penalty = penalty_gradient(W, smoothness, sparsity) if punished else np.zeros_like(W)
    after = before.with_layers(
        replace(layer, W=layer.W - rate * found.W, b=layer.b - rate * found.b)
        for layer, found in zip(before.layers, _whole(of_loss, of_penalty), strict=True)
    )
    results = [_loss(each, x, y, contest) for each in (before, after)]
    penalties = [penalty(each.layers[0].W, smoothness, sparsity) if punished else 0.0 for each in (before, after)]
    return Lens(rate, before, after, results[0], results[1], penalties[0], penalties[1], of_loss, of_penalty)


def _whole(of_loss: tuple[Layer, ...], of_penalty: np.ndarray) -> tuple[Layer, ...]:
    first, *others = of_loss
    return (replace(first, W=first.W + of_penalty), *others)


def _exactly(layer: Layer) -> Layer:
    return replace(layer, W=layer.W.astype(np.float64), b=layer.b.astype(np.float64))


def _loss(network: Network, x: np.ndarray, y: np.ndarray, contest: float) -> float:
    """Return the mean loss, in float64, which `Network.forward` does not keep."""
    a = x
    for layer in network.layers:
        z = a @ layer.W.T + layer.b
        a = layer.function.value(z)
    return float(losses(network, z, y, contest).mean())
