"""Where on its picture a glyph stands, for a reviewer's eye."""

from django import template

from recognizer.models import Glyph

register = template.Library()

AROUND = 1.5
"""The side of the cut-out around a glyph, by the glyph's longer side."""
SMOOTH_FROM = 64
"""A cut-out of fewer pixels a side is shown with hard edges."""


@register.filter
def surroundings(glyph: Glyph) -> str:
    """Return the square around a glyph as the viewBox of an SVG, in the picture's pixels: "12.5 -3 40 40"."""
    side = _side(glyph)
    x, y = glyph.x + (glyph.width - side) / 2, glyph.y + (glyph.height - side) / 2
    return f"{x:g} {y:g} {side:g} {side:g}"


@register.filter
def is_coarse(glyph: Glyph) -> bool:
    """Say whether the square around a glyph has so few pixels that one should see them."""
    return _side(glyph) < SMOOTH_FROM


def _side(glyph: Glyph) -> float:
    return max(round(AROUND * max(glyph.width, glyph.height)), 1)
