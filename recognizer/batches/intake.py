"""How files become a batch: a few are read at once, many are put aside for a worker."""

import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction

from recognizer.batches.archive import Archive, looks_like_zip
from recognizer.batches.errors import TooManyBatchesError, TooManyFilesError
from recognizer.batches.work import recorded, start_reading
from recognizer.imaging.decoding import announced_pixels
from recognizer.imaging.errors import PictureError
from recognizer.models import Batch, BatchItem, Picture
from recognizer.owners import Owner
from recognizer.recognition import (
    Outcome,
    Recognized,
    StorageUnavailableError,
    clean_name,
    recognize_many,
    take_away,
)
from recognizer.uploads import MAX_FILES, has_name_of_zip

logger = logging.getLogger(__name__)

READ_AT_ONCE = 100
"""So many files are read while their sender waits..."""
BYTES_READ_AT_ONCE = 32 * 1024 * 1024
"""... unless they are larger than this together, as a dozen photos are..."""
PIXELS_READ_AT_ONCE = 150_000_000
"""... or have as many pixels as those in fewer bytes, as clean scans have."""
MOST_GOING_ON = 5
"""So many batches of one owner may wait for a worker."""


@dataclass(frozen=True)
class GivenFile:
    """One file, loose or in a zip."""

    name: str
    """As its sender calls it: a label."""
    read: Callable[[], bytes]
    """Returns its bytes or raises PictureError."""
    size_bytes: int = 0


def is_zip(upload: UploadedFile) -> bool:
    """Say whether a file is a zip by its name and by its content."""
    return has_name_of_zip(upload.name, upload.content_type) and looks_like_zip(upload)


def given_files(uploads: Iterable[UploadedFile]) -> list[GivenFile]:
    """Return all files that were sent, those in zips too. Raises TooManyFilesError and as Archive does."""
    files: list[GivenFile] = []
    for upload in uploads:
        if is_zip(upload):
            archive = Archive(upload)
            files += [
                GivenFile(member.filename, partial(archive.read, member), member.file_size)
                for member in archive.members
            ]
        else:
            files.append(GivenFile(upload.name, partial(_whole, upload), upload.size))
    if len(files) > MAX_FILES:
        raise TooManyFilesError
    return files


def _whole(upload: UploadedFile) -> bytes:
    """Return the file's bytes, however often they are asked for."""
    upload.seek(0)
    return upload.read()


def take(files: list[GivenFile], *, owner: Owner, came_as: str, kind: str, may_train: bool) -> Batch:
    """Read the files, or put them aside to be read; return their batch.

    A file that is refused does no harm to the others. Raises TooManyBatchesError, and as recognize does for what
    concerns them all, and nothing is stored then.
    """
    batch = Batch(
        user=owner.user,
        visitor=owner.visitor if owner.user is None else None,
        came_as=came_as,
        kind=kind,
        may_train=may_train,
        total=len(files),
    )
    if _are_few(files):
        _read_now(batch, files)
    elif Batch.objects.owned_by(owner).filter(finished=None).count() >= MOST_GOING_ON:
        raise TooManyBatchesError
    else:
        _put_aside(batch, files)
    return batch


def _are_few(files: list[GivenFile]) -> bool:
    """Say whether their sender is to wait until they are read."""
    if len(files) > READ_AT_ONCE or sum(file.size_bytes for file in files) > BYTES_READ_AT_ONCE:
        return False
    pixels = 0
    for file in files:
        with contextlib.suppress(PictureError):
            pixels += announced_pixels(file.read())
        if pixels > PIXELS_READ_AT_ONCE:
            return False
    return True


def _read_now(batch: Batch, files: list[GivenFile]) -> None:
    """Read the files and store the batch with all that came of it."""
    items = [BatchItem(batch=batch, position=n, name=clean_name(file.name)) for n, file in enumerate(files)]

    def record(outcomes: list[Outcome]) -> list[Recognized]:
        batch.finished = batch.created
        batch.save(force_insert=True)
        kept = recorded(items, outcomes)
        BatchItem.objects.bulk_create(items)
        return kept

    recognize_many(
        [(file.name, file.read) for file in files],
        record=record,
        kind=batch.kind,
        owner=Owner(user=batch.user, visitor=batch.visitor),
        source=Picture.Source.BATCH,
        may_train=batch.may_train,
        batch=batch.pk,
    )


def _put_aside(batch: Batch, files: list[GivenFile]) -> None:
    """Store the files as they are until a worker has read them, then the rows, and ask for a worker."""
    items: list[BatchItem] = []
    is_written = False
    try:
        for position, file in enumerate(files):
            item = BatchItem(batch=batch, position=position, name=clean_name(file.name), state=BatchItem.State.WAITING)
            items.append(item)
            try:
                data = file.read()
            except PictureError as error:
                item.was_refused(error.code)
            else:
                item.staged.save("", ContentFile(data), save=False)
        with transaction.atomic():
            batch.finished = None if any(item.staged for item in items) else batch.created
            batch.save(force_insert=True)
            BatchItem.objects.bulk_create(items)
            start_reading(batch)
            is_written = True
    except BaseException as error:
        take_away((item.staged.name for item in items if item.staged), may_be_named=is_written)
        if isinstance(error, DatabaseError | OSError):
            logger.exception("A batch could not be put aside.")
            raise StorageUnavailableError from error
        raise
