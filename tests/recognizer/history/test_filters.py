"""What a history can be narrowed to."""

import uuid
from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.db import connection

from recognizer.history.filters import PictureFilter
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


@pytest.mark.parametrize(
    "query",
    [
        {"digit": "10"},
        {"source": "dream"},
        {"model": "oracle"},
        {"labelled": "2"},
        {"verdict": "perhaps"},
        {"since": "yesterday"},
        {"until": "2026-02-30"},
        {"since": "2026-01-02", "until": "2026-01-01"},
    ],
)
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
    assert readings(digit="not_a_digit") == ["4", ""]


def test_certainty_is_what_the_network_said(pictures):
    version = pictures[0].model_version
    make_picture(version, digits="5", verdict="unsure")
    make_picture(version, digits="6", verdict="not_a_digit")
    make_picture(version, digits="")

    assert readings(verdict="digit") == ["4", "77"]
    assert readings(verdict="unsure") == ["5"]
    assert readings(verdict="not_a_digit") == [""]


def test_a_label_makes_no_reading_surer(pictures):
    unsure = make_picture(pictures[0].model_version, digits="5", verdict="unsure")
    unsure.glyphs.get().set_label(5, owner=Owner(visitor=uuid.uuid4()), where="api")

    assert readings(verdict="unsure") == ["5"]


def test_a_picture_with_something_unsure_is_not_sure(pictures):
    mixed = make_picture(pictures[0].model_version, digits="12")
    Prediction.objects.filter(glyph=mixed.glyphs.first()).update(verdict="unsure")
    mixed.glyphs.last().set_label(2, owner=Owner(visitor=uuid.uuid4()), where="api")

    assert readings(verdict="digit") == ["4", "77"]
    assert readings(verdict="unsure") == ["12"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"since": "2026-05-05"}, ["4"]),
        ({"since": "2026-05-06"}, []),
        ({"until": "2026-05-05"}, ["4"]),
        ({"until": "2026-05-04"}, []),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ["4"]),
    ],
)
@pytest.mark.parametrize("time", [(0, 0, 0, 0), (23, 59, 59, 999_999)])
def test_a_day_lasts_from_midnight_to_midnight(db, query, found, time):
    make_picture(make_version(), digits="4", created=datetime(2026, 5, 5, *time, tzinfo=UTC))

    assert readings(**query) == found


def test_what_is_wished_is_told_in_words(pictures):
    narrowed = PictureFilter({"digit": "not_a_digit", "since": "2026-01-02"}, queryset=Picture.objects.all())
    narrowed.errors  # noqa: B018  (reads the query)

    told = [(wish.parameter, wish.name, wish.value) for wish in narrowed.wishes()]
    assert told == [("digit", "Digit", "not a digit"), ("since", "From", "2 January 2026")]


WISHES = {
    "digit": "7",
    "verdict": "digit",
    "labelled": "no",
    "model": "cnn",
    "source": "draw",
    "since": "2026-01-01",
    "until": "2026-12-31",
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's way of telling its plan")
@pytest.mark.parametrize("owner", ["user", "visitor"])
def test_an_index_alone_answers_every_combination_of_wishes(db, owner):
    """However few of many pictures match, none is read to find out, and none is sorted."""
    own = Picture.objects.filter(**({"user": 1} if owner == "user" else {"visitor": uuid.uuid4()}))
    for size in range(len(WISHES) + 1):
        for names in combinations(WISHES, size):
            narrowed = PictureFilter({name: WISHES[name] for name in names}, queryset=own).qs
            plan = narrowed.values_list("created", "pk")[:25].explain()

            assert f"SEARCH recognizer_picture USING COVERING INDEX picture_history_of_{owner}" in plan
            assert "TEMP B-TREE" not in plan


def test_a_second_opinion_is_not_what_is_found(pictures):
    opinion = Prediction(
        glyph=pictures[0].glyphs.get(), model_version=make_version("mlp"), **prediction_fields(5, is_primary=False)
    )
    opinion.save()

    assert readings(digit="5") == []
