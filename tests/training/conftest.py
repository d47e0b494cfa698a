"""A little MNIST made on the spot: printed digits, written as the four IDX files are."""

import gzip
import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from training import mnist
from training.framing import frame
from training.mnist import Examples, idx_bytes


def printed_digits(count: int, seed: int = 0) -> Examples:
    """Printed digits of varied width, framed as MNIST's: (count, 28, 28) uint8 and their labels."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 10).astype(np.uint8)
    glyphs = []
    for label in labels:
        canvas = np.zeros((80, 80), np.uint8)
        pen = int(rng.integers(1, 4))
        cv2.putText(canvas, str(label), (18, 62), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, pen, cv2.LINE_AA)
        glyphs.append(frame(canvas))
    return Examples(np.array(glyphs), labels)


def released(kind: str) -> Path:
    """The artifact of a kind that comes with the site."""
    (folder,) = Path(__file__).parents[2].glob(f"recognizer/released/{kind}-*")
    return folder


@pytest.fixture
def digits() -> Examples:
    return printed_digits(60)


@pytest.fixture
def mnist_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of four gzip'ed IDX files whose checksums are the ones asked for."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    train, test = printed_digits(300), printed_digits(50, seed=1)
    arrays = (train.glyphs, train.labels, test.glyphs, test.labels)
    checksums = {}
    for name, array in zip(mnist.CHECKSUMS, arrays, strict=True):
        data = idx_bytes(array)
        (folder / f"{name}.gz").write_bytes(gzip.compress(data))
        checksums[name] = hashlib.sha256(data).hexdigest()
    monkeypatch.setattr(mnist, "CHECKSUMS", checksums)
    return folder
