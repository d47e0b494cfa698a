"""The contact sheet: all steps of one picture, or those up to its refusal."""

import numpy as np

from recognizer.imaging.errors import NoInkError
from recognizer.imaging.sheet import WIDTH, draw_sheet, find_steps
from tests.pictures import page_with


def test_it_holds_every_step_and_each_mark():
    steps = find_steps(page_with("204"))

    assert [tile.caption for tile in steps.pictures] == [
        "page, 840 by 280 pixels",
        "light evened out",
        "ink",
        "pieces kept, and dropped (grey)",
        "marks in reading order",
    ]
    assert [(tile.caption, tile.picture.size) for tile in steps.glyphs] == [
        ("mark 1", (28, 28)),
        ("mark 2", (28, 28)),
        ("mark 3", (28, 28)),
    ]
    assert steps.refusal is None


def test_it_shows_a_dropped_piece_in_grey():
    page = page_with("7")
    page[230:245, 200:215] = 0

    pieces = np.asarray(find_steps(page).pictures[3].picture)

    assert 0 < pieces[237, 207] < 255
    assert pieces[39, 140] == 0


def test_it_ends_where_the_picture_is_refused():
    steps = find_steps(np.full((100, 100), 255, np.uint8))

    assert isinstance(steps.refusal, NoInkError)
    assert [tile.caption for tile in steps.pictures] == ["page, 100 by 100 pixels", "light evened out"]
    assert steps.glyphs == []


def test_a_sheet_of_many_marks_grows_longer_and_not_wider():
    few, many = (draw_sheet("mine.png", find_steps(page_with(text, side=100))) for text in ("7", "7" * 20))

    assert few.width == many.width == WIDTH
    assert many.height > few.height


def test_a_sheet_says_in_red_why_there_are_no_marks():
    blank = np.full((100, 100), 255, np.uint8)

    red = np.asarray(draw_sheet("blank.png", find_steps(blank))).astype(int)

    assert ((red[..., 0] > 120) & (red[..., 1] < 60)).any()
