"""Marks put together and cut apart."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.marks import MAX_PARTS, Mark, cut, merge
from recognizer.imaging.segmentation import find_marks
from tests.pictures import page_with


def mark_of(ink: np.ndarray, **place) -> Mark:
    return Mark(**({"left": 0, "top": 0} | place), ink=ink.astype(np.float32))


def test_the_box_is_in_pixels_of_the_page():
    mark = mark_of(np.ones((40, 20)), left=100, top=60, zoom=4.0)

    assert mark.box == (25, 15, 5, 10)


def test_merged_marks_hold_the_ink_of_both():
    left, right = find_marks(page_with("17"))

    both = merge([left, right])

    assert (both.left, both.right) == (left.left, right.right)
    assert both.ink.sum() == pytest.approx(left.ink.sum() + right.ink.sum(), rel=0.01)


def test_merging_one_mark_changes_nothing():
    mark = mark_of(np.ones((40, 20)))

    assert merge([mark]) is mark


def test_a_mark_as_narrow_as_a_digit_is_not_cut():
    mark = mark_of(np.ones((40, 40)))

    assert cut(mark) == [mark]


def test_touching_digits_are_cut_where_they_touch():
    rings = np.zeros((60, 110), np.uint8)
    cv2.circle(rings, (28, 30), 24, 1, 6)
    cv2.circle(rings, (82, 30), 24, 1, 6)

    parts = cut(mark_of(rings, left=7, top=3))

    borders = [part.left for part in parts[1:]]
    assert any(abs(border - (7 + 55)) <= 3 for border in borders)
    assert sum(part.ink.sum() for part in parts) == pytest.approx(rings.sum(), rel=0.01)


def test_a_long_scribble_is_cut_into_few_parts():
    scribble = np.random.default_rng(1).random((30, 2000)) > 0.5

    assert 1 < len(cut(mark_of(scribble))) <= MAX_PARTS


def test_parts_without_ink_are_left_out():
    apart = np.zeros((40, 200))
    apart[:, :20] = 1
    apart[:, -20:] = 1

    parts = cut(mark_of(apart))

    assert [part.left for part in parts] == [0, 180]
