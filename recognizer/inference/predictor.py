"""From glyphs to probabilities, and from probabilities to a verdict."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recognizer.inference.artifacts import NOT_A_DIGIT


@dataclass(frozen=True)
class GlyphPrediction:
    """What a network says of one glyph."""

    probabilities: np.ndarray
    """(10,) float64: of the digits 0 to 9, calibrated, summing to one."""
    none_probability: float
    """That the glyph is no digit at all, in [0, 1]."""
    verdict: str
    """`digit`, `unsure` or `not_a_digit`."""

    @property
    def digit(self) -> int:
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        return float(self.probabilities.max())

    @property
    def runner_up(self) -> int:
        return int(self.probabilities.argsort()[-2])

    def doubted(self) -> "GlyphPrediction":
        """Return the prediction with a digit's verdict no better than unsure."""
        return replace(self, verdict="unsure") if self.verdict == "digit" else self

    @property
    def margin(self) -> float:
        """By how much the likeliest of the eleven classes leads the next, in [0, 1]."""
        is_digit = 1 - self.none_probability
        second, first = np.sort([*(self.probabilities * is_digit), self.none_probability])[-2:]
        return float(first - second)


@dataclass(frozen=True)
class Predictor:
    """A loaded network with what its card says of temperature and thresholds; safe to share between threads."""

    logits: Callable[[np.ndarray], np.ndarray]
    """(N, 28, 28) float32 in [0, 1] → (N, 11) float32."""
    temperature: float
    sure_threshold: float
    not_a_digit_threshold: float

    def predict(self, glyphs: np.ndarray) -> list[GlyphPrediction]:
        """Return one prediction a glyph. glyphs: (N, 28, 28) uint8, bright foreground."""
        if not len(glyphs):
            return []
        logits = self.logits(glyphs.astype(np.float32) / 255) / self.temperature
        digits = softmax(logits[:, :NOT_A_DIGIT])
        none = softmax(logits)[:, NOT_A_DIGIT]
        return [
            GlyphPrediction(p, float(n), self.verdict(float(p.max()), float(n)))
            for p, n in zip(digits, none, strict=True)
        ]

    def verdict(self, confidence: float, none_probability: float) -> str:
        """Return what to make of a glyph: a digit is sure when both outputs leave no doubt."""
        if none_probability >= self.not_a_digit_threshold:
            return "not_a_digit"
        is_sure = confidence * (1 - none_probability) >= self.sure_threshold
        return "digit" if is_sure else "unsure"


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis, float64, without overflow."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
