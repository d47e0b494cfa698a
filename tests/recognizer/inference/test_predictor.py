"""Logits to verdicts."""

import numpy as np
import pytest

from recognizer.inference.predictor import Predictor, softmax

GLYPHS = np.zeros((1, 28, 28), np.uint8)


def predictor(logits: list[float], *, temperature: float = 1.0) -> Predictor:
    """Return one that answers every glyph with these logits; sure from 0.9, no digit from 0.5."""
    return Predictor(lambda x: np.tile(np.float32(logits), (len(x), 1)), temperature, 0.9, 0.5)


def logits_of(**classes: float) -> list[float]:
    """Return eleven logits: zero but for the named classes, as c4=3.0."""
    logits = [0.0] * 11
    for name, value in classes.items():
        logits[int(name[1:])] = value
    return logits


def test_a_clear_digit_is_sure():
    (answer,) = predictor(logits_of(c4=12.0)).predict(GLYPHS)

    assert (answer.digit, answer.verdict) == (4, "digit")
    assert answer.probabilities.shape == (10,)
    assert answer.probabilities.sum() == pytest.approx(1)
    assert answer.confidence == answer.probabilities[4]


def test_two_likely_digits_are_unsure_and_both_named():
    (answer,) = predictor(logits_of(c9=8.0, c4=7.5)).predict(GLYPHS)

    assert (answer.digit, answer.runner_up, answer.verdict) == (9, 4, "unsure")


def test_a_likely_other_mark_is_not_a_digit_and_still_has_ten_probabilities():
    (answer,) = predictor(logits_of(c10=9.0, c7=3.0)).predict(GLYPHS)

    assert answer.verdict == "not_a_digit"
    assert answer.digit == 7
    assert answer.probabilities.sum() == pytest.approx(1)


def test_a_clear_digit_that_may_be_another_mark_is_unsure():
    (answer,) = predictor(logits_of(c10=8.5, c7=9.0)).predict(GLYPHS)

    assert answer.none_probability == pytest.approx(0.377, abs=0.001)
    assert answer.verdict == "unsure"


def test_a_higher_temperature_makes_it_less_sure():
    (warm,) = predictor(logits_of(c4=4.0), temperature=2.0).predict(GLYPHS)
    (cold,) = predictor(logits_of(c4=4.0), temperature=0.5).predict(GLYPHS)

    assert warm.confidence < cold.confidence
    assert warm.digit == cold.digit


def test_pixels_reach_the_network_between_0_and_1():
    seen = []
    watching = Predictor(lambda x: seen.append(x) or np.zeros((len(x), 11), np.float32), 1.0, 0.9, 0.5)

    watching.predict(np.full((2, 28, 28), 255, np.uint8))

    assert seen[0].shape == (2, 28, 28)
    assert seen[0].dtype == np.float32
    assert seen[0].max() == 1.0


def test_no_glyphs_are_no_work():
    assert predictor(logits_of()).predict(np.zeros((0, 28, 28), np.uint8)) == []


def test_softmax_does_not_overflow():
    assert softmax(np.float32([[1000.0, 1000.0, -1000.0]])) == pytest.approx(np.array([[0.5, 0.5, 0.0]]))
