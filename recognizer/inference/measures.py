"""How good predictions are: intervals of an accuracy, confusion, calibration."""

import math

import numpy as np


def wilson_interval(correct: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95% interval of an accuracy.

    Source: Wilson 1927.
    """
    rate = correct / n
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """How often each label (row) was predicted as each class (column)."""
    counts = np.zeros(shape, np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def expected_calibration_error(confidences: np.ndarray, correct: np.ndarray, bins: int = 15) -> float:
    """The mean distance between confidence and accuracy, over bins of equal width, weighted by their size.

    confidences: (N,) in [0, 1]. correct: (N,) bool.
    Source: Guo et al. 2017.
    """
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = np.bincount(places, confidences - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidences))
