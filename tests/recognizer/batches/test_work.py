"""Working off a batch: each file once, whoever is killed, and nothing of what is deleted meanwhile."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from recognizer import recognition, registry
from recognizer.batches import work
from recognizer.batches.work import delete, read_on, stop, take_up_waiting_batches
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
    assert tasks_of(batch) == 1

    read(batch)
    DBTaskResult.objects.all().delete()
    take_up_waiting_batches()
    assert tasks_of(batch) == 0


def test_an_outage_puts_it_off(batch, monkeypatch):
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
