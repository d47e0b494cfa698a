"""The NumPy MLP, forward only: from a glyph to eleven logits by matrix products. No Keras.

A network is a list of layers, each a pair (W, b), kept in one `.npz` file as W1, b1, W2, b2, W3, b3.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from recognizer.inference.artifacts import CLASSES, ArtifactError

Layers = list[tuple[np.ndarray, np.ndarray]]

SIZES = (28 * 28, 64, 64, len(CLASSES))
"""How many numbers go in, pass between the layers, and come out."""


def forward(layers: Layers, X: np.ndarray) -> list[np.ndarray]:
    """What every layer is given, and last the logits: (N, 784), (N, 64), (N, 64), (N, 11).

    X: (N, 784) in [0, 1], bright foreground. The answer has the dtype of X and the layers.
    """
    outputs = [X]
    for W, b in layers[:-1]:
        z = outputs[-1] @ W + b  # (N, 784) @ (784, 64) + (64,), then (N, 64) @ (64, 64) + (64,)
        outputs.append(np.maximum(z, 0))
    W, b = layers[-1]
    outputs.append(outputs[-1] @ W + b)  # (N, 64) @ (64, 11) + (11,)
    return outputs


def logits_of(layers: Layers, x: np.ndarray) -> np.ndarray:
    """What the network says of glyphs: (N, 11) float32. x: (N, 28, 28) float32 in [0, 1]."""
    return forward(layers, x.reshape(len(x), -1))[-1]


def write_layers(path: Path, layers: Layers) -> None:
    """Keep the layers in a file, as float32."""
    arrays = {}
    for number, (W, b) in enumerate(layers, 1):
        arrays |= {f"W{number}": W.astype(np.float32), f"b{number}": b.astype(np.float32)}
    np.savez(path, **arrays)


def read_layers(path: Path) -> Layers:
    """The layers in a file.

    Raises ArtifactError when it cannot be read, or holds anything but six float32 arrays of the right shapes.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as error:  # NumPy raises whatever zipfile, zlib and its header parser do
        raise ArtifactError(f"{path} cannot be loaded: {error}. Train the model again.") from error
    found = {name: (array.shape, array.dtype) for name, array in arrays.items()}
    if found != _expected():
        shapes = {name: f"{dtype}{list(shape)}" for name, (shape, dtype) in found.items()}
        raise ArtifactError(f"{path} holds {shapes}; the layers of {SIZES} are needed. Train the model again.")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ArtifactError(f"{path} holds weights that are no finite numbers. Train the model again.")
    return [(arrays[f"W{number}"], arrays[f"b{number}"]) for number in range(1, len(SIZES))]


def _expected() -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    expected = {}
    for number, (before, after) in enumerate(pairwise(SIZES), 1):
        expected |= {f"W{number}": ((before, after), np.dtype(np.float32))}
        expected |= {f"b{number}": ((after,), np.dtype(np.float32))}
    return expected
