"""Changing how thick ink lies: hairlines, fat brushes, pens of one width, hollowed strokes."""

import cv2
import numpy as np

INK = 70
"""What counts as ink in measuring strokes."""

DISCS = {width: cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)) for width in range(1, 21)}

NEIGHBOURS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)
"""Gives every pixel a code of eight bits, one a neighbour, clockwise from the one above."""


def _kept(corners: tuple[tuple[int, int, int], tuple[int, int, int]]) -> np.ndarray:
    """For each code 0 where thinning may take the pixel, else 1: (256,) uint8."""
    kept = np.ones(256, np.uint8)
    for code in range(256):
        bits = [code >> place & 1 for place in range(8)]
        starts = sum(bits[place] < bits[(place + 1) % 8] for place in range(8))
        if 2 <= sum(bits) <= 6 and starts == 1 and not any(all(bits[place] for place in c) for c in corners):
            kept[code] = 0
    return kept


PASSES = (_kept(((0, 2, 4), (2, 4, 6))), _kept(((0, 2, 6), (0, 4, 6))))


def thicken(canvas: np.ndarray, width: int) -> np.ndarray:
    """The ink grown by about half of `width` pixels on each side."""
    return cv2.dilate(canvas, DISCS[width])


def thin(canvas: np.ndarray, width: int) -> np.ndarray:
    """The ink eaten away by about half of `width` pixels on each side, never to nothing."""
    eroded = cv2.erode(canvas, DISCS[width])
    return np.maximum(eroded, medial(canvas))


def redraw(canvas: np.ndarray, width: int) -> np.ndarray:
    """The same digit drawn again with a pen of one width."""
    return cv2.dilate(medial(canvas), DISCS[width])


def hollow(canvas: np.ndarray, width: int, depth: float) -> np.ndarray:
    """The inside of the strokes darkened by `depth` in [0, 1], their rim kept."""
    inside = cv2.erode(canvas, DISCS[width])
    return cv2.subtract(canvas, cv2.convertScaleAbs(inside, alpha=depth))


def medial(canvas: np.ndarray) -> np.ndarray:
    """The middle line of the strokes, one pixel wide: (H, W) uint8, 0 or 255.

    Source: Zhang and Suen 1984.
    """
    line = (canvas > INK).view(np.uint8)
    while before := cv2.countNonZero(line):
        for kept in PASSES:
            codes = cv2.filter2D(line, -1, NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)
            line = cv2.bitwise_and(line, cv2.LUT(codes, kept))
        if cv2.countNonZero(line) == before:
            break
    return line * np.uint8(255)


def stroke_width(canvas: np.ndarray) -> float:
    """About how wide the strokes are, in pixels, from the mean depth of their middle line; 0 without ink."""
    depth = cv2.distanceTransform((canvas > INK).view(np.uint8), cv2.DIST_L2, 5)
    return max(0.0, 2 * cv2.mean(depth, medial(canvas))[0] - 1)
