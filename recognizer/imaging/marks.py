"""A mark on a page, and how marks are put together and cut apart."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

CUT_ASPECT = 1.05
"""A mark wider than this times its height may be several digits that touch."""
MIN_PART = 0.22
"""Of a part between two cuts: its width as a share of the mark's height."""
MAX_PARTS = 10


@dataclass(frozen=True)
class Mark:
    """One mark on a page: a digit, as far as can be told before it is read."""

    left: int
    """Left side of its box in pixels of the ink, which is the page or an enlargement of it; so is top."""
    top: int
    ink: np.ndarray
    """(h, w) float32 in [0, 1]: the ink of this mark alone, bright foreground."""
    zoom: float = 1.0
    """Pixels of the ink to one pixel of the page."""
    line: int = 0
    """The line of writing it stands on, from 0."""

    @property
    def right(self) -> int:
        return self.left + self.ink.shape[1]

    @property
    def bottom(self) -> int:
        return self.top + self.ink.shape[0]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return x, y, width and height in pixels of the page."""
        height, width = self.ink.shape
        return self.left / self.zoom, self.top / self.zoom, width / self.zoom, height / self.zoom


def merge(marks: list[Mark]) -> Mark:
    """Return one mark made of several of one page."""
    if len(marks) == 1:
        return marks[0]
    left, top = min(mark.left for mark in marks), min(mark.top for mark in marks)
    right, bottom = max(mark.right for mark in marks), max(mark.bottom for mark in marks)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for mark in marks:
        target = ink[mark.top - top : mark.bottom - top, mark.left - left : mark.right - left]
        np.maximum(target, mark.ink, out=target)
    return Mark(left, top, ink, marks[0].zoom, marks[0].line)


def cut(mark: Mark) -> list[Mark]:
    """Return the parts between the places where digits might touch; a mark as narrow as a digit stays whole."""
    height, width = mark.ink.shape
    if width <= CUT_ASPECT * height:
        return [mark]
    places = [0, *_thin_places(mark.ink, max(2, round(MIN_PART * height))), width]
    parts = [_part(mark, start, end) for start, end in pairwise(places)]
    return [part for part in parts if part is not None]


def _thin_places(ink: np.ndarray, distance: int) -> list[int]:
    """Return the columns with the least ink around them, at least a distance from each other and from the sides."""
    profile = cv2.GaussianBlur(ink.sum(axis=0, dtype=np.float32)[None, :], (0, 0), max(0.5, distance / 6))[0]
    columns = np.arange(distance, ink.shape[1] - distance)
    chosen: list[int] = []
    for column in columns[np.argsort(profile[columns], kind="stable")]:
        is_dip = profile[column] <= profile[max(0, column - distance // 2) : column + distance // 2 + 1].min() + 1e-6
        if is_dip and all(abs(column - other) >= distance for other in chosen):
            chosen.append(int(column))
    return sorted(chosen[: MAX_PARTS - 1])


def _part(mark: Mark, start: int, end: int) -> Mark | None:
    """Return the part between two columns, cropped to its ink; None without any."""
    ink = mark.ink[:, start:end]
    rows, columns = np.flatnonzero((ink > 0.3).any(axis=1)), np.flatnonzero((ink > 0.3).any(axis=0))
    if not rows.size:
        return None
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Mark(mark.left + start + int(columns[0]), mark.top + int(rows[0]), cropped, mark.zoom, mark.line)
