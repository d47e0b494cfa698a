import cv2
import numpy as np
import pytest

from training.habits import cross_seven, flag_one

BLANK = np.zeros((64, 64), np.uint8)


@pytest.fixture
def one():
    return cv2.line(BLANK.copy(), (32, 12), (32, 52), 255, 4)


@pytest.fixture
def seven():
    return cv2.polylines(BLANK.copy(), [np.array([[20, 12], [44, 12], [30, 52]])], False, 255, 4)


@pytest.mark.parametrize("seed", range(5))
def test_a_flag_is_added_on_the_upper_left(one, seed):
    flagged = flag_one(one, 4, np.random.default_rng(seed))

    added = (flagged > 128) & (one == 0)
    assert added[:45, :30].any()
    assert not added[:45, 36:].any()


def test_some_ones_get_a_foot(one):
    rng = np.random.default_rng(0)

    feet = [(flag_one(one, 4, rng)[48:, 36:] > 128).any() for _ in range(50)]

    assert 3 < sum(feet) < 30


@pytest.mark.parametrize("seed", range(5))
def test_the_bar_crosses_the_stem_of_a_seven(seven, seed):
    crossed = cross_seven(seven, 3, np.random.default_rng(seed))

    rows, _ = np.nonzero((crossed > 128) & (seven == 0))
    assert len(rows) > 5
    assert rows.min() > 22
    assert rows.max() < 46


@pytest.mark.parametrize("habit", [flag_one, cross_seven])
def test_the_given_canvas_stays_as_it_was(habit, one):
    before = one.copy()

    habit(one, 3, np.random.default_rng(0))

    np.testing.assert_array_equal(one, before)


@pytest.mark.parametrize("habit", [flag_one, cross_seven])
def test_a_blank_canvas_is_left_alone(habit):
    assert not habit(BLANK, 3, np.random.default_rng(0)).any()
