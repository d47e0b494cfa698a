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


def test_files_of_a_large_request_share_one_temporary_file(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    files = [SimpleUploadedFile(f"{number}.png", bytes([number]) * (number * 40_000)) for number in range(4)]

    request = RequestFactory().post("/", {"image": files})
    kept = request.FILES.getlist("image")

    assert [(file.name, file.size, file.read()) for file in kept] == [
        (f"{number}.png", number * 40_000, bytes([number]) * (number * 40_000)) for number in range(4)
    ]
    assert len({id(file.file.raw.file) for file in kept}) == 1
    kept[2].seek(-3, 2)
    assert (kept[2].read(2), kept[3].tell()) == (b"\2\2", 120_000)


def test_what_is_too_large_leaves_no_gap_in_what_is_kept(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    files = [SimpleUploadedFile("huge.png", bytes(MAX_UPLOAD_BYTES + 1)), SimpleUploadedFile("7.png", b"seven")]

    huge, seven = RequestFactory().post("/", {"image": files}).FILES.getlist("image")

    with pytest.raises(TooManyBytesError):
        huge.read()
    assert seven.read() == b"seven"
