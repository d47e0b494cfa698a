"""Printed lines go, strokes stay."""

import cv2
import numpy as np

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
