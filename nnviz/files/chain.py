"""Steps one after the other, as other programs' files hold them, made into a network."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnviz.activations import ACTIVATIONS, LEAK
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.sentences import quoted

HIGHEST = 1e30  # float32 ends at 3e38
MOST_LAYERS, MOST_NEURONS, MOST_CLASSES, LONGEST_SIDE = 6, 512, 62, 64
OTHERS = (  # other layers, by what people and programs call their weights
    ("a recurrent", r"weight_[ih]h|lstm|\bgru|\brnn"),
    ("an attention, as in a transformer,", r"attn|attention|in_proj|[qkv]_proj"),
    ("a batch normalisation", r"running_|num_batches|batch_?norm"),
    ("a convolutional", r"conv(?!er)"),
    ("an embedding", r"embed"),
)
OPENS = f"nnviz opens dense layers with {', '.join(list(ACTIVATIONS)[:-1])} or softmax"


class Refused(ValueError):
    """A sentence already worth reading."""


@dataclass(frozen=True, eq=False)
class Dense:
    """Weights (n_out, n_in) and biases (n_out,)."""

    W: np.ndarray
    b: np.ndarray


@dataclass(frozen=True)
class Activate:
    """An activation by nnviz's name."""

    name: str
    leak: float = LEAK


@dataclass(frozen=True, eq=False)
class Rescale:
    """``scale * x + offset``, before the first layer; one number each, or one a pixel."""

    scale: np.ndarray
    offset: np.ndarray


Step = Dense | Activate | Rescale


def network(steps: Sequence[Step], shape: tuple[int, int] | None = None, classes: Iterable[str] = ()) -> Network:
    """Make a network of steps; a dense step without an activation after it passes its sums on (identity).

    Numbers that rescale every pixel alike become the network's preparation; others are folded into its first layer.
    """
    layers: list[Layer] = []
    scale, offset = np.ones(1), np.zeros(1)
    bare = False  # whether the last layer still waits for its activation
    for step in steps:
        if isinstance(step, Dense):
            layers.append(Layer(_as_float32(step.W), _as_float32(step.b), "identity"))
        elif isinstance(step, Rescale):
            if layers:
                raise Refused(f"it rescales numbers between its layers; {OPENS}")
            scale, offset = scale * step.scale, offset * step.scale + step.offset
        elif step.name != "identity":
            if not bare:
                raise Refused(f"it has a {step.name} that follows no dense layer; {OPENS}")
            layers[-1] = replace(layers[-1], activation=step.name, leak=step.leak)
        bare = isinstance(step, Dense) or (bare and step == Activate("identity"))
    if not layers:
        raise Refused(f"it has no dense layer; {OPENS}")
    layers[0], preparation = _rescaled(layers[0], scale, offset)
    names = tuple(str(name)[:40] for name in classes)
    return Network(tuple(layers), shape or (0, 0), names, preparation)


def usual(pixels: int) -> Preparation:
    """Guess how pictures of so many pixels are made of drawings: 784 as MNIST's, others filled."""
    return Preparation("mnist" if pixels == 784 else "filling")


def check_sizes(network: Network) -> None:
    """Refuse a network larger than nnviz explores."""
    sizes = network.sizes
    if len(network.layers) > MOST_LAYERS:
        raise Refused(f"it has {len(network.layers)} layers; expected at most {MOST_LAYERS}")
    if not all(1 <= size <= MOST_NEURONS for size in sizes[1:]):
        raise Refused(f"its largest or smallest layer has {max(sizes[1:], key=lambda n: n or math.inf):,} neurons; "
                      f"expected 1 to {MOST_NEURONS}")  # fmt: skip
    if not 2 <= sizes[-1] <= MOST_CLASSES:
        raise Refused(f"it has {sizes[-1]} outputs; expected 2 to {MOST_CLASSES}, one a class")
    if not 1 <= sizes[0] <= LONGEST_SIDE**2 or max(network.shape) > LONGEST_SIDE:
        raise Refused(f"it reads {sizes[0]:,} numbers; expected a grey picture of at most 64 x 64 pixels")


