"""What on a line might be one digit: marks cut into parts, and every run of neighbouring parts that is not too wide."""

from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from recognizer.imaging.errors import TooManyMarksError
from recognizer.imaging.marks import Mark, cut, merge
from recognizer.imaging.normalization import normalize
from recognizer.imaging.segmentation import MAX_MARKS

MOST_PARTS = 4
"""A digit is made of at most so many parts."""
WIDEST_DIGIT = 1.4
"""Several parts whose common box is wider than this times its height are not one digit..."""
WIDEST_LOW_DIGIT = 1.1
"""... unless it is no wider than this times the height of the line's tallest mark: a low zero may be wide."""


@dataclass(frozen=True)
class Candidate:
    """Neighbouring parts of one line, taken for one mark."""

    start: int
    end: int
    """The parts are those of the line from start up to, not including, end."""
    mark: Mark
    pixels: np.ndarray
    """(28, 28) uint8: the mark as a network reads it."""
    gap: float
    """The paper between its parts, as a share of its height."""
    cuts: int
    """How many of its two sides lie in the middle of connected ink."""


def find_candidates(marks: list[Mark]) -> list[list[Candidate]]:
    """Return the candidates of each line of writing.

    marks: in reading order. Raises TooManyMarksError when they fall into too many parts.
    """
    lines = [_candidates(list(line)) for _, line in groupby(marks, key=lambda mark: mark.line)]
    if sum(line[-1].end for line in lines) > MAX_MARKS:
        raise TooManyMarksError
    return lines


def _candidates(marks: list[Mark]) -> list[Candidate]:
    """Return every run of parts that could be one digit; each part alone is one."""
    tallest = max(mark.ink.shape[0] for mark in marks)
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
            widest = max(WIDEST_DIGIT * height, WIDEST_LOW_DIGIT * tallest)
            if width > widest and end > start + 1 and whole_marks.get(start) != end:
                continue
            gap = sum(max(0, b.left - a.right) for a, b in pairwise(parts[start:end])) / height
            cuts = (start not in bounds) + (end not in bounds)
            candidates.append(Candidate(start, end, mark, normalize(mark.ink), gap, cuts))
    return candidates
