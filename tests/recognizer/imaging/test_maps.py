"""Weights as colours."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.maps import encode_heat, encode_signed, encode_strength

RAMP = np.linspace(-1, 1, 25).reshape(5, 5)


def colours_of(png: bytes) -> np.ndarray:
    """Return (h, w, 3) uint8: blue, green, red."""
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)


def brightness_of(png: bytes) -> np.ndarray:
    return cv2.cvtColor(colours_of(png), cv2.COLOR_BGR2GRAY)


def test_heat_grows_brighter_with_the_weight_so_that_its_order_needs_no_colour():
    brightness = brightness_of(encode_heat(RAMP)).ravel().astype(int)

    assert brightness[:13].max() < 10
    assert (np.diff(brightness[12:]) >= 0).all()
    assert brightness[-1] > 200


def test_what_is_above_zero_is_orange_and_what_is_below_is_blue():
    colours = colours_of(encode_signed(RAMP)).astype(int)

    against, none, for_it = colours[0, 0], colours[2, 2], colours[-1, -1]
    assert against[0] > against[2] + 100
    assert for_it[2] > for_it[0] + 100
    assert none.tolist() == [0, 0, 0]


def test_signed_weights_share_one_scale():
    colours = colours_of(encode_signed(np.array([[1.0, -0.1]]))).astype(int)

    assert colours[0, 0].max() > 5 * colours[0, 1].max()


def test_strength_is_a_share_of_the_largest_of_several_maps():
    assert brightness_of(encode_strength(np.array([[0.0, 1.0, 2.0, 5.0]]), 4.0)).tolist() == [[0, 64, 128, 255]]


@pytest.mark.parametrize("encode", [encode_heat, encode_signed, lambda weights: encode_strength(weights, 0.0)])
def test_a_map_of_nothing_is_dark(encode):
    assert brightness_of(encode(np.zeros((3, 3)))).max() < 10
