"""Which model version is active, and its network: loaded once a process, swapped whole."""

import logging
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from recognizer.inference.artifacts import Artifact, ArtifactError, read_artifact
from recognizer.inference.loading import load_predictor
from recognizer.inference.predictor import Predictor
from recognizer.models import ModelKind, ModelVersion
from recognizer.shared_artifacts import fetch

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 2.0
"""How long a process goes on without asking the database which version is active."""
WATCH_SECONDS = 0.5
"""How often the thread that watches asks; while it does, no request has to."""
RETRY_SECONDS = 30.0
"""How long a version that could not be loaded is left alone."""


class UnknownModelError(Exception):
    """The asked-for kind of model is none that this site knows."""


class ModelUnavailableError(Exception):
    """No version of the kind is active, or its artifact cannot be loaded."""


@dataclass(frozen=True)
class ActiveModel:
    """A model version and its loaded network. One request uses one of these throughout."""

    version: ModelVersion
    predictor: Predictor


class _Slot:
    """What one process holds of one kind: the last good model and what is known of newer ones."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.model: ActiveModel | None = None
        self.checked_at = float("-inf")
        self.failed: tuple[int, float] | None = None

    def is_due(self) -> bool:
        """Say whether it has to be asked which version is active."""
        return self.model is None or time.monotonic() - self.checked_at > RECHECK_SECONDS


_slots = {kind: _Slot() for kind in ModelKind.values}


def get_model(kind: str = ModelKind.CNN) -> ActiveModel:
    """Return the active model of the kind, loading it if this process has not.

    While a newly active version is being loaded the last one answers other threads, and when it cannot be loaded, all.
    The last one also goes on while the database is away.
    Raises UnknownModelError for a kind there is none of; ModelUnavailableError or DatabaseError when none can answer.
    """
    if kind not in _slots:
        raise _unknown(kind)
    slot = _slots[kind]
    if slot.is_due() and slot.lock.acquire(blocking=slot.model is None):
        try:
            if slot.is_due():
                _refresh(slot, kind)
        except DatabaseError as error:
            if slot.model is None:
                raise
            logger.warning("It cannot be seen which %s model is active; the last one goes on: %s", kind, error)
        finally:
            slot.lock.release()
    model = slot.model  # read once: another thread may put a newer one there
    if model is None:
        if kind != ModelKind.CNN and not ModelVersion.objects.filter(kind=kind).exists():
            raise _unknown(kind)
        raise ModelUnavailableError(f"No {kind} model can be loaded at the moment.")
    return model


def _unknown(kind: str) -> UnknownModelError:
    told = {"kind": kind, "kinds": ", ".join(available_kinds())}
    return UnknownModelError(_("There is no model “%(kind)s”. Choose one of: %(kinds)s.") % told)


def warm_up() -> None:
    """Load every active model now, so that no visitor waits for it. A broken one is logged, not raised."""
    for kind in available_kinds():
        try:
            get_model(kind)
        except (ModelUnavailableError, DatabaseError) as error:
            logger.error("%s", error)


def watch(stop: threading.Event | None = None) -> threading.Thread:
    """Start the thread that brings this process to a newly active version within seconds, be it asked or idle.

    It loads and warms up the new network while requests go on with the last one; they are then given the new one whole.
    """
    thread = threading.Thread(target=_watch, args=(stop or threading.Event(),), name="model-watch", daemon=True)
    thread.start()
    return thread


def _watch(stop: threading.Event) -> None:
    while not stop.wait(WATCH_SECONDS):
        try:
            refresh()
        except Exception as error:  # an outage ends, and the watch must outlive it
            logger.warning("It cannot be seen which models are active: %s", error)
            connection.close()
    connection.close()


def refresh() -> None:
    """Bring this process up to the versions that the database says are active, in one query. Raises DatabaseError."""
    active = ModelVersion.objects.filter(state=ModelVersion.State.ACTIVE).values_list("kind", "pk")
    for kind, pk in active:
        slot = _slots[kind]
        if slot.model is not None and slot.model.version.pk == pk:
            slot.checked_at = time.monotonic()
            continue
        with slot.lock:
            _refresh(slot, kind)


def available_kinds() -> list[str]:
    """Return the kinds with an active version; none while the database is away."""
    try:
        return list(ModelVersion.objects.filter(state="active").order_by("kind").values_list("kind", flat=True))
    except DatabaseError:
        logger.exception("The active models cannot be looked up.")
        return []


def registered_artifact(version: ModelVersion) -> Artifact:
    """Return the artifact that was registered as this version: trained here, released, or fetched from the bucket.

    Each may have a folder of that name. Raises ArtifactError when none of them holds it whole.
    """
    folders = [root / version.folder for root in (settings.MODEL_ROOT, settings.RELEASED_MODEL_ROOT)]
    for folder in [folder for folder in folders if folder.is_dir()] or folders[-1:]:
        try:
            artifact = read_artifact(folder)
        except ArtifactError as error:
            problem = error
            continue
        if artifact.sha256 == version.sha256:
            return artifact
        problem = ArtifactError(f"{folder} is not the artifact that was registered as {version}.")
    fetched = fetch(version)
    if fetched is None:
        raise problem
    return fetched


def forget() -> None:
    """Drop every loaded model; the next reading loads anew."""
    for kind in _slots:
        _slots[kind] = _Slot()


def _refresh(slot: _Slot, kind: str) -> None:
    """Bring the slot up to the version that the database says is active."""
    slot.checked_at = time.monotonic()
    active = ModelVersion.objects.filter(kind=kind, state=ModelVersion.State.ACTIVE)
    pk = active.values_list("pk", flat=True).first()
    if slot.model is not None and slot.model.version.pk == pk:
        return
    if slot.failed and slot.failed[0] == pk and time.monotonic() - slot.failed[1] < RETRY_SECONDS:
        return
    version = active.first()
    if version is None:
        slot.model = None
        return
    try:
        slot.model = ActiveModel(version, load_predictor(registered_artifact(version)))
        slot.failed = None
        logger.info("Loaded %s.", version)
    except (ArtifactError, OSError) as error:
        slot.failed = (version.pk, time.monotonic())
        logger.error("%s cannot be loaded: %s", version, error)
    finally:
        slot.checked_at = time.monotonic()
