"""Making confidence honest: a temperature, and the thresholds from which a verdict is given."""

from dataclasses import dataclass

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT
from recognizer.inference.predictor import softmax

WRONG_AND_SURE = 0.001
RIGHT_BUT_UNSURE = 0.02
LOST_DIGITS = 0.003
LEAST_SURE = 0.75
"""As version 7 of the CNN reads strangers' single digits, 0.4% are wrong and sure, 3.4% unsure, and in 7.9% of pictures
without a digit one is surely seen; with 0.65 it would be 0.5, 2.5 and 7.9%, with 0.8 0.3, 3.6 and 6.6%."""
LEAST_NOT_A_DIGIT = 0.5

RULES = {
    "temperature": "least negative log-likelihood of the validation digits, untouched and on pages",
    "sure": "smallest sureness, confidence * (1 - none), from which at most 0.1% of these "
    "digits are wrong and sure, or that leaves 2% of them unsure if that is less; at least 0.75",
    "not_a_digit": "smallest probability, at least 0.5, from which at most 0.3% of these digits are called no digit",
}


@dataclass(frozen=True)
class Calibration:
    """What turns logits into verdicts."""

    temperature: float
    sure: float
    not_a_digit: float


def calibrate(logits: np.ndarray, labels: np.ndarray) -> Calibration:
    """Temperature and thresholds from a validation set of true digits.

    logits: (N, 11) float32. labels: (N,) in 0-9.
    """
    temperature = fit_temperature(logits[:, :10], labels)
    probabilities, none = digit_probabilities(logits, temperature)
    correct = probabilities.argmax(1) == labels
    return Calibration(
        temperature=temperature,
        sure=max(LEAST_SURE, sure_threshold(sureness(probabilities, none), correct)),
        not_a_digit=max(LEAST_NOT_A_DIGIT, _above(np.quantile(none, 1 - LOST_DIGITS, method="higher"))),
    )


def digit_probabilities(logits: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, 10) of the digits among themselves, and (N,) of no digit among all eleven classes."""
    scaled = logits.astype(np.float64) / temperature
    return softmax(scaled[:, :10]), softmax(scaled)[:, 10]


def answers(logits: np.ndarray, calibration: Calibration) -> np.ndarray:
    """What each glyph is taken for: (N,) integers, a digit or NOT_A_DIGIT. logits: (N, 11)."""
    probabilities, none = digit_probabilities(logits, calibration.temperature)
    return np.where(none >= calibration.not_a_digit, NOT_A_DIGIT, probabilities.argmax(1))


def sureness(probabilities: np.ndarray, none: np.ndarray) -> np.ndarray:
    """How sure each glyph is to be its likeliest digit: (N,) in [0, 1]."""
    return probabilities.max(1) * (1 - none)


def negative_log_likelihood(logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> float:
    """The mean surprise at the true classes."""
    scaled = logits.astype(np.float64) / temperature
    top = scaled.max(1, keepdims=True)
    partition = np.log(np.exp(scaled - top).sum(1)) + top[:, 0]
    return float((partition - scaled[np.arange(len(labels)), labels]).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature in [0.05, 20] that makes the labels least surprising, by golden section.

    Source: Guo et al. 2017.
    """
    low, high = np.log(0.05), np.log(20.0)
    ratio = (np.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        losses = [negative_log_likelihood(logits, labels, np.exp(place)) for place in (left, right)]
        low, high = (low, right) if losses[0] < losses[1] else (left, high)
    return float(np.exp((low + high) / 2))


def sure_threshold(sureness: np.ndarray, correct: np.ndarray) -> float:
    """The sureness from which a digit is said to be sure, by the rule in RULES.

    sureness: (N,) in [0, 1]. correct: (N,) bool.
    """
    allowed = int(WRONG_AND_SURE * len(sureness))
    wrong = np.sort(sureness[~correct])[::-1]
    careful = _above(wrong[allowed]) if len(wrong) > allowed else 0.0
    generous = float(np.quantile(sureness, RIGHT_BUT_UNSURE, method="lower"))
    return min(careful, generous)


def _above(value: float) -> float:
    return float(np.nextafter(value, np.inf))
