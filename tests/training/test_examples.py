import numpy as np
import pytest

from recognizer.inference.artifacts import NOT_A_DIGIT
from training.examples import draw_examples, judge, validation_set
from training.mnist import Examples


def test_a_share_of_the_examples_are_negatives(digits):
    examples = draw_examples(digits, np.random.default_rng(0), 1.0, share=0.25)

    assert len(examples) == 80
    assert (examples.labels == NOT_A_DIGIT).sum() == 20
    assert (examples.labels[-20:] != NOT_A_DIGIT).any()


def test_equal_seeds_draw_equal_examples(digits):
    first, again = (draw_examples(digits, np.random.default_rng(4), 1.0, share=0.1) for _ in range(2))

    np.testing.assert_array_equal(first.glyphs, again.glyphs)
    np.testing.assert_array_equal(first.labels, again.labels)


def test_strength_0_leaves_the_digits_as_they_are(digits):
    examples = draw_examples(digits, np.random.default_rng(0), 0, share=0.25)

    drawn = examples.glyphs[examples.labels != NOT_A_DIGIT]
    assert sorted(glyph.tobytes() for glyph in drawn) == sorted(glyph.tobytes() for glyph in digits.glyphs)


def test_validation_begins_with_the_digits_untouched(digits):
    judged = validation_set(digits, 0.25, seed=1)

    np.testing.assert_array_equal(judged.glyphs[:60], digits.glyphs)
    assert len(judged) == 60 + 80
    assert (judged.labels[60:] == NOT_A_DIGIT).sum() == 20


def test_an_epoch_is_judged_by_both_halves():
    judged = Examples(np.zeros((4, 28, 28), np.uint8), np.array([3, 3, 3, NOT_A_DIGIT]))
    logits = np.zeros((4, 11), np.float32)
    logits[[0, 1, 2], [3, 4, 3]] = 1
    logits[3, NOT_A_DIGIT] = 1

    record = judge(logits, judged, untouched=2)

    assert (record["validation_accuracy"], record["altered_accuracy"]) == (0.5, 1.0)
    surprise = np.log(np.e + 10) - np.array([1, 0, 1, 1]).mean()
    assert record["validation_loss"] == pytest.approx(surprise, abs=1e-5)
