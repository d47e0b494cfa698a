import cv2
import numpy as np
import pytest

from training import hands
from training.hands import CANVAS, draw_digit, draw_form, draw_letter, invent_letter
from training.letterforms import DIGITS, LETTERS

EVERY_FORM = [form for forms in DIGITS.values() for form in forms] + LETTERS


def margin_of(canvas: np.ndarray) -> int:
    """The fewest pixels between ink and border."""
    left, top, width, height = cv2.boundingRect(canvas)
    return min(left, top, CANVAS - left - width, CANVAS - top - height)


@pytest.mark.parametrize("form", EVERY_FORM, ids=" ".join)
def test_every_form_is_drawn_large_and_away_from_the_border(form):
    rng = np.random.default_rng(0)

    canvases = [draw_form(form, rng) for _ in range(40)]

    assert all(canvas.shape == (CANVAS, CANVAS) and canvas.dtype == np.uint8 for canvas in canvases)
    assert min(max(cv2.boundingRect(canvas)[2:]) for canvas in canvases) > CANVAS / 4
    assert np.mean([max(cv2.boundingRect(canvas)[2:]) for canvas in canvases]) > CANVAS / 2
    margins = sorted(map(margin_of, canvases))
    assert margins[4] >= 3
    assert margins[20] >= 6


def test_every_digit_has_forms():
    assert sorted(DIGITS) == list(range(10))
    assert all(DIGITS.values())


def test_equal_seeds_draw_equal_digits_and_no_two_hands_are_alike():
    first, again = ([draw_digit(digit, np.random.default_rng([3, digit])) for digit in range(10)] for _ in range(2))
    others = [draw_digit(4, np.random.default_rng(seed)) for seed in range(20)]

    np.testing.assert_array_equal(first, again)
    assert len({canvas.tobytes() for canvas in others}) == 20


def test_letters_are_drawn_of_every_form(monkeypatch):
    drawn = []
    monkeypatch.setattr(hands, "draw_form", lambda form, rng, widest: drawn.append(form) or np.zeros((CANVAS, CANVAS)))
    rng = np.random.default_rng(0)

    for _ in range(12 * len(LETTERS)):
        draw_letter(rng)

    assert {tuple(form) for form in drawn} == {tuple(form) for form in LETTERS}


def test_invented_letters_are_large_and_no_two_alike():
    rng = np.random.default_rng(0)

    canvases = [invent_letter(rng) for _ in range(60)]

    assert np.mean([max(cv2.boundingRect(canvas)[2:]) for canvas in canvases]) > CANVAS / 2
    assert min(map(margin_of, canvases)) >= 0
    assert len({canvas.tobytes() for canvas in canvases}) == 60


def test_letters_may_be_wider_than_high():
    rng = np.random.default_rng(0)

    sides = [cv2.boundingRect(draw_form(["-0,0 100,0 100,100 0,100 0,0"], rng, widest=1.3))[2:] for _ in range(40)]

    assert min(width / height for width, height in sides) < 0.8
    assert max(width / height for width, height in sides) > 1.1


def test_a_mouse_leaves_few_places_and_keeps_the_ends():
    path = hands._path("~", "0,0 30,80 70,20 100,100") * 64

    drawn = [hands._by_mouse(path, np.random.default_rng(seed)) for seed in range(30)]

    assert all(2 <= len(places) < 0.6 * len(path) for places in drawn)
    for places in drawn:
        np.testing.assert_allclose(places[[0, -1]], path[[0, -1]], atol=3)


def test_haste_rounds_a_corner_and_keeps_what_is_straight():
    corner, straight = hands._path("-", "0,0 100,0 100,100"), hands._path("-", "0,0 50,25 100,50")

    rounded, level = (hands._hurried(path, 0.06) for path in (corner, straight))

    assert np.hypot(*(rounded - [1, 0]).T).min() > 0.05
    np.testing.assert_allclose(level[:, 1], level[:, 0] / 2, atol=1e-9)
    assert np.ptp(level[:, 0]) > 0.9


def test_the_more_haste_the_narrower_a_loop():
    loop = hands._path("~", "50,0 100,50 50,100 0,50 50,0")

    widths = [np.ptp(hands._hurried(loop, haste)[:, 0]) for haste in (0.01, 0.04, 0.07)]

    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.95 * widths[0]


def test_the_pen_stays_down_between_strokes_that_are_near_only():
    stem, near, far = (hands._path("-", points) for points in ("50,0 50,100", "20,80 80,80", "0,0 10,0"))

    joined = hands._joined([stem, near, far])

    assert [len(stroke) for stroke in joined] == [len(stem) + len(near), len(far)]
    np.testing.assert_array_equal(joined[0][[0, -1]], [stem[0], near[-1]])


def test_a_hook_goes_on_from_the_end_of_a_stroke_and_stays_small():
    stroke = hands._path("-", "0,0 0,100") * 64

    drawn = [hands._hooked(stroke, 64, np.random.default_rng(seed)) for seed in range(200)]

    hooked = [path for path in drawn if len(path) > len(stroke)]
    assert 10 < len(hooked) < 50
    for path in hooked:
        np.testing.assert_array_equal(path[: len(stroke)], stroke)
        assert np.hypot(*(path[len(stroke) :] - stroke[-1]).T).max() <= hands.LONGEST_HOOK * 64 + 1e-9


def test_a_smooth_stroke_goes_through_its_points_and_bends_between_them():
    straight, smooth = hands._path("-", "0,0 50,100 100,0"), hands._path("~", "0,0 50,100 100,0")

    for path in (straight, smooth):
        np.testing.assert_allclose(path[[0, hands.SMOOTH_STEPS, -1]], [[0, 0], [0.5, 1], [1, 0]], atol=1e-12)
    assert np.allclose(straight[:, 1], 1 - abs(2 * straight[:, 0] - 1))
    assert not np.allclose(smooth[:, 1], 1 - abs(2 * smooth[:, 0] - 1), atol=0.02)


def test_a_smooth_stroke_through_points_in_line_is_straight():
    smooth, straight = (hands._path(style, "10,20 30,40 50,60 70,80") for style in "~-")

    np.testing.assert_allclose(smooth, straight)


def test_a_stroke_with_one_end_only_is_drawn_there():
    start, end = hands._ends("-10,20 30,40")
    np.testing.assert_array_equal(start, end)

    start, end = hands._ends("-10,20 30,40|50,60 70,80")
    np.testing.assert_allclose(end - start, 0.4)
