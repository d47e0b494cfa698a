"""Lines that were on the paper before anyone wrote: the sides of a box, rules, a grid."""

import cv2
import numpy as np

MIN_SIDE = 64
"""On a smaller picture a long straight line is a stroke."""
MAX_THICKNESS = 0.05
"""Of a line, as a share of the side it crosses."""
MIN_LENGTH = 0.9
"""Of a line, as a share of the side it runs along."""
MIN_INK_LEFT = 0.08
"""If less of the ink than this would stay, the lines were what was drawn."""


def remove_ruling(mask: np.ndarray) -> np.ndarray:
    """Return the mask without lines that run straight from border to border.

    mask: (H, W) bool, True for ink. Strokes that cross a line are mended where it lay.
    """
    if min(mask.shape) < MIN_SIDE:
        return mask
    lines = _horizontal_lines(mask) | _horizontal_lines(mask.T).T
    if not lines.any():
        return mask
    left = mask & ~lines
    if left.sum() < MIN_INK_LEFT * mask.sum():
        return mask
    return left | _bridged(left, lines)


def _horizontal_lines(mask: np.ndarray) -> np.ndarray:
    """Return where thin lines run from the left border to the right one, True on the line."""
    height, width = mask.shape
    thickest = max(3, round(MAX_THICKNESS * height))
    kernel = np.ones((1, max(3, width // 6)), np.uint8)
    runs = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, 1 + width // 8), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    lines = np.zeros_like(mask)
    for index in range(1, count):
        _, top, length, tall, area = stats[index]
        if length >= MIN_LENGTH * width and area / length <= thickest and tall <= 3 * thickest:
            lines |= labels == index
    grown = cv2.dilate(lines.astype(np.uint8), np.ones((3, 1), np.uint8)).astype(bool)
    return grown & mask


def _bridged(left: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Return the parts of removed lines with a stroke on both sides: there a stroke crossed the line."""
    reach = 2 * max(3, round(MAX_THICKNESS * max(left.shape))) + 1
    ink = left.astype(np.uint8)
    upright = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, 1), np.uint8))
    level = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    return lines & (upright | level).astype(bool)
