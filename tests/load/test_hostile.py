"""Requests that mean no good, against the site without a server: some of every kind."""

import random
from urllib.parse import quote, urlencode

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from recognizer.models import Batch, Picture
from recognizer.operations import media
from tests.load.hostile import KINDS, Hostile

OF_EACH = 12


def send(client: Client, hostile: Hostile) -> HttpResponse:
    """Send the request as the load command does, as far as the test client can."""
    path = quote(hostile.path, safe="/", errors="replace")
    query = urlencode(hostile.query, errors="replace")
    if hostile.files is None:
        kind = hostile.headers.get("Content-Type", "application/octet-stream")
        data = hostile.data if isinstance(hostile.data, bytes) else b""
        return client.generic(hostile.method, path, data, content_type=kind, QUERY_STRING=query)
    form = {field: SimpleUploadedFile("7", data, kind) for field, (_, data, kind) in hostile.files}
    for field, (name, _, _) in hostile.files:
        form[field].name = name
    return client.post(path, {**form, **(hostile.data or {})}, QUERY_STRING=query)


@pytest.mark.parametrize("make", dict.fromkeys(KINDS), ids=lambda make: make.__name__)
def test_it_is_answered_below_500_and_nothing_of_what_is_refused_is_stored(client, network, visitor, make):
    client.raise_request_exception = False
    rng, stored = random.Random(make.__name__), 0

    for _ in range(OF_EACH):
        hostile = make(rng)
        answer = send(client, hostile)
        assert answer.status_code < 500, hostile
        stored += answer.status_code == 302 and answer.url.startswith(("/p/", "/batch/"))
        stored += answer.status_code == 201 and hostile.path == "/api/v1/pictures/"

    batches = Batch.objects.count()
    assert Picture.objects.exclude(source="batch").count() + batches == stored
    names = list(media.stored_names())
    assert list(media.orphans(names)) == []
    assert all(default_storage.open(name).read(8) == b"\x89PNG\r\n\x1a\n" for name in names if "pictures/" in name)
