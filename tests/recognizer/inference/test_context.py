"""What the glyphs of one line say of one another."""

import numpy as np
import pytest

from recognizer.imaging.candidates import Candidate
from recognizer.imaging.marks import Mark
from recognizer.inference.context import in_context
from recognizer.inference.predictor import GlyphPrediction

PAGE_WIDTH = 400


def glyph(digit: int, left: int, *, none: float = 0.0, height: int = 60, top: int = 20) -> tuple:
    """Return a glyph 30 pixels wide that is read as a digit, or as none from a probability of 0.9 on."""
    mark = Mark(left, top, np.ones((height, 30), np.float32))
    candidate = Candidate(0, 1, mark, np.zeros((28, 28), np.uint8), 0.0, 0)
    verdict = "not_a_digit" if none >= 0.9 else "digit" if none < 0.3 else "unsure"
    return candidate, GlyphPrediction(np.eye(10)[digit], none, verdict)


def verdicts(*line: tuple) -> list[str]:
    return [prediction.verdict for _, prediction in in_context(list(line), PAGE_WIDTH)]


@pytest.mark.parametrize("left", [0, PAGE_WIDTH - 30])
def test_a_piece_of_a_neighbour_at_the_border_is_none_beside_a_digit(left):
    assert verdicts(glyph(3, left, none=0.6), glyph(7, 200)) == ["not_a_digit", "digit"]


def test_away_from_the_border_it_stays_what_it_was():
    assert verdicts(glyph(3, 100, none=0.6), glyph(7, 200)) == ["unsure", "digit"]


def test_a_digit_at_the_border_stays_a_digit():
    assert verdicts(glyph(3, 0, none=0.4), glyph(7, 200)) == ["unsure", "digit"]


def test_a_lone_mark_at_the_border_is_nobodys_neighbour():
    assert verdicts(glyph(3, 0, none=0.6)) == ["unsure"]


def test_a_low_1_at_the_foot_of_a_digit_is_a_comma():
    comma = glyph(1, 200, height=24, top=60)

    assert verdicts(glyph(5, 100), comma, glyph(2, 300)) == ["digit", "not_a_digit", "digit"]


@pytest.mark.parametrize(
    "low",
    [glyph(1, 200, height=24, top=20), glyph(1, 200, height=34, top=50), glyph(0, 200, height=24, top=60)],
    ids=["raised", "not so low", "0"],
)
def test_other_low_digits_are_no_commas(low):
    assert verdicts(glyph(5, 100), low) == ["digit", "digit"]


def test_digits_that_something_else_parts_are_unsure():
    assert verdicts(glyph(8, 100), glyph(4, 200, none=1.0), glyph(1, 300)) == ["unsure", "not_a_digit", "unsure"]


@pytest.mark.parametrize("place", [0, 2])
def test_what_stands_before_or_behind_a_number_does_not_part_it(place):
    line = [glyph(8, 100), glyph(1, 200)]
    line.insert(place, glyph(4, 300, none=1.0))

    assert verdicts(*line).count("digit") == 2


def test_a_line_without_digits_stays_as_it_is():
    assert verdicts(glyph(8, 0, none=1.0), glyph(4, 200, none=1.0)) == ["not_a_digit", "not_a_digit"]
