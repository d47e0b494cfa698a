"""How pixels and probabilities are shown on a page."""

import base64

import numpy as np
from django import template

from recognizer.imaging.encoding import encode_png
from recognizer.models import GLYPH_SIZE, Prediction, Verdict

register = template.Library()

ONE_DIGIT = 0.95
"""From this confidence on no other digit comes into question."""


@register.filter
def png_data_uri(pixels: bytes) -> str:
    """Return the 28×28 pixels of a glyph as an address that an <img> can show without a request."""
    image = np.frombuffer(pixels, np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    return data_uri(encode_png(image))


def data_uri(png: bytes) -> str:
    """Return a PNG as an address that an <img> can show without a request."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


@register.filter
def percent(probability: float | None) -> str:
    """Return a probability in words that never claim certainty: 97.3 %, < 0.1 %, > 99.9 %."""
    if probability is None:
        return ""
    if probability < 0.001:
        return "< 0.1 %"
    if probability > 0.999:
        return "> 99.9 %"
    return f"{100 * probability:.1f} %"


@register.filter
def verdict_text(prediction: Prediction) -> str:
    """Return what the model says of a glyph: 4, “4 or 9?”, “4?”, or not a digit."""
    if prediction.verdict == Verdict.NOT_A_DIGIT:
        return "not a digit"
    if prediction.verdict == Verdict.UNSURE:
        alternative = f" or {prediction.runner_up}" if is_between_two(prediction) else ""
        return f"{prediction.digit}{alternative}?"
    return str(prediction.digit)


@register.filter
def is_between_two(prediction: Prediction) -> bool:
    """Say whether another digit comes into question; else, if unsure, whether it is a digit of its own at all."""
    return prediction.confidence < ONE_DIGIT
