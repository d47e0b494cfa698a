"""A mark on a page, and how marks are put together and cut apart."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

CUT_ASPECT = 0.8
"""A mark wider than this times its height may be several digits that touch."""
MIN_PART = 0.22
"""Of a part between two cuts: its width as a share of the mark's height."""
MAX_PARTS = 14
INK = 0.3
"""From which on it counts in looking for cuts."""
SLANTS = (-0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8)
"""How writing may lean, in pixels to the right for each pixel up."""
STEEPNESS = 0.2
"""What is taken off from the evidence for a slant, for each pixel to the right for each pixel up."""


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
    """Return the parts between the places where digits might touch; a mark as narrow as a digit stays whole.

    The cuts lean as the writing does.
    """
    height, width = mark.ink.shape
    if width <= CUT_ASPECT * height:
        return [mark]
    columns = _leaning_columns(mark.ink, slant_of(mark.ink))
    places = [0, *_thin_places(mark.ink, columns, max(2, round(MIN_PART * height))), int(columns.max()) + 1]
    parts = [_part(mark, (columns >= start) & (columns < end)) for start, end in pairwise(places)]
    return [part for part in parts if part is not None]


def slant_of(ink: np.ndarray) -> float:
    """Return how many pixels to the right the writing leans for each pixel up, to the nearest of SLANTS.

    Upright writing stands in few columns: the slant is the one that makes the columns most unequal. Round digits
    hardly have one, and the steeper it is the more must speak for it.
    Source: after Vinciarelli and Luettin 2001.
    """

    def inequality(slant: float) -> float:
        columns = np.bincount(_leaning_columns(ink, slant).ravel(), ink.ravel())
        return float(np.sum(columns**2)) * (1 - STEEPNESS * abs(slant))

    return max(SLANTS, key=inequality)


def _leaning_columns(ink: np.ndarray, slant: float) -> np.ndarray:
    """Return the number, from 0, of the leaning column that each pixel stands in. (h, w) int."""
    height, width = ink.shape
    shift = np.rint(slant * np.arange(height)).astype(int)
    return np.arange(width) + (shift - shift.min())[:, None]


def _thin_places(ink: np.ndarray, columns: np.ndarray, distance: int) -> list[int]:
    """Return the leaning columns in which digits might touch, at least a distance from each other and from the sides.

    Between digits the outline comes in from above and below; where a stroke joins them, there is little ink.
    """
    chosen: list[int] = []
    for column in _dips(_extent(ink, columns), distance) + _dips(_amount(ink, columns), distance):
        if all(abs(column - other) >= distance for other in chosen):
            chosen.append(column)
    return sorted(chosen[: MAX_PARTS - 1])


def _extent(ink: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return how far apart the highest and the lowest ink of each leaning column are, in pixels."""
    rows, places = np.nonzero(ink > INK)
    count = int(columns.max()) + 1
    lowest, highest = np.zeros(count), np.full(count, float(ink.shape[0]))
    np.maximum.at(lowest, columns[rows, places], rows + 1.0)
    np.minimum.at(highest, columns[rows, places], rows)
    return np.maximum(0, lowest - highest)


def _amount(ink: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return how much ink each leaning column has."""
    return np.bincount(columns.ravel(), ink.ravel())


def _dips(profile: np.ndarray, distance: int) -> list[int]:
    """Return where a profile is least within half a distance, the deepest dip first."""
    smooth = cv2.GaussianBlur(profile.astype(np.float32)[None, :], (0, 0), max(0.5, distance / 6))[0]
    reach = np.ones((1, 2 * (distance // 2) + 1), np.uint8)
    least = cv2.erode(smooth[None, :], reach)[0]
    inner = np.arange(distance, len(profile) - distance)
    dips = inner[smooth[inner] <= least[inner] + 1e-6]
    return dips[np.argsort(smooth[dips], kind="stable")].tolist()


def _part(mark: Mark, within: np.ndarray) -> Mark | None:
    """Return the part of a mark, cropped to its ink; None without any. within: (h, w) bool."""
    ink = np.where(within, mark.ink, np.float32(0))
    is_clear = ink > INK
    rows, columns = np.flatnonzero(is_clear.any(axis=1)), np.flatnonzero(is_clear.any(axis=0))
    if not rows.size:
        return None
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Mark(mark.left + int(columns[0]), mark.top + int(rows[0]), cropped, mark.zoom, mark.line)
