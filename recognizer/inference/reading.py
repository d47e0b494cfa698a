"""The whole page read: of all ways to take its ink for digits, the one that the network believes in most."""

import math
from dataclasses import dataclass, replace

import numpy as np

from recognizer.imaging.candidates import Candidate, find_candidates
from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.marks import Mark
from recognizer.imaging.segmentation import find_marks
from recognizer.inference.predictor import GlyphPrediction, Predictor

# What a reading costs, in units of log-probability; set on numbers and single digits that strangers wrote.
GLYPH_COST = 0.3
"""Of each glyph: of two readings that are believed alike, the shorter one wins."""
GAP_COST = 4.0
"""Of paper inside a glyph as wide as the glyph is high: strokes of one digit lie close together."""
CUT_COST = 0.4
"""Of each side of a glyph that lies in the middle of connected ink..."""
STROKE_COST = 1.0
"""... and of each such side of a 1 besides, for any piece of a stroke looks like one."""
WIDE_COST = 1.0
"""Of taking for one digit what is wider than WIDE, for each further height that it is wide."""
WIDE = 1.2
"""In heights."""
NONE_WEIGHT = 0.1
"""Taking a mark for no digit explains it this much less well than taking it for one..."""
CROPPED_WEIGHT = 0.5
"""... but only this much less well when it was cut off from a digit at the left or right border of the page..."""
DIGIT_WIDTH = 0.7
"""... and as many times over as it could hold digits of this width, in heights."""

BORDER = 0.01
"""How near to the border of the page ink reaches it, as a share of the page's width; a pixel at least."""

DOUBT = 1.0
"""A glyph is unsure when without it the line can be taken at so little more cost."""


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


def read_page(picture: DecodedPicture, predictor: Predictor) -> Reading:
    """Return what is written on the page.

    Raises NoInkError for a blank one, TooManyMarksError for one full of specks or print.
    """
    lines = find_candidates(find_marks(picture.page))
    pixels = np.stack([candidate.pixels for line in lines for candidate in line])
    predictions = iter(predictor.predict(pixels))
    glyphs = []
    for line in lines:
        answered = [(candidate, next(predictions)) for candidate in line]
        glyphs += [
            ReadGlyph(_box(candidate.mark, picture), candidate.pixels, prediction)
            for candidate, prediction in _most_believed(answered, picture.page.shape[1])
        ]
    return Reading(glyphs)


def _most_believed(
    answered: list[tuple[Candidate, GlyphPrediction]], page_width: int
) -> list[tuple[Candidate, GlyphPrediction]]:
    """Return the candidates that together cover the line and are believed in most, from left to right.

    Those against which another way to take the line's ink has nearly as much to say for it are unsure.
    Source: the segmentation graph of LeCun et al. 1998, searched by dynamic programming.
    """
    scores = [_score(candidate, prediction, page_width) for candidate, prediction in answered]
    spans = [(candidate.start, candidate.end) for candidate, _ in answered]
    count = max(end for _, end in spans)
    before = [0.0] + [-math.inf] * count  # the score of the best way to take the parts up to each
    last = [-1] * (count + 1)  # the candidate with which it ends
    for index in sorted(range(len(spans)), key=lambda index: spans[index][1]):
        start, end = spans[index]
        if before[start] + scores[index] > before[end]:
            before[end], last[end] = before[start] + scores[index], index
    after = [-math.inf] * count + [0.0]  # that of the best way to take the parts from each on
    for (start, end), score in sorted(zip(spans, scores, strict=True), reverse=True):
        after[start] = max(after[start], score + after[end])
    chosen, place = [], count
    while place:
        chosen.append(last[place])
        place = spans[last[place]][0]
    through = [before[start] + score + after[end] for (start, end), score in zip(spans, scores, strict=True)]

    def is_doubtful(index: int) -> bool:
        start, end = spans[index]
        others = (
            through[i] for i, span in enumerate(spans) if span != (start, end) and span[0] < end and span[1] > start
        )
        return max(others, default=-math.inf) > before[count] - DOUBT

    return [
        (answered[index][0], _unsure(answered[index][1]) if is_doubtful(index) else answered[index][1])
        for index in reversed(chosen)
    ]


def _unsure(prediction: GlyphPrediction) -> GlyphPrediction:
    """Return the prediction with a digit's verdict no better than unsure."""
    return replace(prediction, verdict="unsure") if prediction.verdict == "digit" else prediction


def _score(candidate: Candidate, prediction: GlyphPrediction, page_width: int) -> float:
    """Return how much there is to say for a candidate, as a log-probability less costs."""
    cost_of_cut = CUT_COST + (STROKE_COST if prediction.digit == 1 else 0.0)
    cost = GLYPH_COST + GAP_COST * candidate.gap + cost_of_cut * candidate.cuts
    return _belief(candidate, prediction, page_width) - cost


def _belief(candidate: Candidate, prediction: GlyphPrediction, page_width: int) -> float:
    """Return the log-probability of what a glyph is read as: its digit, or none at all."""
    height, width = candidate.mark.ink.shape
    widths = max(1.0, width / (DIGIT_WIDTH * height))
    none_weight = CROPPED_WEIGHT if _is_cropped(candidate, page_width) else NONE_WEIGHT
    is_digit = math.log(max(prediction.confidence * (1 - prediction.none_probability), 1e-9))
    is_digit -= WIDE_COST * max(0.0, width / height - WIDE)
    is_none = math.log(max(none_weight * prediction.none_probability, 1e-9)) * widths
    return max(is_digit, is_none)


def _is_cropped(candidate: Candidate, page_width: int) -> bool:
    """Say whether a part of connected ink reaches the left or right border, as what is left of a neighbour does."""
    left, _, width, _ = candidate.mark.box
    margin = max(1.0, BORDER * page_width)
    return candidate.cuts > 0 and (left <= margin or left + width >= page_width - margin)


def _box(mark: Mark, picture: DecodedPicture) -> tuple[int, int, int, int]:
    """Return the mark's box in pixels of the picture as given, inside it and not empty."""
    x, y, width, height = (round(length * picture.scale) for length in mark.box)
    x, y = min(x, picture.width - 1), min(y, picture.height - 1)
    return x, y, min(max(1, width), picture.width - x), min(max(1, height), picture.height - y)
