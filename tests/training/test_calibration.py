import numpy as np
import pytest

from recognizer.inference.predictor import softmax
from training.calibration import (
    LEAST_NOT_A_DIGIT,
    calibrate,
    digit_probabilities,
    fit_temperature,
    negative_log_likelihood,
    sure_threshold,
    sureness,
)


def honest_logits(count, classes=10, seed=0):
    """Logits whose softmax is exactly the chance of each label, and labels drawn by it."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, classes)).astype(np.float32)
    thresholds = softmax(logits).cumsum(1)
    labels = (rng.random((count, 1)) > thresholds).sum(1).clip(max=classes - 1)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_known_temperature_is_found_again(temperature):
    logits, labels = honest_logits(20_000)

    assert fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.05)


def test_the_temperature_lowers_surprise():
    logits, labels = honest_logits(5000)
    overconfident = 4 * logits

    fitted = fit_temperature(overconfident, labels)

    before, after = (negative_log_likelihood(overconfident, labels, t) for t in (1.0, fitted))
    assert after < 0.6 * before


def test_surprise_by_hand():
    logits = np.log(np.array([[0.2, 0.8], [0.5, 0.5]]))

    surprise = negative_log_likelihood(logits, np.array([1, 0]))

    assert surprise == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)


def test_digits_are_weighed_among_themselves_and_none_among_all():
    logits = np.zeros((1, 11), np.float32)
    logits[0, 3] = 2 * np.log(9)
    logits[0, 10] = 2 * np.log(18)

    probabilities, none = digit_probabilities(logits, 2.0)

    np.testing.assert_allclose(probabilities[0], [0.5 if digit == 3 else 1 / 18 for digit in range(10)], rtol=1e-6)
    assert none == pytest.approx(0.5)
    assert sureness(probabilities, none) == pytest.approx(0.25)


def test_so_few_are_wrong_and_sure():
    values = np.linspace(0, 1, 10_000)
    correct = np.ones(10_000, bool)
    correct[[50, 80, 90, 100, 110, 120, 130, 140, 145, 148, 149, 150]] = False

    threshold = sure_threshold(values, correct)

    assert ((values >= threshold) & ~correct).sum() == 10
    assert values[80] < threshold <= values[90]


def test_so_few_are_unsure_even_when_many_are_wrong():
    values = np.linspace(0, 1, 1000)
    correct = values < 0.5

    assert (values < sure_threshold(values, correct)).mean() == pytest.approx(0.02, abs=0.002)


def test_all_are_sure_when_none_is_wrong():
    assert sure_threshold(np.array([0.4, 0.9]), np.array([True, True])) == 0


def test_few_true_digits_are_called_none():
    logits, labels = honest_logits(10_000, classes=11)
    digits = labels < 10

    calibration = calibrate(logits[digits], labels[digits])

    _, none = digit_probabilities(logits[digits], calibration.temperature)
    assert (none >= calibration.not_a_digit).mean() <= 0.003
    assert calibration.not_a_digit > LEAST_NOT_A_DIGIT


def test_no_digit_needs_at_least_even_odds():
    logits = np.full((100, 11), -20, np.float32)
    logits[:, 4] = 0

    assert calibrate(logits, np.full(100, 4)).not_a_digit == LEAST_NOT_A_DIGIT
