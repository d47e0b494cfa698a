"""The stored files beside the rows that name them: which are missing or damaged, and which nobody names.

Rows and files are gone through in small pieces, so that a site of any size is checked in the same memory, and no
statement stays open while files are read, which would keep SQLite from writing.
"""

import hashlib
import posixpath
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from recognizer import shared_artifacts
from recognizer.models import BatchItem, Picture

PAGE_SIZE = 500
STAGED = "batches/"
"""Where the files of a batch wait to be read."""
UNDER_WAY = timedelta(hours=1)
"""For so long a file that nobody names may be one whose row is still to come."""


class NamedFile(NamedTuple):
    """A file that a row names, and the SHA-256 that a picture's had when it was stored; None for a staged file."""

    name: str
    sha256: str | None


def named_files() -> Iterator[NamedFile]:
    """Yield what the rows name: every picture's file, then those that wait in a batch to be read."""
    for _, name, sha256 in _paged(Picture.objects.values_list("pk", "image", "sha256")):
        yield NamedFile(name, sha256)
    for _, name in _paged(_waiting_items().values_list("pk", "staged")):
        yield NamedFile(name, None)


def count_named_files() -> int:
    """Return how many files the rows name."""
    return Picture.objects.count() + _waiting_items().count()


def fault_of(file: NamedFile) -> str | None:
    """Return “missing” or “wrong checksum”, None for a file that is what was stored or was deleted meanwhile."""
    try:
        found = sha256_of(file.name)
    except FileNotFoundError:
        found = None
    if (found is not None and file.sha256 in (None, found)) or not is_named(file.name):
        return None
    return "missing" if found is None else "wrong checksum"


def sha256_of(name: str) -> str:
    """Return the SHA-256 of a stored file. Raises FileNotFoundError."""
    digest = hashlib.sha256()
    with default_storage.open(name) as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def stored_names(folder: str = "") -> Iterator[str]:
    """Yield the name of every picture and staged file in the storage, a folder at a time, and of no trained network."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # the first picture makes the folder
        return
    for name in sorted(names):
        yield posixpath.join(folder, name)
    for path in (posixpath.join(folder, name) for name in sorted(folders)):
        if path != shared_artifacts.FOLDER:
            yield from stored_names(path)


def orphans(names: Iterable[str]) -> Iterator[str]:
    """Yield those of the stored files that no row names."""
    rest = iter(names)
    while page := list(islice(rest, PAGE_SIZE)):
        named = _named(page)
        yield from (name for name in page if name not in named)


def is_orphan(name: str) -> bool:
    """Say whether a file is there that no row names."""
    return not is_named(name) and default_storage.exists(name)


def is_named(name: str) -> bool:
    """Say whether a row names the file."""
    return bool(_named([name]))


def may_be_under_way(name: str) -> bool:
    """Say whether a file is so new that its row may still come."""
    try:
        return default_storage.get_modified_time(name) > timezone.now() - UNDER_WAY
    except FileNotFoundError:
        return False


def pictures_of(names: Collection[str]) -> QuerySet[Picture]:
    """Return the pictures whose files these are, found in the index by the ids in their names."""
    by_id = {name: pk for name in names if (pk := _id_in(posixpath.basename(name).split(".")[0]))}
    others = [name for name in names if name not in by_id and not name.startswith(STAGED)]
    return Picture.objects.filter(Q(pk__in=by_id.values()) | Q(image__in=others), image__in=names)


def waiting_items_of(names: Collection[str]) -> QuerySet[BatchItem]:
    """Return the files of batches that wait under these names, found in the index by the batch in them."""
    staged = [name for name in names if name.startswith(STAGED)]
    batches = {pk for name in staged if (pk := _id_in(name.split("/")[1]))}
    return _waiting_items().filter(batch__in=batches, staged__in=staged)


def _named(names: Collection[str]) -> set[str]:
    """Return those of the names that a row holds."""
    pictures = pictures_of(names).values_list("image", flat=True)
    return {*pictures, *waiting_items_of(names).values_list("staged", flat=True)}


def _waiting_items() -> QuerySet[BatchItem]:
    return BatchItem.objects.exclude(staged="")


def _paged(rows: QuerySet) -> Iterator[tuple]:
    """Yield rows of values that begin with the id, by id."""
    rows = rows.order_by("pk")
    page = list(rows[:PAGE_SIZE])
    while page:
        yield from page
        page = list(rows.filter(pk__gt=page[-1][0])[:PAGE_SIZE])


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
