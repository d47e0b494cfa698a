"""The examples of an epoch: digits, altered or as they are, with negatives among them; and how they are judged."""

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from training.augmentation import augment
from training.calibration import negative_log_likelihood
from training.mnist import Examples
from training.negatives import draw_negatives

VALIDATION_STRENGTH = 0.5


def draw_examples(source: Examples, rng: np.random.Generator, strength: float, share: float) -> Examples:
    """The digits with a share of negatives among them, shuffled, and altered unless the strength is 0."""
    count = round(len(source) * share / (1 - share))
    negatives = draw_negatives(count, source.glyphs, rng)
    glyphs = np.concatenate([source.glyphs, negatives])
    labels = np.concatenate([source.labels, np.full(count, NOT_A_DIGIT, np.uint8)])
    order = rng.permutation(len(labels))
    glyphs, labels = glyphs[order], labels[order]
    return Examples(augment(glyphs, labels, rng, strength) if strength else glyphs, labels)


def validation_set(validation: Examples, share: float, seed: int) -> Examples:
    """The validation digits untouched, then once more mildly altered with negatives among them."""
    rng = np.random.default_rng([seed, 2])
    altered = draw_examples(validation, rng, VALIDATION_STRENGTH, share)
    return Examples(
        np.concatenate([validation.glyphs, altered.glyphs]),
        np.concatenate([validation.labels, altered.labels]),
    )


def judge(logits: np.ndarray, judged: Examples, untouched: int) -> dict[str, float]:
    """What the history says of an epoch. logits: (N, 11) for a validation set that begins with untouched digits."""
    hits = logits.argmax(1) == judged.labels
    return {
        "validation_loss": round(negative_log_likelihood(logits, judged.labels), 5),
        "validation_accuracy": round(float(hits[:untouched].mean()), 5),
        "altered_accuracy": round(float(hits[untouched:].mean()), 5),
    }
