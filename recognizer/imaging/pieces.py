"""Connected pieces of ink on a page."""

from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np

FAINT, CLEAR = 0.38, 0.5
"""Ink above FAINT belongs to a piece that somewhere is above CLEAR."""
POINT_SIDE = 0.25
"""Of a point above or below a stroke: its longer side, at most, as a share of the stroke's..."""
POINT_ASPECT = 2
"""... and as a multiple of its own shorter side."""
POINT_GAP = 0.05
"""The paper between a stroke and its point, at least, as a share of the stroke's height."""


@dataclass(frozen=True)
class Box:
    """A connected piece of ink, or several that belong together; numbers are those of connectedComponents."""

    left: int
    top: int
    right: int
    bottom: int
    area: int
    numbers: tuple[int, ...]

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def side(self) -> int:
        return max(self.width, self.height)

    def with_(self, other: "Box") -> "Box":
        """Return the box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.area + other.area,
            self.numbers + other.numbers,
        )


def find_pieces(ink: np.ndarray) -> tuple[list[Box], np.ndarray]:
    """Return the pieces of ink, faint ones only with something clear in them, and for each pixel its piece's number.

    ink: (H, W) float32 in [0, 1]. The numbers, (H, W) int32, are 0 on paper. Pieces are measured by their runs, row by
    row: OpenCV's own statistics take ten times as long as the pieces, on a page that is mostly paper.
    """
    mask = (ink > FAINT).view(np.uint8)
    labels = np.zeros(ink.shape, np.int32)
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return [], labels
    window = np.s_[y : y + height, x : x + width]
    count, numbers = cv2.connectedComponents(mask[window], connectivity=8)
    labels[window] = numbers
    is_clear = np.zeros(count, bool)
    is_clear[numbers[ink[window] > CLEAR]] = True
    rows, starts, ends = _runs(mask[window])
    owners = numbers[rows, starts]
    area = np.bincount(owners, ends - starts, minlength=count)
    top, left = np.full((2, count), max(ink.shape))
    bottom, right = np.zeros((2, count), np.int64)
    np.minimum.at(top, owners, y + rows)
    np.minimum.at(left, owners, x + starts)
    np.maximum.at(bottom, owners, y + rows + 1)
    np.maximum.at(right, owners, x + ends)
    boxes = [
        Box(int(left[n]), int(top[n]), int(right[n]), int(bottom[n]), int(area[n]), (int(n),))
        for n in np.flatnonzero(is_clear)
    ]
    return boxes, labels


def has_point(ink: np.ndarray) -> bool:
    """Say whether a mark is a stroke and a point above or below it, as an i and a question mark are and no digit is.

    ink: (h, w) float32 in [0, 1].
    """
    pieces, _ = find_pieces(ink)
    return len(pieces) == 2 and any(_is_point_of(*pair) for pair in permutations(pieces))


def _is_point_of(point: Box, stroke: Box) -> bool:
    is_round = point.side <= POINT_ASPECT * min(point.width, point.height)
    gap = max(point.top - stroke.bottom, stroke.top - point.bottom)
    return point.side <= POINT_SIDE * stroke.side and is_round and gap >= POINT_GAP * stroke.height


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row of each level run of ink, the column where it starts, and the one where it has ended."""
    padded = cv2.copyMakeBorder(mask, 0, 0, 1, 1, cv2.BORDER_CONSTANT).ravel()
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    rows, starts = np.divmod(changes[::2], mask.shape[1] + 2)
    return rows, starts, starts + changes[1::2] - changes[::2]
