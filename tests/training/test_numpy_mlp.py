import numpy as np
import pytest

from recognizer.inference.numpy_mlp import SIZES, forward
from tests.training.conftest import printed_digits
from training.examples import Mixture, Sources
from training.networks import build_mlp
from training.numpy_mlp import (
    SgdRecipe,
    initial_layers,
    loss_and_gradients,
    step,
    train_numpy_mlp,
)

RECIPE = SgdRecipe(epochs=8, batch_size=16, mixture=Mixture(pages=0, negatives_share=0.01))


@pytest.fixture
def tiny():
    """Layers 6-5-4-3 in float64, with a batch of seven for them. No bias is zero."""
    rng = np.random.default_rng(0)
    layers = initial_layers(rng, (6, 5, 4, 3), "float64")
    for _, b in layers:
        b += rng.normal(0, 0.3, b.shape)
    return layers, rng.random((7, 6)), np.array([0, 1, 2, 2, 1, 0, 1])


def slope(layers, X, y, array, place, nudge=1e-6):
    """How fast the loss rises along one weight, measured by going a little to both sides."""
    losses = []
    for sign in (1, -1):
        array[place] += sign * nudge
        losses.append(loss_and_gradients(layers, X, y)[0])
        array[place] -= sign * nudge
    return (losses[0] - losses[1]) / (2 * nudge)


def test_the_gradients_are_the_slopes_of_the_loss(tiny):
    layers, X, y = tiny

    _, gradients = loss_and_gradients(layers, X, y)

    for pair, gradient_pair in zip(layers, gradients, strict=True):
        for array, gradient in zip(pair, gradient_pair, strict=True):
            measured = np.empty_like(array)
            for place in np.ndindex(array.shape):
                measured[place] = slope(layers, X, y, array, place)
            np.testing.assert_allclose(gradient, measured, rtol=1e-6, atol=1e-9)
            assert np.abs(measured).max() > 1e-3


def test_the_loss_of_even_odds_is_the_logarithm_of_the_classes(tiny):
    layers, X, y = tiny
    for W, b in layers:
        W[:], b[:] = 0, 0

    loss, _ = loss_and_gradients(layers, X, y)

    assert loss == pytest.approx(np.log(3))


def test_the_gradients_are_of_the_layers_dtype():
    layers = initial_layers(np.random.default_rng(0))

    _, gradients = loss_and_gradients(layers, np.zeros((2, 784), np.float32), np.array([3, 10]))

    assert {array.dtype for pair in gradients for array in pair} == {np.dtype(np.float32)}


def test_initial_layers_keep_signals_at_their_size():
    layers = initial_layers(np.random.default_rng(0))

    inputs = forward(layers, np.random.default_rng(1).standard_normal((500, 784)).astype(np.float32))

    assert [W.shape for W, _ in layers] == [(784, 64), (64, 64), (64, 11)]
    assert sum(W.size + b.size for W, b in layers) == 55_115
    for x in inputs[1:-1]:
        assert np.square(x).mean() == pytest.approx(1, abs=0.3)


def test_momentum_carries_a_step_on_by_hand():
    layers, velocity = ([(np.ones((1, 1)), np.zeros(1))] for _ in range(2))
    velocity[0][0][:] = 0
    gradients = [(np.full((1, 1), 2.0), np.full(1, -1.0))]
    recipe = SgdRecipe(momentum=0.5, weight_decay=0.1)

    step(layers, velocity, gradients, 0.1, recipe)
    step(layers, velocity, gradients, 0.1, recipe)

    # W: 1 - 0.21 = 0.79, then a velocity of -0.105 - 0.1 * (2 + 0.079); b: 0.1, then 0.05 + 0.1 more.
    assert layers[0][0].item() == pytest.approx(0.79 - 0.105 - 0.2079)
    assert layers[0][1].item() == pytest.approx(0.25)


def test_the_learning_rate_falls_along_a_cosine_to_zero():
    recipe = SgdRecipe(learning_rate=0.2)

    assert [recipe.learning_rate_at(progress) for progress in (0, 0.5, 1)] == pytest.approx([0.2, 0.1, 0])


def test_it_agrees_with_keras_on_equal_weights():
    layers = initial_layers(np.random.default_rng(3))
    for _, b in layers:
        b += np.linspace(-0.5, 0.5, len(b), dtype=np.float32)
    twin = build_mlp(hidden=SIZES[1:-1])
    twin.set_weights([array for pair in layers for array in pair])
    glyphs = np.random.default_rng(4).random((5, 28, 28), dtype=np.float32)

    logits = forward(layers, glyphs.reshape(5, 784))[-1]

    np.testing.assert_allclose(logits, twin(glyphs[..., np.newaxis]), rtol=1e-4, atol=1e-5)


def test_it_learns():
    train, validation = Sources(printed_digits(200)), Sources(printed_digits(50, seed=2))

    network = train_numpy_mlp(train, validation, RECIPE, seed=1)

    assert len(network.history) == 8
    assert network.history[-1]["loss"] < network.history[0]["loss"] / 2
    hits = network.logits(validation.digits.glyphs).argmax(1) == validation.digits.labels
    assert hits.mean() == network.history[-1]["validation_accuracy"] > 0.8


def test_equal_seeds_learn_equal_layers(tmp_path):
    train, validation = Sources(printed_digits(60)), Sources(printed_digits(20, seed=2))

    for name in ("first", "again"):
        train_numpy_mlp(train, validation, RECIPE, seed=5).save(tmp_path / f"{name}.npz")

    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "again.npz").read_bytes()
