import numpy as np
import pytest

from recognizer.inference.artifacts import NOT_A_DIGIT
from tests.training.conftest import printed_digits
from training.fitting import Recipe, draw_examples, fit, logits_of, network_input
from training.networks import build_cnn


def test_a_share_of_the_examples_are_negatives(digits):
    examples = draw_examples(digits, np.random.default_rng(0), 1.0, share=0.25)

    assert len(examples) == 80
    assert (examples.labels == NOT_A_DIGIT).sum() == 20
    assert (examples.labels[-20:] != NOT_A_DIGIT).any()


def test_equal_seeds_draw_equal_examples(digits):
    first, again = (draw_examples(digits, np.random.default_rng(4), 1.0, share=0.1) for _ in range(2))

    np.testing.assert_array_equal(first.glyphs, again.glyphs)
    np.testing.assert_array_equal(first.labels, again.labels)


def test_augmentation_gets_gentler_in_the_last_epochs():
    recipe = Recipe(epochs=10, strength=1.0, last_strength=0.6, last_epochs_share=0.3)

    assert [recipe.strength_at(epoch) for epoch in range(10)] == [1.0] * 7 + [0.6] * 3


def test_the_network_reads_zero_to_one():
    x = network_input(np.full((2, 28, 28), 255, np.uint8))

    assert x.shape == (2, 28, 28, 1)
    assert x.dtype == np.float32
    assert x.max() == 1.0


def test_fitting_keeps_the_best_epoch_and_learns():
    network = build_cnn()
    train, validation = printed_digits(200), printed_digits(50, seed=2)
    recipe = Recipe(epochs=4, batch_size=32, warm_up_epochs=0.5, strength=0.2, last_strength=0.2)

    history = fit(network, train, validation, recipe, seed=1)

    assert len(history) == 4
    assert history[-1]["loss"] < history[0]["loss"]
    hits = logits_of(network, validation.glyphs).argmax(1) == validation.labels
    best = min(history, key=lambda record: record["validation_loss"])
    assert hits.mean() == pytest.approx(best["validation_accuracy"], abs=1e-4)
