"""Trainings from the browser: a queued run becomes a compared candidate, or is ended without a trace."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from recognizer.inference.artifacts import Artifact, ArtifactError
from recognizer.learning import training_jobs
from recognizer.learning.label_counts import LabelCounts, label_counts
from recognizer.learning.training_jobs import STOPPED, cancel, fail_lost_runs, is_without_worker, train
from recognizer.models import Comparison, ModelVersion, TrainingRun
from tests.own_site import is_alive, wait_for
from tests.recognizer.learning.corrections import label_glyphs
from tests.recognizer.rows import make_version

State = TrainingRun.State


def fake(way: str) -> list[str]:
    return [sys.executable, "-m", "tests.recognizer.learning.fake_training", way]


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    monkeypatch.setattr(training_jobs, "POLL_SECONDS", 0.05)
    settings.TRAINING_COMMAND = fake("succeeds")


@pytest.fixture
def active(real_network) -> ModelVersion:
    return ModelVersion.objects.get(kind="numpy_mlp", state="active")


@pytest.fixture
def trainer(db) -> User:
    return User.objects.create_user("trainer")


@pytest.fixture
def run(active, trainer) -> TrainingRun:
    label_glyphs(active, 6)
    label_glyphs(active, 3, held_out=True)
    return training_jobs.start("numpy_mlp", "active", 2, trainer)


def trainings_folder(settings) -> Path:
    return settings.MODEL_ROOT / ".trainings"


def test_a_training_is_queued_with_its_task(run, trainer):
    task = DBTaskResult.objects.get()

    assert (run.state, run.user, run.epochs) == (State.QUEUED, trainer, 2)
    assert task.args_kwargs["args"] == [str(run.pk)]


def test_a_training_becomes_a_candidate_that_was_compared(run, active, settings):
    train.call(str(run.pk))

    run.refresh_from_db()
    candidate = run.candidate
    assert (run.state, run.progress, run.problem) == (State.DONE, 1.0, "")
    assert (run.labels, run.held_out, run.base) == (6, 3, active)
    assert "learning from 9 glyphs" in run.log
    assert (candidate.state, candidate.parent, candidate.kind) == ("candidate", active, "numpy_mlp")
    assert (settings.MODEL_ROOT / candidate.folder / "card.json").is_file()
    comparison = Comparison.objects.get()
    assert (comparison.candidate, comparison.base) == (candidate, active)
    assert comparison.figures["held_out"]["n"] == 3
    assert list(trainings_folder(settings).iterdir()) == []


@pytest.fixture
def storage_away(monkeypatch):
    """Return a function that lets networks be stored only at the third try, and is asked before each that fails."""

    def go_away(meanwhile: Callable[[], None]) -> None:
        fails = iter([True, True, False])

        def share(artifact: Artifact) -> None:
            if next(fails):
                meanwhile()
                raise ArtifactError("cnn-1 cannot be put into the bucket: it is away")

        monkeypatch.setattr(training_jobs, "share", share)
        monkeypatch.setattr(training_jobs, "SHARED_AGAIN_AFTER", 0.0)

    return go_away


def test_while_the_storage_is_away_a_trained_network_waits_for_it(run, storage_away):
    steps = []
    storage_away(lambda: steps.append(TrainingRun.objects.get().step))

    train.call(str(run.pk))

    run.refresh_from_db()
    assert steps[-1] == "Waiting for the storage"
    assert run.state == State.DONE
    assert run.candidate is not None


def test_a_training_that_waits_for_the_storage_can_be_cancelled(run, storage_away):
    storage_away(lambda: cancel(run))

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not ModelVersion.objects.filter(state="candidate").exists()


def test_two_candidates_of_one_day_have_names_of_their_own(run, trainer):
    train.call(str(run.pk))
    second = training_jobs.start("numpy_mlp", "active", 2, trainer)

    train.call(str(second.pk))

    versions = ModelVersion.objects.filter(state="candidate").values_list("version", flat=True)
    today = timezone.now().date().isoformat()
    assert sorted(versions) == [today, f"{today}.2"]


def test_a_failed_training_says_why_and_leaves_nothing(run, settings):
    settings.TRAINING_COMMAND = fake("fails")

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.problem.endswith("MNIST is not there. Set MNIST_DIR.")
    assert not ModelVersion.objects.filter(state="candidate").exists()
    assert list(trainings_folder(settings).iterdir()) == []


def test_a_damaged_active_version_fails_the_training(run, active):
    ModelVersion.objects.filter(pk=active.pk).update(sha256="0" * 64)

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "is not the artifact that was registered" in run.problem


def test_without_labels_to_learn_from_nothing_is_trained(active, trainer):
    label_glyphs(active, 3, held_out=True)
    run = training_jobs.start("numpy_mlp", "active", 1, trainer)

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.problem == "There are no labels to learn from. Correct some readings first."


def test_what_may_not_be_learnt_from_is_not(active, trainer):
    label_glyphs(active, 2)
    label_glyphs(active, 2, may_train=False)
    excluded = label_glyphs(active, 1)[0]
    excluded.is_excluded = True
    excluded.save(update_fields=["is_excluded"])

    assert label_counts() == LabelCounts(learnt=2, held_out=0, new=2, left_out=3)


def test_labels_are_new_until_a_training_begins(run, active, trainer):
    assert label_counts().new == 9
    train.call(str(run.pk))
    assert label_counts().new == 0

    label_glyphs(active, 2)

    assert label_counts() == LabelCounts(learnt=8, held_out=3, new=2, left_out=0)


def test_a_run_waits_while_another_is_running(run, active):
    other = TrainingRun.objects.create(kind="cnn", epochs=1, state=State.RUNNING, heartbeat=timezone.now())

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.QUEUED
    later = DBTaskResult.objects.filter(run_after__gt=timezone.now(), run_after__year__lt=9999)
    assert [task.args_kwargs["args"] for task in later] == [[str(run.pk)]]
    other.delete()


def test_a_run_is_put_off_while_the_database_is_away(run, monkeypatch):
    def away(run_id):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(training_jobs, "_claim", away)
        train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.QUEUED
    assert DBTaskResult.objects.count() == 2


def test_a_worker_that_starts_takes_up_runs_whose_task_was_lost(run):
    DBTaskResult.objects.all().delete()

    training_jobs.take_up_waiting_runs()

    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [[str(run.pk)]]


def test_a_cancelled_run_is_not_begun(run):
    assert cancel(run)

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert not ModelVersion.objects.filter(state="candidate").exists()


@pytest.mark.parametrize("way", ["hangs", "resists"])
def test_a_cancelled_training_ends_with_all_it_started(run, settings, monkeypatch, way):
    settings.TRAINING_COMMAND = fake(way)
    pids = []
    update = training_jobs._update

    def cancelling(run, **values):
        child = trainings_folder(settings) / str(run.pk) / "child.pid"
        if child.exists() and child.read_text() and not pids:
            pids.append(int(child.read_text()))
            assert is_alive(pids[0])
            cancel(run)
        update(run, **values)

    monkeypatch.setattr(training_jobs, "_update", cancelling)

    train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.CANCELLED
    wait_for(lambda: not is_alive(pids[0]))
    assert not ModelVersion.objects.filter(state="candidate").exists()
    assert list(trainings_folder(settings).iterdir()) == []


def test_progress_and_heartbeat_are_told_while_it_goes_on(run, settings, monkeypatch):
    settings.TRAINING_COMMAND = fake("hangs")
    seen = []
    update = training_jobs._update

    def watching(run, **values):
        update(run, **values)
        row = TrainingRun.objects.get(pk=run.pk)
        seen.append((row.step, round(row.progress, 3), row.heartbeat is not None))
        if row.progress:
            cancel(run)

    monkeypatch.setattr(training_jobs, "_update", watching)

    train.call(str(run.pk))

    assert ("epoch 1 of 2", 0.475, True) in seen


def test_a_run_whose_worker_is_silent_has_failed_and_can_be_started_again(run, trainer):
    long_ago = timezone.now() - timedelta(seconds=61)
    TrainingRun.objects.filter(pk=run.pk).update(state=State.RUNNING, heartbeat=long_ago)

    assert fail_lost_runs() == 1

    run.refresh_from_db()
    assert (run.state, run.problem) == (State.FAILED, STOPPED)
    again = training_jobs.start(run.kind, run.start, run.epochs, trainer)
    train.call(str(again.pk))
    again.refresh_from_db()
    assert again.state == State.DONE


def test_a_living_worker_keeps_its_run(run):
    TrainingRun.objects.filter(pk=run.pk).update(state=State.RUNNING, heartbeat=timezone.now())

    assert fail_lost_runs() == 0


def test_a_new_worker_clears_up_after_a_killed_one(run, settings):
    half = trainings_folder(settings) / str(run.pk)
    half.mkdir(parents=True)
    (half / "half").write_bytes(b"weights")
    long_ago = timezone.now() - timedelta(seconds=61)
    TrainingRun.objects.filter(pk=run.pk).update(state=State.RUNNING, heartbeat=long_ago)

    training_jobs.clear_up()

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert not half.exists()


def test_an_unforeseen_error_fails_the_run_and_is_raised_for_the_log(run, monkeypatch):
    monkeypatch.setattr(training_jobs, "_command", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        train.call(str(run.pk))

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "ZeroDivisionError" in run.problem


def test_a_run_that_nobody_takes_says_so_after_a_while(run):
    assert not is_without_worker(run)

    run.created = timezone.now() - timedelta(seconds=31)

    assert is_without_worker(run)
    TrainingRun.objects.create(kind="cnn", epochs=1, state=State.RUNNING, heartbeat=timezone.now())
    assert not is_without_worker(run)


def test_of_a_bar_drawn_over_and_over_the_log_keeps_how_it_last_was(tmp_path):
    (tmp_path / "log").write_bytes(b"begin\n10%\r20%\r30%\nend\xff\n")

    assert training_jobs.tail_of(tmp_path / "log") == "begin\n30%\nend�\n"


def test_another_version_may_have_become_active_meanwhile(run, active, monkeypatch):
    newer = make_version("numpy_mlp", "other", "retired", folder=active.folder, sha256=active.sha256, card=active.card)
    register = training_jobs._register

    def registering(run, artifact):
        newer.activate()
        return register(run, artifact)

    monkeypatch.setattr(training_jobs, "_register", registering)

    train.call(str(run.pk))

    assert Comparison.objects.get().base == newer
