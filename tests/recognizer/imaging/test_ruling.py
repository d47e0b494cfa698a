"""Printed lines go, strokes stay."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.ruling import remove_ruling
from tests.pictures import page_with

SEVEN = page_with("7", side=200, pen=10) < 128


def without_ruling(mask: np.ndarray) -> np.ndarray:
    """Return what stays of a page on which the mask is full ink. (H, W) bool."""
    return remove_ruling(mask.astype(np.float32)) > 0.5


def boxed(mask: np.ndarray, *, inset: int = 8, thickness: int = 3) -> np.ndarray:
    """Return the mask with lines along all four sides, from border to border."""
    ruled = mask.copy()
    for start in (inset, -inset - thickness):
        ruled[start : start + thickness, :] = True
        ruled[:, start : start + thickness] = True
    return ruled


def test_it_removes_the_sides_of_a_printed_box():
    left = without_ruling(boxed(SEVEN))

    assert (left == SEVEN).all()


def test_it_removes_the_side_of_a_box_that_ends_inside_the_picture():
    ruled = SEVEN.copy()
    ruled[:192, 8:11] = True
    ruled[189:192, :] = True

    assert (without_ruling(ruled) == SEVEN).all()


def test_it_removes_a_slightly_slanted_rule():
    ruled = SEVEN.astype(np.uint8)
    cv2.line(ruled, (0, 182), (199, 188), 1, 3)

    left = without_ruling(ruled.astype(bool))

    assert (left & ~SEVEN).sum() < 0.1 * (ruled.astype(bool) & ~SEVEN).sum()


def test_it_mends_a_stroke_that_crosses_a_rule():
    ruled = SEVEN.copy()
    ruled[140:143, :] = True

    left = without_ruling(ruled)

    assert (left & SEVEN).sum() >= 0.99 * SEVEN.sum()


def test_it_leaves_a_page_without_lines_alone():
    assert (without_ruling(SEVEN) == SEVEN).all()


def test_it_removes_the_rule_under_a_number_on_a_low_strip():
    strip = np.zeros((40, 140), bool)
    for column in (20, 60, 100):
        strip[6:30, column : column + 4] = True
    ruled = strip.copy()
    ruled[33:35, :] = True

    assert (without_ruling(ruled) == strip).all()


def test_it_leaves_a_tiny_bitmap_alone():
    bar = np.zeros((28, 28), bool)
    bar[13:15, :] = True
    bar[5:20, 10:12] = True

    assert (without_ruling(bar) == bar).all()


def test_it_leaves_a_bar_alone_that_is_all_there_is():
    bar = np.zeros((100, 100), bool)
    bar[48:52, :] = True

    assert (without_ruling(bar) == bar).all()


def number_strip(*, height: int = 60, pen: int = 3) -> np.ndarray:
    """Return a low strip with a number on it. (height, 4 × height) bool."""
    margin = height // 6
    digits = page_with("2744", side=height - 2 * margin, pen=pen) < 128
    strip = np.zeros((height, 4 * height), bool)
    strip[margin : height - margin, margin : margin + digits.shape[1]] = digits
    return strip


def with_line(mask: np.ndarray, points: list[tuple[int, int]], thickness: int = 2) -> np.ndarray:
    """Return the mask with a line through the points added."""
    ruled = mask.astype(np.uint8)
    cv2.polylines(ruled, [np.array(points)], False, 1, thickness)
    return ruled.astype(bool)


BOWED = [(x, 44 + round(4 * (x / 239) * (1 - x / 239) * 4)) for x in range(240)]


@pytest.mark.parametrize(
    "points",
    [[(0, 45), (239, 45)], [(12, 45), (228, 45)], [(0, 42), (150, 42)], [(0, 40), (239, 47)], BOWED],
    ids=["across", "reaching no border", "ending short", "tilted", "bowed"],
)
def test_it_removes_a_rule_at_the_feet_of_a_number_and_keeps_the_feet(points):
    strip = number_strip()
    ruled = with_line(strip, points)

    left = without_ruling(ruled)

    assert (left & ~strip).sum() < 0.2 * (ruled & ~strip).sum()
    assert (left & strip).sum() > 0.9 * strip.sum()


def test_it_leaves_the_bars_of_several_digits_alone_that_line_up():
    strip = np.zeros((40, 160), bool)
    strip[18:21, 40:110] = True
    for stem in range(40, 110, 23):
        strip[10:30, stem : stem + 4] = True

    assert (without_ruling(strip) == strip).all()


def upright_at_the_border(digits: slice) -> np.ndarray:
    """Return a low strip with a line down its left border, and four digits that fill so many of its rows."""
    strip = np.zeros((48, 148), bool)
    strip[:, 1:3] = True
    for left in range(20, 140, 32):
        strip[digits, left : left + 16] = True
        strip[digits.start + 4 : digits.stop - 4, left + 4 : left + 12] = False
    return strip


def test_it_removes_the_side_of_the_field_that_a_number_stands_in():
    strip = upright_at_the_border(slice(10, 38))

    left = without_ruling(strip)

    assert not left[:, :10].any()
    assert (left[:, 10:] == strip[:, 10:]).all()


def test_it_keeps_a_1_at_the_border_that_is_as_high_as_the_other_digits():
    strip = upright_at_the_border(slice(0, 48))

    assert (without_ruling(strip) == strip).all()


def test_it_leaves_a_number_and_its_dash_alone():
    strip = number_strip()
    dashed = with_line(strip, [(200, 30), (232, 28)], 3)

    assert (without_ruling(dashed) == dashed).all()


@pytest.mark.parametrize("digit", "2457")
@pytest.mark.parametrize(("side", "pen"), [(50, 3), (120, 5), (120, 12)])
def test_it_leaves_a_digit_alone_to_which_the_picture_is_cut(digit, side, pen):
    mask = page_with(digit, side=side, pen=pen) < 128
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    assert (without_ruling(cut) == cut).all()


def test_it_removes_a_rule_from_border_to_border_under_one_small_digit():
    digit = np.zeros((50, 40), bool)
    digit[4:44, :] = page_with("3", side=40, pen=4) < 128
    ruled = digit.copy()
    ruled[44:46, :] = True

    left = without_ruling(ruled)

    assert (left & ~digit).sum() <= 0.1 * (ruled & ~digit).sum()
    assert (left & digit).sum() == digit.sum()


def test_it_leaves_the_bar_of_a_small_seven_that_fills_its_picture():
    seven = np.zeros((50, 36), bool)
    seven[:3, :] = True
    seven = with_line(seven, [(34, 1), (8, 49)], 3)

    assert (without_ruling(seven) == seven).all()


def test_it_drops_the_knots_of_empty_squared_paper():
    squared = np.zeros((300, 300), np.uint8)
    squared[10::75, :] = squared[11::75, :] = 1
    squared[:, 10::75] = squared[:, 11::75] = 1
    for row, column in np.ndindex(4, 4):
        cv2.circle(squared, (75 * column + 10, 75 * row + 10), 3, 1, -1)

    assert not without_ruling(squared.astype(bool)).any()


def test_it_finds_nothing_on_empty_squared_paper():
    squared = np.zeros((200, 260), bool)
    squared[10::20, :] = True
    squared[:, 10::20] = True

    assert not without_ruling(squared).any()


def test_it_keeps_a_digit_on_squared_paper_though_the_lines_have_more_ink():
    digit = np.zeros((600, 600), bool)
    digit[260:340, 260:340] = page_with("3", side=80, pen=8) < 128
    squared = digit.copy()
    squared[10::25, :] = squared[11::25, :] = True
    squared[:, 10::25] = squared[:, 11::25] = True

    left = without_ruling(squared)

    assert (left & digit).sum() > 0.95 * digit.sum()
    assert (left & ~digit).sum() < 0.2 * digit.sum()
