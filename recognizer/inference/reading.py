"""The whole page read: which marks the network believes in, one digit or several."""

from dataclasses import dataclass

import numpy as np

from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.normalization import normalize
from recognizer.imaging.segmentation import Mark, find_marks, merge
from recognizer.inference.predictor import GlyphPrediction, Predictor

WIDEST_DIGIT = 1.3
"""Pieces whose common box is wider than this times its height are several digits."""


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
    """Return what is written on the page. Raises NoInkError for a blank one."""
    marks = find_marks(picture.page)
    cuts = [marks]
    if len(marks) > 1 and _could_be_one(marks):
        cuts.append([merge(marks)])
    pixels = [np.stack([normalize(mark.ink) for mark in cut]) for cut in cuts]
    predictions = predictor.predict(np.concatenate(pixels))
    readings, start = [], 0
    for cut, glyphs in zip(cuts, pixels, strict=True):
        answers = predictions[start : start + len(cut)]
        readings.append([ReadGlyph(_box(m, picture), g, p) for m, g, p in zip(cut, glyphs, answers, strict=True)])
        start += len(cut)
    return Reading(max(readings, key=_belief))


def _could_be_one(marks: list[Mark]) -> bool:
    """Say whether the marks together have the outline of a single digit."""
    width = max(m.right for m in marks) - min(m.x for m in marks)
    height = max(m.bottom for m in marks) - min(m.y for m in marks)
    return width <= WIDEST_DIGIT * height


def _belief(glyphs: list[ReadGlyph]) -> float:
    """Return how well every mark of a cut is explained as a digit: the worst one counts."""
    return min(g.prediction.confidence * (1 - g.prediction.none_probability) for g in glyphs)


def _box(mark: Mark, picture: DecodedPicture) -> tuple[int, int, int, int]:
    """Return the mark's box in pixels of the picture as given, inside it and not empty."""
    x = min(round(mark.x * picture.scale), picture.width - 1)
    y = min(round(mark.y * picture.scale), picture.height - 1)
    width = min(max(1, round(mark.width * picture.scale)), picture.width - x)
    height = min(max(1, round(mark.height * picture.scale)), picture.height - y)
    return x, y, width, height
