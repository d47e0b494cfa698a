"""Trainings that were asked for in the browser: from a queued run to a candidate that was compared.

`manage.py db_worker` does them, one at a time a site. The training itself is a command of its own on a leash, so that
it ends with its worker; what it writes becomes known to the site only when it is whole.
"""

import contextlib
import json
import logging
import shutil
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django_tasks import task

from recognizer.inference.artifacts import Artifact, ArtifactError, read_artifact
from recognizer.inference.labelled import LabelledFileError, read_labelled
from recognizer.learning import leash
from recognizer.learning.comparison import ComparisonError, compare
from recognizer.learning.export_files import npz_pieces, save
from recognizer.learning.exports import exported_glyphs
from recognizer.learning.label_counts import LabelCounts
from recognizer.models import ModelVersion, TrainingRun
from recognizer.registry import registered_artifact
from recognizer.shared_artifacts import share

logger = logging.getLogger(__name__)

State = TrainingRun.State

LOST_AFTER = timedelta(seconds=60)
"""How long a running training's worker may be silent before it is taken for dead."""
WORKER_EXPECTED_WITHIN = timedelta(seconds=30)
"""How long a training waits before it is said that no worker takes it."""
TURN_AFTER = timedelta(seconds=10)
"""How soon it is looked again whether a waiting training may begin."""
SHARED_AGAIN_AFTER = 5.0
"""Seconds until a network is put into the bucket again that was away."""
STOPPED = gettext_noop("The worker stopped. Start the training again.")
NO_LABELS = gettext_noop("There are no labels to learn from. Correct some readings first.")
NO_ACTIVE = gettext_noop("No version of this kind is active. Start the training from scratch.")
"""Why a training fails, kept in English in its row and translated where it is shown."""
POLL_SECONDS = 1.0
LOG_LENGTH = 4000
TRAINING_SHARE = 0.95
"""Of the whole progress; the rest is the comparison."""


class TrainingError(Exception):
    """A training cannot be done; the message says how to mend it."""


class StoppedError(Exception):
    """The run is no longer this worker's to do: it was cancelled, or taken for lost."""


def start(kind: str, start: str, epochs: int, user: AbstractBaseUser, *, seed: int = 1) -> TrainingRun:
    """Queue a training; its row and its task are stored together."""
    with transaction.atomic():
        run = TrainingRun.objects.create(kind=kind, start=start, epochs=epochs, seed=seed, user=user)
        train.enqueue(str(run.pk))
    return run


def why_not(counts: LabelCounts) -> str | None:
    """Return why there is nothing to learn from, None where there is."""
    if counts.learnt:
        return None
    if counts.held_out:
        return _("All labels are held out, to measure on. Correct more readings first.")
    if counts.left_out:
        return ngettext(
            "%(n)s label, but it may not be used for training.",
            "%(n)s labels, but none of them may be used for training.",
            counts.left_out,
        ) % {"n": number_format(counts.left_out)}
    return _(NO_LABELS)


def cancel(run: TrainingRun) -> bool:
    """Cancel a training that goes on; its worker ends it within seconds. Return whether there was anything to end."""
    going_on = TrainingRun.objects.filter(pk=run.pk, state__in=[State.QUEUED, State.RUNNING])
    return bool(going_on.update(state=State.CANCELLED, step="", finished=timezone.now()))


def fail_lost_runs() -> int:
    """Mark the runs failed whose worker has gone silent; return how many."""
    lost = TrainingRun.objects.filter(state=State.RUNNING, heartbeat__lt=timezone.now() - LOST_AFTER)
    if not lost.exists():  # a page asks every two seconds, and to write would hold others up
        return 0
    return lost.update(state=State.FAILED, step="", problem=STOPPED, finished=timezone.now())


def is_without_worker(run: TrainingRun) -> bool:
    """Say whether the run waits for a worker that is not there, rather than for its turn."""
    if run.state != State.QUEUED or timezone.now() - run.created < WORKER_EXPECTED_WITHIN:
        return False
    last_beat = TrainingRun.objects.aggregate(last=Max("heartbeat"))["last"]
    return last_beat is None or timezone.now() - last_beat > WORKER_EXPECTED_WITHIN


