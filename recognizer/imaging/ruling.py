"""Lines that were on the paper before anyone wrote: the sides of a box, rules, a grid."""

import cv2
import numpy as np

from recognizer.imaging.lines import LONGEST_STROKE, Line, high_runs, level_lines
from recognizer.imaging.normalization import stroke_width

SURVEY_SIDE = 640
"""Lines are looked for on a copy of the page of at most this many pixels on its longer side."""
TINY_SIDE = 32
"""A picture smaller than this both ways, or half of it one way, is too coarse to tell lines from strokes."""
SMALL_SIDE = 64
"""On a picture smaller than this a line is printed if it runs from border to border in the picture's outer part."""
OUTER = 0.25
"""The share of a small picture, at its top and its bottom, that is its outer part."""
TIGHT = 0.08
"""A page whose ink begins and ends within this share of it is cut to its strokes."""
SIDE = 0.25
"""The share of the width, left and right, in which a lone upright line is the side of a box."""
EDGE = 0.03
"""The share of the width of a number, left and right, in which a line from top to bottom is the side of its field."""
GRID = 3
"""So many upright lines are squared paper."""
MIN_INK_LEFT = 0.08
"""If less of the ink than this would stay, a single line was what was drawn, and several are empty paper."""
CLEAR = 0.35
"""Ink from here on may be of a line."""
SCRAP = 6
"""On empty paper scraps of lines are left, up to so many times as long as the lines are thick."""


def remove_ruling(ink: np.ndarray) -> np.ndarray:
    """Return the ink without printed lines, or the very same array when there are none.

    ink: (H, W) float32 in [0, 1], bright foreground. Strokes that cross a line are left whole.
    """
    mask = (ink > CLEAR).view(np.uint8)
    lines, count, thickness = find_ruling(mask)
    if not count:
        return ink
    left = mask & ~lines
    if count == 1 and np.count_nonzero(left) < MIN_INK_LEFT * np.count_nonzero(mask):
        return ink
    soft_edged = cv2.dilate(lines, np.ones((5, 5), np.uint8))
    unruled = np.where((soft_edged > left), np.float32(0), ink)
    if np.count_nonzero(left) < MIN_INK_LEFT * np.count_nonzero(mask):
        return _without_scraps(unruled, SCRAP * thickness)
    return unruled


