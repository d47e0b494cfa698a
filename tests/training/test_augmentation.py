import numpy as np
import pytest

from training.augmentation import augment


def ink(glyphs):
    return glyphs.reshape(len(glyphs), -1).mean(1)


def test_shape_and_type_are_kept(digits):
    altered = augment(digits.glyphs, digits.labels, np.random.default_rng(0))

    assert altered.shape == digits.glyphs.shape
    assert altered.dtype == np.uint8


def test_the_given_glyphs_stay_as_they_were(digits):
    before = digits.glyphs.copy()

    augment(digits.glyphs, digits.labels, np.random.default_rng(0))

    np.testing.assert_array_equal(digits.glyphs, before)


def test_equal_seeds_give_equal_glyphs_and_others_do_not(digits):
    first, again, other = (augment(digits.glyphs, digits.labels, np.random.default_rng(seed)) for seed in (5, 5, 6))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).all()


def test_no_digit_vanishes(digits):
    altered = augment(np.tile(digits.glyphs, (20, 1, 1)), np.tile(digits.labels, 20), np.random.default_rng(0))

    assert altered.max(axis=(1, 2)).min() > 60


def test_strokes_become_much_thinner_and_much_fatter(digits):
    eights = np.repeat(digits.glyphs[8:9], 400, axis=0)

    altered = augment(eights, np.full(400, 8), np.random.default_rng(0))

    share = ink(altered) / ink(eights)
    assert np.quantile(share, 0.05) < 0.6
    assert np.quantile(share, 0.95) > 1.4


def test_gentle_strength_changes_less(digits):
    glyphs, labels = np.tile(digits.glyphs, (5, 1, 1)), np.tile(digits.labels, 5)

    gentle, strong = (augment(glyphs, labels, np.random.default_rng(0), strength) for strength in (0.1, 1.0))

    distance = [np.abs(altered.astype(float) - glyphs).mean() for altered in (gentle, strong)]
    assert distance[0] < 0.6 * distance[1]


def test_most_digits_lie_near_the_middle(digits):
    altered = augment(digits.glyphs, digits.labels, np.random.default_rng(0)).astype(float)

    weights = altered.sum(axis=(1, 2))
    rows = altered.sum(axis=2) @ np.arange(28) / weights
    columns = altered.sum(axis=1) @ np.arange(28) / weights
    assert np.median(np.hypot(rows - 13.5, columns - 13.5)) < 1.0


@pytest.mark.parametrize("count", [0, 1, 513])
def test_any_number_of_glyphs_will_do(count):
    glyphs = np.full((count, 28, 28), 200, np.uint8)

    assert augment(glyphs, np.full(count, 10), np.random.default_rng(0)).shape == (count, 28, 28)
