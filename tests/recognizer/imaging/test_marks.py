"""Marks put together and cut apart."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.marks import MAX_PARTS, SLANTS, Mark, cut, merge, slant_of
from recognizer.imaging.segmentation import find_marks
from tests.pictures import page_with


def mark_of(ink: np.ndarray, **place) -> Mark:
    return Mark(**({"left": 0, "top": 0} | place), ink=ink.astype(np.float32))


def cropped(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both on a canvas no larger than their ink."""
    rows, columns = np.nonzero(left | right)
    inner = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return left[inner], right[inner]


def zeros_that_touch(width: int, height: int, pen: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two upright ellipses side by side that share a column of ink. width, height: their semi-axes."""
    left, right = np.zeros((2, 2 * height + 40, 4 * width + 80), np.uint8)
    for canvas, x in ((left, width + 20), (right, 3 * width + 18 + pen)):
        cv2.ellipse(canvas, (x, height + 20), (width, height), 0, 0, 360, 1, pen)
    return cropped(left, right)


def strokes_that_lean(slant: float) -> tuple[np.ndarray, np.ndarray]:
    """Return two parallel strokes, each with its half of the thin bar that joins them."""
    left, right = np.zeros((2, 100, 200), np.uint8)
    for canvas, x in ((left, 80), (right, 102)):
        lean = round(slant * 36)
        cv2.line(canvas, (x - lean, 86), (x + lean, 14), 1, 6)
    cv2.line(left, (80, 50), (91, 50), 1, 3)
    cv2.line(right, (92, 50), (102, 50), 1, 3)
    return cropped(left, right)


def share(ink: np.ndarray, shape: np.ndarray) -> float:
    """Return how much ink and a shape have in common, of what either has."""
    one, other = ink > 0, shape > 0
    return (one & other).sum() / (one | other).sum()


def purity(part: Mark, shape: np.ndarray) -> float:
    """Return the share of a part of a mark at the origin and a shape on the mark's canvas."""
    canvas = np.zeros(shape.shape, np.float32)
    canvas[part.top : part.bottom, part.left : part.right] = part.ink
    return share(canvas, shape)


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


@pytest.mark.parametrize(("width", "is_cut"), [(32, False), (33, True)])
def test_a_mark_as_narrow_as_a_digit_is_not_cut(width, is_cut):
    mark = mark_of(np.ones((40, width)))

    assert (len(cut(mark)) > 1) == is_cut


@pytest.mark.parametrize(("width", "pen"), [(18, 3), (18, 6), (22, 10), (34, 6)])
def test_two_zeros_that_touch_are_cut_between_them(width, pen):
    left, right = zeros_that_touch(width, 34, pen)
    mark = mark_of(np.maximum(left, right))

    parts = cut(mark)

    assert any(
        purity(merge(parts[:place]), left) > 0.9 and purity(merge(parts[place:]), right) > 0.9
        for place in range(1, len(parts))
    )


@pytest.mark.parametrize("slant", [0.6, 0.8])
def test_strokes_that_lean_are_parted_where_no_upright_cut_could(slant):
    left, right = strokes_that_lean(slant)
    both = np.maximum(left, right)
    upright = [np.arange(both.shape[1]) < column for column in range(1, both.shape[1])]
    assert max(share(both * kept, left) for kept in upright) < 0.8

    parts = cut(mark_of(both))

    splits = [(merge(parts[:place]), merge(parts[place:])) for place in range(1, len(parts))]
    assert max(min(purity(first, left), purity(last, right)) for first, last in splits) > 0.9


def test_digits_joined_above_and_below_are_cut_where_there_is_little_ink():
    rising = np.arange(60)[:, None] >= 30 - np.arange(90) / 3
    hollow = rising[4:-4, 30:50] & rising[:-8, 30:50]
    rising[4:-4, 30:50] ^= hollow

    parts = cut(mark_of(rising))

    assert len(parts) == 2
    assert 30 < parts[1].left < 50


@pytest.mark.parametrize("ink", [np.maximum(*strokes_that_lean(0.6)), np.ones((40, 90))], ids=["leaning", "upright"])
def test_cutting_loses_no_ink(ink):
    mark = mark_of(ink, left=7, top=3, zoom=2.0, line=4)

    parts = cut(mark)

    assert len(parts) > 1
    np.testing.assert_array_equal(merge(parts).ink, mark.ink)
    assert sum(part.ink.sum() for part in parts) == mark.ink.sum()
    assert (merge(parts).left, merge(parts).top) == (7, 3)
    assert {(part.zoom, part.line) for part in parts} == {(2.0, 4)}


@pytest.mark.parametrize("slant", SLANTS)
def test_the_slant_of_writing_is_found(slant):
    assert slant_of(np.maximum(*strokes_that_lean(slant)).astype(np.float32)) == slant


def test_a_long_scribble_is_cut_into_few_parts():
    scribble = np.random.default_rng(1).random((30, 2000)) > 0.5

    assert 1 < len(cut(mark_of(scribble))) <= MAX_PARTS


def test_parts_without_ink_are_left_out():
    apart = np.zeros((40, 200))
    apart[:, :20] = 1
    apart[:, -20:] = 1

    parts = cut(mark_of(apart))

    assert [part.left for part in parts] == [0, 180]
