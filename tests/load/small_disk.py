"""A disk of few megabytes that can be full or read-only: a tmpfs, mounted over a folder.

It takes the right to mount. Who is not root has it under `unshare --map-root-user --mount COMMAND…`.
"""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK_BYTES = 4096


class CannotMountError(Exception):
    """This process may not mount anything."""


class SmallDisk:
    """Mounted while it lasts; the folder is made for it."""

    def __init__(self, folder: Path, *, size_mb: int = 8) -> None:
        self.folder, self.size_mb = folder, size_mb

    def __enter__(self) -> "SmallDisk":
        """Raises CannotMountError."""
        self.folder.mkdir(parents=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={self.size_mb}m", "tmpfs", str(self.folder))
        return self

    def __exit__(self, *error: object) -> None:
        _run("umount", "--lazy", str(self.folder))

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no block free."""
        ballast = self.folder / "ballast"
        with ballast.open("xb", buffering=0) as file, suppress(_Full):
            while True:
                _write(file.fileno())
        try:
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nothing be written by whoever opens a file from now on; what is open already is another mount's."""
        _run("mount", "--bind", str(self.folder), str(self.folder))
        try:
            _run("mount", "-o", "remount,bind,ro", str(self.folder))
            yield
        finally:
            _run("umount", "--lazy", str(self.folder))


class _Full(Exception):
    """Not one block more can be written."""


def _write(descriptor: int) -> None:
    try:
        os.write(descriptor, bytes(BLOCK_BYTES))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _Full from error
        raise


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", "") or error
        raise CannotMountError(str(told).strip()) from error
