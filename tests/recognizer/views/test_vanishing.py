"""A picture that is deleted by its owner while somebody else's request, or another tab's, has begun to fetch it."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from django.db import connection

from recognizer.models import Picture
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def kept(db, visitor) -> Picture:
    return make_picture(make_version(), visitor, "4")


@pytest.fixture
def vanishing(kept, visitor) -> Iterator[Picture]:
    """Store a picture of the client's visitor that is deleted once its marks are fetched, before their predictions."""
    picture = make_picture(kept.model_version, visitor)

    def delete_before(execute, sql: str, params, many, context):
        if sql.startswith("SELECT") and 'FROM "recognizer_prediction"' in sql:
            Picture.objects.filter(pk=picture.pk).delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(delete_before):
        yield picture


@pytest.mark.parametrize("address", ["/history/", "/history/?view=table", "/api/v1/pictures/"])
def test_a_list_is_shown_without_it(client, kept, vanishing, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert str(kept.pk) in answer.content.decode()
    assert str(vanishing.pk) not in answer.content.decode()


def test_the_zip_of_all_comes_without_it(client, kept, vanishing):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.get("/history/download/").streaming_content)))

    table = archive.read("pictures.csv").decode()
    assert str(kept.pk) in table
    assert str(vanishing.pk) not in table


def test_what_is_to_be_deleted_is_shown_without_it(client, kept, vanishing):
    page = client.post("/history/delete/", {"picture": [str(kept.pk), str(vanishing.pk)]}).content.decode()

    assert "Delete this picture?" in page


@pytest.mark.parametrize("address", ["/p/{}/", "/p/{}/glyphs/0/why/", "/api/v1/pictures/{}/"])
def test_by_itself_it_is_not_there_any_more(client, vanishing, address):
    assert client.get(address.format(vanishing.pk)).status_code == 404
