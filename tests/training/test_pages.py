from itertools import pairwise

import cv2
import numpy as np
import pytest

from recognizer.inference.artifacts import NOT_A_DIGIT
from tests.training.conftest import printed_digits
from training import pages
from training.pages import HEIGHT, SOLID, Page, Writing, draw_page
from training.writers import Writers


class Rings:
    """Writers who write nothing but rings, numbered from 0."""

    def digits(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        ring = cv2.ellipse(np.zeros((96, 96), np.uint8), (48, 48), (20, 32), 0, 0, 360, 255, 8, cv2.LINE_AA)
        return [(ring, place) for place in range(count)]

    def others(self, count: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int]]:
        return [(ring, NOT_A_DIGIT) for ring, _ in self.digits(count, rng)]


def rows_of_rings(count: int, number: int = 30) -> list[Writing]:
    rngs = map(np.random.default_rng, range(number))
    return [pages._line_of(Rings().digits(count, rng), rng) for rng in rngs]


def contrast(page: Page) -> float:
    """How much the ink of the marks differs from all the rest, in grey levels."""
    is_owned = page.owners > 0
    return abs(float(page.picture[is_owned].mean()) - float(page.picture[~is_owned].mean()))


@pytest.fixture(scope="module")
def drawn() -> list[Page]:
    writers = Writers(printed_digits(60))
    return [draw_page(writers, np.random.default_rng(seed)) for seed in range(200)]


def test_the_truth_is_of_the_picture(drawn):
    for page in drawn:
        assert page.picture.dtype == page.owners.dtype == np.uint8
        assert page.picture.shape == page.owners.shape
        assert len(page.sizes) == len(page.labels)
        assert page.owners.max() <= len(page.labels)
        assert set(page.labels) <= set(range(NOT_A_DIGIT + 1))
        assert all(size > 0 for size in page.sizes)


def test_ink_lies_where_the_truth_says(drawn):
    contrasts = [contrast(page) for page in drawn if page.labels]

    assert np.quantile(contrasts, 0.05) > 40
    assert np.median(contrasts) > 100


def test_pages_are_of_every_sort_and_size(drawn):
    counts = [len(page.labels) for page in drawn]
    sides = [max(page.picture.shape) for page in drawn]
    are_digits = [page.labels[0] != NOT_A_DIGIT for page in drawn if page.labels]

    assert set(range(7)) == set(counts)
    assert 0.25 < np.mean(np.array(counts) == 1) < 0.55
    assert 0.7 < np.mean(are_digits) < 0.9
    assert min(sides) < 30
    assert max(sides) > 400
    inked = [page for page in drawn if page.labels]
    assert 0.5 < np.mean([page.picture[page.owners > 0].mean() < page.picture.mean() for page in inked]) < 0.95


def test_equal_seeds_draw_equal_pages(drawn):
    for seed in range(25):
        again = draw_page(Writers(printed_digits(60)), np.random.default_rng(seed))

        np.testing.assert_array_equal(again.picture, drawn[seed].picture)
        np.testing.assert_array_equal(again.owners, drawn[seed].owners)
        assert (again.labels, again.sizes) == (drawn[seed].labels, drawn[seed].sizes)


def test_marks_stand_in_a_row_in_the_order_they_were_written():
    for writing in rows_of_rings(4):
        assert writing.labels == [0, 1, 2, 3]
        centres = [np.argwhere(writing.owners == number).mean(axis=0) for number in (1, 2, 3, 4)]
        assert all(left[1] < right[1] for left, right in pairwise(centres))
        assert np.ptp([centre[0] for centre in centres]) < HEIGHT / 2
        feet = [np.argwhere(writing.owners == number)[:, 0].max() for number in (1, 2, 3, 4)]
        assert np.abs(np.array(feet) - writing.baseline).max() < HEIGHT / 3


def test_sizes_count_the_ink_also_where_a_neighbour_covers_it():
    touching = 0
    for writing in rows_of_rings(4):
        owned = np.bincount(writing.owners.ravel(), minlength=5)[1:]
        assert (writing.ink[writing.owners > 0] > SOLID).all()
        assert (owned <= writing.sizes).all()
        assert owned[3] == writing.sizes[3]
        touching += (owned < writing.sizes).any()
    assert 3 < touching < 27


def test_points_and_dashes_belong_to_nobody():
    foreign = [np.count_nonzero((writing.ink > SOLID) & (writing.owners == 0)) for writing in rows_of_rings(6)]

    assert 5 < np.count_nonzero(foreign) < 30


def test_a_digit_cut_out_is_whole_and_its_neighbours_reach_in():
    reaching = 0
    for seed, writing in enumerate(rows_of_rings(3)):
        cut_out = pages._cut_out(writing, np.random.default_rng(seed))

        assert (cut_out.labels, cut_out.sizes) == (writing.labels, writing.sizes)
        before, after = (np.bincount(side.owners.ravel(), minlength=4) for side in (writing, cut_out))
        assert after[2] == before[2]
        assert cut_out.ink.shape == cut_out.owners.shape < writing.ink.shape
        foot = np.argwhere(cut_out.owners == 2)[:, 0].max()
        assert foot - cut_out.baseline == np.argwhere(writing.owners == 2)[:, 0].max() - writing.baseline
        reaching += bool(after[1] or after[3])
    assert reaching > 5


@pytest.mark.parametrize("make", [pages._photograph, pages._bitmap])
def test_sizes_are_those_of_the_picture(make):
    for seed, writing in enumerate(rows_of_rings(1)):
        page = make(writing, np.random.default_rng(seed))

        assert page.labels == [0]
        assert page.sizes[0] == pytest.approx(np.count_nonzero(page.owners), rel=0.25, abs=6)


def test_most_photographs_are_of_dark_ink_and_some_of_bright():
    taken = [
        pages._photograph(writing, np.random.default_rng(seed)) for seed, writing in enumerate(rows_of_rings(1, 80))
    ]

    are_dark = [page.picture[page.owners > 0].mean() < page.picture[page.owners == 0].mean() for page in taken]
    assert 0.75 < np.mean(are_dark) < 0.97


def test_a_photograph_of_cut_off_writing_tells_its_whole_size():
    writing = rows_of_rings(1, 1)[0]
    half = np.s_[: writing.ink.shape[0] // 2]
    cut_off = Writing(writing.ink[half], writing.owners[half], writing.labels, writing.sizes, writing.baseline)

    page = pages._photograph(cut_off, np.random.default_rng(0))

    assert np.count_nonzero(page.owners) < 0.75 * page.sizes[0]


def test_a_bitmap_is_small_or_enlarged_from_small():
    for seed, writing in enumerate(rows_of_rings(1)):
        picture = pages._bitmap(writing, np.random.default_rng(seed)).picture

        columns = 1 + np.count_nonzero((picture[:, 1:] != picture[:, :-1]).any(axis=0))
        assert columns <= 48 + 8


def test_writing_without_ink_is_a_blank_page():
    blank = pages._line_of([(np.zeros((96, 96), np.uint8), 3)], np.random.default_rng(0))

    page = pages._photograph(blank, np.random.default_rng(0))

    assert (page.labels, page.sizes) == ([], [])
    assert not page.owners.any()
