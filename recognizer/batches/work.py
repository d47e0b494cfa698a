"""Working off a batch whose files were put aside: a few at a time, each once, whoever does it and whoever is killed.

`manage.py db_worker --queue-name pictures` does it. A worker marks the files that it takes, reads them, and stores each
picture in the transaction in which its file ceases to wait; what was marked long ago is taken again. Who needs a batch
and its files locks the batch first.
"""

import contextlib
import logging
import math
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from recognizer import registry
from recognizer.batches.errors import LostFileError, StoppedError
from recognizer.history.deletion import delete_pictures
from recognizer.imaging.errors import PictureError, UnreadablePictureError
from recognizer.models import Batch, BatchItem, ModelKind, Picture
from recognizer.owners import Owner
from recognizer.recognition import EVERY_KIND, Outcome, Recognized, StorageUnavailableError, recognize_many

logger = logging.getLogger(__name__)

QUEUE = "pictures"
TAKEN_AT_ONCE = 16
"""Files that a worker takes, reads and stores together."""
TURNS = 6
"""After taking so many times, a worker gives other batches their turn."""
LANES = 4
"""So many workers read one batch at the same time; while one of them lives, it goes on."""
TAKEN_FOR = timedelta(seconds=30)
"""For so long nobody else takes what a worker has taken..."""
RENEWED_AFTER = timedelta(seconds=10)
"""... and while it reads on, it says again after this time that it has them."""
TRIES_TOGETHER = 2
"""Files that were taken so often without an end are read one by one, for one of them may be what ends the workers."""
MOST_TRIES = 3
"""A file that was taken so often without an end is not read."""
STOPPED_AT_ONCE = 200
"""Files that are left unread in one transaction."""
LOOK_AGAIN_AFTER = timedelta(seconds=5)
"""When others have taken what is left, or the database, the disk or the network is away."""
OUTAGES = (DatabaseError, StorageUnavailableError, registry.ModelUnavailableError, registry.UnknownModelError)
"""They pass, and are no fault of the files."""


def start_reading(batch: Batch) -> None:
    """Ask for workers, in the transaction that stores the batch."""
    for _ in range(LANES):
        read_on.enqueue(str(batch.pk))


def take_up_waiting_batches() -> None:
    """Ask for a worker for every batch that goes on and that no task waits for: the one it had may be dead.

    Two workers of one batch do no harm.
    """
    for batch_id in Batch.objects.filter(finished=None).values_list("pk", flat=True):
        if not _queued(str(batch_id)).exists():
            read_on.enqueue(str(batch_id))


@task(queue_name=QUEUE)
def read_on(batch_id: str) -> None:
    """Read the next files of the batch, and ask for another turn while any are left."""
    again_after = timedelta()
    try:
        for _ in range(TURNS):
            if not _read_some(batch_id):
                again_after = LOOK_AGAIN_AFTER
                break
    except OUTAGES as error:
        logger.warning("Reading batch %s is put off: %s", batch_id, error)
        again_after = LOOK_AGAIN_AFTER
    try:
        _ask_again(batch_id, again_after)
    except DatabaseError as error:
        logger.warning("Batch %s waits until a worker looks around for what was dropped: %s", batch_id, error)


def stop(batch: Batch) -> None:
    """Leave unread what still waits; from here on no worker stores anything of the batch."""
    while _stop_some(batch):
        pass


def delete(batch: Batch) -> None:
    """Delete the batch with its pictures and everything that was read on them, in short transactions.

    The files go on commit.
    """
    stop(batch)
    delete_pictures(Picture.objects.filter(batch=batch.pk), within_seconds=math.inf)
    forget(batch)


def forget(batch: Batch) -> None:
    """Delete the batch and what waits in it, not its pictures; the files go on commit."""
    with transaction.atomic():
        list(Batch.objects.select_for_update().filter(pk=batch.pk))  # who stores pictures of it, does so before
        Batch.objects.filter(pk=batch.pk).delete()
        _queued(str(batch.pk)).delete()
        transaction.on_commit(partial(_remove_folder, batch))


def recorded(items: Sequence[BatchItem], outcomes: Sequence[Outcome]) -> list[Recognized]:
    """Set on each item what became of its file; return the pictures that are to be kept."""
    kept = []
    for item, outcome in zip(items, outcomes, strict=True):
        if isinstance(outcome, PictureError):
            item.was_refused(outcome.code)
        else:
            item.was_read(outcome.picture, outcome.reading.verdict)
            kept.append(outcome)
    return kept


def _ask_again(batch_id: str, after: timedelta) -> None:
    """Ask for another turn while files are left; a turn that is only to look again is asked for once."""
    is_going_on = Batch.objects.filter(pk=batch_id, finished=None).exists()
    if is_going_on and not (after and _queued(batch_id).exists()):
        read_on.using(run_after=timezone.now() + after).enqueue(batch_id)


def _queued(batch_id: str) -> QuerySet[DBTaskResult]:
    """Return the tasks that wait to read the batch."""
    queued = DBTaskResult.objects.filter(queue_name=QUEUE, status="READY")
    return queued.filter(args_kwargs__args__0=batch_id)


