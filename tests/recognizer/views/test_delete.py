"""Deleting a picture: `/p/<uuid>/delete/`."""

import uuid

from recognizer.models import Glyph, LabelEvent, Picture, Prediction


def test_it_removes_the_picture_with_everything_read_on_it(
    client, picture, visitor, django_capture_on_commit_callbacks
):
    picture.glyphs.get().set_label(1, owner=visitor, where="page")
    storage, name = picture.image.storage, picture.image.name

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/p/{picture.pk}/delete/")

    assert answer.url == "/history/"
    assert [m.objects.count() for m in (Picture, Glyph, Prediction, LabelEvent)] == [0, 0, 0, 0]
    assert not storage.exists(name)


def test_the_file_stays_until_the_deletion_is_committed(client, picture, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        client.post(f"/p/{picture.pk}/delete/")

    assert picture.image.storage.exists(picture.image.name)


def test_it_leaves_other_pictures_alone(client, picture, other_picture, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/p/{picture.pk}/delete/")

    assert Picture.objects.get() == other_picture
    assert other_picture.image.storage.exists(other_picture.image.name)


def test_a_picture_whose_file_is_missing_can_be_deleted(client, picture, django_capture_on_commit_callbacks):
    picture.image.storage.delete(picture.image.name)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/p/{picture.pk}/delete/")

    assert not Picture.objects.exists()


def test_deleting_twice_finds_nothing_the_second_time(client, picture):
    client.post(f"/p/{picture.pk}/delete/")

    assert client.post(f"/p/{picture.pk}/delete/").status_code == 404
    assert client.post(f"/p/{uuid.uuid4()}/delete/").status_code == 404


def test_it_refuses_to_be_got(client, picture):
    assert client.get(f"/p/{picture.pk}/delete/").status_code == 405
    assert Picture.objects.filter(pk=picture.pk).exists()