def clear_up() -> None:
    """Clear up after a worker that was killed: its run is marked failed, what it left half done removed."""
    fail_lost_runs()
    folders = list(_trainings_folder().glob("*/"))  # before the runs: one that begins meanwhile keeps its own
    running = set(map(str, TrainingRun.objects.filter(state=State.RUNNING).values_list("pk", flat=True)))
    for folder in folders:
        if folder.name not in running:
            shutil.rmtree(folder, ignore_errors=True)


def take_up_waiting_runs() -> None:
    """Give every waiting run a task anew: the one that it had may have ended with its worker. Two do no harm."""
    for run_id in TrainingRun.objects.filter(state=State.QUEUED).values_list("pk", flat=True):
        train.enqueue(str(run_id))


@task()
def compare_again(version_id: int) -> None:
    """Compare a version with the one that is active now."""
    clear_up()
    candidate = ModelVersion.objects.get(pk=version_id)
    active = _active(candidate.kind)
    if active is not None and active != candidate:
        compare(candidate, active)


@task()
def train(run_id: str) -> None:
    """Do the training, or put it off while another one is done or the database is away."""
    try:
        clear_up()
        run = _claim(run_id)
    except StoppedError:
        return
    except DatabaseError as error:
        logger.warning("Training %s is put off: %s", run_id, error)
        run = None
    if run is None:
        train.using(run_after=timezone.now() + TURN_AFTER).enqueue(run_id)
        return
    folder = _trainings_folder() / str(run.pk)
    try:
        _work(run, folder)
    except StoppedError:
        logger.info("The %s was stopped.", run)
    except (TrainingError, ComparisonError, ArtifactError, LabelledFileError, DatabaseError, OSError) as error:
        logger.warning("The %s failed: %s", run, error)
        _fail(run, str(error))
    except (SystemExit, KeyboardInterrupt):
        _fail(run, STOPPED)
        raise
    except Exception as error:
        _fail(run, f"This was not foreseen, and the worker’s log tells more: {type(error).__name__}: {error}")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _claim(run_id: str) -> TrainingRun | None:
    """Return the queued run, from now on this worker's; None while another one is running.

    Raises StoppedError when it waits no longer.
    """
    with transaction.atomic():
        going_on = TrainingRun.objects.filter(state__in=[State.QUEUED, State.RUNNING])
        runs = list(going_on.select_for_update().order_by("pk"))
        run = next((run for run in runs if str(run.pk) == run_id and run.state == State.QUEUED), None)
        if run is None:
            raise StoppedError
        if any(other.state == State.RUNNING for other in runs):
            return None
        run.state, run.started = State.RUNNING, timezone.now()
        run.heartbeat, run.step = run.started, "Collecting the labels"
        run.base = _active(run.kind)
        run.save(update_fields=["state", "started", "heartbeat", "step", "base"])
    return run


