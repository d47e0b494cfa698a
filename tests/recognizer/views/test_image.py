"""The stored files of a picture: `/p/<uuid>/image/` and `/p/<uuid>/thumbnail/`."""

import io

import pytest
from PIL import Image

FILES = ("image", "thumbnail")


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("file", FILES)
def test_it_is_a_png_that_may_do_nothing_and_is_kept_privately(client, picture, file):
    answer = client.get(f"/p/{picture.pk}/{file}/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


def test_the_image_has_the_size_of_the_picture(client, picture):
    image = Image.open(io.BytesIO(body_of(client.get(f"/p/{picture.pk}/image/"))))

    assert (image.format, image.mode, image.size) == ("PNG", "L", (picture.width, picture.height))


def test_the_thumbnail_is_small(client, picture):
    image = Image.open(io.BytesIO(body_of(client.get(f"/p/{picture.pk}/thumbnail/"))))

    assert image.format == "PNG"
    assert max(image.size) == 160


def test_a_missing_file_is_not_there_rather_than_a_fault(client, picture):
    picture.image.storage.delete(picture.image.name)

    assert client.get(f"/p/{picture.pk}/image/").status_code == 404
    assert client.get(f"/p/{picture.pk}/").status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_it_refuses_another_method(client, picture, file):
    assert client.post(f"/p/{picture.pk}/{file}/").status_code == 405


@pytest.mark.parametrize("address", ["/p/{}/image/", "/p/{}/thumbnail/", "/api/v1/pictures/{}/image/"])
def test_a_browser_that_has_it_gets_it_no_second_time(client, picture, address):
    first = client.get(address.format(picture.pk))

    again = client.get(address.format(picture.pk), headers={"If-None-Match": first["ETag"]})
    changed = client.get(address.format(picture.pk), headers={"If-None-Match": '"another"'})

    assert first["ETag"] == f'"{picture.sha256}"'
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert body_of(changed) == body_of(first) != b""


@pytest.mark.parametrize("file", FILES)
def test_knowing_its_etag_makes_it_nobody_elses(client, visitor, other_picture, file):
    headers = {"If-None-Match": f'"{other_picture.sha256}"'}

    assert client.get(f"/p/{other_picture.pk}/{file}/", headers=headers).status_code == 404
