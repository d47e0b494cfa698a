"""The whole page read: of all ways to take its ink for digits, the one that the network believes in most."""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from recognizer.imaging.candidates import Candidate, find_candidates
from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.errors import PictureError, UnreadablePictureError
from recognizer.imaging.marks import Mark
from recognizer.imaging.pieces import has_point
from recognizer.imaging.segmentation import find_marks
from recognizer.inference.context import Glyph, in_context, reaches_border
from recognizer.inference.predictor import GlyphPrediction, Predictor

logger = logging.getLogger(__name__)

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
    def verdict(self) -> str:
        """Return the verdict on the whole page: `digit` when all its digits are sure, `not_a_digit` without any."""
        verdicts = {glyph.prediction.verdict for glyph in self.glyphs}
        return next((verdict for verdict in ("unsure", "digit") if verdict in verdicts), "not_a_digit")

    @property
    def text(self) -> str:
        """Return the digits, left to right and top to bottom, without the marks judged to be none."""
        return "".join(str(g.prediction.digit) for g in self.glyphs if g.prediction.verdict != "not_a_digit")


def read_page(picture: DecodedPicture, predictor: Predictor) -> Reading:
    """Return what is written on the page.

    Raises NoInkError for a blank one, TooManyMarksError for one full of specks or print.
    """
    lines = find_candidates(find_marks(picture.page))
    return _decided(picture, lines, iter(predictor.predict(_pixels_of(lines))))


def read_pages(
    pictures: Sequence[DecodedPicture], predictor: Predictor, *, at_once: int = 128
) -> list[Reading | PictureError]:
    """Return of each page what read_page says of it, or the error that it raises. The network runs over all together.

    at_once: so many glyphs are predicted in one go.
    """
    found = [_lines_or_error(picture) for picture in pictures]
    pixels = [_pixels_of(lines) for lines in found if not isinstance(lines, PictureError)]
    pixels = np.concatenate(pixels) if pixels else ()
    predictions = chain.from_iterable(
        predictor.predict(pixels[start : start + at_once]) for start in range(0, len(pixels), at_once)
    )
    return [
        lines if isinstance(lines, PictureError) else _decided_or_error(picture, lines, predictions)
        for picture, lines in zip(pictures, found, strict=True)
    ]


def _lines_or_error(picture: DecodedPicture) -> list[list[Candidate]] | PictureError:
    """Return the candidates on a page, or what is wrong with it; a fault of ours in one page is not to fail others."""
    try:
        return find_candidates(find_marks(picture.page))
    except PictureError as error:
        return error
    except Exception:
        logger.exception("A page could not be taken apart.")
        return UnreadablePictureError()


def _pixels_of(lines: list[list[Candidate]]) -> np.ndarray:
    """Return what the network is shown of a page: (N, 28, 28) uint8, its candidates in order."""
    return np.stack([candidate.pixels for line in lines for candidate in line])


def _decided_or_error(
    picture: DecodedPicture, lines: list[list[Candidate]], predictions: Iterator[GlyphPrediction]
) -> Reading | PictureError:
    """Return the page's reading, or what is wrong with it; all of the page's predictions are taken in any case."""
    own = list(islice(predictions, sum(map(len, lines))))
    try:
        return _decided(picture, lines, iter(own))
    except Exception:
        logger.exception("A page could not be decided on.")
        return UnreadablePictureError()


def _decided(picture: DecodedPicture, lines: list[list[Candidate]], predictions: Iterator[GlyphPrediction]) -> Reading:
    """Return the page's reading. predictions: one for each of its candidates in order; no more are taken."""
    glyphs = []
    for line in lines:
        answered = [(candidate, next(predictions)) for candidate in line]
        page_width = picture.page.shape[1]
        glyphs += [
            ReadGlyph(
                _box(candidate.mark, picture),
                candidate.pixels,
                prediction.doubted() if has_point(candidate.mark.ink) else prediction,
            )
            for candidate, prediction in in_context(_most_believed(answered, page_width), page_width)
        ]
    return Reading(glyphs)


def _most_believed(answered: list[Glyph], page_width: int) -> list[Glyph]:
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
        (answered[index][0], answered[index][1].doubted() if is_doubtful(index) else answered[index][1])
        for index in reversed(chosen)
    ]


def _score(candidate: Candidate, prediction: GlyphPrediction, page_width: int) -> float:
    """Return how much there is to say for a candidate, as a log-probability less costs."""
    cost_of_cut = CUT_COST + (STROKE_COST if prediction.digit == 1 else 0.0)
    cost = GLYPH_COST + GAP_COST * candidate.gap + cost_of_cut * candidate.cuts
    return _belief(candidate, prediction, page_width) - cost


def _belief(candidate: Candidate, prediction: GlyphPrediction, page_width: int) -> float:
    """Return the log-probability of what a glyph is read as: its digit, or none at all."""
    height, width = candidate.mark.ink.shape
    widths = max(1.0, width / (DIGIT_WIDTH * height))
    is_cropped = candidate.cuts > 0 and reaches_border(candidate.mark, page_width)
    none_weight = CROPPED_WEIGHT if is_cropped else NONE_WEIGHT
    is_digit = math.log(max(prediction.confidence * (1 - prediction.none_probability), 1e-9))
    is_digit -= WIDE_COST * max(0.0, width / height - WIDE)
    is_none = math.log(max(none_weight * prediction.none_probability, 1e-9)) * widths
    return max(is_digit, is_none)


def _box(mark: Mark, picture: DecodedPicture) -> tuple[int, int, int, int]:
    """Return the mark's box in pixels of the picture as given, inside it and not empty."""
    x, y, width, height = (round(length * picture.scale) for length in mark.box)
    x, y = min(x, picture.width - 1), min(y, picture.height - 1)
    return x, y, min(max(1, width), picture.width - x), min(max(1, height), picture.height - y)
