"""How pixels and probabilities are shown on a page."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from recognizer.models import Prediction
from recognizer.templatetags.pictures import percent, png_data_uri, verdict_text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        *((0.973, "97.3 %"), (0.5, "50.0 %"), (0.001, "0.1 %"), (0.999, "99.9 %"), (None, "")),
        *((0.0009, "< 0.1 %"), (0.0, "< 0.1 %"), (0.9991, "> 99.9 %"), (1.0, "> 99.9 %")),
    ],
)
def test_a_probability_never_claims_certainty(probability, text):
    assert percent(probability) == text


@pytest.mark.parametrize(
    ("verdict", "confidence", "text"),
    [
        *(("digit", 0.97, "4"), ("unsure", 0.7, "4 or 9?"), ("unsure", 0.999, "4?")),
        *(("not_a_digit", 0.7, "not a digit"), ("not_a_digit", 0.999, "not a digit")),
    ],
)
def test_a_verdict_in_words(verdict, confidence, text):
    assert verdict_text(Prediction(digit=4, runner_up=9, confidence=confidence, verdict=verdict)) == text


@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_pixels_come_back_out_of_their_address(kind):
    pixels = np.arange(784, dtype=np.uint16).astype(np.uint8)

    uri = png_data_uri(kind(pixels.tobytes()))

    head, data = uri.split(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), pixels.reshape(28, 28))
