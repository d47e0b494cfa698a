"""What in a glyph speaks for which class: maps over its pixels, and where on it they weigh most. No Keras."""

import math
from dataclasses import dataclass

import numpy as np

from recognizer.inference import numpy_mlp
from recognizer.inference.artifacts import CLASSES

SIDE = 28
CLEAR = 0.3
"""Ink from here on counts for where a glyph begins and ends, as a share of full ink."""
LEANING = 0.12
"""A map leans to a side when its centre of mass is off the middle of the glyph by this share of the glyph."""
MOST = 0.5
"""What weighs at least this share of the heaviest pixel speaks most."""
TIGHT = 0.5
"""What speaks most is of one place when it takes less than this share of the room that an even map would."""


@dataclass(frozen=True)
class Attribution:
    """What a network shows of itself on one glyph."""

    method: str
    """`grad_cam`, or `gradient_input` of a network without convolutions."""
    maps: np.ndarray
    """(11, 28, 28) float32: how much each pixel speaks for each class, and below zero against it."""
    filters: np.ndarray
    """(U, h, w) float32: the weights of the first layer, unit by unit."""
    activations: np.ndarray
    """(U, 28, 28) float32 of a convolution's units, else (U,): how strongly each answers this glyph, from 0."""


def grad_cam(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Return how much each place of the last convolution's output speaks for each class, below zero against it.

    activations: (h, w, C); gradients: (K, h, w, C), of each class's logit by them. Returns (K, h, w).
    Each place weighs by its own gradient: where neurons follow, what a channel's is on average says nothing of a place.
    Cut off at zero by whoever shows one class alone.
    Source: Selvaraju et al. 2017, Grad-CAM; Draelos and Carin 2020, Use HiResCAM instead of Grad-CAM.
    """
    return np.einsum("hwc,khwc->khw", activations, gradients)


def gradient_times_input(x: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Return how much each pixel speaks for each class: what its ink adds to the logit, to first order.

    x: (28, 28) in [0, 1]; gradients: (K, 28, 28), of each class's logit by it. Returns (K, 28, 28).
    Source: Shrikumar et al. 2016, Not Just a Black Box.
    """
    return gradients * x


def of_numpy_mlp(layers: numpy_mlp.Layers, x: np.ndarray) -> Attribution:
    """Return what a NumPy MLP shows of itself on a glyph. x: (28, 28) float32 in [0, 1]."""
    W, _ = layers[0]
    outputs = numpy_mlp.forward(layers, x.reshape(1, -1))
    gradients = input_gradients(layers, outputs).reshape(-1, SIDE, SIDE)
    return Attribution(
        "gradient_input", gradient_times_input(x, gradients), W.T.reshape(-1, SIDE, SIDE), outputs[1].ravel()
    )


def input_gradients(layers: numpy_mlp.Layers, outputs: list[np.ndarray]) -> np.ndarray:
    """Return the gradient of each logit by the input: (11, 784).

    outputs: what numpy_mlp.forward returns for one glyph.
    """
    dz = np.eye(len(CLASSES), dtype=outputs[0].dtype)
    for (W, _), output in zip(layers[:0:-1], outputs[-2:0:-1], strict=True):
        dz = (dz @ W.T) * (output > 0)  # (11, 11) @ (11, 64), then (11, 64) @ (64, 64)
    return dz @ layers[0][0].T  # (11, 64) @ (64, 784)


def enlarged(maps: np.ndarray) -> np.ndarray:
    """Return coarse maps at the size of the glyph, straight lines between the middles of their places.

    maps: (K, h, w). Returns (K, 28, 28) float32.
    """
    rows, columns = (_weights(length) for length in maps.shape[1:])
    return np.einsum("yh,khw,xw->kyx", rows, maps, columns).astype(np.float32)


def _weights(length: int) -> np.ndarray:
    """Return how much each of so many places counts at each pixel: (28, length)."""
    position = np.clip((np.arange(SIDE) + 0.5) * length / SIDE - 0.5, 0, length - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(length)))


def place_of(relevance: np.ndarray, glyph: np.ndarray) -> tuple[str, str] | None:
    """Return where on the glyph a map weighs most: ("top", "middle" or "bottom", "left", "middle" or "right").

    ("all", "all") when it is spread over the whole glyph, None when nothing in it is above zero.
    relevance: (28, 28); glyph: (28, 28) uint8, bright foreground.
    """
    largest = float(relevance.max())
    if largest <= 0:
        return None
    weight = np.where(relevance >= MOST * largest, relevance, 0).astype(np.float64)
    weight /= weight.sum()
    ink = glyph > CLEAR * 255
    offsets, spreads = [], []
    for axis in (0, 1):
        extent = np.flatnonzero(ink.any(axis=1 - axis))
        first, last = (extent[0], extent[-1] + 1) if extent.size else (0, SIDE)
        middle, length = (first + last) / 2, max(last - first, SIDE / 4)
        along, position = weight.sum(axis=1 - axis), np.arange(SIDE) + 0.5
        centre = float(along @ position)
        offsets.append((centre - middle) / length)
        spreads.append(float(np.sqrt(along @ (position - centre) ** 2)) / (length / np.sqrt(12)))
    words = [
        before if offset < -LEANING else after if offset > LEANING else "middle"
        for offset, before, after in zip(offsets, ("top", "left"), ("bottom", "right"), strict=True)
    ]
    if words == ["middle", "middle"] and math.prod(spreads) > TIGHT:
        return "all", "all"
    return words[0], words[1]