def _stop_some(batch: Batch) -> bool:
    """Leave some files unread; return whether any still waited."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().filter(pk=batch.pk).first()
        if batch is None:
            return False
        waiting = batch.items.filter(state=BatchItem.State.WAITING).order_by("pk")
        items = list(waiting.select_for_update()[:STOPPED_AT_ONCE])
        for item in items:
            item.was_refused(StoppedError.code)
            item.save(update_fields=["state", "problem", "staged"])
        _finish_when_done(batch)
    return bool(items)


def _read_some(batch_id: str) -> bool:
    """Read a few files; return whether there were any to take."""
    batch = Batch.objects.filter(pk=batch_id, finished=None).select_related("user").first()
    if batch is None:
        return False
    kind = ModelKind.CNN if batch.kind == EVERY_KIND else batch.kind
    registry.get_model(kind)  # before anything is taken: loading it takes longer than reading
    items = _taken(batch)
    if not items:
        return False
    try:
        recognize_many(
            [(item.name, partial(_bytes_of, item, items)) for item in items],
            record=partial(_record, batch, items),
            kind=batch.kind,
            owner=Owner(user=batch.user, visitor=batch.visitor),
            source=Picture.Source.BATCH,
            may_train=batch.may_train,
            batch=batch.pk,
        )
    except Batch.DoesNotExist:  # deleted meanwhile, and its pictures are not to come after it
        pass
    except OUTAGES:
        with contextlib.suppress(DatabaseError):
            _held(items).update(claimed=None, attempts=F("attempts") - 1)
        raise
    except Exception:
        logger.exception("Files of batch %s could not be read.", batch_id)
        _held(items).update(claimed=None)
    return True


def _taken(batch: Batch) -> list[BatchItem]:
    """Return the next files that nobody is reading, marked as taken; those come last that were taken before."""
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(heartbeat=now)
    is_free = Q(claimed=None) | Q(claimed__lt=now - TAKEN_FOR)
    with transaction.atomic():
        waiting = batch.items.filter(is_free, state=BatchItem.State.WAITING).order_by("attempts", "position")
        items = list(waiting.select_for_update(skip_locked=True)[:TAKEN_AT_ONCE])
        items = [item for item in items if item.attempts < TRIES_TOGETHER] or items[:1]
        for item in items:
            item.claimed, item.attempts = now, item.attempts + 1
        BatchItem.objects.bulk_update(items, ["claimed", "attempts"])
    return items


def _held(items: list[BatchItem]) -> QuerySet[BatchItem]:
    """Return those of the files that were taken together and that nobody else has taken since."""
    return BatchItem.objects.filter(
        pk__in=[item.pk for item in items], state=BatchItem.State.WAITING, claimed=items[0].claimed
    )


def _hold_on(items: list[BatchItem]) -> None:
    """Say again that these files are taken, where it was said some time ago."""
    now = timezone.now()
    if now - items[0].claimed < RENEWED_AFTER:
        return
    _held(items).update(claimed=now)
    Batch.objects.filter(pk=items[0].batch_id).update(heartbeat=now)
    for item in items:
        item.claimed = now


def _bytes_of(item: BatchItem, taken: list[BatchItem]) -> bytes:
    """Return the file that waits, now that it is its turn among those taken with it.

    Raises LostFileError, UnreadablePictureError for what could not be read often enough.
    """
    if item.attempts > MOST_TRIES:
        raise UnreadablePictureError
    _hold_on(taken)
    try:
        with item.staged.open() as file:
            return file.read()
    except FileNotFoundError as error:
        raise LostFileError from error


def _record(batch: Batch, items: list[BatchItem], outcomes: list[Outcome]) -> list[Recognized]:
    """Store what became of those files that still wait; of the others somebody else has.

    Owner and consent are those of this moment, not of when the reading began. Raises Batch.DoesNotExist.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    waiting = BatchItem.objects.filter(pk__in=[item.pk for item in items], state=BatchItem.State.WAITING)
    waiting = set(waiting.order_by("pk").select_for_update().values_list("pk", flat=True))
    mine = [(item, outcome) for item, outcome in zip(items, outcomes, strict=True) if item.pk in waiting]
    kept = recorded([item for item, _ in mine], [outcome for _, outcome in mine])
    for one in kept:
        one.picture.user, one.picture.visitor, one.picture.may_train = batch.user, batch.visitor, batch.may_train
    for item, _ in mine:
        item.save(update_fields=["state", "verdict", "problem", "picture", "staged"])
    _finish_when_done(batch)
    return kept


def _finish_when_done(batch: Batch) -> None:
    """Mark the batch finished when none of its files waits any longer."""
    if batch.finished is None and not batch.items.filter(state=BatchItem.State.WAITING).exists():
        batch.finished = timezone.now()
        batch.save(update_fields=["finished"])
        transaction.on_commit(partial(_remove_folder, batch))


def _remove_folder(batch: Batch) -> None:
    """Remove the folder in which the files waited, with what a killed worker has left there."""
    folder = f"batches/{batch.pk}"
    with contextlib.suppress(OSError):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)  # where folders are only names there is none
