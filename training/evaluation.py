"""How good predictions are: accuracy with its interval, confusion, calibration."""

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


def digit_figures(labels: np.ndarray, probabilities: np.ndarray, none: np.ndarray, threshold: float) -> dict:
    """The figures of a card for true digits.

    labels: (N,) in 0-9. probabilities: (N, 10) of the digits. none: (N,) probability of no digit, which from
    `threshold` on is the verdict; such a glyph counts as wrong.
    """
    best = probabilities.argmax(1)
    predicted = np.where(none >= threshold, probabilities.shape[1], best)
    hits = predicted == labels
    low, high = wilson_interval(int(hits.sum()), len(labels))
    counts = confusion_matrix(labels, predicted, (10, 11))
    per_class = counts.diagonal() / np.maximum(counts.sum(1), 1)
    error = expected_calibration_error(probabilities.max(1), best == labels)
    return {
        "n": len(labels),
        "correct": int(hits.sum()),
        "accuracy": round(float(hits.mean()), 5),
        "interval_95": [round(low, 5), round(high, 5)],
        "expected_calibration_error": round(error, 5),
        "per_class": [round(float(rate), 5) for rate in per_class],
        "confusion": counts.tolist(),
    }
