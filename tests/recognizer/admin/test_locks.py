"""In which order the admin holds rows: as everybody does, pictures before their glyphs, the lower number first.

On PostgreSQL two who held them in different orders would wait for each other until one is sent away.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.models import Glyph, Picture
from tests.recognizer.admin.test_actions import run
from tests.recognizer.admin.test_sheets import confirm, exported, preview
from tests.recognizer.rows import make_picture, make_version

HELD = re.compile(r'SELECT "recognizer_(picture|glyph)"."id"[^,]* FROM .* ORDER BY [^,]+ ASC(?: FOR UPDATE.*)?')
"""What PictureQuerySet.hold asks; SQLite has no FOR UPDATE, as it lets only one write at a time."""


@pytest.fixture
def glyphs(db) -> list[Glyph]:
    version = make_version()
    return [make_picture(version, digits=digit).glyphs.get() for digit in "4567"]


def held_before_the_first_change(queries: CaptureQueriesContext) -> list[str]:
    """Return of which tables rows are held, in order, until the first glyph is written."""
    statements = [query["sql"] for query in queries]
    first = next(place for place, sql in enumerate(statements) if sql.startswith('UPDATE "recognizer_glyph"'))
    return [found[1] for sql in statements[:first] if (found := HELD.fullmatch(sql))]


def test_an_action_holds_the_pictures_of_all_its_glyphs_first(admin_client, glyphs):
    with CaptureQueriesContext(connection) as queries:
        assert run(admin_client, "mark_unusable", *glyphs) == ["4 glyphs are marked unusable."]

    assert held_before_the_first_change(queries)[:2] == ["picture", "glyph"]


def test_a_sheet_holds_the_pictures_of_all_its_rows_first(admin_client, glyphs):
    rows = [row | {"label": "3"} for row in exported(admin_client).values()]
    previewed = preview(admin_client, rows)

    with CaptureQueriesContext(connection) as queries:
        confirm(admin_client, previewed)

    assert held_before_the_first_change(queries)[:2] == ["picture", "glyph"]
    assert Picture.objects.filter(glyphs__label=3).count() == 4
