"""`manage.py backup` and `manage.py restore`: the whole site in a folder, and back."""

import io
import json
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from recognizer.models import Batch, BatchItem, Glyph, LabelEvent, Picture
from recognizer.operations import backups, snapshots
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.own_site import OwnSite, wait_for
from tests.pictures import png_of
from tests.recognizer.artifacts import make_artifact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def site(settings, picture, admin_picture, visitor) -> None:
    """Fill the site: two pictures, a label, an account, a trained network."""
    glyph = picture.glyphs.get()
    glyph.set_label(1, owner=visitor, where=LabelEvent.Where.PAGE)
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")


def run(command: str, *arguments: object) -> str:
    written = io.StringIO()
    call_command(command, *map(str, arguments), stdout=written, stderr=written)
    return written.getvalue()


def start_anew(settings, folder: Path) -> None:
    """Make this an empty site with folders of its own."""
    Picture.objects.all().delete()
    Batch.objects.all().delete()
    User.objects.all().delete()
    settings.MEDIA_ROOT = folder / "new-media"
    settings.MODEL_ROOT = folder / "new-models"


def staged_item(content: bytes = b"as sent") -> BatchItem:
    """Store a batch of one file that waits to be read."""
    batch = Batch.objects.create(visitor=uuid.uuid4(), came_as="files", kind="cnn", total=1)
    item = BatchItem(batch=batch, position=0, name="seven.png", state="waiting")
    item.staged.save("", ContentFile(content), save=False)
    item.save()
    return item


def test_everything_comes_back(site, folder, settings, tmp_path, picture, visitor):
    item = staged_item()
    pixels = bytes(picture.glyphs.get().pixels)
    image = default_storage.open(picture.image.name).read()

    told = run("backup", folder)
    start_anew(settings, tmp_path)
    run("restore", folder)

    assert "3 files, 1 trained network; 0 deleted meanwhile." in told
    assert Picture.objects.count() == 2
    assert Picture.objects.owned_by(visitor).get() == picture
    assert bytes(Glyph.objects.get(picture=picture).pixels) == pixels
    assert Glyph.objects.get(picture=picture).label == 1
    assert LabelEvent.objects.get().visitor == visitor.visitor
    assert User.objects.get().check_password("password")
    assert default_storage.open(picture.image.name).read() == image
    assert default_storage.open(item.staged.name).read() == b"as sent"
    assert (settings.MODEL_ROOT / "cnn-ours" / "card.json").is_file()
    assert "3 files: 0 missing, 0 wrong checksum, 0 orphan." in run("check_media")


def test_what_is_made_after_restoring_gets_an_id_of_its_own(site, folder, settings, tmp_path):
    run("backup", folder)
    start_anew(settings, tmp_path)
    run("restore", folder)

    new = recognize(png_of("4"), owner=Owner(visitor=uuid.uuid4()), source="draw")

    assert Glyph.objects.filter(picture=new).count() == 1
    assert User.objects.create_user("eve").pk


def test_only_its_owner_may_look_into_it(site, folder):
    run("backup", folder)

    assert folder.stat().st_mode & 0o077 == 0


def test_what_is_deleted_and_what_comes_while_files_are_copied(site, folder, settings, tmp_path, picture, visitor):
    """The database is copied by then: one row too many, one file too few."""
    item = staged_item()

    def change_the_site(names: Iterable[str], total: int) -> Iterator[str]:
        names = list(names)
        picture.delete()
        recognize(png_of("4"), owner=visitor, source="draw")
        item.was_refused("no_ink")
        item.save()
        yield from names

    manifest = backups.back_up(folder, change_the_site)
    start_anew(settings, tmp_path)
    run("restore", folder)

    assert manifest["deleted"] == [picture.image.name, f"batches/{item.batch_id}/0"]
    assert not Picture.objects.filter(pk=picture.pk).exists()
    assert Picture.objects.count() == 1
    assert BatchItem.objects.get().state == "failed"
    assert "1 file: 0 missing, 0 wrong checksum, 0 orphan." in run("check_media")


