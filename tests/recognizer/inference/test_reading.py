"""Pages read as a whole: one digit or several, and where they stand."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.errors import NoInkError, TooManyMarksError
from recognizer.inference.predictor import Predictor
from recognizer.inference.reading import read_page
from tests.pictures import encoded, page_with, png_of


def answering(answer) -> Predictor:
    """Return a predictor whose logits for a glyph, (28, 28) float32, are made by a function."""
    return Predictor(lambda x: np.stack([np.float32(answer(glyph)) for glyph in x]), 1.0, 0.9, 0.5)


def says(digit: int, logit: float = 12.0) -> np.ndarray:
    logits = np.zeros(11, np.float32)
    logits[digit] = logit
    return logits


def two_bars(*, apart: int = 44) -> DecodedPicture:
    """Return a page with two upright bars side by side: an 11, or the two strokes of one digit."""
    page = np.full((200, 200), 255, np.uint8)
    page[40:160, 60:76] = 0
    page[40:160, 76 + apart : 92 + apart] = 0
    return DecodedPicture(page, 200, 200)


def is_narrow(glyph: np.ndarray) -> bool:
    return bool(np.ptp(np.nonzero(glyph.max(axis=0) > 0.2)) < 5)


def test_it_reads_a_number_from_left_to_right():
    narrow_is_1 = answering(lambda glyph: says(1) if is_narrow(glyph) else says(0))

    reading = read_page(decode(png_of("100")), narrow_is_1)

    assert reading.text == "100"


def test_it_believes_in_two_marks_when_together_they_are_none():
    reading = read_page(two_bars(), answering(lambda glyph: says(1) if is_narrow(glyph) else says(10)))

    assert reading.text == "11"


def test_it_believes_in_one_mark_when_its_pieces_are_none():
    page = two_bars(apart=4)

    reading = read_page(page, answering(lambda glyph: says(10) if is_narrow(glyph) else says(4)))

    assert reading.text == "4"
    assert reading.glyphs[0].box == (60, 40, 36, 120)


def test_it_reads_two_digits_that_touch():
    page = np.full((80, 160), 255, np.uint8)
    cv2.circle(page, (48, 40), 24, 0, 6)
    cv2.circle(page, (102, 40), 24, 0, 6)
    one_ring = answering(lambda glyph: says(0) if np.ptp(np.nonzero(glyph > 0.2)[0]) > 12 else says(10))

    reading = read_page(DecodedPicture(page, 160, 80), one_ring)

    assert reading.text == "00"


def test_it_keeps_a_wide_digit_whole_that_the_network_knows():
    page = np.full((80, 160), 255, np.uint8)
    cv2.ellipse(page, (80, 40), (60, 28), 0, 0, 360, 0, 6)

    reading = read_page(DecodedPicture(page, 160, 80), answering(lambda glyph: says(0)))

    assert reading.text == "0"


def test_marks_that_are_no_digits_are_kept_but_not_read():
    reading = read_page(decode(png_of("77")), answering(lambda glyph: says(10)))

    assert reading.text == ""
    assert len(reading.glyphs) == 2


def test_boxes_are_in_pixels_of_the_picture_as_given():
    small, large = page_with("7", side=280), page_with("7", side=4200, pen=270)

    (at_small,) = read_page(decode(encoded(small)), answering(lambda glyph: says(7))).glyphs
    (at_large,) = read_page(decode(encoded(large)), answering(lambda glyph: says(7))).glyphs

    assert at_large.box == pytest.approx([15 * side for side in at_small.box], abs=45)


def test_a_page_of_more_parts_than_a_reading_can_hold_is_refused():
    page = np.full((800, 1600), 255, np.uint8)
    page[10::40] = 0
    for row in range(10, 790, 40):
        page[row : row + 3, 20:1580] = 0
        page[row - 8 : row + 12, 20:1580:20] = 0

    with pytest.raises(TooManyMarksError):
        read_page(DecodedPicture(page, 1600, 800), answering(lambda glyph: says(1)))


def test_a_blank_page_is_refused():
    blank = np.full((100, 100), 255, np.uint8)

    with pytest.raises(NoInkError):
        read_page(DecodedPicture(blank, 100, 100), answering(lambda glyph: says(1)))
