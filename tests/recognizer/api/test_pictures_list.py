"""The list of own pictures: `GET /api/v1/pictures/`."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recognizer.rows import make_picture, make_version

ADDRESS = "/api/v1/pictures/"


@pytest.fixture
def version(db):
    return make_version()


def test_it_lists_own_pictures_newest_first(client, version, visitor):
    make_picture(version)
    own = [str(make_picture(version, visitor, "42").pk) for _ in range(3)]

    body = client.get(ADDRESS).json()

    assert set(body) == {"next", "previous", "results"}
    assert [picture["id"] for picture in body["results"]] == own[::-1]
    assert body["results"][0]["reading"] == "42"
    assert [glyph["digit"] for glyph in body["results"][0]["glyphs"]] == [4, 2]


def test_it_is_empty_for_a_stranger(client, version):
    make_picture(version)

    assert client.get(ADDRESS).json() == {"next": None, "previous": None, "results": []}
    assert "visitor" not in client.cookies


def test_pages_hold_every_picture_once_though_their_times_are_equal(client, version, visitor):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    own = {str(make_picture(version, visitor, created=moment).pk) for _ in range(53)}

    one = client.get(ADDRESS).json()
    two = client.get(one["next"]).json()

    seen = [picture["id"] for picture in one["results"] + two["results"]]
    assert (len(one["results"]), len(two["results"]), two["next"]) == (50, 3, None)
    assert set(seen) == own


@pytest.mark.parametrize(
    "cursor",
    [
        b"garbage",
        b"\0",
        b"p=yesterday",
        b"p=0001-01-01T00:00:00%2B14:00",
        b"p=9999-12-31T23:59:59-14:00",
        b"o=-1",
        b"o=x",
    ],
)
def test_a_broken_cursor_is_no_fault(client, version, visitor, cursor):
    make_picture(version, visitor)

    answer = client.get(ADDRESS, {"cursor": b64encode(cursor).decode()})

    assert answer.status_code in (200, 404)
    assert set(answer.json()) in ({"error"}, {"next", "previous", "results"})


def test_it_asks_the_database_as_often_for_20_pictures_as_for_3(client, version, visitor, django_assert_num_queries):
    for _ in range(3):
        make_picture(version, visitor, "42")
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)

    for _ in range(17):
        make_picture(version, visitor, "42")
    with django_assert_num_queries(len(few)):
        assert len(client.get(ADDRESS).json()["results"]) == 20
