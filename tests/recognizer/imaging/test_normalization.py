"""Marks to 28×28: as MNIST was made."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.errors import NoInkError
from recognizer.imaging.normalization import BOX, centre, fit_to_box, normalize, stroke_width, widen_thin_strokes
from tests.pictures import page_with


def ink_of(digit: str, **options) -> np.ndarray:
    """Return a digit's ink. (h, w) float32 in [0, 1]."""
    return (1 - page_with(digit, **options) / 255).astype(np.float32)


def centre_of_mass(glyph: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(glyph.shape)
    return float((rows * glyph).sum() / glyph.sum()), float((columns * glyph).sum() / glyph.sum())


@pytest.mark.parametrize("digit", "0123456789")
def test_it_fits_a_digit_into_the_20_pixel_box_with_its_centre_of_mass_in_the_middle(digit):
    glyph = normalize(ink_of(digit))

    rows, columns = np.nonzero(glyph > 60)
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.uint8
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(BOX, abs=1)
    assert centre_of_mass(glyph) == pytest.approx((13.5, 13.5), abs=0.8)


def test_it_is_the_same_wherever_and_however_large_the_digit_is():
    small = np.zeros((400, 400), np.float32)
    small[250:390, 20:160] = cv2.resize(ink_of("5"), (140, 140), interpolation=cv2.INTER_AREA)

    difference = np.abs(normalize(small).astype(int) - normalize(ink_of("5")).astype(int)).mean()

    assert difference < 6


def test_it_keeps_the_aspect():
    bar = np.ones((100, 20), np.float32)

    assert fit_to_box(bar).shape == (20, 4)


def test_it_widens_a_hairline_and_leaves_a_pen_alone():
    hair, pen = ink_of("7", pen=2), ink_of("7", pen=24)

    assert stroke_width(widen_thin_strokes(hair)) > 2 * stroke_width(hair)
    assert widen_thin_strokes(pen) is pen


def test_stroke_width_is_the_width_of_a_bar():
    bar = np.zeros((60, 240), np.float32)
    bar[20:32, 10:230] = 1

    assert stroke_width(bar) == pytest.approx(12, rel=0.15)


def test_it_refuses_to_normalise_nothing():
    with pytest.raises(NoInkError):
        normalize(np.zeros((30, 30), np.float32))
    with pytest.raises(NoInkError):
        centre(np.zeros((20, 20), np.float32))


def test_a_large_mark_is_read_as_its_small_copy():
    small = (page_with("3", side=100, pen=9) < 128).astype(np.float32)
    large = (page_with("3", side=1000, pen=90) < 128).astype(np.float32)

    difference = normalize(small).astype(int) - normalize(large)

    assert np.abs(difference).mean() < 6
