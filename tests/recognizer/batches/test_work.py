"""Working off a batch: each file once, whoever is killed, and nothing of what is deleted meanwhile."""

from datetime import timedelta
from threading import Event
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from recognizer import recognition, registry
from recognizer.batches import work
from recognizer.batches.work import delete, read_on, stop, take_up_waiting_batches
from recognizer.history import deletion
from recognizer.management.commands import db_worker
from recognizer.models import Batch, BatchItem, ModelVersion, Picture
from recognizer.owners import Owner
from tests.recognizer.batches.files import BAD, SEVEN, put_aside
from tests.recognizer.outages import lost_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(network, visitor) -> Batch:
    return put_aside(visitor, SEVEN, BAD, SEVEN)


def states(batch: Batch) -> list[str]:
    return list(batch.items.order_by("position").values_list("state", flat=True))


def files_in(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def tasks_of(batch: Batch, **wanted) -> int:
    return sum(task.args_kwargs["args"] == [str(batch.pk)] for task in DBTaskResult.objects.filter(**wanted))


def read(batch: Batch) -> None:
    read_on.call(str(batch.pk))
    batch.refresh_from_db()


def test_a_worker_reads_all_and_takes_the_files_away(batch, visitor, settings):
    read(batch)

    assert states(batch) == ["read", "failed", "read"]
    assert not batch.is_going_on
    pictures = list(Picture.objects.all())
    assert {(p.batch, p.source, p.visitor, p.reading) for p in pictures} == {(batch.pk, "batch", visitor.visitor, "7")}
    assert files_in(settings.MEDIA_ROOT) == sorted(picture.image.name for picture in pictures)
    assert not (settings.MEDIA_ROOT / "batches" / str(batch.pk)).exists()


def test_db_worker_reads_them_from_a_queue_of_their_own(batch):
    call_command("db_worker", queue_name="default", batch=True, startup_delay=False, verbosity=0)
    assert states(batch) == ["waiting"] * 3

    call_command("db_worker", queue_name="pictures", batch=True, startup_delay=False, verbosity=0)
    assert states(batch) == ["read", "failed", "read"]


def test_a_batch_gives_others_their_turn(batch, monkeypatch):
    monkeypatch.setattr(work, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(work, "TURNS", 2)
    before = tasks_of(batch)

    read(batch)

    assert states(batch) == ["read", "failed", "waiting"]
    assert tasks_of(batch) == before + 1


def test_what_another_worker_has_taken_is_left_to_it(batch):
    first, *_ = batch.items.order_by("position")
    BatchItem.objects.filter(pk=first.pk).update(claimed=timezone.now())

    read(batch)

    assert states(batch) == ["waiting", "failed", "read"]
    assert batch.is_going_on


def test_what_a_killed_worker_had_taken_is_read_after_a_while(batch):
    long_ago = timezone.now() - work.TAKEN_FOR - timedelta(seconds=1)
    batch.items.update(claimed=long_ago)

    read(batch)

    assert states(batch) == ["read", "failed", "read"]


def test_a_file_that_two_workers_read_is_stored_once(batch, settings, monkeypatch):
    recorded = work._record

    def be_second(*args):
        monkeypatch.setattr(work, "_record", recorded)
        batch.items.update(claimed=None)
        read_on.call(str(batch.pk))
        return recorded(*args)

    monkeypatch.setattr(work, "_record", be_second)
    read(batch)

    assert Picture.objects.count() == 2
    assert len(files_in(settings.MEDIA_ROOT)) == 2


class Killed(BaseException):
    """Stands in for a process that ends at once."""


@pytest.mark.parametrize("place", ["before the files", "before the rows", "after the rows"])
def test_a_worker_that_dies_anywhere_leaves_each_file_to_be_read_once(batch, settings, monkeypatch, place):
    def die(*args, **kwargs):
        raise Killed

    if place == "before the files":
        monkeypatch.setattr("recognizer.recognition.read_pages", die)
    elif place == "before the rows":
        monkeypatch.setattr(work, "_record", die)
    else:
        monkeypatch.setattr(work, "TAKEN_AT_ONCE", 1)
        recorded = work._record
        monkeypatch.setattr(
            work, "_record", lambda *args: (recorded(*args), monkeypatch.setattr(work, "_taken", die))[0]
        )
    with pytest.raises(Killed):
        read(batch)
    monkeypatch.undo()
    batch.items.filter(state="waiting").update(claimed=timezone.now() - timedelta(minutes=5))

    read(batch)

    assert states(batch) == ["read", "failed", "read"]
    assert Picture.objects.count() == 2


def test_a_started_worker_takes_up_what_waits(batch):
    DBTaskResult.objects.all().delete()

    take_up_waiting_batches()
    take_up_waiting_batches()
    assert tasks_of(batch) == 1

    read(batch)
    DBTaskResult.objects.all().delete()
    take_up_waiting_batches()
    assert tasks_of(batch) == 0


def test_an_outage_puts_it_off(batch, monkeypatch):
    DBTaskResult.objects.all().delete()

    with lost_database(only='UPDATE "recognizer_batchitem"'):
        read(batch)

    assert states(batch) == ["waiting"] * 3
    assert tasks_of(batch, run_after__gt=timezone.now(), run_after__lt=timezone.now() + timedelta(minutes=1)) == 1


def test_without_a_network_it_waits(batch):
    registry.forget()
    ModelVersion.objects.update(state="retired")

    read(batch)

    assert states(batch) == ["waiting"] * 3
    assert batch.is_going_on


def test_a_file_that_is_lost_fails_alone(batch, settings):
    (settings.MEDIA_ROOT / "batches" / str(batch.pk) / "0").unlink()

    read(batch)

    assert states(batch) == ["failed", "failed", "read"]
    assert batch.items.get(position=0).problem == "lost"


def test_consent_and_owner_are_those_of_the_moment_of_storing(batch, admin_user, monkeypatch):
    recorded = work._record

    def change(*args):
        Batch.objects.update(may_train=True, user=admin_user, visitor=None)
        return recorded(*args)

    monkeypatch.setattr(work, "_record", change)
    read(batch)

    assert {(p.may_train, p.user, p.visitor) for p in Picture.objects.all()} == {(True, admin_user, None)}


def test_what_is_stopped_is_not_read(batch, settings):
    stop(batch)

    batch.refresh_from_db()
    assert not batch.is_going_on
    assert set(batch.items.values_list("state", "problem")) == {("failed", "stopped")}
    assert files_in(settings.MEDIA_ROOT) == []
    read(batch)
    assert not Picture.objects.exists()


def test_a_stopped_batch_keeps_what_was_read(batch, monkeypatch):
    monkeypatch.setattr(work, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(work, "TURNS", 1)
    read(batch)

    stop(batch)

    assert list(batch.items.order_by("position").values_list("state", "problem")) == [
        ("read", ""), ("failed", "stopped"), ("failed", "stopped"),
    ]  # fmt: skip


def test_a_deleted_batch_leaves_nothing(batch, other_picture, settings):
    read(batch)

    delete(batch)

    assert list(Picture.objects.all()) == [other_picture]
    assert (Batch.objects.count(), BatchItem.objects.count()) == (0, 0)
    assert files_in(settings.MEDIA_ROOT) == [other_picture.image.name]


def test_a_batch_that_is_deleted_while_it_waits_leaves_nothing(batch, settings):
    delete(batch)

    assert not Batch.objects.exists()
    assert list((settings.MEDIA_ROOT / "batches").iterdir()) == []


def test_of_a_batch_that_is_deleted_while_it_is_read_nothing_is_stored(batch, settings, monkeypatch):
    read_pages = recognition.read_pages
    monkeypatch.setattr(recognition, "read_pages", lambda *args: delete(batch) or read_pages(*args))

    read_on.call(str(batch.pk))

    assert not Batch.objects.exists()
    assert not Picture.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_user_who_goes_takes_the_waiting_files_along(network, admin_user, settings):
    put_aside(Owner(user=admin_user), SEVEN)

    admin_user.delete()

    assert not Batch.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_batch_that_nobody_takes_says_so_after_a_while(batch, visitor):
    assert not batch.is_without_worker

    batch.created -= timedelta(seconds=31)
    assert batch.is_without_worker

    other = put_aside(visitor, SEVEN)
    Batch.objects.filter(pk=other.pk).update(heartbeat=timezone.now())  # a worker is busy with another one
    assert not batch.is_without_worker


# Files that cannot be read, and workers that end


@pytest.fixture
def poisoned(batch, settings, monkeypatch) -> Batch:
    """Return the batch; whoever reads the last of its files fails in a way that nobody has foreseen."""
    (settings.MEDIA_ROOT / "batches" / str(batch.pk) / "2").write_bytes(b"poison")
    bytes_of = work._bytes_of

    def fail(item, *args):
        data = bytes_of(item, *args)
        if data == b"poison":
            raise MemoryError
        return data

    monkeypatch.setattr(work, "_bytes_of", fail)
    return batch


def test_a_file_that_nobody_can_read_costs_the_others_nothing(poisoned):
    read(poisoned)

    assert states(poisoned) == ["read", "failed", "failed"]
    assert poisoned.items.get(position=2).problem == "unreadable"
    assert not poisoned.is_going_on


def test_a_file_that_ends_its_worker_is_given_up_and_the_others_are_read(poisoned, monkeypatch):
    fail = work._bytes_of

    def die(*args):
        try:
            return fail(*args)
        except MemoryError:
            raise Killed from None

    monkeypatch.setattr(work, "_bytes_of", die)
    deaths = 0
    for _ in range(9):
        poisoned.items.filter(state="waiting").update(claimed=None)  # as if half a minute had gone
        try:
            read(poisoned)
        except Killed:
            deaths += 1

    assert states(poisoned) == ["read", "failed", "failed"]
    assert deaths == work.MOST_TRIES


def test_an_outage_is_no_fault_of_the_files(batch, monkeypatch):
    def fail(*args):
        raise OSError("The disk is away.")

    for _ in range(5):
        with monkeypatch.context() as away:
            away.setattr("recognizer.stores.folder.os.replace", fail)
            read(batch)
    assert set(batch.items.values_list("attempts", "claimed")) == {(0, None)}

    read(batch)
    assert states(batch) == ["read", "failed", "read"]


def test_a_batch_whose_next_turn_could_not_be_asked_for_is_taken_up_again(batch, monkeypatch):
    monkeypatch.setattr(work, "TURNS", 0)
    DBTaskResult.objects.all().delete()
    with lost_database(only=f'INSERT INTO "{DBTaskResult._meta.db_table}"'):
        read(batch)
    assert tasks_of(batch) == 0

    ended = Event()
    monkeypatch.setattr(db_worker, "LOOK_AROUND_SECONDS", 0)
    monkeypatch.setattr(db_worker, "connection", Mock())
    monkeypatch.setattr(db_worker, "close_old_connections", ended.set)
    db_worker._look_around(ended)

    assert tasks_of(batch) == 1


def test_a_batch_that_others_read_is_looked_at_again_by_one_task(batch):
    DBTaskResult.objects.all().delete()
    batch.items.update(claimed=timezone.now())

    for _ in range(3):
        read(batch)

    assert tasks_of(batch) == 1


def test_a_started_worker_clears_away_what_was_done_long_ago(batch):
    call_command("db_worker", queue_name="pictures", batch=True, startup_delay=False, verbosity=0)
    long_ago = timezone.now() - timedelta(days=2)
    DBTaskResult.objects.update(finished_at=long_ago)
    assert DBTaskResult.objects.exists()

    call_command("db_worker", queue_name="pictures", batch=True, startup_delay=False, verbosity=0)

    assert not DBTaskResult.objects.filter(finished_at=long_ago).exists()


def test_who_reads_for_long_says_again_what_is_taken(batch, monkeypatch):
    monkeypatch.setattr(work, "RENEWED_AFTER", timedelta())
    taken_at = []
    decode = recognition.decode

    def look(data):
        taken_at.append(set(batch.items.values_list("claimed", flat=True)))
        return decode(data)

    monkeypatch.setattr(recognition, "decode", look)
    read(batch)

    assert [len(times) for times in taken_at] == [1, 1, 1]
    assert max(taken_at[0]) < max(taken_at[1]) < max(taken_at[2])
    assert states(batch) == ["read", "failed", "read"]


def test_no_file_is_held_while_a_worker_wants_the_batch(batch):
    """A worker that stores pictures has the batch and wants its files: the other way round both would wait for ever."""
    with CaptureQueriesContext(connection) as queries:
        work._taken(batch)

    told = [query["sql"] for query in queries]
    last_of_batch = max(n for n, sql in enumerate(told) if 'UPDATE "recognizer_batch"' in sql)
    assert last_of_batch < next(n for n, sql in enumerate(told) if 'FROM "recognizer_batchitem"' in sql)


def test_a_large_batch_is_stopped_and_deleted_in_short_transactions(network, visitor, monkeypatch, settings):
    monkeypatch.setattr(work, "STOPPED_AT_ONCE", 2)
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    batch = put_aside(visitor, *[SEVEN] * 5)
    read(batch)
    other = put_aside(visitor, *[SEVEN] * 5)
    stop(other)

    delete(batch)
    delete(other)

    assert [model.objects.count() for model in (Batch, BatchItem, Picture)] == [0, 0, 0]
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by how many rows there are")
def test_the_pictures_of_a_batch_are_found_in_an_index(batch):
    plan = Picture.objects.filter(batch=batch.pk).order_by().explain()

    assert "picture_of_batch" in plan
