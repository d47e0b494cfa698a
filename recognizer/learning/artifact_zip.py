"""The artifact of a model version as one file to take along."""

from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from recognizer.inference.artifacts import CARD_FILE, ArtifactError
from recognizer.learning.streamed_zip import waiting_room
from recognizer.models import ModelVersion
from recognizer.registry import registered_artifact


class ArtifactGoneError(Exception):
    """The artifact that was registered as a version is not on this machine, or is not whole."""


def artifact_zip(version: ModelVersion) -> tuple[IO[bytes], str]:
    """Return a zip of the artifact's folder, card and model file, and a name for it.

    Unpacked in MODEL_ROOT it is an artifact that can be registered.
    Raises ArtifactGoneError, also when its SHA-256 is not the registered one.
    """
    file = waiting_room()
    try:
        artifact = registered_artifact(version)
        with ZipFile(file, "w", ZIP_DEFLATED, strict_timestamps=False) as archive:
            for path in (artifact.folder / CARD_FILE, artifact.model_path):
                archive.write(path, f"{artifact.folder.name}/{path.name}")
    except (ArtifactError, OSError) as error:
        file.close()
        raise ArtifactGoneError(str(error)) from error
    file.seek(0)
    return file, f"{artifact.folder.name}.zip"
