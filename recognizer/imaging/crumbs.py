"""Pieces of ink that are no part of what is written: specks, points, what reaches in from beyond the border."""

import numpy as np

from recognizer.imaging.pieces import Box

MIN_AREA = 6
"""Of a piece of ink, in pixels of the page or of its enlargement: less is dust."""
NUMBER_WIDTH = 2.0
"""A picture wider than this times the height of its main mark is of a number."""
NUMBER_ASPECT = 1.3
"""And its width is at least so many times its own height."""
WRITTEN_HEIGHT = 0.6
"""At the border of a number, what is as high as this share of its main mark is a digit."""
POINT = 0.22
"""A piece smaller than this share of the largest one, with paper around it, is a point and no part of a digit."""
POINT_GAP = 0.6
"""The paper around a point, as a share of its size."""


def without_crumbs(boxes: list[Box], shape: tuple[int, int]) -> list[Box]:
    """Return the pieces without specks and without what reaches in from beyond the border."""
    largest = max((box.area for box in boxes), default=0)
    boxes = [box for box in boxes if box.area >= max(MIN_AREA, 0.01 * largest)]
    if not boxes:
        return []
    main = max(boxes, key=lambda box: _weight(box, shape))
    if shape[1] > max(NUMBER_WIDTH * main.height, NUMBER_ASPECT * shape[0]):
        return [box for box in boxes if box.height >= WRITTEN_HEIGHT * main.height or not _reaches_in(box, main, shape)]
    return [box for box in boxes if box is main or not _reaches_in(box, main, shape)]


def without_points(boxes: list[Box], labels: np.ndarray) -> list[Box]:
    """Return the pieces without full stops and commas.

    The dot of an i, which is higher, stays and tells the letter from a 1; so does what lies close to other ink, as a
    fragment of a broken stroke does.
    """
    largest = max((box.side for box in boxes), default=0)
    large = [box for box in boxes if box.side > POINT * largest]
    numbers = [number for box in boxes for number in box.numbers]
    return [
        box
        for box in boxes
        if box.side > POINT * largest or not (_is_at_foot(box, large) and _is_alone(box, labels, numbers))
    ]


def _is_at_foot(point: Box, large: list[Box]) -> bool:
    """Say whether a piece lies beside the lower half of a larger one."""
    middle = (point.top + point.bottom) / 2
    return any(
        box.top + 0.5 * box.height <= middle <= box.bottom + 0.1 * box.height
        and box.left - box.side <= point.left
        and point.right <= box.right + box.side
        for box in large
    )


def _is_alone(box: Box, labels: np.ndarray, numbers: list[int]) -> bool:
    """Say whether no other of the numbered pieces lies around a piece."""
    gap = max(2, round(POINT_GAP * box.side))
    around = labels[max(0, box.top - gap) : box.bottom + gap, max(0, box.left - gap) : box.right + gap]
    others = np.setdiff1d(around, (0, *box.numbers))
    return not np.isin(others, numbers).any()


def _weight(box: Box, shape: tuple[int, int]) -> float:
    """Return how much a piece counts: its ink, and less of it the more it clings to the border."""
    return box.area * (0.3 if _sides_touched(box, shape) else 1.0)


def _reaches_in(box: Box, main: Box, shape: tuple[int, int]) -> bool:
    """Say whether a piece is a neighbour's crumb or the border's shadow rather than a mark of this picture."""
    height, width = shape
    if not _sides_touched(box, shape):
        return False
    hugs_side = box.width < 0.25 * width and (box.left <= 1 or box.right >= width - 1)
    hugs_edge = box.height < 0.25 * height and (box.top <= 1 or box.bottom >= height - 1)
    overlap = min(box.right, main.right) - max(box.left, main.left)
    is_beside = box.height < WRITTEN_HEIGHT * main.height and overlap < 0.5 * box.width
    return (hugs_side or hugs_edge or is_beside) and box.area < 0.6 * main.area


def _sides_touched(box: Box, shape: tuple[int, int]) -> int:
    height, width = shape
    return (box.left <= 1) + (box.top <= 1) + (box.right >= width - 1) + (box.bottom >= height - 1)
