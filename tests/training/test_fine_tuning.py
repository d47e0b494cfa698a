from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from recognizer.inference.artifacts import ArtifactError, ChecksumError, read_artifact
from tests.recognizer.artifacts import make_artifact
from tests.training.conftest import printed_digits, released
from tests.training.corrections import lying_digits
from training.cnn import CNN
from training.examples import Mixture, Sources
from training.fine_tuning import WITHOUT_FONTS, drawn_back, fine_tuned, read_parent
from training.kinds import FittedNetwork
from training.mlp import MLP
from training.mnist import Examples
from training.networks import build_cnn
from training.numpy_mlp import NUMPY_MLP
from training.typefaces import FontsMissingError

MIXTURE = Mixture(pages=0, negatives_share=0.01)


def accuracy(network, examples):
    return (network.logits(examples.glyphs).argmax(1) == examples.labels).mean()


def test_a_released_network_is_begun_with_as_it_answers():
    parent = read_parent(released("numpy_mlp"), NUMPY_MLP)

    assert parent.as_card().keys() == {"kind", "version", "sha256"}
    assert parent.calibration.temperature == parent.artifact.temperature
    assert parent.split_seed == 1
    assert accuracy(parent.network, printed_digits(50)) > 0.5


@pytest.mark.parametrize("kind", [CNN, MLP], ids=["cnn", "mlp"])
def test_a_keras_network_that_begins_with_weights_is_that_network(kind):
    parent = read_parent(released(kind.name), kind)
    digits = printed_digits(20)
    recipe = replace(kind.fine_tuning, epochs=1, learning_rate=0.0, mixture=MIXTURE)

    network = kind.train(Sources(digits), Sources(digits), recipe, 1, weights=parent.network.weights)

    trainable = [weight for weight in network.weights if weight.ndim > 1]
    expected = [weight for weight in parent.network.weights if weight.ndim > 1]
    for weight, other in zip(trainable, expected, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_a_cnn_from_before_its_hidden_layer_is_gone_on_with(tmp_path):
    older = build_cnn(like=[np.zeros((1008, 11)), np.zeros(11)])
    older.save(tmp_path / "model.keras")
    digits = printed_digits(20)
    recipe = replace(CNN.fine_tuning, epochs=1, learning_rate=0.0, mixture=MIXTURE)

    loaded = CNN.load(tmp_path / "model.keras")
    network = CNN.train(Sources(digits), Sources(digits), recipe, 1, weights=loaded.weights)

    assert older.count_params() == loaded.parameters == network.parameters == 220_351
    for weight, other in zip(older.get_weights(), network.with_weights(loaded.weights).weights, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_a_network_that_is_fine_tuned_learns_a_new_writer_and_keeps_the_others():
    upright, lying = printed_digits(300), lying_digits(100)
    recipe = replace(NUMPY_MLP.recipe, epochs=8, batch_size=16, learning_rate=0.02, mixture=MIXTURE)
    before = NUMPY_MLP.train(Sources(upright), Sources(printed_digits(50, seed=2)), recipe, 1)
    weights = [weight.copy() for weight in before.weights]
    fine_tuning = replace(recipe, epochs=6, mixture=replace(MIXTURE, corrections_share=0.3))

    after = NUMPY_MLP.train(
        Sources(upright, corrections=lying), Sources(printed_digits(50, seed=2)), fine_tuning, 1, weights=before.weights
    )

    unseen = lying_digits(100, seed=5)
    assert accuracy(before, unseen) < 0.6
    assert accuracy(after, unseen) > 0.8
    assert accuracy(after, printed_digits(100, seed=6)) > 0.95
    for weight, kept in zip(before.weights, weights, strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_another_kind_is_refused():
    with pytest.raises(ArtifactError, match="is of kind mlp, not numpy_mlp"):
        read_parent(released("mlp"), NUMPY_MLP)


def test_glyphs_of_another_preprocessing_are_refused(tmp_path):
    with pytest.raises(ArtifactError, match="was made for other glyphs"):
        read_parent(make_artifact(tmp_path, preprocessing=99), CNN)


def test_a_damaged_artifact_is_refused(tmp_path):
    folder = make_artifact(tmp_path)
    (folder / "model.keras").write_bytes(b"cut off")

    with pytest.raises(ChecksumError):
        read_parent(folder, CNN)


def test_a_file_that_is_no_network_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match="holds no such network"):
        read_parent(make_artifact(tmp_path), CNN)


def test_without_typefaces_it_goes_without_and_says_so(monkeypatch, capsys):
    def missing():
        raise FontsMissingError

    monkeypatch.setattr("training.fine_tuning.typefaces", missing)

    kind = fine_tuned(CNN)

    assert not kind.recipe.mixture.fonts
    assert WITHOUT_FONTS in kind.limits
    assert "not installed" in capsys.readouterr().out


def test_with_typefaces_it_is_the_recipe_for_fine_tuning(monkeypatch):
    monkeypatch.setattr("training.fine_tuning.typefaces", list)

    assert fine_tuned(CNN) == replace(CNN, recipe=CNN.fine_tuning)


def answering(weights, accuracy_at):
    """A network of one weight, of which 1,000 zeros are read right as often as a function of the weight says."""

    def logits(glyphs):
        says = np.zeros((len(glyphs), 11), np.float32)
        says[:, 1] = np.arange(len(glyphs)) >= round(accuracy_at(float(weights[0][0])) * len(glyphs))
        return says

    return FittedNetwork(logits, 1, [], "none", print, weights, lambda other: answering(other, accuracy_at))


@pytest.mark.parametrize(
    ("accuracy_at", "expected"),
    [
        (lambda weight: 0.99, 1.0),
        (lambda weight: 0.99 + 0.01 * weight, 1.0),
        (lambda weight: 0.99 - 0.001 * weight, 0.5),
        (lambda weight: 0.99 - 0.1 * (weight > 0.65), 0.6),
        (lambda weight: 0.99 - 0.1 * weight, 0.2),
    ],
)
def test_what_forgot_is_drawn_back_towards_its_parent_until_it_remembers(accuracy_at, expected):
    parent = SimpleNamespace(
        artifact=SimpleNamespace(version="1"), network=answering([np.zeros(1, np.float32)], accuracy_at)
    )
    network = answering([np.ones(1, np.float32)], accuracy_at)
    zeros = Examples(np.zeros((1000, 28, 28), np.uint8), np.zeros(1000, np.uint8))

    drawn, way = drawn_back(network, parent, zeros)

    assert way == expected
    np.testing.assert_allclose(drawn.weights, [[expected]], rtol=1e-6)
    assert drawn.weights[0].dtype == np.float32


@pytest.mark.parametrize("kind", [CNN, MLP, NUMPY_MLP], ids=["cnn", "mlp", "numpy_mlp"])
def test_a_network_with_other_weights_answers_by_those(kind):
    network = kind.load(read_artifact(released(kind.name)).model_path)
    digits = printed_digits(20)
    before = network.logits(digits.glyphs)

    zero = network.with_weights([np.zeros_like(weight) for weight in network.weights])

    assert not zero.logits(digits.glyphs).any()
    np.testing.assert_array_equal(network.logits(digits.glyphs), before)
