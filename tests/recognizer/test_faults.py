"""A fault at every step between bytes and answer: nothing is half stored, the answer is right, the next request works.

What the database and the disk are asked is not listed here: a request is sent again and again while the first, the
second, … of its statements or calls fails, until none is left that could. Steps of our own stand in a table.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django_tasks_db.models import DBTaskResult

from recognizer import opinions, registry
from recognizer.batches import intake, work
from recognizer.models import Batch, BatchItem, Glyph, Picture, Prediction
from recognizer.operations import media
from recognizer.recognition import recognize
from tests.recognizer.batches.files import SEVEN, put_aside, send
from tests.recognizer.outages import each_fault, failing_database, failing_disk, raise_disk_full
from tests.recognizer.rows import make_version

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (Batch, BatchItem, DBTaskResult, Glyph, Picture, Prediction)
LOCKED = OperationalError("database is locked")
FULL = OSError(errno.ENOSPC, "No space left on device")


def give(client: Client, address: str, **fields) -> HttpResponse:
    return client.post(address, {"image": SimpleUploadedFile("7.png", SEVEN), **fields})


@dataclass(frozen=True)
class Door:
    """A way in for pictures."""

    ask: Callable[[Client], HttpResponse]
    status: int
    """Of the answer when all is well."""
    rows: set[type]
    """Of what there are rows then."""
    read_at_once: int = 2
    """So many files are read while their sender waits."""


PICTURE = {Glyph, Picture, Prediction}


def two_files(client: Client) -> HttpResponse:
    return send(client, ("1.png", SEVEN), ("2.png", SEVEN))


DOORS = {
    "page": Door(lambda client: give(client, "/"), 302, PICTURE),
    "api": Door(lambda client: give(client, "/api/v1/pictures/"), 201, PICTURE),
    "few": Door(two_files, 302, {Batch, BatchItem, *PICTURE}),
    "many": Door(two_files, 302, {Batch, BatchItem, DBTaskResult}, read_at_once=0),
}
"""`many` files are put aside for a worker."""


@pytest.fixture
def client(client: Client) -> Client:
    """Return a browser to which a fault of ours is an answer like others."""
    client.raise_request_exception = False
    return client


@pytest.fixture(params=DOORS)
def door(request, client, visitor, network, monkeypatch) -> Door:
    """Return each door in turn, by which a picture has already gone in: what is loaded once is loaded."""
    door = DOORS[request.param]
    monkeypatch.setattr(intake, "READ_AT_ONCE", door.read_at_once)
    monkeypatch.setattr(registry, "RECHECK_SECONDS", 1000.0)
    assert_it_works(door, client)
    return door


def stored() -> set[type]:
    """Return of what there are rows. Every file that they name is there, and no other."""
    assert sorted(media.stored_names()) == sorted(file.name for file in media.named_files())
    return {model for model in ROWS if model.objects.exists()}


def wipe() -> None:
    for model in (Picture, Batch, DBTaskResult):
        model.objects.all().delete()


def assert_it_works(door: Door, client: Client) -> None:
    assert door.ask(client).status_code == door.status
    assert stored() == door.rows
    wipe()
    assert stored() == set()


def assert_unavailable(answer: HttpResponse) -> None:
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "nothing was stored" in answer.content.decode()


# What is asked of the database and of the disk


@pytest.mark.parametrize("is_lasting", [False, True], ids=["once", "from then on"])
def test_a_database_that_is_lost_at_any_statement_stores_nothing(door, client, is_lasting):
    refused = []

    for fault, failing in each_fault(failing_database, LOCKED, is_lasting=is_lasting):
        with failing:
            answer = door.ask(client)
        if is_lasting and fault.has_fired and fault.place == "COMMIT":
            assert sweep() <= 3  # whether it was stored, nobody could tell: its files stay until they are swept
        if answer.status_code == door.status:  # it could do without that statement
            assert stored() == door.rows
        else:
            assert_unavailable(answer)
            assert stored() == (door.rows if "COMMIT" in fault.calls[: fault.number] else set())
            refused.append(fault.place)
        wipe()
        assert_it_works(door, client)

    assert "COMMIT" in refused
    assert {model for model in ROWS if any(f'INSERT INTO "{model._meta.db_table}"' in sql for sql in refused)} == (
        door.rows
    )


def sweep() -> int:
    """Remove what no row names, as check_media does an hour later; return how many files that were."""
    orphans = list(media.orphans(media.stored_names()))
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def test_a_disk_that_is_full_at_any_call_stores_nothing(door, client):
    refused = []

    for fault, failing in each_fault(failing_disk, FULL):
        with failing:
            answer = door.ask(client)
        if fault.has_fired:
            assert_unavailable(answer)
            assert stored() == set()
            refused.append(fault.place)
        wipe()
        assert_it_works(door, client)

    assert set(refused) == {"makedirs", "open", "write", "flush", "fsync", "replace"}


@pytest.mark.parametrize("door", ["page", "many"], indirect=True)
def test_a_commit_whose_answer_is_lost_keeps_the_files_of_its_rows(door, client, monkeypatch):
    commit = connection.commit

    def commit_and_fail() -> None:
        commit()
        raise LOCKED

    monkeypatch.setattr(connection, "commit", commit_and_fail)
    answer = door.ask(client)

    monkeypatch.undo()
    assert answer.status_code == 503
    assert stored() == door.rows


# Steps of our own


REFUSED, FILE_ALONE, KEPT = "nothing is stored", "the files are told to be unreadable", "all is stored"
STEPS = {
    "recognizer.recognition.decode": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.inference.reading.find_marks": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.imaging.candidates.normalize": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.inference.predictor.Predictor.predict": {"page": REFUSED, "api": REFUSED, "few": REFUSED},
    "recognizer.inference.reading._decided": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.recognition.count_reading": {"page": REFUSED, "api": REFUSED, "few": REFUSED},
    "recognizer.recognition.encode_png": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.recognition.encode_thumbnail": {"page": REFUSED, "api": REFUSED, "few": FILE_ALONE},
    "recognizer.stores.folder.PictureStorage._save": dict.fromkeys(DOORS, REFUSED),
    "recognizer.recognition.write_rows": {"page": REFUSED, "api": REFUSED, "few": REFUSED},
    "recognizer.batches.intake.start_reading": {"many": REFUSED},
    "recognizer.views.reading.redirect": {"page": KEPT, "few": KEPT, "many": KEPT},
    "recognizer.api.views.picture_json": {"api": KEPT},
}
"""From bytes to answer: what comes of a fault of ours in each step, by the doors that lead through it."""


@pytest.mark.parametrize(
    ("step", "door", "outcome"),
    [(step, door, outcome) for step, doors in STEPS.items() for door, outcome in doors.items()],
    indirect=["door"],
)
def test_a_fault_of_ours_in_any_step_leaves_nothing_half_stored(door, client, monkeypatch, step, outcome):
    with monkeypatch.context() as broken:
        broken.setattr(step, Mock(side_effect=RuntimeError("a fault")))
        answer = door.ask(client)

    if outcome == FILE_ALONE:
        assert answer.status_code == door.status
        assert stored() == {Batch, BatchItem}
        assert set(BatchItem.objects.values_list("state", "problem")) == {("failed", "unreadable")}
    else:
        assert answer.status_code == 500
        assert "Something broke" in answer.content.decode()
        assert "a fault" not in answer.content.decode().replace("a fault of ours", "")
        assert stored() == (door.rows if outcome == KEPT else set())
    wipe()
    assert_it_works(door, client)


def test_a_fault_in_another_networks_opinion_costs_nobody_the_answer(client, network, monkeypatch):
    make_version("mlp")
    broken = Mock(side_effect=RuntimeError("a fault"))
    monkeypatch.setattr(opinions, "read_again", broken)

    answer = give(client, "/", model="all")

    assert answer.status_code == 302
    assert broken.called
    assert stored() == PICTURE


# The worker that reads a batch


@pytest.fixture
def batch(network, visitor, monkeypatch) -> Batch:
    """Return two files that wait; a worker has read others before, so that what is loaded once is loaded."""
    monkeypatch.setattr(registry, "RECHECK_SECONDS", 1000.0)
    monkeypatch.setattr(work, "TURNS", 1)
    read_to_the_end(put_aside(visitor, SEVEN))
    wipe()
    return put_aside(visitor, SEVEN, SEVEN)


def read_to_the_end(batch: Batch) -> None:
    """Let a worker come back until the batch is done, as it does when it looks around."""
    for _ in range(9):
        work.read_on.call(str(batch.pk))
        if not Batch.objects.filter(pk=batch.pk, finished=None).exists():
            return
    pytest.fail("The batch is not read to its end.")


def assert_each_is_read_once(batch: Batch) -> None:
    assert stored() >= {Batch, BatchItem, *PICTURE}
    assert [item.picture.reading for item in batch.items.all()] == ["7", "7"]
    assert Picture.objects.count() == 2


@pytest.mark.parametrize("failing", [failing_database, failing_disk])
def test_a_worker_that_loses_database_or_disk_at_any_call_reads_each_file_once(batch, visitor, failing):
    places = []

    for fault, happening in each_fault(failing, LOCKED if failing is failing_database else FULL):
        with happening:
            work.read_on.call(str(batch.pk))
        places += [fault.place] if fault.has_fired else []
        sizes = {model: model.objects.count() for model in (Picture, BatchItem)}
        assert sizes in ({Picture: 0, BatchItem: 2}, {Picture: 2, BatchItem: 2}), fault.place
        stored()
        BatchItem.objects.filter(state="waiting").update(claimed=None)  # as if half a minute had gone
        read_to_the_end(batch)
        assert_each_is_read_once(batch)
        wipe()
        batch = put_aside(visitor, SEVEN, SEVEN)

    assert {"COMMIT", "write"} & set(places)
    assert len(places) > 5


@pytest.mark.parametrize("step", [step for step, doors in STEPS.items() if doors.get("few", KEPT) != KEPT])
def test_a_worker_in_which_a_step_fails_once_reads_on(batch, monkeypatch, step):
    broken = Mock(side_effect=RuntimeError("a fault"))
    with monkeypatch.context() as patch:
        patch.setattr(step, broken)
        work.read_on.call(str(batch.pk))
    stored()
    read_to_the_end(batch)

    assert broken.called
    assert stored() >= {Batch, BatchItem}
    if STEPS[step]["few"] == FILE_ALONE:
        assert set(batch.items.values_list("problem", flat=True)) == {"unreadable"}
    else:
        assert_each_is_read_once(batch)


# The cache in which requests are counted


@pytest.mark.parametrize("door", ["page", "api", "few"], indirect=True)
def test_a_request_that_cannot_be_counted_is_put_off(door, client, settings, monkeypatch):
    settings.RATE_LIMIT = "60/min"
    with monkeypatch.context() as away:
        away.setattr("django.core.cache.backends.locmem.LocMemCache.get", raise_disk_full)
        answer = door.ask(client)

    assert_unavailable(answer)
    assert stored() == set()
    assert_it_works(door, client)


def test_why_a_mark_was_read_so_is_put_off_too(client, picture, settings, monkeypatch):
    settings.RATE_LIMIT = "60/min"
    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.get", raise_disk_full)

    assert_unavailable(client.get(f"/p/{picture.pk}/glyphs/0/why/"))


# The end of a picture


@pytest.mark.parametrize("method", ["post", "delete"], ids=["page", "api"])
def test_a_database_that_is_lost_at_any_statement_deletes_all_or_nothing(client, network, visitor, method):
    refused = []

    for fault, failing in each_fault(failing_database, LOCKED):
        picture = recognize(SEVEN, owner=visitor, source="draw")
        address = f"/p/{picture.pk}/delete/" if method == "post" else f"/api/v1/pictures/{picture.pk}/"
        with failing:
            answer = getattr(client, method)(address)
        if fault.has_fired and "COMMIT" not in fault.calls[: fault.number]:
            assert_unavailable(answer)
            assert stored() == PICTURE
            refused.append(fault.place)
        else:
            assert stored() == set()
        wipe()

    assert "COMMIT" in refused
    assert any(f'DELETE FROM "{Picture._meta.db_table}"' in sql for sql in refused)


def test_a_file_that_the_disk_does_not_let_go_is_swept_later(client, picture, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.storage.filesystem.os.remove", raise_disk_full)
        answer = client.post(f"/p/{picture.pk}/delete/")

    assert answer.status_code == 302
    assert not Picture.objects.exists()
    assert sweep() == 1
