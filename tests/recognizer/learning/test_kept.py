"""Figures of many marks are kept and counted anew by a worker; those of few are counted at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from recognizer.learning import kept
from recognizer.learning.exports import count_shares, shares
from recognizer.models import KeptFigures
from tests.recognizer.outages import lost_database
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def pictures(db):
    version = make_version()
    return [make_picture(version, may_train=True) for _ in range(3)]


@pytest.fixture
def many(pictures, monkeypatch):
    """Take what there is for many marks."""
    monkeypatch.setattr(kept, "FEW_MARKS", 0)


def label(picture, value: int = 7) -> None:
    picture.glyphs.update(label=value, labelled_at=timezone.now())


def age(**passed) -> None:
    """Let so much time pass since what is kept was counted."""
    KeptFigures.objects.update(counted=timezone.now() - timedelta(**passed))


def do_what_workers_were_asked_for() -> int:
    """Do it and return how many tasks that were."""
    tasks = list(DBTaskResult.objects.filter(status="READY"))
    for task in tasks:
        kept.count_anew.func(*task.args_kwargs["args"])
        task.delete()
    return len(tasks)


def test_few_marks_are_counted_whenever_it_is_asked(pictures):
    assert shares().exported == 0

    label(pictures[0])

    assert shares().exported == 1
    assert shares().counted is None
    assert not KeptFigures.objects.exists()


def test_what_was_counted_of_many_is_shown_for_some_minutes(pictures, many):
    first = shares()
    label(pictures[0])

    assert (shares().exported, shares().counted) == (0, first.counted)
    assert not DBTaskResult.objects.exists()


def test_after_some_minutes_one_worker_counts_anew_and_nobody_waits_for_it(pictures, many):
    shares()
    label(pictures[0])
    age(minutes=6)

    assert [shares().exported for _ in range(3)] == [0, 0, 0]
    assert do_what_workers_were_asked_for() == 1
    assert shares().exported == 1
    assert shares().counted > timezone.now() - timedelta(minutes=1)
    assert not DBTaskResult.objects.exists()


def test_without_a_worker_it_is_counted_once_an_hour(pictures, many):
    shares()
    label(pictures[0])
    age(minutes=61)

    assert shares().exported == 1


@pytest.mark.parametrize("lost", ["UPDATE", f'INSERT INTO "{DBTaskResult._meta.db_table}"'])
def test_a_database_that_cannot_be_written_costs_no_page(pictures, many, lost):
    first = shares()
    label(pictures[0])
    age(minutes=6)

    with lost_database(only=lost):
        assert (shares().exported, shares().by_label) == (0, first.by_label)

    assert not DBTaskResult.objects.exists()
    shares()
    assert do_what_workers_were_asked_for() == 1  # it was not noted that somebody had been asked


@pytest.mark.parametrize("is_kept", [False, True])
def test_what_cannot_be_kept_is_shown(pictures, many, is_kept):
    if is_kept:
        shares()
        age(minutes=61)
    label(pictures[0])

    with lost_database(only='"recognizer_keptfigures" SET' if is_kept else "INSERT"):
        assert shares().exported == 1


def test_once_a_worker_was_asked_nothing_is_written(pictures, many):
    shares()
    age(minutes=6)
    shares()

    with CaptureQueriesContext(connection) as queries:
        shares()

    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_what_another_release_kept_is_not_read(pictures, many, monkeypatch):
    KeptFigures.objects.create(pk=count_shares.name, data={"of": "before"}, counted=timezone.now())
    assert shares().exported == 0
    label(pictures[0])
    monkeypatch.setattr(kept, "FORMAT", kept.FORMAT + 1)

    assert shares().exported == 1


def test_each_count_is_kept_by_itself(pictures, many):
    other = kept.Counted(lambda pieces: {"n": 1})

    assert count_shares().data != other().data
    assert other().data == {"n": 1}


def test_what_is_counted_in_pieces_is_counted_once(pictures, monkeypatch):
    monkeypatch.setattr(kept, "MARKS_AT_ONCE", 1)
    for picture, value in zip(pictures, (7, 7, 3), strict=True):
        label(picture, value)

    assert shares().by_label == dict.fromkeys(range(11), 0) | {7: 2, 3: 1}
