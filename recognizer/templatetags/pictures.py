"""How pixels, probabilities and verdicts are shown on a page."""

import base64

import numpy as np
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recognizer.imaging.encoding import encode_png
from recognizer.models import GLYPH_SIZE, ModelKind, ModelVersion, Prediction, Verdict
from recognizer.numbers import percentage, shortest

register = template.Library()

ONE_DIGIT = 0.95
"""From this confidence on no other digit comes into question."""
SURE = 0.75
"""From which certainty on a network calls a digit sure whose card is not there."""
SURE_STEPS = (0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""The certainties from which on a visitor may call a digit sure."""


@register.filter
def png_data_uri(pixels: bytes) -> str:
    """Return the 28×28 pixels of a glyph as an address that an <img> can show without a request."""
    image = np.frombuffer(pixels, np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    return data_uri(encode_png(image))


@register.filter
def data_uri(png: bytes) -> str:
    """Return a PNG as an address that an <img> can show without a request."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


@register.filter
def percent(probability: float | None) -> str:
    """Return a probability in words that never claim certainty: 97.3 %, < 0.1 %, > 99.9 %."""
    if probability is None:
        return ""
    if probability < 0.001:
        return f"< {percentage(0.001)}"
    if probability > 0.999:
        return f"> {percentage(0.999)}"
    return percentage(probability)


@register.filter
def plain_percent(probability: float) -> str:
    """Return a probability that someone chose, with as many decimals as it needs: 95 %, 99.5 %."""
    return f"{shortest(100 * probability)} %"


@register.filter
def as_number(probability: float) -> str:
    """Return a probability as a script reads it, whatever the language."""
    return f"{probability:.6f}"


@register.filter
def certainty(prediction: Prediction) -> float:
    """Return how certain it is that this is its digit, in [0, 1]: the quantity that the thresholds are of."""
    return prediction.confidence * (1 - prediction.none_probability)


@register.filter
def runner_up_probability(prediction: Prediction) -> float:
    """Return how likely the second likeliest digit is."""
    return prediction.probabilities[prediction.runner_up]


@register.filter
def verdict_text(prediction: Prediction) -> str:
    """Return what the model says of a glyph: 4, “4 or 9?”, “4?”, or not a digit."""
    return unsure_text(prediction) if prediction.verdict == Verdict.UNSURE else sure_text(prediction)


@register.filter
def sure_text(prediction: Prediction) -> str:
    """Return what the model says, or would say if it were sure: 4, or not a digit."""
    return _("not a digit") if prediction.verdict == Verdict.NOT_A_DIGIT else str(prediction.digit)


@register.filter
def unsure_text(prediction: Prediction) -> str:
    """Return what the model says, or would say if it were not sure: “4 or 9?”, “4?”, or not a digit."""
    if prediction.verdict == Verdict.NOT_A_DIGIT:
        return _("not a digit")
    if is_between_two(prediction):
        return _("%(digit)s or %(other)s?") % {"digit": prediction.digit, "other": prediction.runner_up}
    return f"{prediction.digit}?"


@register.filter
def is_between_two(prediction: Prediction) -> bool:
    """Say whether another digit comes into question; else, if unsure, whether it is a digit of its own at all."""
    return prediction.confidence < ONE_DIGIT


@register.simple_tag
def verdict_data(prediction: Prediction) -> SafeString:
    """Return the attributes by which static/js/sureness.js tells a verdict anew when the threshold is moved."""
    return format_html(
        'data-verdict="{0}" data-shown="{0}" data-certainty="{1}"',
        prediction.verdict,
        as_number(certainty(prediction)),
    )


@register.simple_tag
def sure_threshold(version: ModelVersion | None = None) -> float:
    """Return the certainty from which on this version, else the active default one, calls a digit sure."""
    default = ModelVersion.objects.filter(kind=ModelKind.CNN, state=ModelVersion.State.ACTIVE)
    versions = ModelVersion.objects.filter(pk=version.pk) if version else default
    return versions.values_list("card__thresholds__sure", flat=True).first() or SURE


@register.simple_tag
def sure_steps() -> tuple[float, ...]:
    """Return the certainties from which on a visitor may call a digit sure."""
    return SURE_STEPS
