"""`manage.py check_media`: the stored files beside the rows that name them."""

import io
import os
import time
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from recognizer.models import Picture
from recognizer.operations import media
from recognizer.recognition import recognize
from recognizer.stores.folder import PictureStorage
from tests.pictures import png_of

HOUR = 3600


@pytest.fixture(autouse=True)
def _site(picture, other_picture):
    """Begin with two pictures that are well."""


def check(*options: str) -> tuple[bool, list[str]]:
    """Return whether all is well, and the lines that were written."""
    written = io.StringIO()
    try:
        call_command("check_media", *options, stdout=written)
    except CommandError as summary:
        return False, [*written.getvalue().splitlines(), str(summary)]
    return True, written.getvalue().splitlines()


def stray(name: str, *, age_hours: float = 2) -> str:
    """Store a file that no row names."""
    name = default_storage.save(name, ContentFile(b"left behind"))
    then = time.time() - age_hours * HOUR
    os.utime(default_storage.path(name), (then, then))
    return name


def test_a_site_that_is_well():
    assert check() == (True, ["2 files: 0 missing, 0 wrong checksum, 0 orphan."])


def test_an_empty_site_is_well(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        Picture.objects.all().delete()

    assert check() == (True, ["0 files: 0 missing, 0 wrong checksum, 0 orphan."])


def test_it_tells_a_missing_file(picture):
    default_storage.delete(picture.image.name)

    assert check() == (
        False,
        [f"missing: {picture.image.name}", "2 files: 1 missing, 0 wrong checksum, 0 orphan."],
    )


@pytest.mark.parametrize("content", [b"", b"else"])
def test_it_tells_a_file_that_is_not_what_was_stored(picture, content):
    default_storage.delete(picture.image.name)
    default_storage.save(picture.image.name, ContentFile(content))

    is_well, lines = check("--fix")

    assert not is_well
    assert lines[0] == f"wrong checksum: {picture.image.name}"
    assert default_storage.exists(picture.image.name)


@pytest.mark.parametrize(
    "name",
    [f"pictures/ab/{uuid.UUID(int=7).hex}.png", "pictures/ab/12.png.34.tmp", "pictures/zz/seven.png", "seven.png"],
)
def test_it_tells_a_file_that_nobody_names_and_removes_it_when_asked_to(name):
    name = stray(name)

    assert check() == (False, [f"orphan: {name}", "2 files: 0 missing, 0 wrong checksum, 1 orphan."])
    assert default_storage.exists(name)
    assert check("--fix") == (
        True,
        [f"removed: {name}", "2 files: 0 missing, 0 wrong checksum, 0 orphan; removed 1 orphan."],
    )
    assert not default_storage.exists(name)
    assert check()[0]


def test_a_second_file_of_a_picture_is_an_orphan(picture):
    name = stray(f"pictures/00/{picture.pk.hex}.png")

    assert check("--fix")[1][0] == f"removed: {name}"
    assert check()[0]


def test_what_is_younger_than_an_hour_is_told_and_never_removed():
    name = stray("pictures/ab/7.png", age_hours=0.9)

    is_well, lines = check("--fix")

    assert not is_well
    assert lines == [f"orphan: {name}", "2 files: 0 missing, 0 wrong checksum, 1 orphan; removed 0 orphans."]
    assert default_storage.exists(name)


def test_an_old_file_whose_row_comes_at_the_last_moment_is_kept(picture, monkeypatch):
    image, name = picture.image.name, stray("pictures/ab/7.png")
    is_orphan = media.is_orphan

    def name_it_first(candidate: str) -> bool:
        Picture.objects.filter(pk=picture.pk).update(image=name)
        return is_orphan(candidate)

    monkeypatch.setattr(media, "is_orphan", name_it_first)
    check("--fix")

    assert default_storage.exists(name)
    assert default_storage.exists(image)  # it is young


def test_a_new_file_whose_row_comes_meanwhile_is_no_orphan(picture, monkeypatch):
    name = stray("pictures/ab/7.png", age_hours=0)

    def name_it(candidate: str) -> bool:
        return bool(Picture.objects.filter(pk=picture.pk).update(image=name))

    monkeypatch.setattr(media, "may_be_under_way", name_it)

    assert f"orphan: {name}" not in check()[1]


def test_a_picture_that_is_deleted_meanwhile_is_not_missing(picture, monkeypatch):
    sha256_of = media.sha256_of

    def delete_first(name: str) -> str:
        default_storage.delete(name)
        Picture.objects.filter(image=name).delete()
        return sha256_of(name)

    monkeypatch.setattr(media, "sha256_of", delete_first)

    assert check()[0]


def test_rows_and_files_come_in_pieces(visitor, monkeypatch):
    monkeypatch.setattr(media, "PAGE_SIZE", 2)
    for _ in range(5):
        recognize(png_of("4"), owner=visitor, source="draw")
    stray("pictures/ab/7.png")

    assert check()[1][-1] == "7 files: 0 missing, 0 wrong checksum, 1 orphan."


def test_a_storage_that_cannot_be_read_is_not_taken_for_an_empty_one(monkeypatch):
    def fail(storage, name: str, mode: str = "rb"):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(PictureStorage, "_open", fail)

    with pytest.raises(PermissionError):
        check("--fix")
