"""A training run: from MNIST to an artifact, the same way for every kind of network."""

import time
from pathlib import Path

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT, Artifact, refuse_existing, write_artifact
from training import cards
from training.calibration import Calibration, calibrate, digit_probabilities, sureness
from training.evaluation import digit_figures
from training.examples import VALIDATION_STRENGTH, draw_examples
from training.kinds import FittedNetwork, Kind
from training.mnist import Examples, split

VALIDATION_SIZE = 5000
CALIBRATION_PASSES = 4


def train_artifact(
    kind: Kind, examples: Examples, test: Examples, seed: int, version: str, out: Path, command: str
) -> Artifact:
    """A new artifact `<kind>-<version>` under `out`.

    Raises ArtifactExistsError, before any work, when there is one already.
    """
    folder = out / f"{kind.name}-{version}"
    refuse_existing(folder)
    started = time.monotonic()
    train, validation = split(examples, min(VALIDATION_SIZE, len(examples) // 6), np.random.default_rng([seed, 0]))
    network = kind.train(train, validation, kind.recipe, seed)
    calibration, on_validation = _calibrate(network, validation, kind.recipe.negatives_share, seed)
    figures = {
        "validation": on_validation,
        "mnist_test": _figures(network, test, calibration),
        "history": network.history,
    }
    card = cards.make_card(
        kind=kind,
        version=version,
        network=network,
        calibration=calibration,
        data=cards.data_of_mnist(len(train), len(validation), len(test)),
        figures=figures,
        command=command,
        seed=seed,
        duration_seconds=time.monotonic() - started,
    )
    return write_artifact(folder, card, network.save)


def _calibrate(network: FittedNetwork, validation: Examples, share: float, seed: int) -> tuple[Calibration, dict]:
    """The calibration, from several mild alterations of the validation digits, and figures on all of them."""
    rng = np.random.default_rng([seed, 3])
    passes = [draw_examples(validation, rng, VALIDATION_STRENGTH, share) for _pass in range(CALIBRATION_PASSES)]
    glyphs = np.concatenate([altered.glyphs for altered in passes])
    labels = np.concatenate([altered.labels for altered in passes])
    logits = network.logits(glyphs)
    digits = labels != NOT_A_DIGIT
    calibration = calibrate(logits[digits], labels[digits])
    probabilities, none = digit_probabilities(logits, calibration.temperature)
    sure = sureness(probabilities, none) >= calibration.sure
    wrong = probabilities.argmax(1) != labels
    return calibration, {
        "untouched": _figures(network, validation, calibration),
        "mildly_altered": digit_figures(labels[digits], probabilities[digits], none[digits], calibration.not_a_digit),
        "wrong_and_sure": _share((wrong & sure)[digits]),
        "unsure": _share(~sure[digits]),
        "negatives": int((~digits).sum()),
        "negatives_recognised": _share((none >= calibration.not_a_digit)[~digits]),
    }


def _share(hits: np.ndarray) -> float | None:
    """How many of them are true, None when there are none: JSON knows no NaN."""
    return round(float(hits.mean()), 5) if len(hits) else None


def _figures(network: FittedNetwork, examples: Examples, calibration: Calibration) -> dict:
    probabilities, none = digit_probabilities(network.logits(examples.glyphs), calibration.temperature)
    return digit_figures(examples.labels, probabilities, none, calibration.not_a_digit)
