import cv2
import numpy as np
import pytest

from training import strokes
from training.writers import WIDEST_PEN


@pytest.fixture
def ring():
    """A 0 on a canvas of 64 pixels, its stroke 6 pixels wide."""
    return cv2.ellipse(np.zeros((64, 64), np.uint8), (32, 32), (14, 20), 0, 0, 360, 255, 6, cv2.LINE_AA)


def has_hole(canvas):
    contours, _ = cv2.findContours((canvas > 70).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return len(contours) == 2


def test_thicken_adds_ink(ring):
    assert strokes.thicken(ring, 5).sum() > 1.4 * ring.sum()


def test_thin_takes_ink_and_keeps_the_line_whole(ring):
    thinned = strokes.thin(ring, 5)

    assert thinned.sum() < 0.7 * ring.sum()
    assert has_hole(thinned)


def test_thin_never_erases():
    hair = cv2.line(np.zeros((64, 64), np.uint8), (10, 10), (50, 50), 255, 1)

    assert np.count_nonzero(strokes.thin(hair, 9)) > 20


@pytest.mark.parametrize("width", [3, 6, 9, 16])
def test_redraw_gives_any_stroke_the_asked_width(ring, width):
    assert strokes.stroke_width(strokes.redraw(ring, width)) == pytest.approx(width, abs=1)


def test_redraw_keeps_the_shape(ring):
    assert has_hole(strokes.redraw(ring, 4))


def test_the_middle_line_is_one_pixel_wide(ring):
    line = strokes.medial(ring)

    assert has_hole(line)
    assert not cv2.erode(line, np.ones((2, 2), np.uint8)).any()


def test_there_is_a_disc_for_the_widest_pen_of_a_page():
    assert max(strokes.DISCS) >= WIDEST_PEN - 1
    assert all(disc.shape == (width, width) and disc.any() for width, disc in strokes.DISCS.items())


def test_hollow_darkens_the_inside_and_keeps_the_rim(ring):
    fat = strokes.thicken(ring, 5)

    hollowed = strokes.hollow(fat, 5, 0.5)

    assert hollowed[32, 18] == pytest.approx(128, abs=2)
    assert hollowed.max() == 255


@pytest.mark.parametrize("width", [3, 5, 7])
def test_stroke_width_measures_a_line(width):
    canvas = np.zeros((64, 64), np.uint8)
    canvas[8:56, 30 : 30 + width] = 255

    assert strokes.stroke_width(canvas) == pytest.approx(width, abs=0.3)


def test_a_blank_canvas_has_no_stroke():
    blank = np.zeros((64, 64), np.uint8)

    assert strokes.stroke_width(blank) == 0
    assert not strokes.redraw(blank, 5).any()
