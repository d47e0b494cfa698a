"""The whole page read: of all ways to take its ink for digits, the one that the network believes in most."""

import math
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.errors import TooManyMarksError
from recognizer.imaging.marks import Mark, cut, merge
from recognizer.imaging.normalization import normalize
from recognizer.imaging.segmentation import MAX_MARKS, find_marks
from recognizer.inference.predictor import GlyphPrediction, Predictor

MOST_PARTS = 4
"""A digit is made of at most so many parts."""
WIDEST_DIGIT = 1.4
"""Several parts whose common box is wider than this times its height are not one digit."""
# What a reading costs, in units of log-probability; set on numbers and single digits that strangers wrote.
GLYPH_COST = 0.3
"""Of each glyph: of two readings that are believed alike, the shorter one wins."""
GAP_COST = 4.0
"""Of paper inside a glyph as wide as the glyph is high: strokes of one digit lie close together."""
CUT_COST = 0.3
"""Of each side of a glyph that lies in the middle of connected ink."""
NONE_WEIGHT = 0.1
"""Taking a mark for no digit explains it this much less well than taking it for one."""


@dataclass(frozen=True)
class ReadGlyph:
    """One mark of the page, as it was read."""

    box: tuple[int, int, int, int]
    """x, y, width, height in pixels of the picture as given."""
    pixels: np.ndarray
    """(28, 28) uint8: what the network saw."""
    prediction: GlyphPrediction


@dataclass(frozen=True)
class Reading:
    """All marks of a page in reading order."""

    glyphs: list[ReadGlyph]

    @property
    def text(self) -> str:
        """Return the digits, left to right and top to bottom, without the marks judged to be none."""
        return "".join(str(g.prediction.digit) for g in self.glyphs if g.prediction.verdict != "not_a_digit")


@dataclass(frozen=True)
class Candidate:
    """Neighbouring parts of one line, taken for one mark."""

    start: int
    end: int
    """The parts are those from start up to, not including, end."""
    mark: Mark
    pixels: np.ndarray
    gap: float
    """The paper between its parts, as a share of its height."""
    cuts: int
    """How many of its two sides lie in the middle of connected ink."""


def read_page(picture: DecodedPicture, predictor: Predictor) -> Reading:
    """Return what is written on the page.

    Raises NoInkError for a blank one, TooManyMarksError for one full of specks or print.
    """
    marks = find_marks(picture.page)
    lines = [_candidates(list(line)) for _, line in groupby(marks, key=lambda mark: mark.line)]
    if sum(line[-1].end for line in lines) > MAX_MARKS:
        raise TooManyMarksError
    pixels = np.stack([candidate.pixels for line in lines for candidate in line])
    predictions = iter(predictor.predict(pixels))
    glyphs = []
    for line in lines:
        answered = [(candidate, next(predictions)) for candidate in line]
        glyphs += [
            ReadGlyph(_box(candidate.mark, picture), candidate.pixels, prediction)
            for candidate, prediction in _most_believed(answered)
        ]
    return Reading(glyphs)


def _candidates(marks: list[Mark]) -> list[Candidate]:
    """Return every run of parts that could be one digit; each part alone is one."""
    parts_of_marks = [cut(mark) for mark in marks]
    parts = [part for parts in parts_of_marks for part in parts]
    bounds = np.cumsum([0, *map(len, parts_of_marks)]).tolist()
    whole_marks = dict(pairwise(bounds))
    candidates = []
    for start in range(len(parts)):
        furthest = min(start + MOST_PARTS, len(parts))
        for end in sorted({*range(start + 1, furthest + 1), whole_marks.get(start, furthest)}):
            mark = merge(parts[start:end])
            height, width = mark.ink.shape
            if width > WIDEST_DIGIT * height and end > start + 1 and whole_marks.get(start) != end:
                continue
            gap = sum(max(0, b.left - a.right) for a, b in pairwise(parts[start:end])) / height
            cuts = (start not in bounds) + (end not in bounds)
            candidates.append(Candidate(start, end, mark, normalize(mark.ink), gap, cuts))
    return candidates


def _most_believed(
    answered: list[tuple[Candidate, GlyphPrediction]],
) -> list[tuple[Candidate, GlyphPrediction]]:
    """Return the candidates that together cover the line and are believed in most, from left to right.

    Source: the segmentation graph of LeCun et al. 1998, searched by dynamic programming.
    """
    count = max(candidate.end for candidate, _ in answered)
    best: list[tuple[float, list[tuple[Candidate, GlyphPrediction]]]] = [(0.0, [])]
    best += [(-math.inf, [])] * count
    for candidate, prediction in sorted(answered, key=lambda pair: pair[0].end):
        score, path = best[candidate.start]
        score += _belief(prediction) - GLYPH_COST - GAP_COST * candidate.gap - CUT_COST * candidate.cuts
        if score > best[candidate.end][0]:
            best[candidate.end] = score, [*path, (candidate, prediction)]
    return best[count][1]


def _belief(prediction: GlyphPrediction) -> float:
    """Return the log-probability of what a glyph is read as: its digit, or none at all."""
    is_digit = prediction.confidence * (1 - prediction.none_probability)
    return math.log(max(is_digit, NONE_WEIGHT * prediction.none_probability, 1e-9))


def _box(mark: Mark, picture: DecodedPicture) -> tuple[int, int, int, int]:
    """Return the mark's box in pixels of the picture as given, inside it and not empty."""
    x, y, width, height = (round(length * picture.scale) for length in mark.box)
    x, y = min(x, picture.width - 1), min(y, picture.height - 1)
    return x, y, min(max(1, width), picture.width - x), min(max(1, height), picture.height - y)
