"""A training run: from MNIST to an artifact, the same way for every kind of network."""

import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from recognizer.inference.artifacts import NOT_A_DIGIT, Artifact, refuse_existing, write_artifact
from training import cards
from training.calibration import Calibration, calibrate, digit_probabilities, sureness
from training.checkpoints import describe_run, read_checkpoint, refuse_checkpoint
from training.evaluation import digit_figures
from training.examples import Sources
from training.failures import failures
from training.kinds import FittedNetwork, Kind
from training.mnist import Examples
from training.sources import gather


def train_artifact(
    kind: Kind,
    examples: Examples,
    test: Examples,
    seed: int,
    version: str,
    out: Path,
    command: str,
    resume: bool = False,
) -> Artifact:
    """A new artifact `<kind>-<version>` under `out`; until it is there, a checkpoint of the last whole epoch.

    resume: go on from the checkpoint, if there is one.
    Raises, before any work, ArtifactExistsError when there is one already, CheckpointError when the checkpoint is in
    the way or cannot be gone on from.
    """
    folder = out / f"{kind.name}-{version}"
    refuse_existing(folder)
    checkpoint_path = out / f".{folder.name}.checkpoint"
    if not resume:
        refuse_checkpoint(checkpoint_path)
    started = time.monotonic()
    gathered = gather(examples, kind.recipe.mixture, seed, out / ".pages")
    train, validation = gathered.train, gathered.validation
    run = describe_run(kind.name, kind.recipe.as_card(), seed, train, validation)
    checkpoint = read_checkpoint(checkpoint_path, run, started)
    if resume:
        tqdm.write(f"{len(checkpoint.history)} of {kind.recipe.epochs} epochs are done")
    network = kind.train(train, validation, kind.recipe, seed, checkpoint)
    calibration, on_validation = _calibrate(network, validation)
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
        data=cards.data_of(gathered, len(test)),
        figures=figures,
        failures=failures(network, validation.page_glyphs, calibration),
        command=command,
        seed=seed,
        duration_seconds=checkpoint.seconds(),
    )
    artifact = write_artifact(folder, card, network.save)
    checkpoint.remove()
    return artifact


def _calibrate(network: FittedNetwork, validation: Sources) -> tuple[Calibration, dict]:
    """The calibration, from the validation digits untouched and on pages, and figures on all of them."""
    pages = validation.page_glyphs
    on_pages, untouched = network.logits(pages.glyphs), network.logits(validation.digits.glyphs)
    digits = pages.labels != NOT_A_DIGIT
    calibration = calibrate(
        np.concatenate([on_pages[digits], untouched]), np.concatenate([pages.labels[digits], validation.digits.labels])
    )
    probabilities, none = digit_probabilities(on_pages, calibration.temperature)
    sure = sureness(probabilities, none) >= calibration.sure
    wrong = probabilities.argmax(1) != pages.labels
    return calibration, {
        "untouched": _figures(network, validation.digits, calibration),
        "pages": digit_figures(pages.labels[digits], probabilities[digits], none[digits], calibration.not_a_digit),
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
