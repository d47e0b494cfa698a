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
