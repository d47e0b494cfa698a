"""Artifacts of every kind become predictors, or say what is wrong with them."""

import threading
from pathlib import Path

import numpy as np
import pytest

from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference.artifacts import CLASSES, Artifact, ArtifactError, read_artifact
from recognizer.inference.loading import BATCH_SIZES, WrongShapeError, in_few_sizes, load_predictor

RELEASED = Path(__file__).parents[3] / "recognizer" / "released"


def artifact_with(folder: Path, name: str, data: bytes = b"") -> Artifact:
    """Return an artifact with this model file, and as much of a card as loading reads."""
    (folder / name).write_bytes(data)
    thresholds = {"sure": 0.9, "not_a_digit": 0.5}
    card = {"preprocessing": PREPROCESSING_VERSION, "classes": CLASSES, "model": {"file": name}}
    return Artifact(folder, card | {"calibration": {"temperature": 1.0}, "thresholds": thresholds})


@pytest.mark.parametrize("folder", sorted(RELEASED.iterdir()), ids=lambda folder: folder.name)
def test_every_released_network_answers(folder):
    artifact = read_artifact(folder)
    glyphs = np.zeros((3, 28, 28), np.uint8)
    glyphs[:, 4:24, 13:16] = 255

    predictions = load_predictor(artifact).predict(glyphs)

    assert [prediction.digit for prediction in predictions] == [1, 1, 1]
    assert folder.name == f"{artifact.kind}-{artifact.version}"


def test_the_numpy_mlp_is_loaded_without_keras(monkeypatch):
    monkeypatch.setattr("recognizer.inference.loading.keras_model", lambda _: pytest.fail("Keras was asked"))

    assert load_predictor(read_artifact(max(RELEASED.glob("numpy_mlp-*")))).predict(np.zeros((1, 28, 28), np.uint8))


def test_a_network_is_asked_for_few_sizes_of_batches():
    asked = set()

    def logits(glyphs: np.ndarray) -> np.ndarray:
        asked.add(len(glyphs))
        return np.tile(glyphs.sum(axis=(1, 2))[:, np.newaxis], 11)

    for count in range(1, 101):
        glyphs = np.arange(count * 784, dtype=np.float32).reshape(count, 28, 28)
        assert np.array_equal(in_few_sizes(logits)(glyphs)[:, 0], glyphs.sum(axis=(1, 2)))

    assert asked == set(BATCH_SIZES)


def test_threads_share_the_numpy_mlp():
    predictor = load_predictor(read_artifact(max(RELEASED.glob("numpy_mlp-*"))))
    glyphs = np.random.default_rng(0).integers(0, 256, (8, 50, 28, 28), dtype=np.uint8)
    alone = [predictor.predict(some) for some in glyphs]
    together = [None] * 8

    def predict(place):
        together[place] = predictor.predict(glyphs[place])

    threads = [threading.Thread(target=predict, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    for one, other in zip(alone, together, strict=True):
        assert [p.confidence for p in one] == pytest.approx([p.confidence for p in other])


@pytest.mark.parametrize(("key", "value"), [("preprocessing", PREPROCESSING_VERSION + 1), ("classes", CLASSES[:10])])
def test_a_network_made_for_other_glyphs_or_classes_is_refused(key, value):
    released = read_artifact(max(RELEASED.glob("numpy_mlp-*")))

    with pytest.raises(ArtifactError, match="other glyphs or classes"):
        load_predictor(Artifact(released.folder, released.card | {key: value}))


@pytest.mark.parametrize("name", ["model.keras", "model.npz", "model.h5", "model"])
def test_a_file_that_is_no_network_is_refused(tmp_path, name):
    artifact = artifact_with(tmp_path, name, b"no network")

    with pytest.raises(ArtifactError, match=name):
        load_predictor(artifact)


def test_arrays_of_other_shapes_are_refused(tmp_path):
    artifact = artifact_with(tmp_path, "model.npz")
    np.savez(artifact.model_path, W1=np.zeros((784, 10), np.float32), b1=np.zeros(10, np.float32))

    with pytest.raises(ArtifactError, match=r"float32\[784, 10\]"):
        load_predictor(artifact)


def test_a_network_of_another_shape_is_refused(tmp_path):
    import keras

    artifact = artifact_with(tmp_path, "model.keras")
    keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]).save(
        artifact.model_path
    )

    with pytest.raises(WrongShapeError, match="11"):
        load_predictor(artifact)
