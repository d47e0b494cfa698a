"""What may be sent: how much, in which field."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.imaging.errors import MissingPictureError, TooManyBytesError
from recognizer.uploads import picture_bytes


def request_with(**files: bytes):
    return RequestFactory().post("/", {name: SimpleUploadedFile("7.png", data) for name, data in files.items()})


def test_it_returns_the_bytes_of_the_field():
    assert picture_bytes(request_with(image=b"seven", other=b"eight")) == b"seven"


def test_a_file_of_the_greatest_size_comes_through_whole():
    assert len(picture_bytes(request_with(image=bytes(MAX_UPLOAD_BYTES)))) == MAX_UPLOAD_BYTES


def test_a_larger_file_is_not_kept():
    request = request_with(image=bytes(MAX_UPLOAD_BYTES + 1))

    with pytest.raises(TooManyBytesError):
        picture_bytes(request)

    assert request.FILES["image"].file.read() == b""


def test_a_larger_file_in_another_field_does_no_harm():
    assert picture_bytes(request_with(other=bytes(MAX_UPLOAD_BYTES + 1), image=b"seven")) == b"seven"


def test_a_picture_that_was_not_sent_is_missing():
    with pytest.raises(MissingPictureError):
        picture_bytes(request_with(other=b"seven"))
