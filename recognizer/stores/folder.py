"""Where the pictures' files are kept: a folder without a public address."""

import contextlib
import os
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

NO_ADDRESS = "A picture has no public address: a view that knows its owner serves it."


def picture_path(picture, filename: str) -> str:
    """Return a picture's place in the storage; nothing of the client's file name is in it."""
    return f"pictures/{picture.pk.hex[:2]}/{picture.pk.hex}.png"


class PictureStorage(FileSystemStorage):
    """Writes a file under a temporary name, to the disk, and only then under its own: whole or not at all."""

    def url(self, name: str) -> str:
        raise ValueError(NO_ADDRESS)

    def _save(self, name: str, content: ContentFile) -> str:
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temporary = f"{path}.{uuid.uuid4().hex}.tmp"
        try:
            with open(temporary, "xb") as file:
                file.write(content.read())
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            _sync_folder(os.path.dirname(path))
        except BaseException:
            for leftover in (temporary, path):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(leftover)
            raise
        return name


def _sync_folder(folder: str) -> None:
    """Wait until the folder's new entry is on the disk: without it a power cut loses the whole file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
