"""What on a line might be one digit."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.candidates import MOST_PARTS, WIDEST_DIGIT, Candidate, find_candidates
from recognizer.imaging.errors import TooManyMarksError
from recognizer.imaging.marks import Mark
from recognizer.imaging.segmentation import MAX_MARKS, find_marks
from tests.pictures import page_with


def bar(left: int, *, width: int = 6, line: int = 0) -> Mark:
    """Return an upright stroke 60 pixels high, too narrow to be cut."""
    return Mark(left, 0, np.ones((60, width), np.float32), line=line)


def bars(count: int, *, apart: int) -> list[Mark]:
    return [bar(place * (6 + apart)) for place in range(count)]


def long_squiggle(humps: int) -> Mark:
    """Return one connected mark of many humps."""
    x = np.arange(30 * humps)
    page = np.zeros((60, len(x)), np.uint8)
    y = 30 - 24 * np.cos(x * 2 * np.pi / 30)
    cv2.polylines(page, [np.stack([x, y], 1).round().astype(np.int32)], False, 1, 5)
    return Mark(0, 0, page.astype(np.float32))


def spans(line: list[Candidate]) -> list[tuple[int, int]]:
    return [(candidate.start, candidate.end) for candidate in line]


def test_marks_are_candidates_alone_and_with_their_neighbours():
    (line,) = find_candidates(bars(3, apart=10))

    assert sorted(spans(line)) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def test_a_candidate_has_at_most_so_many_parts():
    (line,) = find_candidates(bars(9, apart=1))

    assert max(end - start for start, end in spans(line)) == MOST_PARTS


def test_only_a_whole_mark_has_more():
    (line,) = find_candidates([bar(-40), long_squiggle(6), bar(220)])

    parts = max(end for _, end in spans(line))
    assert parts > MOST_PARTS + 2
    assert [span for span in spans(line) if span[1] - span[0] > MOST_PARTS] == [(1, parts - 1)]


def test_candidates_are_found_once():
    (line,) = find_candidates([*bars(3, apart=4), Mark(40, 0, long_squiggle(2).ink)])

    assert len(set(spans(line))) == len(line)


def test_each_part_is_a_candidate_so_that_every_line_can_be_read():
    (line,) = find_candidates([bar(-300), long_squiggle(4), bar(400)])

    parts = max(end for _, end in spans(line))
    assert {(place, place + 1) for place in range(parts)} <= set(spans(line))


def test_what_is_too_wide_for_one_digit_is_none_unless_it_is_a_whole_mark():
    (apart,) = find_candidates(bars(2, apart=round(WIDEST_DIGIT * 60)))
    (whole,) = find_candidates([long_squiggle(5)])

    assert spans(apart) == [(0, 1), (1, 2)]
    too_wide = [c for c in whole if c.mark.ink.shape[1] > WIDEST_DIGIT * c.mark.ink.shape[0] and c.end - c.start > 1]
    assert spans(too_wide) == [(0, whole[-1].end)]


def test_a_low_digit_may_be_wider_than_a_high_one():
    low = [Mark(50 + 20 * place, 40, np.ones((20, 12), np.float32)) for place in range(3)]

    (among_high,) = find_candidates([bar(0), *low])
    (alone,) = find_candidates(low)

    assert (1, 4) in spans(among_high)
    assert (0, 3) not in spans(alone)


def test_lines_are_not_mixed():
    upper, lower = find_candidates([bar(0), bar(16), bar(0, line=1)])

    assert spans(upper) == [(0, 1), (0, 2), (1, 2)]
    assert spans(lower) == [(0, 1)]


def test_the_gap_is_the_paper_inside_as_a_share_of_the_height():
    (line,) = find_candidates(bars(3, apart=12))

    gaps = {(candidate.start, candidate.end): candidate.gap for candidate in line}
    assert gaps[0, 1] == 0
    assert gaps[0, 2] == pytest.approx(12 / 60)
    assert gaps[0, 3] == pytest.approx(24 / 60)


def test_cuts_are_the_sides_in_the_middle_of_ink():
    (line,) = find_candidates([bar(-40), long_squiggle(3), bar(120)])

    last = max(candidate.end for candidate in line)
    inner = range(2, last - 1)
    assert len(inner) > 0
    for candidate in line:
        assert candidate.cuts == (candidate.start in inner) + (candidate.end in inner)


def test_pixels_show_the_mark_as_a_network_reads_it():
    (line,) = find_candidates(find_marks(page_with("7")))

    assert all(candidate.pixels.shape == (28, 28) and candidate.pixels.dtype == np.uint8 for candidate in line)
    whole = line[spans(line).index((0, max(end for _, end in spans(line))))]
    rows, columns = np.nonzero(whole.pixels > 100)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=1)


def test_more_parts_than_a_page_may_have_are_refused():
    many = [bar(10 * place, line=place % 7) for place in range(MAX_MARKS + 1)]
    by_line = sorted(many, key=lambda mark: mark.line)

    assert len(find_candidates(by_line[:MAX_MARKS])) == 7
    with pytest.raises(TooManyMarksError):
        find_candidates(by_line)
