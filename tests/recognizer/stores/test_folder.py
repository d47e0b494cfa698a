"""Where the pictures' files are kept."""

import uuid

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from recognizer.models import Picture
from recognizer.stores import folder as storage_module
from recognizer.stores.folder import PictureStorage, picture_path
from tests.recognizer.outages import raise_disk_full


@pytest.fixture
def storage(settings) -> PictureStorage:
    return PictureStorage()


def files_in(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_is_the_default_one():
    assert isinstance(storages["default"], PictureStorage)


def test_a_file_is_there_whole(storage, settings):
    name = storage.save("pictures/ab/7.png", ContentFile(b"seven"))

    assert name == "pictures/ab/7.png"
    assert (settings.MEDIA_ROOT / name).read_bytes() == b"seven"
    assert files_in(settings.MEDIA_ROOT) == ["pictures/ab/7.png"]


def test_until_it_is_on_the_disk_it_has_another_name(storage, settings, monkeypatch):
    seen = []
    monkeypatch.setattr(storage_module.os, "fsync", lambda descriptor: seen.append(files_in(settings.MEDIA_ROOT)))

    storage.save("7.png", ContentFile(b"seven"))

    (while_written,), when_done = seen
    assert while_written.startswith("7.png.")
    assert while_written.endswith(".tmp")
    assert when_done == ["7.png"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_nothing(storage, settings, monkeypatch, step):
    monkeypatch.setattr(storage_module.os, step, raise_disk_full)

    with pytest.raises(OSError, match="No space left"):
        storage.save("7.png", ContentFile(b"seven"))

    assert files_in(settings.MEDIA_ROOT) == []


def test_a_folder_that_cannot_be_synced_leaves_nothing(storage, settings, monkeypatch):
    monkeypatch.setattr(storage_module, "_sync_folder", raise_disk_full)

    with pytest.raises(OSError, match="No space left"):
        storage.save("7.png", ContentFile(b"seven"))

    assert files_in(settings.MEDIA_ROOT) == []


def test_it_has_no_public_address(storage):
    storage.save("7.png", ContentFile(b"seven"))

    with pytest.raises(ValueError, match="no public address"):
        storage.url("7.png")


def test_nothing_is_served_by_address(client, picture):
    for address in (f"/{picture.image.name}", f"/media/{picture.image.name}", f"/static/{picture.image.name}"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png"])
def test_it_writes_nowhere_else(storage, name):
    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"seven"))


def test_a_pictures_place_holds_nothing_of_the_clients_name():
    picture = Picture(pk=uuid.UUID(int=0xAB << 120))

    assert picture_path(picture, "../../evil.sh") == f"pictures/ab/ab{'0' * 30}.png"
