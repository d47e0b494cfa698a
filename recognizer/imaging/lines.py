"""Nearly level lines on a mask: long, thin, straight or bowed, whatever they are part of."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

LONGEST_STROKE = 1.5
"""Of a digit, in heights of the page: a level line that is longer was there before."""
MIN_LENGTH = 0.85
"""Of a line that leaves the picture at one end at least, as a share of the side it runs along."""
MAX_THICKNESS = 0.05
"""Of a line, as a share of the side it crosses."""
STEEPEST = 0.08
"""Rows by which a line may climb from one column to the next."""
MAX_BEND = 0.01
"""Rows by which a line may stray from a parabola, as a share of its length."""
SEGMENTS = 20
"""Parts of the page's width through which a line is followed."""
MIN_COVER = 0.5
"""Of the columns of a line, the share in which there is the line and nothing else."""
MIN_COVER_INSIDE = 0.85
"""The same of a line that reaches neither border: the feet or the bars of several digits may well line up."""
MAX_GAPS = 0.15
"""Of the columns of a line, the share in which there is nothing at all."""


@dataclass(frozen=True)
class Line:
    """A nearly level line on a mask."""

    start: int
    end: int
    """It covers the columns from start up to, not including, end."""
    curve: tuple[float, float, float]
    """Of the parabola on which the middle of the line lies: row = curve · (x², x, 1)."""
    thickness: float

    @property
    def length(self) -> int:
        return self.end - self.start

    def rows(self, columns: np.ndarray) -> np.ndarray:
        """Return the row of the line's middle in each of the columns, as floats."""
        return np.polyval(self.curve, columns)

    def leaves(self, width: int) -> bool:
        """Say whether the line reaches the left border or the right one."""
        margin = max(2, round(0.02 * width))
        return self.start <= margin or self.end >= width - margin

    def is_along(self, other: "Line") -> bool:
        """Say whether another line is the same line, found once more."""
        places = np.array([self.start, (self.start + self.end) / 2, self.end])
        return bool(np.abs(self.rows(places) - other.rows(places)).min() <= max(2, self.thickness, other.thickness))


