"""Pages to marks: as many as were written, in the order in which a person reads them."""

import cv2
import numpy as np
import pytest

from recognizer.imaging import segmentation
from recognizer.imaging.errors import NoInkError, TooManyMarksError
from recognizer.imaging.segmentation import MAX_MARKS, Box, find_marks, in_reading_order
from tests.pictures import page_with


def test_it_finds_one_mark_for_each_digit_from_left_to_right():
    marks = find_marks(page_with("2075"))

    assert len(marks) == 4
    assert [mark.left // 280 for mark in marks] == [0, 1, 2, 3]


def test_it_gives_the_box_of_the_ink():
    page = np.full((200, 300), 255, np.uint8)
    page[40:120, 100:160] = 0

    (mark,) = find_marks(page)

    assert mark.box == (100, 40, 60, 80)


def test_it_gives_the_box_in_the_pixels_of_a_small_page():
    page = np.full((28, 28), 255, np.uint8)
    page[4:24, 10:18] = 0

    (mark,) = find_marks(page)

    assert mark.box == pytest.approx((10, 4, 8, 20), abs=1)


def test_it_joins_the_broken_strokes_of_one_digit():
    page = np.full((280, 280), 255, np.uint8)
    cv2.polylines(page, [np.array([(90, 60), (80, 130), (150, 130), (180, 190), (140, 240), (80, 230)])], False, 0, 14)
    cv2.line(page, (92, 34), (190, 34), 0, 14)

    assert len(find_marks(page)) == 1


def test_it_reads_two_lines_top_to_bottom():
    page = np.vstack([page_with("12"), page_with("34")])

    marks = find_marks(page)

    assert [(mark.left // 280, mark.line) for mark in marks] == [(0, 0), (1, 0), (0, 1), (1, 1)]


def test_it_drops_specks_and_points():
    page = page_with("7")
    cv2.circle(page, (250, 250), 5, 0, -1)
    page[10, 10] = 0

    assert len(find_marks(page)) == 1


def test_it_drops_what_reaches_in_from_a_neighbour():
    page = page_with("3")
    page[90:190, 270:] = 0

    (mark,) = find_marks(page)

    assert mark.right < 270


def test_it_keeps_a_digit_that_touches_the_border():
    page = page_with("7")[:, 60:210]

    (mark,) = find_marks(page)

    assert mark.box[2] > 140


def test_it_refuses_a_blank_page():
    with pytest.raises(NoInkError):
        find_marks(np.full((50, 50), 255, np.uint8))


def test_it_refuses_a_page_full_of_marks():
    page = np.full((600, 600), 255, np.uint8)
    for row in range(6, 594, 30):
        for column in range(6, 594, 30):
            page[row : row + 12, column : column + 8] = 0

    assert MAX_MARKS < 20 * 20
    with pytest.raises(TooManyMarksError):
        find_marks(page)


def test_it_refuses_a_page_of_countless_dots_before_it_groups_any(monkeypatch):
    page = np.full((700, 700), 255, np.uint8)
    for row, column in np.ndindex(3, 3):
        page[row + 3 :: 7, column + 3 :: 7] = 0
    monkeypatch.setattr(segmentation, "_group", lambda pieces: pytest.fail("would take minutes"))

    with pytest.raises(TooManyMarksError):
        find_marks(page)


def test_reading_order_survives_a_line_that_climbs():
    boxes = [Box(x, 100 - x // 4, x + 40, 160 - x // 4, 10, (x,)) for x in (200, 0, 100)]

    assert [[box.left for box in line] for line in in_reading_order(boxes)] == [[0, 100, 200]]
