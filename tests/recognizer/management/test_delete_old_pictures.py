"""`manage.py delete_old_pictures`: what is older than RETENTION_DAYS."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from recognizer.history import deletion
from recognizer.models import Batch, BatchItem, Glyph, LabelEvent, Picture, Prediction
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of


def delete_old() -> str:
    written = io.StringIO()
    call_command("delete_old_pictures", stdout=written)
    return written.getvalue()


def age(row: Picture | Batch, **ago: float) -> None:
    type(row).objects.filter(pk=row.pk).update(created=timezone.now() - timedelta(**ago))


def test_nothing_goes_while_nothing_is_set(picture):
    age(picture, days=10_000)

    assert "everything is kept" in delete_old()
    assert Picture.objects.exists()


def test_what_is_older_goes_with_its_file_and_all_that_was_read_and_said(
    settings, picture, other_picture, visitor, django_capture_on_commit_callbacks
):
    settings.RETENTION_DAYS = 30
    picture.glyphs.get().set_label(1, owner=visitor, where=LabelEvent.Where.PAGE)
    age(picture, days=30, minutes=1)
    age(other_picture, days=29, hours=23)

    with django_capture_on_commit_callbacks(execute=True):
        told = delete_old()

    assert told.startswith("Deleted 1 picture from before ")
    assert Picture.objects.get() == other_picture
    assert Glyph.objects.count() == Prediction.objects.count() == 1
    assert not LabelEvent.objects.exists()
    assert not default_storage.exists(picture.image.name)
    assert default_storage.exists(other_picture.image.name)


def test_more_go_than_one_transaction_holds(settings, network, monkeypatch):
    settings.RETENTION_DAYS = 1
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    for _ in range(5):
        age(recognize(png_of("7"), owner=Owner(visitor=uuid.uuid4()), source="draw"), days=2)

    assert delete_old().startswith("Deleted 5 pictures")
    assert not Picture.objects.exists()


def test_old_batches_go_with_the_names_and_the_files_that_wait_in_them(
    settings, db, django_capture_on_commit_callbacks
):
    settings.RETENTION_DAYS = 1
    old, new = (Batch.objects.create(visitor=uuid.uuid4(), came_as="files", kind="cnn", total=1) for _ in range(2))
    item = BatchItem(batch=old, position=0, name="my name.png", state="waiting")
    item.staged.save("", ContentFile(b"as sent"))
    age(old, days=2)

    with django_capture_on_commit_callbacks(execute=True):
        told = delete_old()

    assert "1 file of batches went that no worker had read." in told
    assert Batch.objects.get() == new
    assert not BatchItem.objects.exists()
    assert not default_storage.exists(f"batches/{old.pk}")


@pytest.mark.parametrize(("days", "is_told"), [(None, False), (1, True), (30, True)])
def test_the_privacy_page_says_how_long_pictures_are_kept(client, settings, days, is_told):
    settings.RETENTION_DAYS = days

    page = client.get("/privacy/").content.decode()

    assert ("deleted by itself" in page) is is_told
    if days:
        assert f"{days} day" in page
