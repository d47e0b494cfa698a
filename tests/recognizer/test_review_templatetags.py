"""Where a glyph stands on its picture, as the review queue shows it."""

import pytest

from recognizer.models import Glyph
from recognizer.templatetags.review import is_coarse, surroundings


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "view_box"),
    [(100, 50, 40, 20, "90 30 60 60"), (0, 0, 10, 100, "-70 -25 150 150"), (3, 4, 1, 1, "2.5 3.5 2 2")],
)
def test_the_cut_out_is_a_square_with_the_glyph_amid_it(x, y, width, height, view_box):
    assert surroundings(Glyph(x=x, y=y, width=width, height=height)) == view_box


@pytest.mark.parametrize(("side", "coarse"), [(12, True), (200, False)])
def test_only_a_small_one_is_shown_with_its_pixels(side, coarse):
    assert is_coarse(Glyph(x=0, y=0, width=side, height=5)) is coarse
