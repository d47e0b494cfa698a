"""Connected pieces of ink."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.pieces import find_pieces, has_point


def blots() -> np.ndarray:
    """Return pieces of many shapes that touch every border, some of them side by side. (60, 90) float32."""
    noise = np.random.default_rng(5).random((60, 90)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 2) * 6 - 2.6, 0, 1)


def test_each_piece_is_measured_as_its_pixels_are():
    ink = blots()

    boxes, labels = find_pieces(ink)

    assert len(boxes) > 5
    for box in boxes:
        rows, columns = np.nonzero(labels == box.numbers[0])
        assert (box.top, box.bottom) == (rows.min(), rows.max() + 1)
        assert (box.left, box.right) == (columns.min(), columns.max() + 1)
        assert box.area == len(rows)


def test_pieces_are_what_is_connected_also_by_a_corner():
    ink = np.zeros((6, 9), np.float32)
    ink[1, 1] = ink[2, 2] = 1
    ink[4, 6:8] = 1

    boxes, labels = find_pieces(ink)

    assert [(box.left, box.top, box.right, box.bottom) for box in boxes] == [(1, 1, 3, 3), (6, 4, 8, 5)]
    assert labels[1, 1] == labels[2, 2] != labels[4, 6]


def test_faint_ink_is_of_a_piece_only_beside_clear_ink():
    ink = np.zeros((5, 12), np.float32)
    ink[2, 1:4] = 0.45
    ink[2, 3] = 0.9
    ink[2, 7:10] = 0.45

    boxes, _ = find_pieces(ink)

    assert [(box.left, box.right) for box in boxes] == [(1, 4)]


def test_a_page_without_ink_has_no_pieces():
    boxes, labels = find_pieces(np.zeros((4, 7), np.float32))

    assert boxes == []
    assert labels.shape == (4, 7)
    assert not labels.any()


def stroke_and(top: int, bottom: int, *, width: int = 12) -> np.ndarray:
    """Return an upright stroke in the rows 40 to 140 and another piece in the rows from top to bottom."""
    ink = np.zeros((180, 60), np.float32)
    ink[40:140, 24:36] = 1
    ink[top:bottom, 30 - width // 2 : 30 + width // 2] = 1
    return ink


@pytest.mark.parametrize(("top", "bottom"), [(15, 27), (150, 165)], ids=["i", "exclamation mark"])
def test_a_stroke_with_a_point_above_or_below_has_a_point(top, bottom):
    assert has_point(stroke_and(top, bottom))


@pytest.mark.parametrize(
    "ink",
    [
        stroke_and(60, 80),
        stroke_and(20, 32, width=40),
        stroke_and(0, 34),
        stroke_and(25, 37),
        stroke_and(15, 27) + np.flipud(stroke_and(15, 27)),
    ],
    ids=["one stroke", "a bar", "as large as a stroke", "a broken stroke", "two points"],
)
def test_other_strokes_have_none(ink):
    assert not has_point(np.clip(ink, 0, 1))
