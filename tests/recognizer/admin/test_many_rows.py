"""Lists of many rows are counted some pages ahead, and searched by what has an index."""

import uuid

import pytest
from django.contrib.auth.models import User

from recognizer.admin import many_rows, pictures
from recognizer.admin.pictures import PictureAdmin
from recognizer.models import ModelVersion, Picture
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

LIST = "/admin/recognizer/picture/"


@pytest.fixture
def version(db) -> ModelVersion:
    return make_version()


@pytest.fixture
def short_pages(monkeypatch):
    """Two rows a page, of which one page ahead is counted."""
    monkeypatch.setattr(PictureAdmin, "list_per_page", 2)
    monkeypatch.setattr(many_rows, "PAGES_AHEAD", 1)


def shown(client, query: str = ""):
    return client.get(LIST + query).context["cl"]


def found(client, words: str) -> set[Picture]:
    return set(shown(client, f"?q={words}").result_list)


def test_more_rows_than_are_counted_are_told_of_as_such(admin_client, version, short_pages):
    for _ in range(9):
        make_picture(version)

    page = admin_client.get(LIST).content.decode()

    assert "4+ pictures" in page
    assert "Select all 4+ pictures" in page


def test_every_page_can_be_gone_to_from_the_one_before(admin_client, version, short_pages):
    for _ in range(9):
        make_picture(version)

    seen = []
    for number in range(1, 6):
        changes = shown(admin_client, f"?p={number}")
        seen += changes.result_list
        assert changes.paginator.num_pages == min(number + 1, 5)

    assert len(set(seen)) == 9
    assert str(changes.result_count) == "9"


def test_few_rows_are_counted(admin_client, version):
    make_picture(version)

    assert "1 picture" in admin_client.get(LIST).content.decode()
    assert shown(admin_client).result_count == 1


@pytest.mark.parametrize("page", ["-1", "x", "²", "9" * 30])
def test_a_page_that_there_is_not_leads_back_to_the_list(admin_client, version, page):
    make_picture(version)

    answer = admin_client.get(f"{LIST}?p={page}", follow=True)

    assert answer.status_code == 200
    assert len(answer.context["cl"].result_list) == 1


def test_nothing_is_counted_for_the_choices_of_a_filter(admin_client, version):
    assert "_facets" not in admin_client.get(LIST).content.decode()


# Searching


def test_a_picture_is_found_by_its_number(admin_client, version):
    picture = make_picture(version)
    make_picture(version)

    assert found(admin_client, str(picture.pk)) == found(admin_client, picture.pk.hex) == {picture}
    assert found(admin_client, str(uuid.uuid4())) == set()


def test_a_picture_is_found_by_its_whole_reading(admin_client, version):
    picture = make_picture(version, digits="42")
    make_picture(version, digits="421")

    assert found(admin_client, " 42 ") == {picture}


def test_the_pictures_of_a_user_are_found_by_the_name(admin_client, version):
    ada = User.objects.create_user("ada")
    picture = make_picture(version, Owner(user=ada))
    make_picture(version, name="ada.png")

    assert found(admin_client, "Ada") == {picture}


def test_a_picture_is_found_by_its_file_name_however_old_it_is(admin_client, version, monkeypatch):
    monkeypatch.setattr(pictures, "LOOKED_THROUGH", 1)
    old = make_picture(version, name="receipt.png")
    make_picture(version, name="other.png")

    assert found(admin_client, "receipt.png") == {old}


def test_a_part_of_a_file_name_is_looked_for_among_the_newest(admin_client, version, monkeypatch):
    monkeypatch.setattr(pictures, "LOOKED_THROUGH", 2)
    make_picture(version, name="receipt 1.png")
    newer = [make_picture(version, name=f"Receipt {number}.png") for number in (2, 3)]

    assert found(admin_client, "receipt") == set(newer)
