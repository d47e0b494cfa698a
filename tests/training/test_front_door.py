import cv2
import numpy as np
import pytest

from recognizer.imaging.candidates import Candidate, find_candidates
from recognizer.imaging.marks import Mark
from recognizer.imaging.segmentation import find_marks
from recognizer.inference.artifacts import NOT_A_DIGIT
from tests.training.conftest import printed_digits
from training import front_door
from training.front_door import CLEAR, NEGATIVES_KEPT, collect, glyphs_of, label_of
from training.pages import Page
from training.writers import Writers


def written(*placed: tuple[str, int], width: int = 200) -> Page:
    """A white page with characters printed from these columns on, dark and thick."""
    ink = np.zeros((120, width), np.uint8)
    owners, labels, sizes = np.zeros_like(ink), [], []
    for character, column in placed:
        canvas = cv2.putText(np.zeros_like(ink), character, (column, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 255, 7)
        ink |= canvas
        labels.append(int(character) if character.isdigit() else NOT_A_DIGIT)
        sizes.append(float(np.count_nonzero(canvas)))
        owners[canvas > 0] = len(labels)
    return Page(255 - ink, owners, labels, sizes)


def labels_of(page: Page) -> list[int]:
    return [label for _, label in glyphs_of(page)]


def widest(page: Page) -> Candidate:
    """What imaging takes for one mark and is widest."""
    candidates = [candidate for line in find_candidates(find_marks(page.picture)) for candidate in line]
    return max(candidates, key=lambda candidate: candidate.mark.ink.shape[1])


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_alone_gives_a_glyph_of_it(digit):
    glyphs = glyphs_of(written((str(digit), 30), width=110))

    whole = [pixels for pixels, label in glyphs if label == digit]
    assert len(whole) == 1
    assert whole[0].shape == (28, 28)
    assert whole[0].dtype == np.uint8
    assert whole[0].max() > 200
    assert {label for _, label in glyphs} <= {digit, NOT_A_DIGIT}


def test_digits_apart_give_a_glyph_each():
    assert labels_of(written(("3", 20), ("7", 76))) == [3, 7]


def test_two_touching_digits_are_together_no_digit():
    page = written(("0", 20), ("8", 52))

    assert len(find_marks(page.picture)) == 1
    assert label_of(widest(page), page) == NOT_A_DIGIT
    assert set(labels_of(page)) <= {0, 8, NOT_A_DIGIT}


def test_letters_are_no_digits():
    labels = labels_of(written(("K", 20), ("W", 100)))

    assert labels
    assert set(labels) == {NOT_A_DIGIT}


@pytest.mark.parametrize("grey", [0, 255])
def test_a_page_that_is_refused_gives_no_glyphs(grey):
    blank = np.full((60, 60), grey, np.uint8)

    assert glyphs_of(Page(blank, np.zeros_like(blank), [], [])) == []


MARK = np.s_[20:80, 20:60]
"""Rows and columns of the first mark of a bare page."""


def bare(*labels: int) -> Page:
    """Marks that are blocks 60 high and 40 wide, side by side; the first is at MARK."""
    owners = np.zeros((100, 200), np.uint8)
    for place in range(len(labels)):
        owners[20:80, 20 + 40 * place : 60 + 40 * place] = place + 1
    return Page(255 - 200 * (owners > 0).astype(np.uint8), owners, list(labels), [2400.0] * len(labels))


def block(rows: slice, columns: slice, zoom: int = 1) -> Candidate:
    """A glyph full of ink, cut out of a page that imaging enlarged so many times."""
    shape = ((rows.stop - rows.start) * zoom, (columns.stop - columns.start) * zoom)
    mark = Mark(columns.start * zoom, rows.start * zoom, np.ones(shape, np.float32), float(zoom), 0)
    return Candidate(0, 1, mark, np.zeros((28, 28), np.uint8), 0.0, 0)


@pytest.mark.parametrize("zoom", [1, 3])
@pytest.mark.parametrize(
    ("label", "window", "truth"),
    [
        (7, MARK, 7),
        (7, np.s_[20:74, 20:60], 7),  # 90 %
        (7, np.s_[20:66, 20:60], None),  # 77 %: it may still look like a 7
        (7, np.s_[20:50, 20:60], NOT_A_DIGIT),  # half of it, wide
        (7, np.s_[20:80, 20:40], None),  # half of it, narrow: it may look like a 1
        (7, np.s_[20:30, 20:60], None),  # 17 %
        (7, np.s_[12:88, 16:60], 7),  # whole, 28 % of the ink is print
        (7, np.s_[8:92, 8:64], None),  # 49 %
        (7, np.s_[5:95, 0:80], None),  # 67 %
        (7, np.s_[0:100, 0:200], NOT_A_DIGIT),  # 88 %
        (7, np.s_[84:96, 20:60], NOT_A_DIGIT),  # nothing else
        (NOT_A_DIGIT, MARK, NOT_A_DIGIT),
        (NOT_A_DIGIT, np.s_[20:66, 20:60], NOT_A_DIGIT),
        (NOT_A_DIGIT, np.s_[20:30, 20:60], NOT_A_DIGIT),
        (NOT_A_DIGIT, np.s_[20:80, 20:40], None),
    ],
)
def test_what_a_glyph_shows_of_one_mark_decides_its_label(label, window, truth, zoom):
    assert label_of(block(*window, zoom), bare(label)) == truth


@pytest.mark.parametrize(
    ("right", "truth"),
    [(60, 4), (64, 4), (70, None), (80, NOT_A_DIGIT), (100, NOT_A_DIGIT)],
)
def test_what_reaches_in_of_a_neighbour_decides_too(right, truth):
    assert label_of(block(slice(20, 80), slice(20, right)), bare(4, 9)) == truth


def test_the_label_is_of_the_mark_that_most_ink_belongs_to():
    assert label_of(block(slice(20, 80), slice(56, 100)), bare(4, 9)) == 9


def test_a_digit_cut_off_by_the_border_is_a_fragment():
    page = bare(7)
    cut_off = Page(page.picture[50:], page.owners[50:], page.labels, page.sizes)

    assert label_of(block(slice(0, 30), slice(20, 60)), cut_off) == NOT_A_DIGIT


def test_faint_ink_says_nothing():
    candidate = block(*MARK)
    candidate.mark.ink[:] = CLEAR - 0.01

    assert label_of(candidate, bare(7)) is None


@pytest.fixture
def writers() -> Writers:
    return Writers(printed_digits(20))


def test_glyphs_are_the_same_drawn_in_one_process_or_in_several(writers, monkeypatch):
    monkeypatch.setattr(front_door, "CHUNK", 8)
    monkeypatch.setattr(front_door, "NEGATIVES_KEPT", 1e9)
    ours = collect(writers, 8, [5, 1], "one chunk")

    theirs = collect(writers, 13, [5, 1], "two chunks")
    again = collect(writers, 8, [5, 9], "another seed")

    assert 8 < len(ours) < len(theirs)
    np.testing.assert_array_equal(theirs.glyphs[: len(ours)], ours.glyphs)
    np.testing.assert_array_equal(theirs.labels[: len(ours)], ours.labels)
    assert not any(np.array_equal(glyph, first) for glyph in theirs.glyphs[len(ours) :] for first in ours.glyphs[:9])
    assert again.glyphs.tobytes() != ours.glyphs.tobytes()


def test_negatives_are_kept_in_proportion_to_the_digits(writers):
    examples = collect(writers, 40, [1], "pages")

    assert examples.glyphs.shape == (len(examples), 28, 28)
    assert examples.glyphs.dtype == examples.labels.dtype == np.uint8
    negatives = np.count_nonzero(examples.labels == NOT_A_DIGIT)
    assert negatives == round(NEGATIVES_KEPT * (len(examples) - negatives))


def test_no_pages_give_no_glyphs(writers):
    assert collect(writers, 0, [1], "no pages").glyphs.shape == (0, 28, 28)
