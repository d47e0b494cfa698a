"""What may be sent: how much, in which field."""

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.imaging.errors import MissingPictureError, TooManyBytesError


class BoundedUploadHandler(FileUploadHandler):
    """Stops keeping a file once it is larger than a picture may be; the rest of the request is still read."""

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.received_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received_bytes += len(raw_data)
        if self.received_bytes > MAX_UPLOAD_BYTES:
            self.request.upload_is_too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def picture_bytes(request: HttpRequest, field: str = "image") -> bytes:
    """Return the bytes of the picture that was sent.

    Raises MissingPictureError without one, TooManyBytesError for one that was too large to be kept.
    """
    upload: UploadedFile | None = request.FILES.get(field)
    if upload is not None:
        return upload.read()
    if getattr(getattr(request, "_request", request), "upload_is_too_large", False):
        raise TooManyBytesError
    raise MissingPictureError