def check_reach(network: Network) -> None:
    """Refuse weights so large that some picture would make float32 overflow on the way through."""
    reach = max(map(abs, network.preparation.range))
    for number, layer in enumerate(network.layers, start=1):
        sums = np.abs(layer.W).sum(axis=1, dtype=np.float64) * reach + np.abs(layer.b)
        if sums.max() > HIGHEST:
            raise Refused(f"the sums of layer {number} could reach {sums.max():.0e}; expected at most {HIGHEST:.0e}")
        ends = abs(layer.function.low), abs(layer.function.high)
        reach = float(sums.max()) if math.inf in ends else max(ends)


def picture_shape(dimensions: Iterable[object]) -> tuple[int, int] | None:
    """Find rows and columns in what a file says of its input without the batch: (1, 28, 28), (8, 8, 1); or None."""
    known = [each for each in dimensions if each != 1]
    if any(not isinstance(each, int) or each < 1 for each in known) or len(known) < 2:
        return None
    if len(known) > 2:
        raise Refused(f"it reads {' x '.join(map(str, known[:4]))} numbers; expected grey pictures, rows x columns")
    return known[0], known[1]  # type: ignore[return-value]


def foreign(kind: str) -> Refused:
    """Refuse a layer of another kind."""
    return Refused(f"it has a {quoted(kind, 30)[1:-1]} layer; {OPENS}")


def kind_named(name: str) -> str | None:
    """Tell another kind of layer by the name of its weights: "a convolutional"; None if the name does not tell."""
    return next((kind for kind, pattern in OTHERS if re.search(pattern, name[:200].lower())), None)


def _as_float32(array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    if array.dtype.kind != "f":
        raise Refused(f"its weights are of {array.dtype}; expected floating-point numbers")
    if max(array.shape, default=0) > LONGEST_SIDE**2 or array.ndim > 2:
        raise Refused(f"it has weights of shape {str(array.shape)[:40]}; expected at most 64 x 64 inputs")
    with np.errstate(over="ignore"):  # infinite is refused with the network
        return np.ascontiguousarray(array, np.float32)


def _rescaled(first: Layer, scale: np.ndarray, offset: np.ndarray) -> tuple[Layer, Preparation]:
    preparation = usual(first.W.shape[1])
    if not (np.isfinite(scale).all() and np.isfinite(offset).all() and (abs(scale) > 1e-9).all()):
        raise Refused("it rescales its pictures with 0, NaN or infinite numbers")
    if (scale == 1).all() and (offset == 0).all():
        return first, preparation
    if scale.size == offset.size == 1 and scale[0] > 0:
        return first, _scaled(preparation, float(scale[0]), float(offset[0]))
    if {scale.size, offset.size} - {1, first.W.shape[1]}:
        raise Refused(f"it rescales {max(scale.size, offset.size):,} numbers, but reads {first.W.shape[1]:,}")
    W = first.W.astype(np.float64)
    b = first.b + W @ np.broadcast_to(offset, W.shape[1])
    return replace(first, W=_as_float32(W * scale), b=_as_float32(b)), preparation


def _scaled(preparation: Preparation, scale: float, offset: float) -> Preparation:
    """Say `scale` and `offset`, for 0 to some white, as mean and deviation of 0..1.

    Files do not say what white is. It is 255 where that comes out at 4 or less, else 1 where that comes out at 0.9 to
    4, else the number that comes out as 1: 16 for a scale of 1/16.
    """
    white = next((w for w in (scale * 255 + offset, scale + offset) if 0.9 <= w <= 4), max(1.0, offset + 0.01))
    deviation = 1 / (white - offset)
    if abs(deviation - 1) < 1e-6:
        deviation = 1.0
    return replace(preparation, mean=-offset * deviation + 0.0, deviation=deviation)
