"""The whole site in a folder: its database, its pictures and its trained networks; and the way back.

    database.sqlite3 or database.sql    as it was at one moment
    files.txt                           which files that names
    media/                              the files, copied after it
    models/                             the trained networks: of MODEL_ROOT, and those in the bucket
    backup.json                         written last: a folder without it is no whole backup

A picture that is deleted while files are copied is left out: its row is in the database's copy, and is deleted when
that is put back. So is a file of a batch that was read meanwhile; its item says then that it was not read.
SECRET_KEY is not in a backup.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from recognizer.batches.errors import LostFileError
from recognizer.inference.artifacts import ArtifactError, read_artifact
from recognizer.models import ModelVersion, Picture
from recognizer.operations import snapshots
from recognizer.operations.media import is_named, pictures_of, stored_names, waiting_items_of
from recognizer.registry import registered_artifact
from recognizer.shared_artifacts import is_shared, share

FORMAT = 1
MANIFEST, NAMES, MEDIA, MODELS = "backup.json", "files.txt", "media", "models"
COPY_BYTES = 1024 * 1024
FILES_AT_ONCE = 16
"""That are put back side by side."""

Show = Callable[[Iterable, int], Iterable]
"""Shows how far a loop over so many is, as tqdm does."""


class BackupError(Exception):
    """Nothing was backed up or restored; the message says how to mend that."""


def back_up(folder: Path, show: Show) -> dict:
    """Copy the site into a new or empty folder and return what its manifest says.

    Raises BackupError, snapshots.SnapshotError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Name a folder that is not there yet.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # everybody's pictures and the hashes of their passwords
    database = snapshots.take(folder, folder / NAMES)
    total = sum(1 for _ in _lines(folder / NAMES))
    deleted, missing = [], []
    for name in show(_lines(folder / NAMES), total):
        if not _copy_file(name, folder / MEDIA / name):
            (missing if is_named(name) else deleted).append(name)
    artifacts, lost = _artifacts()
    models = [_copy_folder(artifact, folder / MODELS) for artifact in artifacts]
    manifest = {
        "format": FORMAT,
        "made": timezone.now().isoformat(),
        "database": {"file": database.name, "sha256": _sha256(database)},
        "files": total - len(deleted) - len(missing),
        "deleted": deleted,
        "missing": missing + lost,
        "models": models,
    }
    os.sync()
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def restore(folder: Path, show: Show, *, over_a_site: bool = False) -> dict:
    """Make the site what it was: the files first, then the database, whole or not at all. Return the manifest.

    over_a_site: whether it may replace a site that has pictures or accounts.
    Raises BackupError, snapshots.SnapshotError.
    """
    manifest = _read_manifest(folder)
    if not over_a_site and not _is_empty():
        raise BackupError("This site has pictures or accounts. To replace them with those of the backup, say --force.")
    names = (path for path in (folder / MEDIA).rglob("*") if path.is_file())
    _put_files(show(names, manifest["files"]), folder / MEDIA)
    for name in manifest["models"]:
        _copy_folder(folder / MODELS / name, settings.MODEL_ROOT)
        with contextlib.suppress(ArtifactError):  # a damaged one is put back as it was; register_models tells of it
            share(read_artifact(settings.MODEL_ROOT / name))
    snapshots.put_back(folder / manifest["database"]["file"])
    call_command("migrate", verbosity=0)
    pictures_of(manifest["deleted"]).delete()
    for item in waiting_items_of(manifest["deleted"]):
        item.was_refused(LostFileError.code)
        item.save()
    return manifest


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (line.rstrip("\n") for line in lines)


def _read_manifest(folder: Path) -> dict:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} holds no whole backup: its {MANIFEST} cannot be read.") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{folder} was made by another version of this site.")
    database = folder / manifest["database"]["file"]
    if not database.is_file() or _sha256(database) != manifest["database"]["sha256"]:
        raise BackupError(f"{database} is not what was backed up: it is missing or its SHA-256 differs.")
    return manifest


def _is_empty() -> bool:
    """Say whether the site has neither pictures nor accounts, in rows or in files; it may have no tables yet."""
    tables = connection.introspection.table_names()
    rows = (model for model in (Picture, get_user_model()) if model._meta.db_table in tables)
    return not any(model.objects.exists() for model in rows) and next(stored_names(), None) is None


def _copy_file(name: str, target: Path) -> bool:
    """Copy a stored file out; return whether it was there."""
    try:
        source = default_storage.open(name)
    except FileNotFoundError:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, COPY_BYTES)
    return True


def _put_files(paths: Iterable[Path], root: Path) -> None:
    """Store the files, several at once: what takes long is the wait for the disk, which they share."""
    paths = iter(paths)
    with ThreadPoolExecutor(FILES_AT_ONCE) as writers:
        while at_once := list(islice(paths, FILES_AT_ONCE)):
            list(writers.map(partial(_put_file, root), at_once))


def _put_file(root: Path, path: Path) -> None:
    """Store a file under the name that its row knows, in the place of one that is there."""
    name = path.relative_to(root).as_posix()
    default_storage.delete(name)
    with path.open("rb") as source:
        default_storage.save(name, File(source))


def _artifacts() -> tuple[list[Path], list[str]]:
    """Return the folders of the trained networks, here and in the bucket, and the names of those it does not give.

    Drafts and work under way have a name with a dot before it.
    """
    folders, lost = {folder.name: folder for folder in settings.MODEL_ROOT.glob("[!.]*/")}, []
    for version in ModelVersion.objects.all():
        try:
            if is_shared(version):
                folders[version.folder] = registered_artifact(version).folder
        except (ArtifactError, OSError):
            lost.append(f"{MODELS}/{version.folder}")
    return sorted(folders.values(), key=lambda folder: folder.name), lost


def _copy_folder(source: Path, root: Path) -> str:
    """Copy an artifact, whole, in the place of one of that name; return the name."""
    draft, target = root / f".{source.name}.copy", root / source.name
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return source.name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
