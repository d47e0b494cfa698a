"""Deleting any number of pictures in short transactions."""

import threading
import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from recognizer.history import deletion
from recognizer.history.deletion import Deleted, delete_pictures
from recognizer.models import Glyph, LabelEvent, Picture
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version


def tick(monkeypatch, *seconds: float) -> None:
    """Let the clock of the deletion show these times, one after the other."""
    clock = SimpleNamespace(monotonic=iter(seconds).__next__, sleep=lambda _: None)
    monkeypatch.setattr(deletion, "time", clock)


@pytest.fixture
def pictures(db, visitor, monkeypatch):
    """Store five pictures of one visitor and one of another; two go in a transaction."""
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    version = make_version()
    make_picture(version)
    for _ in range(5):
        make_picture(version, visitor)
    return Picture.objects.owned_by(visitor)


def test_all_of_them_go_and_no_others(pictures):
    assert delete_pictures(pictures, within_seconds=60) == Deleted(5, is_all=True)

    assert not pictures.exists()
    assert Picture.objects.count() == Glyph.objects.count() == 1


def test_it_stops_when_the_time_is_up_and_says_so(pictures, monkeypatch):
    tick(monkeypatch, 0.0, 0.5, 1.0, 2.5)

    assert delete_pictures(pictures, within_seconds=2) == Deleted(4, is_all=False)

    assert pictures.count() == 1


def test_the_oldest_go_first(pictures, monkeypatch):
    newest = pictures.first()
    tick(monkeypatch, 0.0, 0.5, 1.0, 2.5)

    delete_pictures(pictures, within_seconds=2)

    assert pictures.get() == newest


def test_nothing_to_delete_is_soon_done(db, visitor):
    assert delete_pictures(Picture.objects.owned_by(visitor), within_seconds=60) == Deleted(0, is_all=True)


@pytest.mark.django_db(transaction=True)
def test_each_chunk_is_a_transaction_of_its_own(visitor, monkeypatch):
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    version = make_version()
    for _ in range(3):
        make_picture(version, visitor)
    committed = []
    delete_chunk = deletion._delete_chunk

    def watched(pictures) -> tuple[int, int]:
        assert not transaction.get_connection().in_atomic_block
        committed.append(Picture.objects.count())
        return delete_chunk(pictures)

    monkeypatch.setattr(deletion, "_delete_chunk", watched)

    delete_pictures(Picture.objects.owned_by(visitor), within_seconds=60)

    assert committed == [3, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("delete", [lambda: Picture.objects.get().delete(), lambda: Picture.objects.all().delete()])
def test_a_label_that_is_given_in_the_moment_of_the_deletion_goes_with_it(delete):
    """On PostgreSQL both go on at once; on SQLite one waits for the other."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets only one write at a time.")
    glyph, rita = make_picture(make_version()).glyphs.get(), User.objects.create_user("rita")
    is_said, errors = threading.Event(), []

    def say() -> None:
        try:
            with transaction.atomic():
                glyph.set_label(3, owner=Owner(user=rita), where=LabelEvent.Where.REVIEW)
                is_said.set()
                time.sleep(0.5)  # the deletion has begun by then
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=say)
    thread.start()
    is_said.wait(20)
    delete()
    thread.join()

    assert errors == []
    assert not Picture.objects.exists()
    assert not LabelEvent.objects.exists()