def level_lines(mask: np.ndarray) -> list[Line]:
    """Return all long thin level lines on a (H, W) uint8 mask, the clearest first.

    The page is parted into segments, columns wide; a line is a chain of rows through neighbouring segments in which
    nearly every column holds a low run of ink, which is the line, or a high one, which is a stroke that crosses it.
    """
    height, width = mask.shape
    thickest = max(3, round(MAX_THICKNESS * height))
    least_length = min(MIN_LENGTH * width, LONGEST_STROKE * height)
    low = mask & ~high_runs(mask, thickest)
    near = cv2.dilate(low, np.ones((3, 1), np.uint8))
    bounds = np.linspace(0, width, max(4, min(SEGMENTS, width // 8)) + 1).astype(int)
    empty = np.diff(bounds) - _sums(near | mask, bounds)
    gain = (_sums(near, bounds) - 3 * empty).astype(np.float32)
    if gain.max(axis=0).clip(0).sum() < MIN_COVER * least_length:
        return []  # however the rows are chained
    lines = []
    for first, rows in _chains(gain, MIN_COVER * least_length, bounds, thickest):
        line = _fitted(low, mask, bounds[first : first + len(rows) + 1], rows, thickest)
        if line is not None and line.length >= least_length and not any(line.is_along(other) for other in lines):
            lines.append(line)
    return lines


def _sums(mask: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Return how many pixels of each row are ink between each two neighbouring bounds. (H, len(bounds) - 1) int32."""
    return np.diff(np.diff(cv2.integral(mask)[:, bounds], axis=0), axis=1)


def high_runs(mask: np.ndarray, longest: int) -> np.ndarray:
    """Return the ink that lies in vertical runs of more pixels than the longest. (H, W) uint8."""
    padded = cv2.copyMakeBorder(mask, longest, longest, 0, 0, cv2.BORDER_CONSTANT)
    return cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones((longest + 1, 1), np.uint8))[longest:-longest]


def _chains(gain: np.ndarray, least: float, bounds: np.ndarray, thickest: int) -> Iterator[tuple[int, list[int]]]:
    """Yield chains of neighbouring segments that gain the least at least: the first segment, and the row in each.

    gain: (H, S) float32 of each row in each segment. Source: dynamic programming, as for seams in pictures.
    """
    height, segments = gain.shape
    step = max(1, round(STEEPEST * bounds[-1] / segments))
    reach = np.ones((1, 2 * step + 1), np.uint8)
    score = np.empty((segments, height), np.float32)
    score[0] = gain[:, 0]
    for segment in range(1, segments):
        before = cv2.dilate(score[segment - 1][None], reach)[0]
        score[segment] = gain[:, segment] + np.maximum(before, 0)
    ends = np.where(gain.T > 0, score, 0)
    while ends.max() >= least:
        last, row = np.unravel_index(ends.argmax(), ends.shape)
        rows, segment = [int(row)], int(last)
        while segment and score[segment, rows[-1]] > gain[rows[-1], segment]:
            around = range(max(0, rows[-1] - step), min(height, rows[-1] + step + 1))
            segment -= 1
            rows.append(max(around, key=lambda r: (score[segment, r], -abs(r - rows[-1]))))
        rows.reverse()
        beside = max(3, thickest // 4)
        for place in range(segments):  # and what was carried on from there
            taken = rows[min(max(place - segment, 0), len(rows) - 1)]
            score[place, max(0, taken - beside) : taken + beside + 1] = 0
            ends[place, max(0, taken - beside) : taken + beside + 1] = 0
        yield segment, rows


def _fitted(low: np.ndarray, mask: np.ndarray, bounds: np.ndarray, rows: list[int], thickest: int) -> Line | None:
    """Return the line on which the low runs of ink lie around a chain, None if they do not lie on a line."""
    height, width = mask.shape
    chain = np.interp(np.arange(bounds[0], bounds[-1]), (bounds[:-1] + bounds[1:]) / 2, rows)
    columns = np.arange(bounds[0], bounds[-1])
    offsets = np.arange(-thickest, thickest + 1)[:, None]
    around = np.clip(np.rint(chain).astype(int) + offsets, 0, height - 1)
    strip = _line_alone(low[around, columns])
    count = strip.sum(axis=0)
    has = count > 0
    if np.count_nonzero(has) < MIN_COVER * len(columns):
        return None
    middle = (strip * around).sum(axis=0)[has] / count[has]
    beside = middle - chain[has]
    near = np.abs(beside - np.median(beside)) <= max(2, thickest / 2)
    curve = np.polyfit(columns[has][near], middle[near], 2)
    kept = np.abs(middle - np.polyval(curve, columns[has])) <= max(1.5, MAX_BEND * len(columns))
    if np.count_nonzero(kept) < 0.75 * np.count_nonzero(has):
        return None
    thickness = float(np.median(count[has][kept]))
    line = Line(0, width, tuple(curve), thickness)
    on_line, empty = _cover(line, low, mask)
    inside = np.flatnonzero(on_line[bounds[0] : bounds[-1]])
    if not inside.size:
        return None
    start, end = bounds[0] + inside[0], bounds[0] + inside[-1] + 1
    start, end = _extended(~empty, int(start), int(end), max(2, round(0.02 * width)))
    share_on, share_empty = on_line[start:end].mean(), empty[start:end].mean()
    line = Line(start, end, tuple(curve), thickness)
    least = MIN_COVER if line.leaves(width) else MIN_COVER_INSIDE
    return line if share_on >= least and share_empty <= MAX_GAPS else None


def _line_alone(strip: np.ndarray) -> np.ndarray:
    """Return the strip without what lies above and below the line in its middle. (2 n + 1, length) uint8."""
    ink = strip.mean(axis=1)
    middle = len(strip) // 2
    nearest = min(middle, max(3, middle // 4) + 1)
    first = last = middle - nearest + int(ink[middle - nearest : middle + nearest + 1].argmax())
    least = 0.2 * ink[first]
    while first > 0 and ink[first - 1] > least:
        first -= 1
    while last < len(strip) - 1 and ink[last + 1] > least:
        last += 1
    alone = np.zeros_like(strip)
    alone[first : last + 1] = strip[first : last + 1]
    return alone


def _cover(line: Line, low: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return in which columns there is the line itself, and in which nothing is where it should be. (W,) bool each."""
    height, width = mask.shape
    columns = np.arange(width)
    reach = max(1, round(line.thickness / 2))
    around = np.rint(line.rows(columns)).astype(int) + np.arange(-reach, reach + 1)[:, None]
    inside = (around >= 0) & (around < height)
    around = np.clip(around, 0, height - 1)
    on_line = (low[around, columns] & inside).any(axis=0)
    return on_line, ~(mask[around, columns] & inside).any(axis=0)


def _extended(is_ink: np.ndarray, start: int, end: int, gap: int) -> tuple[int, int]:
    """Return the range carried on to both sides over ink, and over gaps no wider than the gap."""
    while start > 0 and is_ink[max(0, start - gap) : start].any():
        start = max(0, start - gap) + int(np.argmax(is_ink[max(0, start - gap) : start]))
    while end < len(is_ink) and is_ink[end : end + gap].any():
        end += gap - int(np.argmax(is_ink[end : end + gap][::-1])) if end + gap <= len(is_ink) else len(is_ink) - end
    return start, end
