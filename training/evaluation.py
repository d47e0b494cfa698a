"""The figures of a card."""

import numpy as np

from recognizer.inference.measures import confusion_matrix, expected_calibration_error, wilson_interval


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
