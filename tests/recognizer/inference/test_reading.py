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


def ladder(*, width: int = 80) -> DecodedPicture:
    """Return a page with two upright bars joined in the middle: one mark, 90 pixels high, that may be an 11."""
    page = np.full((160, 300), 255, np.uint8)
    page[35:125, 40:48] = page[35:125, 32 + width : 40 + width] = 0
    page[78:82, 40 : 32 + width] = 0
    return DecodedPicture(page, 300, 160)


def is_wide(glyph: np.ndarray) -> bool:
    rows, columns = np.nonzero(glyph > 0.2)
    return bool(np.ptp(columns) > 0.8 * np.ptp(rows))


def count_holes(glyph: np.ndarray) -> int:
    """Return how many pieces of paper the ink encloses."""
    return cv2.connectedComponents(np.uint8(glyph < 0.2), connectivity=4)[0] - 2


def verdicts(picture: DecodedPicture, answer) -> list[str]:
    return [glyph.prediction.verdict for glyph in read_page(picture, answering(answer)).glyphs]


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
    page = np.full((100, 160), 255, np.uint8)
    cv2.ellipse(page, (54, 50), (22, 34), 0, 0, 360, 0, 10)
    cv2.ellipse(page, (106, 50), (22, 34), 0, 0, 360, 0, 10)
    one_ring_is_0 = answering(lambda glyph: says(0) if count_holes(glyph) == 1 else says(10))

    reading = read_page(DecodedPicture(page, 160, 100), one_ring_is_0)

    assert reading.text == "00"


def test_it_keeps_a_wide_digit_whole_that_the_network_knows():
    page = np.full((80, 160), 255, np.uint8)
    cv2.ellipse(page, (80, 40), (60, 28), 0, 0, 360, 0, 6)

    reading = read_page(DecodedPicture(page, 160, 80), answering(lambda glyph: says(0)))

    assert reading.text == "0"


@pytest.mark.parametrize(("paper", "text"), [(0, "0"), (30, "")])
def test_a_neighbour_cut_off_by_the_border_is_taken_off_a_digit_that_it_touches(paper, text):
    page = np.full((100, 104 + paper), 255, np.uint8)
    cv2.ellipse(page, (50, 50), (18, 34), 0, 0, 360, 0, 10)
    cv2.ellipse(page, (90, 50), (18, 34), 0, 90, 270, 0, 10)
    page[79:89, 90:104] = page[12:22, 90:104] = 0

    def ring_is_0(glyph):
        return says(0) if count_holes(glyph) == 1 and not is_wide(glyph) else says(10)

    assert read_page(DecodedPicture(page, 104 + paper, 100), answering(ring_is_0)).text == text


@pytest.fixture
def doubtful(monkeypatch):
    """Much doubt, so that two readings that are believed alike come near each other whatever their costs are."""
    monkeypatch.setattr("recognizer.inference.reading.DOUBT", 2.0)


def test_a_lone_mark_that_can_be_read_as_two_digits_is_unsure(doubtful):
    def one_4_or_two_7s(glyph):
        return says(4) if is_wide(glyph) else says(7)

    reading = read_page(ladder(), answering(one_4_or_two_7s))

    assert reading.text == "4"
    assert reading.glyphs[0].prediction.verdict == "unsure"
    assert reading.glyphs[0].prediction.confidence > 0.99


def test_a_lone_mark_that_may_be_none_is_unsure():
    digit_or_none = says(4) + says(10, 11.0)

    assert verdicts(decode(png_of("1")), lambda glyph: digit_or_none) == ["unsure"]


def test_a_well_read_whole_digit_stays_sure():
    assert verdicts(ladder(), lambda glyph: says(4) if is_wide(glyph) else says(10)) == ["digit"]


@pytest.mark.parametrize(("apart", "verdict"), [(44, "unsure"), (80, "digit")])
def test_two_digits_that_can_be_read_as_one_are_unsure_while_they_stand_close(doubtful, apart, verdict):
    assert verdicts(two_bars(apart=apart), lambda glyph: says(1) if is_narrow(glyph) else says(4)) == [verdict] * 2


def test_doubt_about_one_mark_is_none_about_the_next(doubtful):
    picture = ladder()
    picture.page[35:125, 240:248] = 0

    assert verdicts(picture, lambda glyph: says(4) if is_wide(glyph) else says(7)) == ["unsure", "digit"]


def test_a_mark_is_not_doubted_because_the_next_one_is_hard_to_read():
    picture = ladder()
    picture.page[35:125, 240:248] = 0

    def next_is_hard(glyph):
        if is_narrow(glyph):
            return says(1, 0.9) - says(10, 20.0)
        return says(4) if is_wide(glyph) else says(10)

    assert verdicts(picture, next_is_hard) == ["digit", "unsure"]


@pytest.mark.parametrize(("gap", "verdict"), [(0, "digit"), (14, "unsure")])
def test_a_stroke_with_a_point_above_it_is_no_sure_digit(gap, verdict):
    page = np.full((200, 200), 255, np.uint8)
    page[70:180, 94:106] = 0
    page[58 - gap : 70 - gap, 94:106] = 0

    assert verdicts(DecodedPicture(page, 200, 200), lambda glyph: says(1)) == [verdict]


def test_doubt_leaves_what_is_no_digit_as_it_is():
    hardly_a_digit = says(4) + says(10, 12.1)

    assert verdicts(ladder(), lambda glyph: hardly_a_digit if is_wide(glyph) else says(1)) == ["not_a_digit"]


@pytest.mark.parametrize(("width", "text"), [(80, ""), (126, "77")])
def test_a_wide_mark_is_less_easily_none_than_badly_written_digits(width, text):
    badly_written = says(7, 0.9) - says(10, 20.0)

    reading = read_page(ladder(width=width), answering(lambda glyph: says(10) if is_wide(glyph) else badly_written))

    assert reading.text == text


@pytest.mark.parametrize(("digit", "text"), [(7, "77"), (1, "")])
def test_pieces_of_a_mark_that_is_none_are_less_easily_1s_than_other_digits(digit, text):
    reading = read_page(ladder(), answering(lambda glyph: says(10) if is_wide(glyph) else says(digit)))

    assert reading.text == text


@pytest.mark.parametrize(("wide", "digits"), [(1.2, 2), (9.0, 1)])
def test_what_is_much_wider_than_high_is_less_easily_one_digit(monkeypatch, wide, digits):
    monkeypatch.setattr("recognizer.inference.reading.WIDE_COST", 9.0)
    monkeypatch.setattr("recognizer.inference.reading.WIDE", wide)

    reading = read_page(ladder(width=126), answering(lambda glyph: says(4) if is_wide(glyph) else says(7)))

    assert len(reading.text) == digits


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
