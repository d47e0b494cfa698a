"""The history: `/history/`."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.views.history import PAGE_SIZE
from tests.recognizer.rows import make_picture, make_version

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def version(db):
    return make_version()


def shown(client, query: str = "") -> list[str]:
    """Return the ids of the pictures on the page, in their order."""
    answer = client.get(f"/history/{query}")
    assert answer.status_code == 200
    return [str(picture.pk) for picture in answer.context["pictures"]]


def ids(pictures) -> list[str]:
    return [str(picture.pk) for picture in pictures]


def test_it_shows_thumbnail_reading_confidence_and_date(client, version, visitor):
    picture = make_picture(version, visitor, "42", created=NOON)

    page = client.get("/history/").content.decode()

    assert f'href="/p/{picture.pk}/"' in page
    assert f'src="/p/{picture.pk}/thumbnail/"' in page
    assert re.search(r"</span>\s*42\s*</span>", page)
    assert "99.1 % sure" in page
    assert "Thu, 1 Jan 2026" in page
    assert ">12:00</time>" in page


def test_it_shows_own_pictures_only_newest_first(client, version, visitor):
    make_picture(version)
    own = [make_picture(version, visitor, created=NOON + timedelta(minutes=n)) for n in range(3)]

    assert shown(client) == ids(reversed(own))


def test_it_says_when_there_is_nothing_yet(client, version):
    answer = client.get("/history/")

    assert answer.status_code == 200
    assert "Nothing read yet" in answer.content.decode()


def test_it_is_kept_in_no_cache(client, version):
    assert "no-store" in client.get("/history/")["Cache-Control"]


@pytest.fixture
def various(version, visitor):
    """Store three pictures that differ in everything a filter asks for."""
    mlp = make_version("mlp")
    four = make_picture(version, visitor, "4", source="draw", created=NOON)
    seventeen = make_picture(version, visitor, "17", source="upload", created=NOON + timedelta(days=1))
    seven = make_picture(mlp, visitor, "7", source="api", created=NOON + timedelta(days=2))
    seventeen.glyphs.last().set_label(1, owner=visitor, where="page")
    return {"4": str(four.pk), "17": str(seventeen.pk), "7": str(seven.pk)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?digit=7", {"7"}),
        ("?digit=1", {"17"}),
        ("?digit=4", {"4"}),
        ("?digit=9", set()),
        ("?source=upload", {"17"}),
        ("?source=draw", {"4"}),
        ("?model=mlp", {"7"}),
        ("?model=cnn", {"4", "17"}),
        ("?labelled=yes", {"17"}),
        ("?labelled=no", {"4", "7"}),
        ("?digit=7&labelled=no", {"7"}),
        ("?digit=not_a_digit", set()),
        ("?verdict=digit", {"4", "17", "7"}),
        ("?verdict=unsure", set()),
        ("?since=2026-01-02", {"17", "7"}),
        ("?until=2026-01-02", {"4", "17"}),
        ("?since=2026-01-02&until=2026-01-02", {"17"}),
        ("?digit=&verdict=&source=&model=&labelled=&since=&until=", {"4", "17", "7"}),
        ("?digit=1&verdict=digit&source=upload&model=cnn&labelled=yes&since=2026-01-01&until=2026-01-03", {"17"}),
    ],
)
def test_it_is_narrowed_by(client, various, query, expected):
    assert set(shown(client, query)) == {various[name] for name in expected}


def test_it_says_when_nothing_matches(client, various):
    assert "Nothing matches" in client.get("/history/?digit=9").content.decode()


def test_each_filter_is_told_and_can_be_taken_off_alone(client, various):
    answer = client.get("/history/?digit=7&source=upload&since=2026-01-02&view=table&before=x")

    chips = {(chip.name, chip.value): chip.url_without for chip in answer.context["chips"]}
    assert chips == {
        ("Digit", "7"): "?source=upload&since=2026-01-02&view=table",
        ("Source", "uploaded"): "?digit=7&since=2026-01-02&view=table",
        ("From", "2 January 2026"): "?digit=7&source=upload&view=table",
    }
    assert answer.context["clear_url"] == "?view=table"


@pytest.mark.parametrize(
    ("query", "told", "left"),
    [
        ("?digit=77&source=draw", "77 is not one of the available choices", {"4"}),
        ("?since=soon&source=draw", "Enter a valid date", {"4"}),
        ("?since=2026-01-03&until=2026-01-01&source=draw", "The first day is after the last one", {"4"}),
        ("?verdict=perhaps", "perhaps is not one of the available choices", {"4", "17", "7"}),
    ],
)
def test_a_filter_that_is_not_understood_is_told_and_the_others_hold(client, various, query, told, left):
    page = client.get(f"/history/{query}").content.decode()

    assert told in page
    assert '<details class="filters" open>' in page
    assert set(shown(client, query)) == {various[name] for name in left}
    assert "history/delete-all/" not in page


def test_a_wish_stays_in_its_field(client, various):
    page = client.get("/history/?digit=7&since=2026-01-02").content.decode()

    assert '<option value="7" selected>' in page
    assert 'value="2026-01-02"' in page


def test_the_layout_is_remembered_until_the_other_one_is_asked_for(client, version, visitor):
    make_picture(version, visitor, "42", created=NOON)

    first = client.get("/history/")
    table = client.get("/history/?view=table")
    again = client.get("/history/")
    grid = client.get("/history/?view=grid")

    assert [answer.context["layout"] for answer in (first, table, again, grid)] == ["grid", "table", "table", "grid"]
    assert "<table" in again.content.decode()
    assert "<table" not in grid.content.decode()
    assert ["history_view" in answer.cookies for answer in (first, table, again)] == [False, True, False]
    assert client.get("/history/?view=heap").context["layout"] == "grid"


def test_the_table_tells_reading_certainty_network_source_and_time(client, version, visitor):
    picture = make_picture(version, visitor, "42", created=NOON, source="upload")

    page = client.get("/history/?view=table").content.decode()

    assert f'href="/p/{picture.pk}/"' in page
    for told in ("99.1 % sure", "Convolutional network", "uploaded", "kept out", "12:00", "Thu, 1 Jan 2026"):
        assert told in page


def test_the_other_layout_shows_the_same_page(client, version, visitor):
    for n in range(PAGE_SIZE + 1):
        make_picture(version, visitor, created=NOON - timedelta(minutes=n))
    older = client.get("/history/?digit=7").context["older_url"]

    table = client.get("/history/" + older).context["layout_urls"]["table"]

    assert shown(client, table) == shown(client, older)
    assert client.get("/history/" + table).context["layout"] == "table"


def test_every_picture_can_be_selected_by_a_box_that_says_which(client, version, visitor):
    picture = make_picture(version, visitor, "42", created=NOON)

    for layout in ("grid", "table"):
        page = client.get(f"/history/?view={layout}").content.decode()
        assert f'<input type="checkbox" name="picture" value="{picture.pk}">' in page
        assert "Select 42 of 12:00" in page


def test_a_page_goes_on_to_older_and_back_to_newer_pictures(client, version, visitor):
    pictures = [
        make_picture(version, visitor, created=NOON - timedelta(minutes=n // 9)) for n in range(2 * PAGE_SIZE + 3)
    ]
    pictures.sort(key=lambda picture: (picture.created, picture.pk), reverse=True)
    first, second, third = (ids(pictures[start : start + PAGE_SIZE]) for start in (0, PAGE_SIZE, 2 * PAGE_SIZE))

    one = client.get("/history/").context
    two = client.get("/history/" + one["older_url"]).context
    three = client.get("/history/" + two["older_url"]).context
    two_again = client.get("/history/" + three["newer_url"]).context
    one_again = client.get("/history/" + two_again["newer_url"]).context

    assert [ids(page["pictures"]) for page in (one, two, three)] == [first, second, third]
    assert [ids(page["pictures"]) for page in (two_again, one_again)] == [second, first]
    assert (one["newer_url"], one_again["newer_url"], three["older_url"]) == (None, None, None)


def test_pages_keep_equal_times_apart(client, version, visitor):
    pictures = [make_picture(version, visitor, created=NOON) for _ in range(PAGE_SIZE + 5)]

    one = client.get("/history/").context
    two = client.get("/history/" + one["older_url"]).context

    seen = ids(one["pictures"]) + ids(two["pictures"])
    assert sorted(seen) == sorted(ids(pictures))


def test_the_links_to_other_pages_keep_the_filters(client, version, visitor):
    for n in range(PAGE_SIZE + 1):
        make_picture(version, visitor, "7", created=NOON - timedelta(minutes=n))
    make_picture(version, visitor, "4", created=NOON - timedelta(days=1))

    older = client.get("/history/?digit=7&source=draw").context["older_url"]

    assert older.startswith("?digit=7&source=draw&before=")
    assert len(shown(client, older)) == 1


def test_a_place_whose_older_pictures_are_gone_shows_the_newest_again(client, version, visitor):
    picture = make_picture(version, visitor, created=NOON)

    assert shown(client, f"?before={NOON.isoformat().replace('+', '%2B')}_{picture.pk}") == [str(picture.pk)]
    assert shown(client, f"?after={NOON.isoformat().replace('+', '%2B')}_{picture.pk}") == [str(picture.pk)]


@pytest.mark.parametrize(
    "query",
    [
        "?digit=seven",
        "?digit=10&source=nowhere&model=%00&labelled=maybe",
        "?before=yesterday",
        "?before=_",
        "?before=a_b_c",
        "?before=2026-01-01T12:00:00_" + "0" * 31,
        "?before=2026-99-01_" + str(uuid.UUID(int=0)),
        "?after=%00",
        "?after=%F0%9F%99%82_%F0%9F%99%82",
        "?page=9999999999999999999999",
        "?digit[]=7&digit=7&digit=8",
    ],
)
def test_garbage_in_the_query_string_is_no_fault(client, version, visitor, query):
    make_picture(version, visitor, created=NOON, digits="78")

    assert len(shown(client, query)) == 1


@pytest.mark.parametrize(
    "place",
    [
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00",
        "9999-12-31",
        "2026-01-01T12:00",
    ],
)
@pytest.mark.parametrize("direction", ["before", "after"])
def test_the_ends_of_time_are_no_fault(client, version, visitor, direction, place):
    make_picture(version, visitor)

    assert client.get(f"/history/?{direction}={place}_{uuid.uuid4()}").status_code == 200


def test_it_asks_the_database_as_often_for_20_pictures_as_for_3(client, version, visitor, django_assert_num_queries):
    for _ in range(3):
        make_picture(version, visitor, "42")
    with CaptureQueriesContext(connection) as few:
        assert len(shown(client)) == 3

    for _ in range(17):
        make_picture(version, visitor, "42")
    with django_assert_num_queries(len(few)):
        assert len(shown(client)) == 20


def test_it_refuses_another_method(client, version):
    assert client.post("/history/").status_code == 405
