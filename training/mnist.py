"""Reading MNIST, from four IDX files or from Keras, accepted only with the checksums of the originals."""

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of each file, unpacked."""

UNSIGNED_BYTE = 0x08


class MnistError(Exception):
    """MNIST is missing or is not the original; the message says how to mend it."""


@dataclass(frozen=True)
class Examples:
    """Glyphs and their true classes.

    glyphs: (N, 28, 28) uint8, bright foreground. labels: (N,) uint8 in 0-9.
    """

    glyphs: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: slice | np.ndarray) -> "Examples":
        """The examples at these positions."""
        return Examples(self.glyphs[index], self.labels[index])


def read_mnist(folder: Path | None) -> tuple[Examples, Examples]:
    """The 60,000 training and 10,000 test examples, from a folder of IDX files or else from keras.datasets.

    Raises MnistError when a file is missing, damaged or not the original.
    """
    arrays = _read_folder(folder) if folder else _read_keras()
    return (
        Examples(arrays["train-images-idx3-ubyte"], arrays["train-labels-idx1-ubyte"]),
        Examples(arrays["t10k-images-idx3-ubyte"], arrays["t10k-labels-idx1-ubyte"]),
    )


def split(examples: Examples, validation_size: int, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Training and validation examples, dealt out at random."""
    order = rng.permutation(len(examples))
    return examples.take(order[validation_size:]), examples.take(order[:validation_size])


def idx_bytes(array: np.ndarray) -> bytes:
    """The bytes of an IDX file that holds a uint8 array."""
    header = struct.pack(">HBB", 0, UNSIGNED_BYTE, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def idx_array(data: bytes, name: str) -> np.ndarray:
    """The uint8 array in the bytes of an IDX file.

    Raises MnistError when the header or the length is wrong.
    """
    dimensions = data[3] if len(data) >= 4 else 0
    start = 4 + 4 * dimensions
    if data[:3] != bytes([0, 0, UNSIGNED_BYTE]) or dimensions == 0 or len(data) < start:
        raise MnistError(f"{name} is not an IDX file of bytes. Fetch the original MNIST file again.")
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    if len(data) - start != int(np.prod(shape)):
        raise MnistError(f"{name} is cut short or has bytes to spare. Fetch the original MNIST file again.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _read_folder(folder: Path) -> dict[str, np.ndarray]:
    arrays = {}
    for name in CHECKSUMS:
        data = _read_unpacked(folder, name)
        arrays[name] = idx_array(data, name)
        _check(name, data)
    return arrays


def _read_unpacked(folder: Path, name: str) -> bytes:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        return plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    except FileNotFoundError:
        raise MnistError(
            f"Neither {name} nor {name}.gz is in {folder}. Put the four original MNIST files there, name "
            "their folder with --mnist-dir or MNIST_DIR, or leave both out to let Keras download MNIST."
        ) from None
    except (OSError, EOFError, ValueError) as error:
        raise MnistError(f"{name} in {folder} cannot be read ({error}). Fetch the original file again.") from error


def _read_keras() -> dict[str, np.ndarray]:
    import keras

    try:
        pairs = keras.datasets.mnist.load_data()
    except Exception as error:
        raise MnistError(
            f"Keras could not fetch MNIST ({error}). Download the four original IDX files elsewhere and name "
            "their folder with --mnist-dir or MNIST_DIR."
        ) from error
    arrays = dict(zip(CHECKSUMS, (array for pair in pairs for array in pair), strict=True))
    for name, array in arrays.items():
        _check(name, idx_bytes(array))
    return arrays


def _check(name: str, data: bytes) -> None:
    if hashlib.sha256(data).hexdigest() != CHECKSUMS[name]:
        raise MnistError(f"{name} is not the original: its SHA-256 differs. Fetch the original MNIST file again.")
