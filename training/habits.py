"""Habits of hands that MNIST's writers seldom had: flags and feet on 1, a bar across 7."""

import cv2
import numpy as np


def flag_one(canvas: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    """A 1 with an upstroke from the left, and sometimes a foot to stand on.

    canvas: (H, W) uint8 with a 1 drawn bright. pen: width of the new strokes in pixels.
    """
    rows, columns = np.nonzero(canvas > 128)
    if not len(rows):
        return canvas
    height = np.ptp(rows) + 1
    top = (int(columns[rows == rows.min()].mean()), int(rows.min()) + pen // 2)
    angle = np.radians(rng.uniform(25, 50))
    length = height * rng.uniform(0.2, 0.6)
    end = (round(top[0] - length * np.sin(angle)), round(top[1] + length * np.cos(angle)))
    drawn = cv2.line(canvas.copy(), top, end, 255, pen, cv2.LINE_AA)
    if rng.random() < 0.3:
        foot, bottom = int(columns[rows == rows.max()].mean()), int(rows.max()) - pen // 2
        half = round(height * rng.uniform(0.15, 0.3))
        cv2.line(drawn, (foot - half, bottom), (foot + half, bottom), 255, pen, cv2.LINE_AA)
    return drawn


def cross_seven(canvas: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    """A 7 with a short bar across its stem.

    canvas: (H, W) uint8 with a 7 drawn bright. pen: width of the bar in pixels.
    """
    rows, columns = np.nonzero(canvas > 128)
    if not len(rows):
        return canvas
    width = np.ptp(columns) + 1
    row = round(rows.min() + (np.ptp(rows) + 1) * rng.uniform(0.45, 0.65))
    stem = columns[rows == row]
    if not len(stem):
        return canvas
    middle, half = int(stem.mean()), width * rng.uniform(0.22, 0.42)
    tilt = rng.uniform(-0.25, 0.15) * half
    start, end = (round(middle - half), round(row - tilt)), (round(middle + half), round(row + tilt))
    return cv2.line(canvas.copy(), start, end, 255, pen, cv2.LINE_AA)
