"""The examples of an epoch: digits, altered or as they are, glyphs from drawn pages, and negatives among them."""

from dataclasses import dataclass
from typing import NamedTuple

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

    digits: float = 1.0
    """How many of MNIST's digits are in an epoch."""
    pages: float = 1.6
    """Pages drawn before the first epoch, for each digit of MNIST's; with 0 nothing comes in by the front door."""
    page_digits: float = 0.9
    """Digits from pages in an epoch, for each digit of MNIST's."""
    page_strength: float = 0.35
    """How much less digits from pages are altered than MNIST's: they differ enough."""
    negatives_share: float = 0.24
    """Of the other examples in an epoch, corrections aside."""
    page_negatives: float = 0.75
    """Of the negatives: how many are from pages, where there are any; the others are drawn."""
    hands: bool = True
    """Whether digits drawn stroke by stroke stand on the pages."""
    fonts: bool = True
    """Whether characters of typefaces stand on the pages."""
    corrections_share: float = 0.12
    """Of all examples in an epoch, if there are corrections enough; they are altered as little as digits from pages."""
    correction_repeats: int = 30
    """In an epoch, of one correction: with more a few would be known by heart."""


FINE_TUNING = Mixture(digits=0.7, pages=0.25, page_digits=0.35)
"""Enough of everything that nothing is forgotten while corrections are learnt."""


@dataclass(frozen=True)
class Sources:
    """Whence the examples of an epoch are taken, or those of validation."""

    digits: Examples
    """Of MNIST."""
    page_glyphs: Examples = NO_GLYPHS
    """From drawn pages, through the site's own imaging: digits, and NOT_A_DIGIT."""
    corrections: Examples = NO_GLYPHS
    """From the site, labelled by people: digits, and NOT_A_DIGIT."""

    def __len__(self) -> int:
        return len(self.digits)


def draw_examples(sources: Sources, mixture: Mixture, rng: np.random.Generator, strength: float) -> Examples:
    """One epoch, shuffled: digits of MNIST, digits from pages, negatives, and corrections.

    strength: of their alteration, in [0, 1]; with 0 they stay as they are.
    """
    counts = _counts(sources, mixture)
    negatives = draw_negatives(counts.drawn, sources.digits.glyphs, rng)
    digits = sources.digits
    if counts.digits < len(digits):
        digits = digits.take(rng.choice(len(digits), counts.digits, replace=False))
    plain = _joined(digits, Examples(negatives, np.full(counts.drawn, NOT_A_DIGIT, np.uint8)))
    soft = _joined(
        _of_pages(sources.page_glyphs, counts.page_digits, counts.page_negatives, rng),
        _repeated(sources.corrections, counts.corrections, rng),
    )
    if strength:
        plain = Examples(augment(plain.glyphs, plain.labels, rng, strength), plain.labels)
    if softly := mixture.page_strength * strength:
        soft = Examples(augment(soft.glyphs, soft.labels, rng, softly), soft.labels)
    return _joined(plain, soft).take(rng.permutation(len(plain) + len(soft)))


def epoch_size(sources: Sources, mixture: Mixture) -> int:
    """How many examples draw_examples draws."""
    return sum(_counts(sources, mixture))


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


class _Counts(NamedTuple):
    """How many examples of each sort an epoch has."""

    digits: int
    """Of MNIST."""
    page_digits: int
    page_negatives: int
    drawn: int
    """Negatives that are not from pages."""
    corrections: int


def _counts(sources: Sources, mixture: Mixture) -> _Counts:
    is_negative = sources.page_glyphs.labels == NOT_A_DIGIT
    there, negatives_there = int((~is_negative).sum()), int(is_negative.sum())
    digits = round(mixture.digits * len(sources.digits))
    from_pages = min(there, round(mixture.page_digits * len(sources.digits)))
    negatives = _beside(digits + from_pages, mixture.negatives_share)
    negatives_from_pages = min(negatives_there, round(mixture.page_negatives * negatives))
    wanted = _beside(digits + from_pages + negatives, mixture.corrections_share)
    return _Counts(
        digits,
        from_pages,
        negatives_from_pages,
        negatives - negatives_from_pages,
        min(wanted, mixture.correction_repeats * len(sources.corrections)),
    )


def _beside(others: int, share: float) -> int:
    """How many there must be beside the others to be this share of all."""
    return round(others * share / (1 - share))


def _of_pages(glyphs: Examples, digits: int, negatives: int, rng: np.random.Generator) -> Examples:
    is_negative = glyphs.labels == NOT_A_DIGIT
    chosen = [rng.choice(np.flatnonzero(~is_negative), digits, replace=False)]
    chosen.append(rng.choice(np.flatnonzero(is_negative), negatives, replace=False))
    return glyphs.take(np.concatenate(chosen))


def _repeated(examples: Examples, count: int, rng: np.random.Generator) -> Examples:
    """So many examples, all of them as often as one another, or once more."""
    if not count:
        return NO_GLYPHS
    times, rest = divmod(count, len(examples))
    once_more = rng.choice(len(examples), rest, replace=False)
    return examples.take(np.concatenate([np.tile(np.arange(len(examples)), times), once_more]))


def _joined(one: Examples, other: Examples) -> Examples:
    return Examples(np.concatenate([one.glyphs, other.glyphs]), np.concatenate([one.labels, other.labels]))
