"""Figures of many marks are kept and counted anew by a worker; those of few are counted at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from recognizer.learning import kept
from recognizer.learning.exports import count_shares, shares
from recognizer.models import KeptFigures
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


def test_each_count_is_kept_by_itself(pictures, many):
    other = kept.Counted(lambda pieces: {"n": 1})

    assert count_shares().data != other().data
    assert other().data == {"n": 1}


def test_what_is_counted_in_pieces_is_counted_once(pictures, monkeypatch):
    monkeypatch.setattr(kept, "MARKS_AT_ONCE", 1)
    for picture, value in zip(pictures, (7, 7, 3), strict=True):
        label(picture, value)

    assert shares().by_label == dict.fromkeys(range(11), 0) | {7: 2, 3: 1}