def _work(run: TrainingRun, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _share_drawn_pages(folder)
    labels = folder / "labels.npz"
    save(npz_pieces(exported_glyphs()), labels)
    labelled = read_labelled(labels)
    held_out = int(labelled.held_out.sum())
    if held_out == len(labelled):
        raise TrainingError(NO_LABELS)
    _update(run, labels=len(labelled) - held_out, held_out=held_out)
    version = _free_version(run.kind, timezone.now().date())
    _train(run, folder, _command(run, folder, version))
    artifact = read_artifact(folder / f"{run.kind}-{version}")
    _share(run, artifact)
    candidate = _register(run, artifact)
    active = _active(run.kind)  # perhaps no longer the one that the training began with
    if active is not None:
        compare(candidate, active, beat=lambda step: _update(run, step=step, progress=TRAINING_SHARE))
    _update(run, state=State.DONE, step="", progress=1.0, finished=timezone.now())


def _share_drawn_pages(folder: Path) -> None:
    """Let the command find the pages that an earlier training drew, and keep those that it draws for the next."""
    pages = settings.MODEL_ROOT / ".pages"
    pages.mkdir(parents=True, exist_ok=True)
    (folder / ".pages").symlink_to(pages.resolve())


def _command(run: TrainingRun, folder: Path, version: str) -> list[str]:
    """Return the words that train this run. Raises TrainingError, and ArtifactError for a damaged active version."""
    begin_with = []
    if run.start == TrainingRun.Start.ACTIVE:
        if run.base is None:
            raise TrainingError(NO_ACTIVE)
        begin_with = ["--from", str(registered_artifact(run.base).folder)]
    return [
        *settings.TRAINING_COMMAND,
        run.kind.replace("_", "-"),
        *("--labels", str(folder / "labels.npz")),
        *begin_with,
        *("--out", str(folder)),
        *("--version", version),
        *("--seed", str(run.seed)),
        *("--epochs", str(run.epochs)),
        *("--progress", str(folder / "progress.json")),
    ]


def _train(run: TrainingRun, folder: Path, command: list[str]) -> None:
    """Run the command to its end, telling the row how far it is. Raises TrainingError when it fails, StoppedError."""
    log_path = folder / "log.txt"
    with log_path.open("wb") as log:
        process = leash.start(command, cwd=settings.BASE_DIR, stdout=log, stderr=subprocess.STDOUT)
    try:
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            try:
                _update(run, **_progress_in(folder / "progress.json"), log=tail_of(log_path))
            except DatabaseError as error:  # an hour's training is not lost to a moment's outage
                logger.warning("The progress of the %s could not be kept: %s", run, error)
    finally:
        leash.end(process)
    _update(run, log=tail_of(log_path))
    if process.returncode != 0:
        last_lines = tail_of(log_path).strip().splitlines()[-3:]
        raise TrainingError("\n".join(last_lines) or f"The training ended with code {process.returncode}.")


def _progress_in(path: Path) -> dict[str, object]:
    """Return what to keep of the command's progress file, nothing while it has not written one."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        progress = min(max(float(told["progress"]), 0.0), 1.0)
        return {"step": str(told["step"])[:120], "progress": TRAINING_SHARE * progress}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def tail_of(path: Path) -> str:
    """Return the last lines of a log; of a bar that was drawn over and over, how it last was."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4 * LOG_LENGTH))
        text = file.read().decode("utf-8", errors="replace").replace("\0", "")
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    return "\n".join(lines)[-LOG_LENGTH:]


def _share(run: TrainingRun, artifact: Artifact) -> None:
    """Let all machines find the artifact; while the bucket is away, wait for it. Raises StoppedError."""
    while True:
        try:
            return share(artifact)
        except ArtifactError as error:  # as above: an hour's training is not lost to it
            logger.warning("The network of the %s cannot be stored yet: %s", run, error)
        with contextlib.suppress(DatabaseError):
            _update(run, step="Waiting for the storage")
        time.sleep(SHARED_AGAIN_AFTER)


def _register(run: TrainingRun, artifact: Artifact) -> ModelVersion:
    """Move the artifact to the trained models and make it known as a candidate: both or neither."""
    name = artifact.folder.name
    with transaction.atomic():
        candidate = ModelVersion.objects.create(
            kind=artifact.kind,
            version=artifact.version,
            folder=name,
            sha256=artifact.sha256,
            card=artifact.card,
            parent=run.base if run.start == TrainingRun.Start.ACTIVE else None,
        )
        _update(run, candidate=candidate)
        artifact.folder.rename(settings.MODEL_ROOT / name)
    return candidate


def _free_version(kind: str, day: date) -> str:
    """Return a version named for the day, which neither a row nor a folder has."""
    number = 1
    while True:
        version = day.isoformat() if number == 1 else f"{day.isoformat()}.{number}"
        is_known = ModelVersion.objects.filter(kind=kind, version=version).exists()
        if not is_known and not (settings.MODEL_ROOT / f"{kind}-{version}").exists():
            return version
        number += 1


def _update(run: TrainingRun, **values: object) -> None:
    """Write to the run's row, and that its worker lives. Raises StoppedError when the run is no longer running."""
    running = TrainingRun.objects.filter(pk=run.pk, state=State.RUNNING)
    if not running.update(heartbeat=timezone.now(), **values):
        raise StoppedError


def _fail(run: TrainingRun, problem: str) -> None:
    TrainingRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
        state=State.FAILED, step="", problem=problem, finished=timezone.now()
    )


def _active(kind: str) -> ModelVersion | None:
    return ModelVersion.objects.filter(kind=kind, state=ModelVersion.State.ACTIVE).first()


def _trainings_folder() -> Path:
    return settings.MODEL_ROOT / ".trainings"
