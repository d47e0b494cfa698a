"""Fitting a Keras network to endlessly altered examples, in steps that come down to nothing."""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from recognizer.inference.artifacts import CLASSES, ArtifactError
from training.checkpoints import Checkpoint, State
from training.examples import Mixture, Sources, draw_examples, epoch_size, judge, validation_set
from training.kinds import FittedNetwork
from training.mnist import Examples
from training.networks import plain_copy

if TYPE_CHECKING:
    import keras

PRECISIONS = ("float32", "mixed_bfloat16")

Teach = Callable[[np.ndarray], np.ndarray]
"""What other networks say of glyphs: (N, 28, 28) uint8 → probabilities (N, 11) float32."""


@dataclass(frozen=True)
class Recipe:
    """All that decides how a network is fitted, besides data and seed."""

    epochs: int = 36
    batch_size: int = 256
    learning_rate: float = 4e-3
    warm_up_epochs: float = 1.0
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    teachers_share: float = 0.0
    """How much of what is to be answered is what teachers say, where there are any, and not the label."""
    mixture: Mixture = field(default_factory=Mixture)
    strength: float = 1.0
    last_strength: float = 0.6
    last_epochs_share: float = 0.3
    dtype: str = "float32"

    def strength_at(self, epoch: int) -> float:
        """How strong augmentation is in an epoch: full, then gentler at the end."""
        return self.strength if epoch < self.epochs * (1 - self.last_epochs_share) else self.last_strength

    def unaltered(self) -> "Recipe":
        """The recipe without augmentation."""
        return replace(self, strength=0.0, last_strength=0.0)

    def as_card(self) -> dict:
        """The recipe as a card tells it."""
        return {"optimizer": "AdamW", "schedule": "linear warm-up, cosine to zero", **asdict(self)}


def network_input(glyphs: np.ndarray) -> np.ndarray:
    """What a network reads: (N, 28, 28, 1) float32 in [0, 1], from (N, 28, 28) uint8."""
    return glyphs[..., np.newaxis].astype(np.float32) / 255


def logits_of(network: "keras.Model", glyphs: np.ndarray) -> np.ndarray:
    """What a network says of glyphs: (N, 11) float32."""
    return network.predict(network_input(glyphs), batch_size=500, verbose=0)


def train_network(
    build: "Callable[..., keras.Model]",
    train: Sources,
    validation: Sources,
    recipe: Recipe,
    seed: int,
    checkpoint: Checkpoint | None = None,
    weights: list[np.ndarray] | None = None,
    teach: Teach | None = None,
) -> FittedNetwork:
    """A network that `build` built, fitted; it computes in float32.

    build: takes what to fit in, and as `like` the weights to begin with. checkpoint: what to go on from, and where to
    keep every epoch. weights: to begin with, instead of random ones. teach: what it is to learn beside the labels.
    """
    import keras

    keras.utils.set_random_seed(seed)
    if weights:
        build = partial(build, like=weights)
    fitted = build(recipe.dtype)
    if weights:
        fitted.set_weights(weights)
    history = fit(fitted, train, validation, recipe, seed, checkpoint, teach)
    return _as_fitted(plain_copy(fitted, build), history, build)


def load_network(build: "Callable[..., keras.Model]", path: Path) -> FittedNetwork:
    """The network in a model file.

    build: takes the weights in the file as `like`. Raises ArtifactError when it cannot be loaded or is not such as
    `build` builds.
    """
    import keras

    try:
        saved = keras.saving.load_model(path, compile=False)
        build = partial(build, like=saved.get_weights())
        network = plain_copy(saved, build)
    except Exception as error:  # Keras raises whatever zipfile, json, h5py and TensorFlow do
        raise ArtifactError(
            f"{path} holds no such network: {error}. Name another artifact, or train without it."
        ) from error
    return _as_fitted(network, [], build)


def _as_fitted(
    network: "keras.Model", history: list[dict[str, float]], build: "Callable[[], keras.Model]"
) -> FittedNetwork:
    def with_weights(weights: list[np.ndarray]) -> FittedNetwork:
        other = build()
        other.set_weights(weights)
        return _as_fitted(other, history, build)

    return FittedNetwork(
        logits=partial(logits_of, network),
        parameters=network.count_params(),
        history=history,
        model_file="model.keras",
        save=network.save,
        weights=network.get_weights(),
        with_weights=with_weights,
    )


