from functools import partial

import keras
import numpy as np
import pytest

from tests.training.conftest import printed_digits
from training.checkpoints import Checkpoint, read_checkpoint
from training.examples import Sources
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


def test_fitting_learns_and_keeps_the_last_epoch(monkeypatch):
    network = build_mlp(hidden=(64,))
    train, validation = Sources(printed_digits(200)), Sources(printed_digits(50, seed=2))
    recipe = Recipe(epochs=4, batch_size=32, warm_up_epochs=0.5, strength=0.2, last_strength=0.2)
    judged = []
    monkeypatch.setattr(
        "training.fitting.judge", lambda logits, *_: judged.append(logits) or {"validation_loss": len(judged)}
    )

    history = fit(network, train, validation, recipe, seed=1)

    assert len(history) == 4
    assert history[-1]["loss"] < history[0]["loss"]
    np.testing.assert_array_equal(logits_of(network, validation.digits.glyphs), judged[-1][: len(validation)])
    assert not np.allclose(judged[-1], judged[-2])


class Interruption(Exception):
    """Stands for whatever ends a run."""


@pytest.mark.parametrize("done", [1, 2, 3])
def test_an_interrupted_fit_goes_on_to_the_same_weights(tmp_path, monkeypatch, done):
    train, validation = Sources(printed_digits(80)), Sources(printed_digits(20, seed=2))
    recipe = Recipe(epochs=3, batch_size=16, warm_up_epochs=0.5, strength=0.2, last_strength=0.2)
    path = tmp_path / "checkpoint"

    def begin(checkpoint):
        keras.utils.set_random_seed(1)
        network = build_mlp(hidden=(16,), dropout=0.5)
        return network, fit(network, train, validation, recipe, 1, checkpoint)

    def keep_then_stop(checkpoint, state, history):
        keep(checkpoint, state, history)
        if len(history) == done:
            raise Interruption

    keep = Checkpoint.keep
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "keep", keep_then_stop)
        with pytest.raises(Interruption):
            begin(read_checkpoint(path, {}))

    resumed, history = begin(read_checkpoint(path, {}))
    whole, whole_history = begin(None)

    for record in (*history, *whole_history):
        del record["seconds"]
    assert history == whole_history
    for weight, expected in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected, strict=True)


def test_what_is_fitted_can_be_kept(tmp_path):
    train, validation = Sources(printed_digits(60)), Sources(printed_digits(20, seed=2))
    recipe = Recipe(epochs=1, dtype="mixed_bfloat16")

    network = train_network(partial(build_mlp, hidden=(8,)), train, validation, recipe, seed=1)

    network.save(tmp_path / network.model_file)
    assert network.model_file == "model.keras"
    assert network.parameters == 784 * 8 + 8 + 8 * 11 + 11
    assert network.logits(validation.digits.glyphs).shape == (20, 11)
    assert len(network.history) == 1
