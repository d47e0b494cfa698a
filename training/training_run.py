"""A training run: from MNIST to an artifact, the same way for every kind of network."""

import time
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from recognizer.inference.artifacts import NOT_A_DIGIT, Artifact, refuse_existing, write_artifact
from training import cards
from training.calibration import Calibration, calibrate, digit_probabilities, sureness
from training.checkpoints import describe_run, read_checkpoint, refuse_checkpoint
from training.corrections import Corrections, corrections_as_card, count_right
from training.distillation import Teachers
from training.evaluation import digit_figures
from training.examples import NO_GLYPHS, Sources
from training.failures import failures
from training.fine_tuning import Parent, drawn_back
from training.kinds import FittedNetwork, Kind
from training.mnist import Examples
from training.progress import Progress
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
    corrections: Corrections | None = None,
    parent: Parent | None = None,
    progress: Progress | None = None,
    teachers: Teachers | None = None,
) -> Artifact:
    """A new artifact `<kind>-<version>` under `out`; until it is there, a checkpoint of the last whole epoch.

    resume: go on from the checkpoint, if there is one. corrections: to learn from beside MNIST. parent: to begin with
    its weights. progress: is told after every step. teachers: that the kind learns from (see `taught`);
    they deal out the digits where no parent does, and stand in the card.
    Raises, before any work, ArtifactExistsError when there is one already, CheckpointError when the checkpoint is in
    the way or cannot be gone on from; ProgressError.
    """
    progress = progress or Progress()
    folder = out / f"{kind.name}-{version}"
    refuse_existing(folder)
    checkpoint_path = out / f".{folder.name}.checkpoint"
    if not resume:
        refuse_checkpoint(checkpoint_path)
    started = time.monotonic()
    progress.pages(0)
    learnt = corrections.learnt if corrections else NO_GLYPHS
    known = parent or teachers
    split_seed = known.split_seed if known else None
    gathered = gather(examples, kind.recipe.mixture, seed, out / ".pages", learnt, progress.pages, split_seed)
    train, validation = gathered.train, gathered.validation
    begun_with = {"corrections": corrections.sha256} if corrections else {}
    begun_with |= {"parent": parent.artifact.sha256} if parent else {}
    begun_with |= {"teachers": teachers.sha256} if teachers else {}
    run = describe_run(kind.name, kind.recipe.as_card(), seed, train, validation, **begun_with)
    checkpoint = read_checkpoint(checkpoint_path, run, started)
    checkpoint.told = partial(progress.fitting, epochs=kind.recipe.epochs)
    checkpoint.told(checkpoint.history)
    if resume:
        tqdm.write(f"{len(checkpoint.history)} of {kind.recipe.epochs} epochs are done")
    network = kind.train(
        train, validation, kind.recipe, seed, checkpoint, weights=parent.network.weights if parent else None
    )
    lineage = parent.as_card() if parent else None
    if parent:
        network, way = drawn_back(network, parent, validation.digits)
        lineage |= {"way_from_it": way}
    calibration, on_validation = calibrated(network, validation)
    figures = {
        "validation": on_validation,
        "mnist_test": figures_on(network, test, calibration),
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
        corrections=corrections and _corrections_as_card(corrections, network, calibration, parent),
        parent=lineage,
        teachers=teachers and teachers.as_card(),
    )
    progress.writing()
    artifact = write_artifact(folder, card, network.save)
    checkpoint.remove()
    progress.finished()
    return artifact


def _corrections_as_card(
    corrections: Corrections, network: FittedNetwork, calibration: Calibration, parent: Parent | None
) -> dict:
    held_out = corrections.held_out
    right = count_right(network, held_out, calibration)
    return corrections_as_card(corrections, right, parent and count_right(parent.network, held_out, parent.calibration))


def calibrated(network: FittedNetwork, validation: Sources) -> tuple[Calibration, dict]:
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
        "untouched": figures_on(network, validation.digits, calibration),
        "pages": digit_figures(pages.labels[digits], probabilities[digits], none[digits], calibration.not_a_digit),
        "wrong_and_sure": _share((wrong & sure)[digits]),
        "unsure": _share(~sure[digits]),
        "negatives": int((~digits).sum()),
        "negatives_recognised": _share((none >= calibration.not_a_digit)[~digits]),
    }


def _share(hits: np.ndarray) -> float | None:
    """How many of them are true, None when there are none: JSON knows no NaN."""
    return round(float(hits.mean()), 5) if len(hits) else None


def figures_on(network: FittedNetwork, examples: Examples, calibration: Calibration) -> dict:
    """The figures of a card for true digits, as this network answers them."""
    probabilities, none = digit_probabilities(network.logits(examples.glyphs), calibration.temperature)
    return digit_figures(examples.labels, probabilities, none, calibration.not_a_digit)
