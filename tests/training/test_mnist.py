import gzip
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.training.conftest import printed_digits
from training import mnist
from training.mnist import MnistError, idx_array, idx_bytes, read_mnist, split

TRAIN_IMAGES = "train-images-idx3-ubyte"


def serve_from_keras(monkeypatch, train, test):
    """Let keras.datasets.mnist give these examples, without importing Keras."""
    pairs = ((train.glyphs, train.labels), (test.glyphs, test.labels))
    stub = SimpleNamespace(datasets=SimpleNamespace(mnist=SimpleNamespace(load_data=lambda: pairs)))
    monkeypatch.setitem(sys.modules, "keras", stub)


def test_it_reads_the_four_packed_files(mnist_dir):
    train, test = read_mnist(mnist_dir)

    assert train.glyphs.shape == (300, 28, 28)
    assert train.glyphs.dtype == np.uint8
    assert train.labels[:3].tolist() == [0, 1, 2]
    assert len(test) == 50


def test_it_reads_an_unpacked_file_too(mnist_dir):
    packed = mnist_dir / f"{TRAIN_IMAGES}.gz"
    (mnist_dir / TRAIN_IMAGES).write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()

    train, _ = read_mnist(mnist_dir)

    assert len(train) == 300


def test_it_refuses_a_file_that_is_not_the_original(mnist_dir):
    packed = mnist_dir / f"{TRAIN_IMAGES}.gz"
    data = bytearray(gzip.decompress(packed.read_bytes()))
    data[-1] ^= 1
    packed.write_bytes(gzip.compress(bytes(data)))

    with pytest.raises(MnistError, match=f"{TRAIN_IMAGES} is not the original"):
        read_mnist(mnist_dir)


def test_it_refuses_a_file_cut_short(mnist_dir):
    packed = mnist_dir / f"{TRAIN_IMAGES}.gz"
    packed.write_bytes(gzip.compress(gzip.decompress(packed.read_bytes())[:-10]))

    with pytest.raises(MnistError, match="cut short"):
        read_mnist(mnist_dir)


@pytest.mark.parametrize("damage", [lambda data: data[:500], lambda data: b"not gzip", lambda data: b""])
def test_it_refuses_a_damaged_archive(mnist_dir, damage):
    packed = mnist_dir / f"{TRAIN_IMAGES}.gz"
    packed.write_bytes(damage(packed.read_bytes()))

    with pytest.raises(MnistError, match="original"):
        read_mnist(mnist_dir)


def test_it_says_where_to_put_missing_files(tmp_path):
    with pytest.raises(MnistError, match="MNIST_DIR"):
        read_mnist(tmp_path)


def test_it_takes_the_same_content_from_keras(mnist_dir, monkeypatch):
    serve_from_keras(monkeypatch, printed_digits(300), printed_digits(50, seed=1))

    train, test = read_mnist(None)

    assert (len(train), len(test)) == (300, 50)


def test_it_refuses_other_content_from_keras(mnist_dir, monkeypatch):
    serve_from_keras(monkeypatch, printed_digits(300, seed=9), printed_digits(50, seed=1))

    with pytest.raises(MnistError, match="not the original"):
        read_mnist(None)


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\0\0\x08\0", b"\0\0\x0d\1\0\0\0\1a", b"\0\0\x08\3\0\0\0\1"])
def test_it_refuses_what_is_not_idx(data):
    with pytest.raises(MnistError, match="not an IDX file"):
        idx_array(data, "some-file")


def test_idx_bytes_and_array_are_inverse():
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)

    data = idx_bytes(array)

    assert data[:8] == b"\0\0\x08\3\0\0\0\2"
    np.testing.assert_array_equal(idx_array(data, "x"), array)


def test_the_split_is_disjoint_and_repeatable():
    examples = mnist.Examples(np.zeros((20, 28, 28), np.uint8), np.arange(20, dtype=np.uint8))

    train, validation = split(examples, 5, np.random.default_rng(3))
    again, _ = split(examples, 5, np.random.default_rng(3))

    assert len(validation) == 5
    assert sorted([*train.labels, *validation.labels]) == list(range(20))
    np.testing.assert_array_equal(train.labels, again.labels)


@pytest.mark.skipif(not os.environ.get("MNIST_DIR"), reason="MNIST_DIR is not set")
def test_the_checksums_are_those_of_the_originals():
    train, test = read_mnist(Path(os.environ["MNIST_DIR"]))

    assert (len(train), len(test)) == (60_000, 10_000)
