"""The examples of an epoch: digits, altered or as they are, glyphs from drawn pages, and negatives among them."""

from dataclasses import dataclass

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from training.augmentation import augment
from training.calibration import fit_temperature, negative_log_likelihood
from training.mnist import Examples
from training.negatives import draw_negatives

NO_GLYPHS = Examples(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Mixture:
    """What the examples of an epoch are made of."""

    pages: float = 2.0
    """Pages drawn before the first epoch, for each digit of MNIST's; with 0 nothing comes in by the front door."""
    page_digits: float = 0.7
    """Digits from pages in an epoch, for each digit of MNIST's."""
    page_strength: float = 0.35
    """How much less digits from pages are altered than MNIST's: they differ enough."""
    negatives_share: float = 0.15
    """Of all examples in an epoch."""
    page_negatives: float = 0.75
    """Of the negatives: how many are from pages, where there are any; the others are drawn."""
    hands: bool = True
    """Whether digits drawn stroke by stroke stand on the pages."""
    fonts: bool = True
    """Whether characters of typefaces stand on the pages."""


@dataclass(frozen=True)
class Sources:
    """Whence the examples of an epoch are taken, or those of validation."""

    digits: Examples
    """Of MNIST."""
    page_glyphs: Examples = NO_GLYPHS
    """From drawn pages, through the site's own imaging: digits, and NOT_A_DIGIT."""

    def __len__(self) -> int:
        return len(self.digits)


def draw_examples(sources: Sources, mixture: Mixture, rng: np.random.Generator, strength: float) -> Examples:
    """One epoch, shuffled: all digits of MNIST, digits from pages, and negatives.

    strength: of their alteration, in [0, 1]; with 0 they stay as they are.
    """
    from_pages, negatives_from_pages, drawn = _counts(sources, mixture)
    negatives = draw_negatives(drawn, sources.digits.glyphs, rng)
    plain = Examples(
        np.concatenate([sources.digits.glyphs, negatives]),
        np.concatenate([sources.digits.labels, np.full(drawn, NOT_A_DIGIT, np.uint8)]),
    )
    paged = _of_pages(sources.page_glyphs, from_pages, negatives_from_pages, rng)
    if strength:
        plain = Examples(augment(plain.glyphs, plain.labels, rng, strength), plain.labels)
    if softly := mixture.page_strength * strength:
        paged = Examples(augment(paged.glyphs, paged.labels, rng, softly), paged.labels)
    return _joined(plain, paged).take(rng.permutation(len(plain) + len(paged)))


def epoch_size(sources: Sources, mixture: Mixture) -> int:
    """How many examples draw_examples draws."""
    return len(sources.digits) + sum(_counts(sources, mixture))


def validation_set(validation: Sources, mixture: Mixture) -> Examples:
    """The validation digits untouched, then what came in by the front door; no negatives if none are learnt."""
    glyphs = validation.page_glyphs
    if not mixture.negatives_share:
        glyphs = glyphs.take(glyphs.labels != NOT_A_DIGIT)
    return _joined(validation.digits, glyphs)


def judge(logits: np.ndarray, judged: Examples, untouched: int) -> dict[str, float]:
    """What the history says of an epoch; the loss is that of the logits once they are calibrated.

    logits: (N, 11) for a validation set that begins with untouched digits.
    """
    hits = logits.argmax(1) == judged.labels
    is_digit = judged.labels[untouched:] != NOT_A_DIGIT
    record = {
        "validation_loss": negative_log_likelihood(logits, judged.labels, fit_temperature(logits, judged.labels)),
        "validation_accuracy": hits[:untouched].mean(),
    }
    if is_digit.any():
        record["page_accuracy"] = hits[untouched:][is_digit].mean()
    if not is_digit.all():
        record["negatives_recognised"] = hits[untouched:][~is_digit].mean()
    return {name: round(float(figure), 5) for name, figure in record.items()}


def _counts(sources: Sources, mixture: Mixture) -> tuple[int, int, int]:
    """How many digits from pages, negatives from pages and drawn negatives an epoch has."""
    is_negative = sources.page_glyphs.labels == NOT_A_DIGIT
    there, negatives_there = int((~is_negative).sum()), int(is_negative.sum())
    from_pages = min(there, round(mixture.page_digits * len(sources.digits)))
    share = mixture.negatives_share
    negatives = round((len(sources.digits) + from_pages) * share / (1 - share))
    negatives_from_pages = min(negatives_there, round(mixture.page_negatives * negatives))
    return from_pages, negatives_from_pages, negatives - negatives_from_pages


def _of_pages(glyphs: Examples, digits: int, negatives: int, rng: np.random.Generator) -> Examples:
    is_negative = glyphs.labels == NOT_A_DIGIT
    chosen = [rng.choice(np.flatnonzero(~is_negative), digits, replace=False)]
    chosen.append(rng.choice(np.flatnonzero(is_negative), negatives, replace=False))
    return glyphs.take(np.concatenate(chosen))


def _joined(one: Examples, other: Examples) -> Examples:
    return Examples(np.concatenate([one.glyphs, other.glyphs]), np.concatenate([one.labels, other.labels]))
