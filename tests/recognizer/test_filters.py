"""What a history can be narrowed to."""

import uuid

import pytest

from recognizer.filters import PictureFilter
from recognizer.models import Picture
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def pictures(db):
    """Store a 4 and a 77 whose two glyphs are both labelled."""
    version = make_version()
    four, seventy_seven = make_picture(version, digits="4"), make_picture(version, digits="77", source="api")
    for glyph in seventy_seven.glyphs.all():
        glyph.set_label(7, owner=Owner(visitor=uuid.uuid4()), where="api")
    return four, seventy_seven


def readings(**query: str) -> list[str]:
    return [picture.reading for picture in PictureFilter(query, queryset=Picture.objects.order_by("created")).qs]


def test_without_a_wish_everything_stays(pictures):
    assert readings() == ["4", "77"]


def test_a_picture_with_several_matches_is_there_once(pictures):
    assert readings(digit="7") == ["77"]
    assert readings(labelled="yes") == ["77"]


def test_an_undone_label_is_none(pictures):
    for glyph in pictures[1].glyphs.all():
        glyph.set_label(None, owner=Owner(visitor=uuid.uuid4()), where="api")

    assert readings(labelled="yes") == []
    assert readings(labelled="no") == ["4", "77"]


@pytest.mark.parametrize("query", [{"digit": "10"}, {"source": "dream"}, {"model": "oracle"}, {"labelled": "2"}])
def test_a_wish_that_is_none_is_told_to_the_view(pictures, query):
    assert not PictureFilter(query, queryset=Picture.objects.all()).is_valid()
