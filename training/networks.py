"""The networks: from a glyph to eleven logits, the ten digits and "not a digit"."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recognizer.inference.artifacts import CLASSES
from training.framing import SIDE

if TYPE_CHECKING:
    import keras

CNN_PARAMETERS = 356_575
CNN_HIDDEN = 144
"""Neurons between the CNN's last picture and its answer: what is no digit has no one look."""
MLP_PARAMETERS = 434_315


def build_cnn(dtype: str = "float32", dropout: float = 0.2, like: list[np.ndarray] | None = None) -> "keras.Model":
    """A small convolutional network of 356,575 parameters.

    Input (N, 28, 28, 1) float32 in [0, 1], output (N, 11) float32 logits. dtype: what it computes in;
    the weights are float32 always. like: weights that it is to take; those of before its hidden layer have none.
    """
    import keras
    from keras import layers

    hidden = CNN_HIDDEN if like is None or like[-2].shape[0] == CNN_HIDDEN else 0

    def convolution(filters: int) -> list["keras.Layer"]:
        return [
            layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=dtype),
            layers.BatchNormalization(dtype=dtype),
            layers.ReLU(dtype=dtype),
        ]

    def perceptron(units: int) -> list["keras.Layer"]:
        return [
            layers.Dense(units, use_bias=False, dtype=dtype),
            layers.BatchNormalization(dtype=dtype),
            layers.ReLU(dtype=dtype),
            layers.Dropout(dropout, dtype=dtype),
        ]

    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            *convolution(20),
            layers.MaxPooling2D(dtype=dtype),  # (14, 14, 20)
            *convolution(56),
            *convolution(56),
            layers.MaxPooling2D(dtype=dtype),  # (7, 7, 56)
            *convolution(112),
            *convolution(112),
            layers.MaxPooling2D(dtype=dtype),  # (3, 3, 112)
            layers.Flatten(dtype=dtype),
            layers.Dropout(dropout, dtype=dtype),
            *(perceptron(hidden) if hidden else ()),
            layers.Dense(len(CLASSES), dtype="float32"),
        ],
        name="cnn",
    )


def build_mlp(
    dtype: str = "float32",
    hidden: tuple[int, ...] = (384, 256, 128),
    dropout: float = 0.1,
    like: list[np.ndarray] | None = None,
) -> "keras.Model":
    """A multilayer perceptron, of 434,315 parameters with the usual hidden layers.

    Input, output and dtype as of the CNN. hidden: how many neurons each hidden layer has. like: weights that it is to
    take, whose hidden layers it then has.
    """
    import keras
    from keras import layers

    if like is not None:
        hidden = tuple(kernel.shape[1] for kernel in like[:-2:2])

    perceptron = [layers.Flatten(dtype=dtype)]  # (784,)
    for units in hidden:
        perceptron += [layers.Dense(units, activation="relu", dtype=dtype), layers.Dropout(dropout, dtype=dtype)]
    return keras.Sequential(
        [keras.Input((SIDE, SIDE, 1)), *perceptron, layers.Dense(len(CLASSES), dtype="float32")], name="mlp"
    )


def plain_copy(network: "keras.Model", build: "Callable[[], keras.Model]") -> "keras.Model":
    """The same network computing in float32, without optimizer: what an artifact holds. build: as it was built."""
    copy = build()
    copy.set_weights(network.get_weights())
    return copy


def native_dtype(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """What this machine multiplies fastest: mixed_bfloat16 where the processor has it, else float32."""
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"
