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


def test_reading_order_survives_a_low_digit_among_high_ones():
    boxes = [Box(x, top, x + 40, bottom, 10, (x,)) for x, top, bottom in ((0, 0, 60), (50, 52, 90), (100, 5, 58))]

    assert [[box.left for box in line] for line in in_reading_order([*boxes, Box(-50, 20, -10, 80, 10, (9,))])] == [
        [-50, 0, 50, 100]
    ]


def test_a_bar_above_a_digit_starts_no_line_that_the_next_digits_carry_on():
    five, bar = Box(0, 40, 50, 110, 900, (1,)), Box(40, 18, 75, 32, 100, (2,))
    eight, four = Box(90, 10, 130, 90, 900, (3,)), Box(150, 15, 190, 95, 900, (4,))

    assert in_reading_order([eight, four, five, bar]) == [[five, bar, eight, four]]


def test_small_writing_under_large_writing_is_a_line_of_its_own():
    large = [Box(x, 0, x + 60, 100, 900, (x,)) for x in (0, 80)]
    small = [Box(x, 110, x + 20, 145, 200, (x,)) for x in (5, 85)]

    assert in_reading_order([*small, *large]) == [large, small]


def test_small_writing_far_above_large_writing_is_a_line_of_its_own():
    large = [Box(x, 80, x + 60, 180, 900, (x,)) for x in (0, 80)]
    small = [Box(x, 0, x + 20, 35, 200, (x,)) for x in (5, 85)]

    assert in_reading_order([*small, *large]) == [small, large]


def test_it_keeps_the_digits_of_a_number_that_touch_the_border():
    page = page_with("1771")[:, 130:-130]

    assert len(find_marks(page)) == 4


def test_it_drops_full_stops_and_commas_of_a_number():
    page = np.hstack([page_with("7"), np.full((280, 100), 255, np.uint8), page_with("24")])
    cv2.circle(page, (290, 240), 14, 0, -1)
    cv2.line(page, (905, 235), (895, 262), 0, 14)

    assert len(find_marks(page)) == 3


def test_it_drops_a_full_stop_under_the_slope_of_a_digit():
    page = np.full((280, 280), 255, np.uint8)
    cv2.line(page, (220, 30), (80, 250), 0, 16)
    cv2.circle(page, (170, 240), 12, 0, -1)

    (mark,) = find_marks(page)

    assert mark.ink[-40:, 90:].sum() == 0


def test_it_keeps_the_dot_of_a_letter():
    page = np.full((280, 280), 255, np.uint8)
    cv2.line(page, (140, 110), (140, 240), 0, 16)
    cv2.circle(page, (140, 65), 12, 0, -1)

    (mark,) = find_marks(page)

    assert mark.box[1] < 70


def test_it_drops_a_neighbours_foot_beside_a_digit():
    page = np.hstack([page_with("3"), np.full((280, 80), 255, np.uint8)])
    cv2.line(page, (359, 232), (262, 245), 0, 16)

    (mark,) = find_marks(page)

    assert mark.right < 250


def test_a_watcher_is_told_of_every_step():
    page = page_with("7", side=200, pen=10)
    page[190:193, :] = 0
    seen = {}

    find_marks(page, lambda step, ink: seen.update({step: ink}))

    assert list(seen) == ["light evened out", "ink", "printed lines removed", "pieces kept, and dropped (grey)"]
    assert {(ink.shape, ink.dtype.name) for ink in seen.values()} == {((200, 200), "float32")}
    assert seen["ink"][191, 5] == 1
    assert seen["printed lines removed"][191, 5] == 0


def test_a_watcher_is_told_of_the_steps_up_to_a_refusal():
    seen = []

    with pytest.raises(NoInkError):
        find_marks(np.full((50, 50), 255, np.uint8), lambda step, ink: seen.append(step))

    assert seen == ["light evened out"]
