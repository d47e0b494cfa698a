"""Habits of hands that MNIST's writers seldom had: flags and feet on 1, bars across 7 and 0; and what lies around."""

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
    angle = np.radians(rng.uniform(22, 62))
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


def slash_zero(canvas: np.ndarray, pen: int, rng: np.random.Generator) -> np.ndarray:
    """A 0 with a stroke through it, from the lower left to the upper right.

    canvas: (H, W) uint8 with a 0 drawn bright. pen: width of the stroke in pixels.
    """
    rows, columns = np.nonzero(canvas > 128)
    if not len(rows):
        return canvas
    centre = np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2
    reach = np.array([np.ptp(columns), -np.ptp(rows)]) / 2 * rng.uniform(0.6, 1.25, 2)
    reach[0] *= rng.uniform(0.2, 1.0)
    start, end = np.rint(centre - reach).astype(int), np.rint(centre + reach).astype(int)
    return cv2.line(canvas.copy(), tuple(map(int, start)), tuple(map(int, end)), 255, pen, cv2.LINE_AA)


def underline(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A digit that touches the rule it stands on. canvas: (H, W) uint8, drawn bright."""
    rows, columns = np.nonzero(canvas > 128)
    if not len(rows):
        return canvas
    height = np.ptp(rows) + 1
    row = int(rows.max() + height * rng.uniform(-0.06, 0.06))
    left = int(columns.min() - height * rng.uniform(0, 0.25))
    right = int(columns.max() + height * rng.uniform(0, 0.25))
    ink, thickness = int(rng.integers(120, 256)), int(rng.integers(1, 4))
    return cv2.line(canvas.copy(), (left, row), (right, row), ink, thickness, cv2.LINE_AA)


def crowd(canvas: np.ndarray, neighbour: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A digit with the near side of its neighbour cut along with it.

    canvas, neighbour: (H, W) uint8, a digit drawn bright on each.
    """
    columns, others = np.flatnonzero(canvas.max(axis=0) > 128), np.flatnonzero(neighbour.max(axis=0) > 128)
    if not len(columns) or not len(others):
        return canvas
    crumb = int(np.ptp(others) * rng.uniform(0.08, 0.25)) + 1
    gap = int(rng.integers(0, 5))
    crowded = canvas.copy()
    if rng.random() < 0.5:
        start = min(columns[-1] + gap, canvas.shape[1] - crumb)
        target, source = np.s_[:, start : start + crumb], neighbour[:, others[0] : others[0] + crumb]
    else:
        end = max(columns[0] - gap, crumb)
        target, source = np.s_[:, end - crumb : end], neighbour[:, others[-1] + 1 - crumb : others[-1] + 1]
    crowded[target] = np.maximum(crowded[target], source)
    return crowded
