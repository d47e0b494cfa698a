"""Lines that were on the paper before anyone wrote: the sides of a box, rules, a grid."""

import cv2
import numpy as np

MIN_SIDE = 64
"""On a smaller picture a long straight line is a stroke, unless it is longer than any stroke could be."""
LONGEST_STROKE = 1.5
"""Of a digit, in heights of the page: a level line that is longer was there before."""
MAX_THICKNESS = 0.05
"""Of a line, as a share of the side it crosses."""
MIN_LENGTH = 0.85
"""Of a line that leaves the picture at one end at least, as a share of the side it runs along."""
MIN_INK_LEFT = 0.08
"""If less of the ink than this would stay, the lines were what was drawn."""
CLEAR = 0.4


def remove_ruling(ink: np.ndarray) -> np.ndarray:
    """Return the ink without lines that run straight from a border across the page.

    ink: (H, W) float32 in [0, 1], bright foreground. Strokes that cross a line are left whole.
    """
    height, width = ink.shape
    if min(height, width) < MIN_SIDE and width < LONGEST_STROKE * height:
        return ink
    mask = ink > CLEAR
    lines = _horizontal_lines(mask)
    if min(height, width) >= MIN_SIDE:
        lines |= _horizontal_lines(mask.T).T
    if not lines.any():
        return ink
    left = mask & ~lines
    if left.sum() < MIN_INK_LEFT * mask.sum():
        return ink
    soft_edged = cv2.dilate(lines.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    return np.where(soft_edged & ~left & ~_crossed(left, lines), np.float32(0), ink)


def _horizontal_lines(mask: np.ndarray) -> np.ndarray:
    """Return where thin lines run from the left border or the right one across the page, True on the line."""
    height, width = mask.shape
    thickest = max(3, round(MAX_THICKNESS * height))
    least_length = min(MIN_LENGTH * width, LONGEST_STROKE * height)
    kernel = np.ones((1, max(3, round(least_length / 5))), np.uint8)
    runs = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    joined = _close(runs, 3, round(least_length / 7) | 1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    lines = np.zeros_like(mask)
    for index in range(1, count):
        left, _, length, tall, area = stats[index]
        leaves = left <= 1 or left + length >= width - 1
        if leaves and length >= least_length and area / length <= thickest and tall <= 3 * thickest:
            lines |= labels == index
    grown = cv2.dilate(lines.astype(np.uint8), np.ones((3, 1), np.uint8)).astype(bool)
    return grown & mask


def _crossed(left: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Return the parts of removed lines with a stroke on both sides: there a stroke crossed the line."""
    reach = 2 * max(3, round(MAX_THICKNESS * max(left.shape))) + 1
    ink = left.astype(np.uint8)
    return lines & (_close(ink, reach, 1) | _close(ink, 1, reach)).astype(bool)


def _close(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return the closing of a (H, W) uint8 mask; beyond the border there is no ink, which OpenCV takes for granted."""
    padded = cv2.copyMakeBorder(mask, height, height, width, width, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((height, width), np.uint8))
    return closed[height:-height, width:-width]
