"""What people put right: labelled glyphs from the site, some to learn from and some only to be judged by."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognizer.inference.artifacts import CLASSES, file_sha256
from recognizer.inference.labelled import LabelledFileError, read_labelled
from recognizer.inference.measures import wilson_interval
from training.calibration import Calibration, answers
from training.kinds import FittedNetwork
from training.mnist import Examples


@dataclass(frozen=True)
class Corrections:
    """Labelled glyphs of a file: labels 0-9, and NOT_A_DIGIT."""

    learnt: Examples
    held_out: Examples
    """Neither learnt from nor calibrated with."""
    sha256: str
    """Of the file."""


def read_corrections(path: Path) -> Corrections:
    """The corrections in a file that `manage.py export_labels` wrote.

    Raises LabelledFileError, also when there is nothing in it to learn from.
    """
    labelled = read_labelled(path)
    examples = Examples(labelled.glyphs, labelled.labels)
    learnt, held_out = examples.take(~labelled.held_out), examples.take(labelled.held_out)
    if not len(learnt):
        reason = f"all of its {len(held_out)} glyphs are held out" if len(held_out) else "it holds no glyph"
        raise LabelledFileError(
            f"There is nothing in {path} to learn from: {reason}. Label more glyphs on the site and export them again."
        )
    return Corrections(learnt, held_out, file_sha256(path))


def count_right(network: FittedNetwork, examples: Examples, calibration: Calibration) -> int:
    """How many glyphs are answered as they are labelled; "not a digit" is an answer too."""
    if not len(examples):
        return 0
    return int((answers(network.logits(examples.glyphs), calibration) == examples.labels).sum())


def corrections_as_card(corrections: Corrections, right: int, right_before: int | None = None) -> dict:
    """What a card tells of the corrections that were learnt from, and of those that were not.

    right: of the held-out ones, how many the network answers as they are labelled. right_before: how many the network
    did that it was fine-tuned from; None when there is none.
    """
    n = len(corrections.held_out)
    return {
        "sha256": corrections.sha256,
        "learnt": len(corrections.learnt),
        "held_out": n,
        "learnt_by_label": _by_label(corrections.learnt.labels),
        "held_out_by_label": _by_label(corrections.held_out.labels),
        "n": n,
        "held_out_right": right,
        "held_out_right_before": right_before,
        "accuracy": round(right / n, 5) if n else None,
        "interval_95": [round(bound, 5) for bound in wilson_interval(right, n)] if n else None,
    }


def _by_label(labels: np.ndarray) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(CLASSES)).tolist()
    return dict(zip(CLASSES, counts, strict=True))
