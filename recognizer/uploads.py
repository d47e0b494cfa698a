"""What may be sent: how much, in which field, and where it waits while the request is read."""

import io
import tempfile
from collections.abc import Callable
from pathlib import PurePath

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse

from recognizer.batches.errors import TooManyFilesError, TooMuchAtOnceError
from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.imaging.errors import MissingPictureError, TooManyBytesError

MAX_FILES = 2_000
"""That may be sent together, loose or in a zip."""
MAX_REQUEST_BYTES = 200 * 1024 * 1024
"""Of all files that are sent together, and so of a zip."""
FILES_OF_A_PICTURE_FORM = 4
"""Where one picture is asked for, so many files are read past before the request is refused."""
ZIP_TYPES = ("application/zip", "application/x-zip-compressed")

View = Callable[..., HttpResponse]


def takes_many_files(view: View) -> View:
    """Mark a view as one to which many files, or a zip of them, may be sent."""
    view.takes_many_files = True
    return view


class UnkeptFile(UploadedFile):
    """A file that was too large to be kept; its name is all that is known of it."""

    def read(self, *args) -> bytes:
        raise TooManyBytesError


class BoundedUploadHandler(FileUploadHandler):
    """Keeps no more of a file than may be sent to the view, and no more files; the rest of the request is read past."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None) -> None:
        match = self.request.resolver_match
        self.takes_many = getattr(match and match.func, "takes_many_files", False)
        self.keeps_none = self.takes_many and content_length > MAX_REQUEST_BYTES
        self.files = 0

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.takes_many and self.files > MAX_FILES:
            self.request.has_too_many_files = True
            raise StopUpload  # the view says so, and what is wrong stands in the form
        if not self.takes_many and self.files > FILES_OF_A_PICTURE_FORM:
            raise TooManyFilesSent("There are too many files in this request.")
        is_zip = self.takes_many and has_name_of_zip(self.file_name, self.content_type)
        self.max_bytes = 0 if self.keeps_none else MAX_REQUEST_BYTES if is_zip else MAX_UPLOAD_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= self.max_bytes else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Stand in for a file that was not kept whole."""
        if file_size <= self.max_bytes:
            return None
        return UnkeptFile(io.BytesIO(), self.file_name, self.content_type, file_size)


class OneFileUploadHandler(FileUploadHandler):
    """Keeps the files of a large request one behind the other in a single temporary file.

    Two thousand files of their own would be more than a process may have open.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.shared, self.end = None, 0

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.shared = self.shared or tempfile.TemporaryFile()  # noqa: SIM115 (its parts outlive this)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.shared.seek(self.end + start)
        self.shared.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        part = io.BufferedReader(PartOfFile(self.shared, self.end, file_size))
        self.end += file_size
        return UploadedFile(part, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)


class PartOfFile(io.RawIOBase):
    """A part of a larger file that is read as if it were a file itself."""

    def __init__(self, file: io.BufferedIOBase, start: int, size: int) -> None:
        self.file, self.start, self.size, self.place = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("There is nothing before the start of a file.")
        self.place = base + offset
        return self.place

    def readinto(self, buffer) -> int:
        self.file.seek(self.start + self.place)
        data = self.file.read(max(0, min(len(buffer), self.size - self.place)))
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)


def has_name_of_zip(name: str, content_type: str | None) -> bool:
    """Say whether a file is called a zip by who sends it; what it is, its content tells."""
    return PurePath(name).suffix.lower() == ".zip" or content_type in ZIP_TYPES


def picture_bytes(request: HttpRequest, field: str = "image") -> bytes:
    """Return the bytes of the picture that was sent.

    Raises MissingPictureError without one, TooManyBytesError for one that was too large to be kept.
    """
    upload: UploadedFile | None = request.FILES.get(field)
    if upload is None:
        raise MissingPictureError
    return upload.read()


def uploads_of(request: HttpRequest, field: str = "image") -> list[UploadedFile]:
    """Return the files that were sent, in their order; of one that was too large to be kept, reading it tells.

    Raises TooMuchAtOnceError and TooManyFilesError when they were too much, or too many, together.
    """
    if getattr(request, "has_too_many_files", False):
        raise TooManyFilesError
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST_BYTES:
        raise TooMuchAtOnceError
    return request.FILES.getlist(field)