def _without_scraps(ink: np.ndarray, side: float) -> np.ndarray:
    """Return the ink without pieces of at most so many pixels a side: the lines, which were nearly all, are gone."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > CLEAR / 2).astype(np.uint8), connectivity=8)
    is_scrap = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) <= side
    is_scrap[0] = True
    return np.where(is_scrap[labels], np.float32(0), ink)


def find_ruling(mask: np.ndarray) -> tuple[np.ndarray, int, float]:
    """Return which pixels belong to printed lines and to nothing written, and of how many lines, how thick.

    mask and result: (H, W) uint8, 0 or 1.
    """
    height, width = mask.shape
    nothing = np.zeros_like(mask), 0, 0.0
    if max(height, width) < TINY_SIDE or min(height, width) < TINY_SIDE // 2:
        return nothing
    survey = _survey(mask)
    level, upright = level_lines(survey), []
    if min(height, width) >= SMALL_SIDE:
        upright = level_lines(np.ascontiguousarray(survey.T))
        if not level and not upright:
            return nothing
        top, bottom, left, right = _reach_of_rest(survey, _drawn(level, upright, 1.0, survey))
        level = _printed(level, survey.shape, is_tight=top < TIGHT and bottom > 1 - TIGHT)
        upright = _printed(upright, survey.shape[::-1], is_tight=left < TIGHT and right > 1 - TIGHT)
        if len(upright) < GRID:
            is_number = width >= LONGEST_STROKE * height
            upright = [line for line in upright if _is_side(line, survey.shape[1]) and (level or not is_number)]
    elif width >= LONGEST_STROKE * height:
        level = _printed(level, survey.shape)
        upright = [line for line in level_lines(np.ascontiguousarray(survey.T)) if _is_edge(line, survey.shape)]
        top, bottom, _, _ = _reach_of_rest(survey, _drawn(level, upright, 1.0, survey))
        if top < TIGHT and bottom > 1 - TIGHT:
            upright = []  # it may be a 1
    else:
        rest = survey & ~_drawn(level, upright, 1.0, survey)
        level = [line for line in level if _crosses_outer_part(line, rest)]
    if not level and not upright:
        return nothing
    zoom = width / survey.shape[1]
    thickness = zoom * max((line.thickness for line in level + upright), default=0.0)
    return _drawn(level, upright, zoom, mask), len(level) + len(upright), thickness


def _survey(mask: np.ndarray) -> np.ndarray:
    shrink = SURVEY_SIDE / max(mask.shape)
    if shrink >= 1:
        return mask
    size = (max(1, round(mask.shape[1] * shrink)), max(1, round(mask.shape[0] * shrink)))
    return (cv2.resize(mask * np.uint8(255), size, interpolation=cv2.INTER_AREA) > 90).view(np.uint8)


def _reach_of_rest(mask: np.ndarray, lines: np.ndarray) -> tuple[float, float, float, float]:
    """Return top, bottom, left and right of the largest piece of ink off the lines, as shares of the page."""
    rest = mask & ~cv2.dilate(lines, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    if count == 1:
        return 0.5, 0.5, 0.5, 0.5
    x, y, wide, high, _ = stats[1 + stats[1:, cv2.CC_STAT_AREA].argmax()].tolist()
    height, width = mask.shape
    return y / height, (y + high) / height, x / width, (x + wide) / width


def _printed(lines: list[Line], shape: tuple[int, int], *, is_tight: bool = False) -> list[Line]:
    """Return the level lines that nobody wrote on a page of this height and width.

    On a page cut to its strokes, a line from side to side may be one of them, unless it is longer than any stroke.
    """
    height, width = shape
    longest = LONGEST_STROKE * height
    return [line for line in lines if line.length >= longest or (line.leaves(width) and not is_tight)]


def _crosses_outer_part(line: Line, rest: np.ndarray) -> bool:
    """Say whether a line on a small picture was printed. rest: (H, W) uint8, the ink that is on no line.

    It runs from border to border near the top or the bottom, and there is paper beyond it or it is thinner than the
    pen: the bar of a 7 and the foot of a 2 that fill their picture are neither.
    """
    height, width = rest.shape
    rows = line.rows(np.array([line.start, line.end - 1]))
    if line.length < 0.97 * width or not (rows.max() < OUTER * height or rows.min() >= (1 - OUTER) * height):
        return False
    margin = 2 + line.thickness / 2
    return margin <= rows.min() <= rows.max() <= height - 1 - margin or line.thickness <= 0.6 * stroke_width(rest)


def _is_side(line: Line, width: int) -> bool:
    """Say whether an upright line runs near the left or the right border."""
    middle = float(line.rows(np.array([(line.start + line.end) / 2]))[0])
    return not SIDE * width <= middle <= (1 - SIDE) * width


def _is_edge(line: Line, shape: tuple[int, int]) -> bool:
    """Say whether an upright line runs all along the left or the right border."""
    height, width = shape
    middle = float(line.rows(np.array([(line.start + line.end) / 2]))[0])
    return line.length >= 0.97 * height and not EDGE * width <= middle <= (1 - EDGE) * width


def _drawn(level: list[Line], upright: list[Line], zoom: float, mask: np.ndarray) -> np.ndarray:
    """Return which pixels of the mask are on the lines, found on a copy that was smaller by the zoom."""
    found = np.zeros_like(mask)
    for line in level:
        _draw(line, zoom, mask, found)
    unlevel = mask & ~found  # where two lines cross, the first one leaves the second, which then crosses nothing
    for line in upright:
        _draw(line, zoom, unlevel.T, found.T)
    return found


def _draw(line: Line, zoom: float, mask: np.ndarray, found: np.ndarray) -> None:
    """Mark in found the line's pixels on the mask, except where a stroke crosses it. Both (H, W) uint8, zoomed.

    The page is bent straight along the line; what is no higher there than the line is the line.
    """
    height, width = mask.shape
    start, end = round(line.start * zoom), min(width, round(line.end * zoom))
    thickness = line.thickness * zoom
    highest = max(round(thickness) + 1, round(1.4 * thickness))
    reach = round(thickness / 2 + zoom) + 1
    columns = np.arange(start, end)
    middle = np.rint((line.rows((columns + 0.5) / zoom - 0.5) + 0.5) * zoom - 0.5).astype(int)
    rows = middle + np.arange(-reach - highest, reach + highest + 1)[:, None]
    strip = mask[np.clip(rows, 0, height - 1), columns] * ((rows >= 0) & (rows < height)).astype(np.uint8)
    high = high_runs(strip, highest)
    crossed = cv2.morphologyEx(high, cv2.MORPH_CLOSE, np.ones((1, 2 * round(thickness) + 1), np.uint8))
    is_line = (strip & ~high & ~crossed).astype(bool)
    is_line[:highest] = is_line[len(strip) - highest :] = False
    where = np.nonzero(is_line)
    found[rows[where], columns[where[1]]] = 1
