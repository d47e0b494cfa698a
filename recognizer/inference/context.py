"""What the glyphs of one line say of one another: pieces of neighbours, commas, and what parts a number."""

from dataclasses import replace
from itertools import groupby

from recognizer.imaging.candidates import Candidate
from recognizer.imaging.marks import Mark
from recognizer.inference.predictor import GlyphPrediction

LIKELIER_NONE = 0.5
"""Beside a digit, what reaches the left or right border is a piece of a neighbour if it is so probably none."""
LOW = 0.45
"""A 1 lower than this share of the line's tallest digit, and at that one's foot, is a comma."""
BORDER = 0.01
"""How near to the border of the page ink reaches it, as a share of the page's width; a pixel at least."""

Glyph = tuple[Candidate, GlyphPrediction]


def in_context(line: list[Glyph], page_width: int) -> list[Glyph]:
    """Return the glyphs of a line with the verdicts that follow from those beside them.

    Pieces of neighbours and commas are none. Digits parted by something else, as by a plus, are unsure: they may be
    no number.
    """
    digits = [candidate.mark for candidate, prediction in line if prediction.none_probability < LIKELIER_NONE]
    judged, is_digit = [], []
    for candidate, prediction in line:
        others = [mark for mark in digits if mark is not candidate.mark]
        if others and (_is_piece(candidate, prediction, page_width) or _is_comma(candidate, prediction, others)):
            prediction = replace(prediction, verdict="not_a_digit")
        else:
            is_digit.append(prediction.verdict != "not_a_digit")
        judged.append((candidate, prediction))
    is_parted = [is_one for is_one, _ in groupby(is_digit)].count(True) > 1
    return [(candidate, prediction.doubted()) for candidate, prediction in judged] if is_parted else judged


def reaches_border(mark: Mark, page_width: int) -> bool:
    """Say whether a mark reaches the left or the right border of its page."""
    left, _, width, _ = mark.box
    margin = max(1.0, BORDER * page_width)
    return left <= margin or left + width >= page_width - margin


def _is_piece(candidate: Candidate, prediction: GlyphPrediction, page_width: int) -> bool:
    return prediction.none_probability >= LIKELIER_NONE and reaches_border(candidate.mark, page_width)


def _is_comma(candidate: Candidate, prediction: GlyphPrediction, digits: list[Mark]) -> bool:
    """Say whether a glyph is a low 1 at the foot of the tallest of the digits."""
    tallest = max(digits, key=lambda mark: mark.ink.shape[0])
    is_low = candidate.mark.ink.shape[0] < LOW * tallest.ink.shape[0]
    return prediction.digit == 1 and is_low and candidate.mark.top > (tallest.top + tallest.bottom) / 2
