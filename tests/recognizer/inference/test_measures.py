"""Measures against values worked out by hand or published."""

import numpy as np
import pytest

from recognizer.inference.measures import confusion_matrix, expected_calibration_error, wilson_interval


@pytest.mark.parametrize(
    ("correct", "n", "interval"),
    [(5, 10, (0.2366, 0.7634)), (10, 10, (0.7225, 1.0)), (0, 10, (0.0, 0.2775)), (9970, 10000, (0.99572, 0.9979))],
)
def test_wilson_interval_against_published_values(correct, n, interval):
    assert wilson_interval(correct, n) == pytest.approx(interval, abs=1e-4)


def test_confusion_counts_labels_by_row():
    counts = confusion_matrix(np.array([0, 0, 1]), np.array([0, 2, 1]), (2, 3))

    assert counts.tolist() == [[1, 0, 1], [0, 1, 0]]


def test_calibration_error_by_hand():
    confidences = np.array([0.95, 0.95, 0.65, 0.65])
    correct = np.array([True, True, True, False])

    # Two at 0.95, both right: a gap of 0.05; two at 0.65, half of them right: a gap of 0.15.
    assert expected_calibration_error(confidences, correct, bins=10) == pytest.approx((2 * 0.05 + 2 * 0.15) / 4)


def test_confidence_of_one_falls_into_the_last_bin():
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([True, False]), bins=5) == 0.5
