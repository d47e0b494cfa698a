"""What a network still gets wrong, in pictures that the project itself drew."""

import base64

import numpy as np

from recognizer.imaging.encoding import encode_png
from recognizer.inference.artifacts import CLASSES, NOT_A_DIGIT
from training.calibration import Calibration, answers, digit_probabilities, sureness
from training.kinds import FittedNetwork
from training.mnist import Examples

SHOWN_PER_CLASS = 3


def failures(network: FittedNetwork, examples: Examples, calibration: Calibration) -> list[dict]:
    """For each true class the wrong answers given with most confidence, as a card shows them.

    examples: from validation pages, which were drawn from digits and typefaces that the network had not seen.
    """
    logits = network.logits(examples.glyphs)
    probabilities, none = digit_probabilities(logits, calibration.temperature)
    answered = answers(logits, calibration)
    confidences = np.where(answered == NOT_A_DIGIT, none, sureness(probabilities, none))
    chosen = []
    for label in range(len(CLASSES)):
        wrong = np.flatnonzero((examples.labels == label) & (answered != label))
        chosen += wrong[np.argsort(-confidences[wrong], kind="stable")][:SHOWN_PER_CLASS].tolist()
    return [
        {
            "label": CLASSES[examples.labels[index]],
            "read": CLASSES[answered[index]],
            "confidence": round(float(confidences[index]), 4),
            "png": base64.b64encode(encode_png(examples.glyphs[index])).decode(),
        }
        for index in chosen
    ]
