"""Trained networks in the bucket beside the pictures, so that a machine reads with what another one trained.

Only the model file travels: whole or not at all, with its SHA-256 for a name, so that nothing there is ever replaced.
Its card stands in its row. What a machine fetched lies in MODEL_ROOT/.fetched and can be thrown away. Released networks
come with the code, and without MEDIA_BUCKET there is one machine: then nothing is done here.
"""

import fcntl
import hashlib
import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from recognizer.inference.artifacts import (
    Artifact,
    ArtifactError,
    ChecksumError,
    check_card,
    read_artifact,
    write_artifact,
)
from recognizer.models import ModelVersion

logger = logging.getLogger(__name__)

FOLDER = "models"
"""In the bucket."""
FETCHED = ".fetched"
"""In MODEL_ROOT; who looks there for artifacts passes over names with a dot before them."""


def share(artifact: Artifact) -> None:
    """Put the artifact into the bucket, where it is not there yet.

    Raises ArtifactError when it did not come there whole.
    """
    if not settings.MEDIA_BUCKET or artifact.folder.parent == settings.RELEASED_MODEL_ROOT:
        return
    name = _name(artifact.sha256)
    try:
        if default_storage.exists(name):
            return
        with artifact.model_path.open("rb") as file:
            default_storage.save(name, File(file))
        if _sha256(_content(name)) != artifact.sha256:
            default_storage.delete(name)
            raise ChecksumError(f"{artifact.folder.name} did not come into the bucket as it is here. Try again.")
    except OSError as error:
        raise ArtifactError(f"{artifact.folder.name} cannot be put into the bucket: {error.strerror}") from error
    logger.info("Put %s into the bucket.", artifact.folder.name)


def is_shared(version: ModelVersion) -> bool:
    """Say whether the version's artifact is in the bucket. Raises OSError while that is away."""
    return bool(settings.MEDIA_BUCKET) and default_storage.exists(_name(version.sha256))


def fetch(version: ModelVersion) -> Artifact | None:
    """Return the version's artifact, fetched unless this machine did so before; None where no bucket has it.

    Many processes that fetch it at once fetch it once. Raises ArtifactError when it cannot be had at the moment.
    """
    if not settings.MEDIA_BUCKET:
        return None
    fetched = settings.MODEL_ROOT / FETCHED
    folder = fetched / version.sha256 / version.folder
    try:
        fetched.mkdir(parents=True, exist_ok=True)
        with (fetched / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
            return _whole_one_in(folder) or _fetched_into(folder, version)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ArtifactError(f"{version} cannot be fetched: {error.strerror}") from error


def _whole_one_in(folder: Path) -> Artifact | None:
    try:
        return read_artifact(folder)
    except ArtifactError:
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _fetched_into(folder: Path, version: ModelVersion) -> Artifact:
    """Raises FileNotFoundError where the bucket lacks it, OSError while it is away, ArtifactError for another file."""
    content = _content(_name(version.sha256))
    if _sha256(content) != version.sha256:
        raise ChecksumError(f"What the bucket has as {version} is another file: its SHA-256 differs.")
    check_card(version.card, folder)
    artifact = write_artifact(folder, version.card, lambda path: path.write_bytes(content))
    logger.info("Fetched %s from the bucket.", version)
    return artifact


def _name(sha256: str) -> str:
    return f"{FOLDER}/{sha256}"


def _content(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