def test_a_file_that_is_missing_already_is_told_and_its_row_is_kept(site, folder, settings, tmp_path, picture):
    default_storage.delete(picture.image.name)

    told = run("backup", folder)
    start_anew(settings, tmp_path)
    run("restore", folder)

    assert "Missing already: 1." in told
    assert Glyph.objects.get(picture=picture).label == 1


def test_it_does_not_write_into_a_folder_that_holds_something(site, folder):
    run("backup", folder)

    with pytest.raises(CommandError, match="is not empty"):
        run("backup", folder)


@pytest.mark.parametrize("has", ["pictures", "accounts", "files"])
def test_a_site_that_is_not_empty_is_replaced_only_when_asked_to(site, folder, has, picture, visitor):
    run("backup", folder)
    if has != "pictures":
        Picture.objects.all().delete()
    if has != "accounts":
        User.objects.all().delete()
    if has == "files":
        default_storage.save("pictures/ab/7.png", ContentFile(b"seven"))
    before = Picture.objects.count()

    with pytest.raises(CommandError, match="--force"):
        run("restore", folder)
    assert Picture.objects.count() == before

    run("restore", folder, "--force")
    assert Picture.objects.count() == 2


def test_a_damaged_file_is_replaced(site, folder, picture):
    run("backup", folder)
    default_storage.delete(picture.image.name)
    default_storage.save(picture.image.name, ContentFile(b"else"))

    run("restore", folder, "--force")

    assert "2 files: 0 missing, 0 wrong checksum, 0 orphan." in run("check_media")


@pytest.mark.parametrize("damage", ["no manifest", "no database", "half a database", "another version", "another kind"])
def test_what_is_no_whole_backup_changes_nothing(site, folder, damage):
    run("backup", folder)
    manifest = json.loads((folder / "backup.json").read_text())
    database = folder / manifest["database"]["file"]
    match damage:
        case "no manifest":
            (folder / "backup.json").unlink()
        case "no database":
            database.unlink()
        case "half a database":
            database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
        case "another version":
            (folder / "backup.json").write_text(json.dumps(manifest | {"format": 99}))
        case "another kind":
            database.rename(folder / "database.else")
            manifest["database"]["file"] = "database.else"
            (folder / "backup.json").write_text(json.dumps(manifest))
    Picture.objects.all()[0].delete()

    with pytest.raises(CommandError):
        run("restore", folder, "--force")
    assert Picture.objects.count() == 1


def test_a_missing_program_of_postgresqls_is_told(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(snapshots.SnapshotError, match="pg_dump is not installed"):
        snapshots._run("pg_dump")


KEEP_BUSY = """
import random, sys, uuid
from recognizer.models import Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of
png = png_of("7")
print("busy", flush=True)
while True:
    recognize(png, owner=Owner(visitor=uuid.uuid4()), source="draw", kind="numpy_mlp")
    if Picture.objects.count() > 20:
        random.choice(Picture.objects.all()).delete()
"""


@pytest.fixture
def busy(own_database, tmp_path) -> Iterator[OwnSite]:
    """Start a site in which pictures come and go all the time."""
    (tmp_path / "busy").mkdir()
    shutil.copy(own_database, tmp_path / "busy")
    site = OwnSite(tmp_path / "busy")
    process = site.start("manage.py", "shell", "--verbosity", "0", "-c", KEEP_BUSY)
    yield site
    assert process.poll() is None, site.log()
    site.end()


def test_a_copy_of_a_busy_site_is_whole(busy, tmp_path):
    """Neither of two copies that are made while pictures come and go misses a file."""
    wait_for(lambda: len(list((busy.folder / "media").rglob("*.png"))) >= 20)
    for number in range(2):
        folder = tmp_path / f"backup-{number}"
        busy.manage("backup", str(folder))
        (tmp_path / str(number)).mkdir()
        restored = OwnSite(tmp_path / str(number))
        restored.manage("restore", str(folder))

        found = restored.manage("check_media")

        assert re.fullmatch(r"\d+ files: 0 missing, 0 wrong checksum, 0 orphan.", found.strip())
        assert restored.ask("Picture.objects.count()") >= 15
