import base64
import io

import numpy as np
import pytest
from PIL import Image

from recognizer.inference.artifacts import CLASSES, NOT_A_DIGIT
from training.calibration import Calibration
from training.failures import SHOWN_PER_CLASS, failures
from training.kinds import FittedNetwork
from training.mnist import Examples

CALIBRATION = Calibration(temperature=1.0, sure=0.9, not_a_digit=0.5)


def failures_of(labels: list[int], answers: list[int], sureness: list[float]) -> list[dict]:
    """What a card shows of a network that gives these answers, each with a logit of its own.

    The glyph of example i is all i + 1, so that its picture tells which it is.
    """
    logits = np.zeros((len(labels), 11), np.float32)
    logits[np.arange(len(labels)), answers] = sureness
    glyphs = np.ones((len(labels), 28, 28), np.uint8) * np.arange(1, len(labels) + 1, dtype=np.uint8)[:, None, None]
    network = FittedNetwork(
        lambda _: logits, parameters=0, history=[], model_file="", save=None, weights=[], with_weights=None
    )
    return failures(network, Examples(glyphs, np.array(labels, np.uint8)), CALIBRATION)


def pixels_of(failure: dict) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(failure["png"], validate=True))))


def example_of(failure: dict) -> int:
    return int(pixels_of(failure).max()) - 1


def test_the_most_confident_mistakes_of_a_class_come_first():
    shown = failures_of([4] * 6, [9, 9, 4, 7, 9, 9], [3, 6, 20, 4, 2, 5])

    assert [example_of(failure) for failure in shown] == [1, 5, 3]
    assert [failure["read"] for failure in shown] == ["9", "9", "7"]
    confidences = [failure["confidence"] for failure in shown]
    assert confidences == sorted(confidences, reverse=True)


def test_no_class_shows_more_than_its_share():
    labels = np.repeat(np.arange(11), 5)

    shown = failures_of(labels.tolist(), ((labels + 1) % 11).tolist(), [8.0] * 55)

    assert [failure["label"] for failure in shown] == np.repeat(CLASSES, SHOWN_PER_CLASS).tolist()


def test_its_pictures_are_the_glyphs():
    (shown,) = failures_of([1, 1], [1, 7], [8, 8])

    assert pixels_of(shown).shape == (28, 28)
    assert pixels_of(shown).dtype == np.uint8
    assert (pixels_of(shown) == 2).all()


def test_a_digit_taken_for_none_and_a_mark_taken_for_a_digit_are_failures():
    taken_for_none, taken_for_3 = failures_of([5, NOT_A_DIGIT], [NOT_A_DIGIT, 3], [6, 6])

    assert (taken_for_none["label"], taken_for_none["read"]) == ("5", "not_a_digit")
    assert (taken_for_3["label"], taken_for_3["read"]) == ("not_a_digit", "3")
    certainty = np.exp(6) / (np.exp(6) + 10)
    assert taken_for_none["confidence"] == pytest.approx(certainty, abs=1e-4)
    assert taken_for_3["confidence"] == pytest.approx(certainty, abs=1e-4)


def test_a_mark_hardly_likelier_than_not_to_be_a_digit_is_read_by_the_threshold():
    logits = np.zeros((1, 11), np.float32)
    logits[0, [8, NOT_A_DIGIT]] = 10, 9.5
    network = FittedNetwork(
        lambda _: logits, parameters=0, history=[], model_file="", save=None, weights=[], with_weights=None
    )
    one = Examples(np.ones((1, 28, 28), np.uint8), np.array([8], np.uint8))

    assert failures(network, one, Calibration(1.0, 0.9, 0.5)) == []
    assert failures(network, one, Calibration(1.0, 0.9, 0.3))[0]["read"] == "not_a_digit"


def test_a_network_without_failures_shows_none():
    assert failures_of([3, NOT_A_DIGIT], [3, NOT_A_DIGIT], [8, 8]) == []
