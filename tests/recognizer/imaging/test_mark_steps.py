"""The way of one mark from its page to the 28×28 that was read."""

import numpy as np
import pytest

from recognizer.imaging.candidates import find_candidates
from recognizer.imaging.decoding import DecodedPicture
from recognizer.imaging.mark_steps import SHOWN_SIDE, MarkNotFoundError, steps_of_mark
from recognizer.imaging.segmentation import find_marks
from tests.pictures import page_with


def candidates_of(page: np.ndarray) -> list:
    """Return what each piece of ink alone is taken for, from left to right."""
    lines = find_candidates(find_marks(page))
    return [candidate for line in lines for candidate in line if candidate.end == candidate.start + 1]


def as_given(page: np.ndarray, scale: int = 1) -> DecodedPicture:
    return DecodedPicture(page, page.shape[1] * scale, page.shape[0] * scale)


def box_of(candidate, scale: int = 1) -> tuple[int, ...]:
    return tuple(round(scale * length) for length in candidate.mark.box)


def names_of(page: np.ndarray, candidate) -> list[str]:
    return [step.name for step in steps_of_mark(as_given(page), candidate.pixels, box_of(candidate))]


def test_the_last_step_is_what_was_read():
    page = page_with("47")

    for candidate in candidates_of(page):
        steps = steps_of_mark(as_given(page), candidate.pixels, box_of(candidate))

        assert [step.name for step in steps] == ["page", "ink", "alone", "boxed", "centred"]
        assert np.array_equal(steps[-1].picture, candidate.pixels)
        assert all(step.picture.dtype == np.uint8 and max(step.picture.shape) <= SHOWN_SIDE for step in steps)


def test_each_step_shows_the_ink_of_its_own_mark():
    page = page_with("17", side=100, pen=8)
    one, seven = candidates_of(page)

    steps = {step.name: step.picture for step in steps_of_mark(as_given(page), one.pixels, box_of(one))}

    for name in ("page", "ink", "alone"):
        assert (steps[name] < 128).any()
        assert steps[name].shape[1] < seven.mark.left  # nothing of the 7 is in it
    assert (steps["boxed"] > 128).any()


def test_printed_lines_are_a_step_where_there_were_some():
    page = page_with("7", side=300, pen=16)
    page[[40, 41, 42, 260, 261, 262]] = 60

    assert "unruled" in names_of(page, candidates_of(page)[0])


def test_of_twins_the_one_in_the_box_is_shown():
    page = page_with("11", side=100, pen=8)
    page[3, 140] = 254  # only the right one has this beside it, and it is no ink
    left, right = candidates_of(page)
    assert np.array_equal(left.pixels, right.pixels)

    shown = [steps_of_mark(as_given(page), c.pixels, box_of(c))[0].picture for c in (left, right)]

    assert not np.array_equal(*shown)


def test_the_box_is_in_pixels_of_the_picture_as_given():
    page = page_with("11", side=100, pen=8)
    _, right = candidates_of(page)

    near = steps_of_mark(as_given(page), right.pixels, box_of(right))[0].picture
    scaled = steps_of_mark(as_given(page, 3), right.pixels, box_of(right, 3))[0].picture

    assert np.array_equal(near, scaled)


@pytest.mark.parametrize("page", [page_with("7"), np.full((60, 60), 255, np.uint8)])
def test_what_is_not_on_the_page_is_not_found(page):
    with pytest.raises(MarkNotFoundError):
        steps_of_mark(as_given(page), np.full((28, 28), 9, np.uint8), (0, 0, 28, 28))
