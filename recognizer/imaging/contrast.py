"""How dark a full stroke is on a page, and how dark its paper with grain and print."""

import cv2
import numpy as np

from recognizer.imaging.errors import NoInkError

MIN_CONTRAST = 0.07
"""Ink weaker than this share of the full range is paper."""
NOISE_FACTOR = 4.0
"""Ink stands out from the grain of the paper by at least this many standard deviations."""
SAMPLE = 100_000
"""So many pixels of a large page are enough for medians and thresholds."""
PATTERN_SHARE = 0.12
"""A print on the paper covers at least this share of what lies far from the strokes."""
MIN_PATTERN, MAX_PATTERN = 0.25, 0.75
"""Of a full stroke: a print fainter than this does no harm, and what is darker is no print."""
PATTERN_SIDE = 32
"""On a smaller page there is no room for a pattern beside the strokes."""


def stretch(ink: np.ndarray) -> np.ndarray:
    """Return the ink with paper's grain at 0 and a full stroke at 1. Raises NoInkError when there is none."""
    low, full = _levels(thinned(ink))
    stretched = ink - np.float32(low)
    stretched *= np.float32(1 / (full - low))
    return np.clip(stretched, 0, 1, out=stretched)


def _levels(ink: np.ndarray) -> tuple[float, float]:
    """Return how dark paper with its grain and print is, and how dark a full stroke. Raises NoInkError."""
    levels = np.rint(ink * 255).astype(np.uint8)
    threshold = otsu_threshold(levels)
    is_dark = levels > threshold
    paper, strokes = ink[~is_dark], ink[is_dark]
    if not strokes.size:
        raise NoInkError
    base = _median(paper)
    grain = 1.4826 * _median(np.abs(paper - base))
    full = float(np.percentile(strokes, 60))
    if full - base < max(MIN_CONTRAST, NOISE_FACTOR * grain):
        raise NoInkError
    low = base + grain
    pattern, pen = _pattern_level(ink, threshold / 255)
    return (pattern, max(full, pen)) if pattern > low else (low, full)


def _median(values: np.ndarray) -> float:
    """Return the median of numbers from 0 up, at once where most are 0 as on the paper of a drawing."""
    return float(np.median(values)) if 2 * cv2.countNonZero(values) >= values.size - 1 else 0.0


def _pattern_level(ink: np.ndarray, threshold: float) -> tuple[float, float]:
    """Return how dark the print on the paper is and how dark the pen that wrote over it; zeros without a print.

    The strokes are the darker part of what is darker than the threshold; a print is what else is dark all over the
    page, and not only along the strokes as their soft edges are.
    """
    if min(ink.shape) < PATTERN_SIDE:
        return 0.0, 0.0
    dark = np.rint(ink[ink > threshold] * 255).astype(np.uint8)
    strong = ink > otsu_threshold(dark[None, :]) / 255
    near = cv2.dilate(strong.view(np.uint8), np.ones((5, 5), np.uint8)).view(bool)
    far = ink[~near]
    if far.size < 0.2 * ink.size or cv2.countNonZero(far) < PATTERN_SHARE * far.size - 2:
        return 0.0, 0.0
    pattern, pen = float(np.percentile(far, 100 * (1 - PATTERN_SHARE))), float(np.percentile(ink[strong], 50))
    return (pattern, pen) if MIN_PATTERN * pen < pattern < MAX_PATTERN * pen else (0.0, 0.0)


def thinned(page: np.ndarray) -> np.ndarray:
    """Return every so many-th pixel of a large page, for statistics: SAMPLE or somewhat more. (h, w), a view."""
    step = max(1, int(np.sqrt(page.size / SAMPLE)))
    return page[::step, ::step]


def otsu_threshold(page: np.ndarray) -> float:
    """Return the level that best parts a (H, W) uint8 page in two. Source: Otsu 1979."""
    threshold, _ = cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return threshold
