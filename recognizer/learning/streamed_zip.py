"""Zip files that are sent while they are made, in constant memory however many files they hold."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PIECE_BYTES = 1 << 16
KEPT_IN_MEMORY_BYTES = 1 << 20
"""What has to wait for the end of the file waits here, and beyond that in a temporary file."""


def waiting_room() -> tempfile.SpooledTemporaryFile:
    """Return an empty file for bytes that are sent later; it goes when it is closed or forgotten."""
    return tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES)


def read_back(waiting: tempfile.SpooledTemporaryFile) -> Iterator[bytes]:
    """Yield what was written, from the start, in pieces."""
    waiting.seek(0)
    while piece := waiting.read(PIECE_BYTES):
        yield piece


class StreamedZip:
    """A zip file that is taken away in pieces. The same files make the same bytes: no time is written into it."""

    def __init__(self) -> None:
        self._outbox, self._members = _Outbox(), _Members()
        self._zip = ZipFile(self._outbox, "w", ZIP_DEFLATED, compresslevel=1)
        self._zip.filelist, self._zip.NameToInfo = self._members, _NoNames()

    def __enter__(self) -> "StreamedZip":
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()
        self._outbox.close()
        self._members.close()

    def member(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Write a file of any size into the zip; yield what is ready to be sent."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                yield from self._ready()

    def small_member(self, name: str, data: bytes) -> Iterator[bytes]:
        """Write a file of known size into the zip, with a shorter entry for it; yield what is ready to be sent."""
        self._zip.writestr(ZipInfo(name), data, ZIP_DEFLATED)
        yield from self._ready()

    def end(self) -> Iterator[bytes]:
        """Yield the rest, with the list of all members. Without it no program takes the file for a whole one."""
        self._zip.close()
        yield from self._outbox.take()

    def _ready(self) -> Iterator[bytes]:
        if len(self._outbox) >= PIECE_BYTES:
            yield from self._outbox.take()


class _Outbox:
    """A file that cannot be sought in: what is written to it waits to be taken away."""

    def __init__(self) -> None:
        self._waiting = waiting_room()

    def __len__(self) -> int:
        return self._waiting.tell()

    def write(self, data: bytes) -> int:
        return self._waiting.write(data)

    def flush(self) -> None:
        """Do nothing: nobody reads it but us."""

    def take(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        yield from read_back(self._waiting)
        self._waiting.seek(0)
        self._waiting.truncate()

    def close(self) -> None:
        self._waiting.close()


class _Members:
    """A ZipFile's list of its members in a temporary file: a hundred thousand of them are 40 MB as objects."""

    def __init__(self) -> None:
        self._file, self._count = waiting_room(), 0

    def __len__(self) -> int:
        return self._count

    def append(self, member: ZipInfo) -> None:
        pickle.dump(member, self._file)
        self._count += 1

    def __iter__(self) -> Iterator[ZipInfo]:
        self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)

    def close(self) -> None:
        self._file.close()


class _NoNames(dict):
    """A ZipFile's members by name, of which it is never asked while it is written."""

    def __setitem__(self, name: str, member: ZipInfo) -> None:
        """Forget it."""