def fit(
    network: "keras.Model",
    train: Sources,
    validation: Sources,
    recipe: Recipe,
    seed: int,
    checkpoint: Checkpoint | None = None,
    teach: Teach | None = None,
) -> list[dict[str, float]]:
    """The history of the epochs; the network is left with the weights of the last one, to which the schedule leads.

    Gone on with from a checkpoint, the network ends with the very weights it would have ended with.
    """
    judged = validation_set(validation, recipe.mixture)
    steps = math.ceil(epoch_size(train, recipe.mixture) / recipe.batch_size)
    _compile(network, recipe, steps)
    history = []
    if checkpoint and checkpoint.history:
        _restore(network, checkpoint)
        history = list(checkpoint.history)

    def prepare(epoch: int) -> Examples:
        rng = np.random.default_rng([seed, 1, epoch])
        return draw_examples(train, recipe.mixture, rng, recipe.strength_at(epoch))

    for epoch, examples in _in_advance(prepare, range(len(history), recipe.epochs)):
        started = time.monotonic()
        targets = targets_of(examples, recipe, teach)
        loss = _fit_epoch(network, examples.glyphs, targets, recipe.batch_size, f"epoch {epoch + 1}/{recipe.epochs}")
        record = {"loss": round(loss, 5), **judge(logits_of(network, judged.glyphs), judged, len(validation))}
        history.append({**record, "seconds": round(time.monotonic() - started, 1)})
        tqdm.write(f"epoch {epoch + 1}: {history[-1]}")
        if checkpoint:
            checkpoint.keep(_state(network), history)
    return history


def _in_advance(prepare: Callable[[int], Examples], epochs: range) -> Iterator[tuple[int, Examples]]:
    """Every epoch with its examples, while those of the next one are made in the background."""
    with ThreadPoolExecutor(1) as background:
        upcoming = None
        for epoch in epochs:
            ready, upcoming = upcoming, background.submit(prepare, epoch)
            if ready:
                yield epoch - 1, ready.result()
        if upcoming:
            yield epochs[-1], upcoming.result()


def _state(network: "keras.Model") -> State:
    """All that fitting changes: weights, running means and the seeds of dropout; the optimizer."""
    return {
        "network": [variable.numpy() for variable in network.variables],
        "optimizer": [variable.numpy() for variable in network.optimizer.variables],
    }


def _restore(network: "keras.Model", checkpoint: Checkpoint) -> None:
    """Put network and optimizer back to where they were."""
    state = checkpoint.state_like(_state(network))
    for variables, name in ((network.variables, "network"), (network.optimizer.variables, "optimizer")):
        for variable, value in zip(variables, state[name], strict=True):
            variable.assign(value)


def _compile(network: "keras.Model", recipe: Recipe, steps: int) -> None:
    import keras

    warm_up = round(recipe.warm_up_epochs * steps) if recipe.epochs > recipe.warm_up_epochs else 0
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 25 if warm_up else recipe.learning_rate,
        decay_steps=recipe.epochs * steps - warm_up,
        warmup_target=recipe.learning_rate if warm_up else None,
        warmup_steps=warm_up,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    network.compile(optimizer, loss)
    optimizer.build(network.trainable_variables)


def targets_of(examples: Examples, recipe: Recipe, teach: Teach | None = None) -> np.ndarray:
    """What is to be answered: (N, 11) float32, the labels smoothed and, for its share, what teachers say."""
    smoothing = recipe.label_smoothing
    labels = np.eye(len(CLASSES), dtype=np.float32)[examples.labels] * (1 - smoothing) + smoothing / len(CLASSES)
    if teach is None:
        return labels
    return (1 - recipe.teachers_share) * labels + recipe.teachers_share * teach(examples.glyphs)


def _fit_epoch(network: "keras.Model", glyphs: np.ndarray, targets: np.ndarray, batch_size: int, title: str) -> float:
    """The mean loss over one pass."""
    losses = []
    with tqdm(range(0, len(glyphs), batch_size), title, unit="batch", mininterval=1) as bar:
        for start in bar:
            batch = slice(start, start + batch_size)
            network.reset_metrics()
            losses.append(float(network.train_on_batch(network_input(glyphs[batch]), targets[batch])))
            bar.set_postfix(loss=f"{np.mean(losses):.4f}", refresh=False)
    return float(np.mean(losses))
