"""Files as they are given together, for tests."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from recognizer.batches import intake
from recognizer.batches.intake import GivenFile
from recognizer.models import Batch
from recognizer.owners import Owner
from tests.pictures import png_of

BAD = b"no picture at all"


def given(*datas: bytes) -> list[GivenFile]:
    """Return files of these bytes, named by their number."""
    return [GivenFile(f"{number}.png", lambda data=data: data) for number, data in enumerate(datas)]


def put_aside(owner: Owner, *datas: bytes, **fields) -> Batch:
    """Store a batch that waits for a worker, however few its files are."""
    at_once, intake.READ_AT_ONCE = intake.READ_AT_ONCE, 0
    try:
        return intake.take(
            given(*datas), **({"owner": owner, "came_as": "files", "kind": "cnn", "may_train": False} | fields)
        )
    finally:
        intake.READ_AT_ONCE = at_once


def send(client: Client, *files: tuple[str, bytes], **fields) -> HttpResponse:
    """Send files, by name and bytes, with the upload form."""
    return client.post("/upload/", {"image": [SimpleUploadedFile(name, data) for name, data in files], **fields})


SEVEN = png_of("7", side=90)
