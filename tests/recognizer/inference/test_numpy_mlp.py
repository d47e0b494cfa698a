"""The NumPy MLP: forward, and its file."""

from itertools import pairwise

import numpy as np
import pytest

from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.numpy_mlp import SIZES, forward, logits_of, read_layers, write_layers


@pytest.fixture
def layers():
    rng = np.random.default_rng(0)
    return [
        (rng.normal(0, 0.1, shape).astype(np.float32), rng.normal(0, 0.1, shape[1]).astype(np.float32))
        for shape in pairwise(SIZES)
    ]


@pytest.fixture
def path(tmp_path, layers):
    write_layers(tmp_path / "model.npz", layers)
    return tmp_path / "model.npz"


def arrays_of(path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return dict(file)


def test_forward_by_hand():
    layers = [
        (np.array([[1.0, -1.0], [2.0, 0.0]]), np.array([0.5, 0.0])),
        (np.array([[1.0, 10.0], [100.0, 1000.0]]), np.array([0.0, -5.0])),
    ]

    X, hidden, logits = forward(layers, np.array([[1.0, 3.0]]))

    assert X.tolist() == [[1.0, 3.0]]
    assert hidden.tolist() == [[7.5, 0.0]]
    assert logits.tolist() == [[7.5, 70.0]]


def test_glyphs_become_eleven_float32_logits(layers):
    glyphs = np.random.default_rng(1).random((3, 28, 28), dtype=np.float32)

    logits = logits_of(layers, glyphs)

    assert (logits.shape, logits.dtype) == ((3, 11), np.float32)
    np.testing.assert_allclose(logits[1], logits_of(layers, glyphs[1:2])[0], rtol=1e-4, atol=1e-5)


def test_layers_are_read_as_they_were_written(path, layers):
    for read, written in zip(read_layers(path), layers, strict=True):
        np.testing.assert_array_equal(read[0], written[0])
        np.testing.assert_array_equal(read[1], written[1])


def test_float64_layers_are_kept_as_float32(tmp_path, layers):
    write_layers(tmp_path / "model.npz", [(W.astype(np.float64), b.astype(np.float64)) for W, b in layers])

    assert {array.dtype for pair in read_layers(tmp_path / "model.npz") for array in pair} == {np.dtype(np.float32)}


def without_a_layer(arrays):
    del arrays["b2"]


def with_another_array(arrays):
    arrays["W4"] = np.zeros((11, 11), np.float32)


def of_another_shape(arrays):
    arrays["W2"] = arrays["W2"][:, :63]


def transposed(arrays):
    arrays["W1"] = arrays["W1"].T


def of_another_dtype(arrays):
    arrays["b3"] = arrays["b3"].astype(np.float64)


def with_a_hole(arrays):
    arrays["W3"][0, 0] = np.nan


def with_objects(arrays):
    arrays["b1"] = np.array([print] * 64, object)


@pytest.mark.parametrize(
    "change",
    [without_a_layer, with_another_array, of_another_shape, transposed, of_another_dtype, with_a_hole, with_objects],
)
def test_other_arrays_are_refused(path, change):
    arrays = arrays_of(path)
    change(arrays)
    np.savez(path, **arrays)

    with pytest.raises(ArtifactError, match=r"model\.npz .*Train the model again"):
        read_layers(path)


@pytest.mark.parametrize("cut", [0, 10, 0.5, -30])
def test_a_cut_file_is_refused(path, cut):
    data = path.read_bytes()
    path.write_bytes(data[: int(cut * len(data)) if isinstance(cut, float) else cut])

    with pytest.raises(ArtifactError):
        read_layers(path)


def test_what_is_no_archive_is_refused(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))

    with pytest.raises(ArtifactError):
        read_layers(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ArtifactError):
        read_layers(tmp_path / "model.npz")
