"""Framing drawn ink as MNIST was framed: the longer side a given length, the centre of mass mid-canvas."""

import cv2
import numpy as np

SIDE = 28
BOX = 20
FAINTEST_INK = 40
MOST_STRETCH = 2.2


def frame(
    canvas: np.ndarray,
    box: float = BOX,
    squareness: float = 0.0,
    bitmap_side: int = 0,
    offset: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """The ink of a canvas as a glyph: (28, 28) uint8, black when the canvas is.

    canvas: (H, W) uint8, bright foreground.
    box: length of the longer side. squareness: 0 keeps the aspect, 1 stretches the ink to a square.
    bitmap_side: when not 0, the ink passes through a hard bitmap of that side. offset: (x, y) off centre.
    Source: LeCun et al. 1998 (how MNIST was made).
    """
    x, y, width, height = cv2.boundingRect((canvas > FAINTEST_INK).view(np.uint8))
    if width == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    ink = canvas[y : y + height, x : x + width]
    size = _target_size(width, height, box, squareness)
    if bitmap_side:
        ink = _bitmap(ink, size, bitmap_side)
    shrinks = size[0] * size[1] < ink.shape[0] * ink.shape[1]
    ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return _centre(ink, offset)


def _target_size(width: int, height: int, box: float, squareness: float) -> tuple[int, int]:
    longer = max(width, height)
    ratios = (side / longer for side in (width, height))
    sides = (box * min(ratio ** (1 - squareness), MOST_STRETCH * ratio) for ratio in ratios)
    columns, rows = (min(SIDE, max(1, round(side))) for side in sides)
    return columns, rows


def _bitmap(ink: np.ndarray, size: tuple[int, int], side: int) -> np.ndarray:
    """The ink as a bitmap of a few hard pixels; its threshold keeps strokes of a pixel's width."""
    columns, rows = (max(1, round(length * side / max(size))) for length in size)
    coarse = cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA)
    return cv2.threshold(coarse, 0.4 * coarse.max(), 255, cv2.THRESH_BINARY)[1]


def _centre(ink: np.ndarray, offset: tuple[int, int]) -> np.ndarray:
    rows, columns = ink.shape
    moments = cv2.moments(ink)
    mass = moments["m00"] or 1.0
    left = round(SIDE / 2 - moments["m10"] / mass - 0.5) + offset[0]
    top = round(SIDE / 2 - moments["m01"] / mass - 0.5) + offset[1]
    left, top = min(max(left, 0), SIDE - columns), min(max(top, 0), SIDE - rows)
    glyph = np.zeros((SIDE, SIDE), np.uint8)
    glyph[top : top + rows, left : left + columns] = ink
    return glyph
