import cv2
import numpy as np
import pytest

from training.framing import frame


def ink_size(glyph):
    rows, columns = np.nonzero(glyph > 20)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def centre_of_mass(glyph):
    moments = cv2.moments(glyph)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


@pytest.fixture
def hook():
    """An L: 30 wide, 60 high, most of its ink low and left."""
    canvas = np.zeros((100, 100), np.uint8)
    canvas[10:70, 10:20] = 255
    canvas[58:70, 10:40] = 255
    return canvas


def test_the_longer_side_is_twenty_and_the_aspect_is_kept(hook):
    assert ink_size(frame(hook)) == (10, 20)


def test_the_centre_of_mass_is_mid_canvas(hook):
    assert centre_of_mass(frame(hook)) == pytest.approx((13.5, 13.5), abs=0.5)


def test_squareness_stretches_to_a_square_but_never_far(hook):
    bar = np.zeros((100, 100), np.uint8)
    bar[10:70, 40:43] = 255

    assert ink_size(frame(hook, squareness=1.0)) == (20, 20)
    assert ink_size(frame(bar, squareness=1.0))[0] <= 3


def test_a_bitmap_has_few_hard_pixels(hook):
    glyph = frame(hook, box=20, bitmap_side=10)

    assert set(np.unique(cv2.resize(glyph[4:24], (28, 10), interpolation=cv2.INTER_NEAREST))) > {0, 255}
    assert (glyph == 255).sum() > 50


def test_the_offset_moves_the_ink(hook):
    moved = centre_of_mass(frame(hook, offset=(2, -1)))

    assert np.subtract(moved, centre_of_mass(frame(hook))) == pytest.approx((2, -1), abs=0.01)


def test_the_ink_stays_on_the_canvas(hook):
    glyph = frame(hook, box=28, squareness=1.0, offset=(9, 9))

    assert ink_size(glyph) == (28, 28)


def test_a_blank_canvas_stays_blank():
    assert not frame(np.zeros((50, 50), np.uint8)).any()
