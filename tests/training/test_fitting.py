from functools import partial

import numpy as np
import pytest

from tests.training.conftest import printed_digits
from training.fitting import Recipe, fit, logits_of, network_input, train_network
from training.networks import build_mlp


def test_augmentation_gets_gentler_in_the_last_epochs():
    recipe = Recipe(epochs=10, strength=1.0, last_strength=0.6, last_epochs_share=0.3)

    assert [recipe.strength_at(epoch) for epoch in range(10)] == [1.0] * 7 + [0.6] * 3


def test_the_network_reads_zero_to_one():
    x = network_input(np.full((2, 28, 28), 255, np.uint8))

    assert x.shape == (2, 28, 28, 1)
    assert x.dtype == np.float32
    assert x.max() == 1.0


def test_fitting_keeps_the_best_epoch_and_learns():
    network = build_mlp(hidden=(64,))
    train, validation = printed_digits(200), printed_digits(50, seed=2)
    recipe = Recipe(epochs=4, batch_size=32, warm_up_epochs=0.5, strength=0.2, last_strength=0.2)

    history = fit(network, train, validation, recipe, seed=1)

    assert len(history) == 4
    assert history[-1]["loss"] < history[0]["loss"]
    hits = logits_of(network, validation.glyphs).argmax(1) == validation.labels
    best = min(history, key=lambda record: record["validation_loss"])
    assert hits.mean() == pytest.approx(best["validation_accuracy"], abs=1e-4)


def test_what_is_fitted_can_be_kept(tmp_path):
    train, validation = printed_digits(60), printed_digits(20, seed=2)
    recipe = Recipe(epochs=1, dtype="mixed_bfloat16")

    network = train_network(partial(build_mlp, hidden=(8,)), train, validation, recipe, seed=1)

    network.save(tmp_path / network.model_file)
    assert network.model_file == "model.keras"
    assert network.parameters == 784 * 8 + 8 + 8 * 11 + 11
    assert network.logits(validation.glyphs).shape == (20, 11)
    assert len(network.history) == 1
