"""The files in a zip: counted and weighed by its directory first, then read one at a time.

Nothing is ever written under a name that stands in a zip.
"""

from os import SEEK_END
from pathlib import PurePosixPath
from struct import unpack_from
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from recognizer.batches.errors import (
    EmptyArchiveError,
    EncryptedFileError,
    NestedArchiveError,
    SwollenArchiveError,
    TooManyFilesError,
    UnpackableFileError,
    UnreadableArchiveError,
)
from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.imaging.errors import TooManyBytesError
from recognizer.uploads import MAX_FILES

MAX_UNPACKED_BYTES = 400 * 1024 * 1024
"""Of all files in a zip together."""
MOST_SWOLLEN = 100
"""A zip of at least SURELY_SMALL bytes unpacked does not grow by more than this: pictures are packed already."""
SURELY_SMALL = 32 * 1024 * 1024
MAX_ENTRIES = 10 * MAX_FILES
"""In the directory, with folders and everything that is passed over."""
MAX_DIRECTORY_BYTES = 8 * 1024 * 1024
"""Of the directory itself, which is held in memory with all its names and comments."""
SIGNATURE = b"PK\x03\x04"
DIRECTORY_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
END_64_SIGNATURE = b"PK\x06\x07"
END_BYTES = 22
"""The record at the end of a zip, without the comment after it."""
END_64_BYTES = 76
"""What may stand before it: the larger record, which tells the size of larger directories, and where that is."""
MAX_COMMENT_BYTES = 1 << 16
BLOCK_BYTES = 1 << 20
IS_ENCRYPTED = 0x1
CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}
"""What file managers leave behind, in lower case."""


class Archive:
    """A zip whose directory has been checked."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read and check the directory; nothing is unpacked yet.

        Raises UnreadableArchiveError, TooManyFilesError, SwollenArchiveError, EmptyArchiveError.
        """
        if _count(DIRECTORY_SIGNATURE, file) > MAX_ENTRIES:  # to build the directory would take memory without limit
            raise TooManyFilesError
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise UnreadableArchiveError
        try:
            self._zip = ZipFile(file)
        except Exception as error:  # zipfile raises nearly anything on damaged bytes
            raise UnreadableArchiveError from error
        self.members = [member for member in self._zip.infolist() if not _is_passed_over(member)]
        if len(self.members) > MAX_FILES:
            raise TooManyFilesError
        if not self.members:
            raise EmptyArchiveError
        unpacked = sum(member.file_size for member in self.members)
        packed = sum(member.compress_size for member in self.members)
        if unpacked > MAX_UNPACKED_BYTES or unpacked > max(SURELY_SMALL, MOST_SWOLLEN * packed):
            raise SwollenArchiveError

    def read(self, member: ZipInfo) -> bytes:
        """Return the bytes of one file.

        Raises TooManyBytesError, EncryptedFileError and UnpackableFileError before anything is unpacked,
        UnpackableFileError for what is not as the directory says, NestedArchiveError.
        """
        if member.file_size > MAX_UPLOAD_BYTES:
            raise TooManyBytesError
        if member.flag_bits & IS_ENCRYPTED:
            raise EncryptedFileError
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # the others may ask for gigabytes
            raise UnpackableFileError
        try:
            with self._zip.open(member) as file:
                data = file.read(MAX_UPLOAD_BYTES + 1)  # of a size that is a lie, no more than it says is unpacked
        except Exception as error:
            raise UnpackableFileError from error
        if data.startswith(SIGNATURE):
            raise NestedArchiveError
        return data


def looks_like_zip(file: IO[bytes]) -> bool:
    """Say whether the file begins as a zip does, an empty one too."""
    file.seek(0)
    start = file.read(len(SIGNATURE))
    file.seek(0)
    return start in (SIGNATURE, END_SIGNATURE)


def _is_passed_over(member: ZipInfo) -> bool:
    """Say whether it is a folder or what a file manager has left: nobody meant to send that."""
    path = PurePosixPath(member.filename)
    is_clutter = path.name.lower() in CLUTTER or path.name.startswith("._") or path.parts[:1] == ("__MACOSX",)
    return member.filename.endswith("/") or is_clutter


def _directory_bytes(file: IO[bytes]) -> int:
    """Return how large the directory is, as the record at the end says. Raises UnreadableArchiveError without one.

    Source: PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16.
    """
    file.seek(max(0, file.seek(0, SEEK_END) - MAX_COMMENT_BYTES - END_BYTES - END_64_BYTES))
    tail = bytes(END_64_BYTES) + file.read()
    file.seek(0)
    end = tail.rfind(END_SIGNATURE)
    if not 0 <= end <= len(tail) - END_BYTES:
        raise UnreadableArchiveError
    (size,) = unpack_from("<L", tail, end + 12)
    if tail[end - 20 : end - 16] == END_64_SIGNATURE:
        (size_64,) = unpack_from("<Q", tail, end - END_64_BYTES + 40)
        return max(size, size_64)
    return size


def _count(sign: bytes, file: IO[bytes]) -> int:
    """Return how often a sign of four bytes occurs in the file."""
    file.seek(0)
    count, rest = 0, b""
    while block := file.read(BLOCK_BYTES):
        window = rest + block
        count += window.count(sign)
        rest = window[-(len(sign) - 1) :]
    file.seek(0)
    return count
