"""What a history can be narrowed to."""

import uuid

import pytest

from recognizer.filters import PictureFilter
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Picture, Prediction
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version, prediction_fields


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


def test_a_digit_is_what_a_mark_is_held_to_be(pictures):
    pictures[0].glyphs.get().set_label(9, owner=Owner(visitor=uuid.uuid4()), where="api")

    assert readings(digit="9") == ["4"]
    assert readings(digit="4") == []


def test_a_mark_that_is_no_digit_is_not_found_by_its_best_guess(pictures):
    make_picture(pictures[0].model_version, digits="4", verdict="not_a_digit")
    pictures[0].glyphs.get().set_label(NOT_A_DIGIT, owner=Owner(visitor=uuid.uuid4()), where="api")

    assert readings(digit="4") == []


def test_a_second_opinion_is_not_what_is_found(pictures):
    opinion = Prediction(
        glyph=pictures[0].glyphs.get(), model_version=make_version("mlp"), **prediction_fields(5, is_primary=False)
    )
    opinion.save()

    assert readings(digit="5") == []
