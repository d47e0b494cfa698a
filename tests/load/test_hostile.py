"""Requests that mean no good, against the site without a server: some of every kind that a client can send."""

import random

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client

from recognizer.models import Batch, Picture
from recognizer.operations import media
from tests.load.hostile import makers
from tests.load.hostile.request import Hostile
from tests.load.hostile.sender import Answer
from tests.load.hostile.texts import INJECTED, SCRIPT
from tests.recognizer.who_may_see_what.routes import routes

OF_EACH = 12
MAKERS = makers(routes())


def send(client: Client, hostile: Hostile, own: str) -> HttpResponse:
    """Send the request as the load command does, as far as the test client can."""
    path, _, query = hostile.target(own).partition("?")
    kind = hostile.headers.get("Content-Type", "")
    others = {name: value for name, value in hostile.headers.items() if name not in ("Content-Type", "Cookie")}
    return client.generic(hostile.method, path, hostile.body, kind, headers=others, QUERY_STRING=query)


@pytest.mark.parametrize("kind", MAKERS)
def test_it_is_answered_below_500_and_nothing_of_what_is_refused_is_stored(admin_client, admin_picture, kind):
    admin_client.raise_request_exception = False
    rng, stored, own = random.Random(kind), [("picture", str(admin_picture.pk))], str(admin_picture.pk)

    for _ in range(OF_EACH):
        hostile = MAKERS[kind](rng)
        response = send(admin_client, hostile, own)
        assert response.status_code < 500, hostile
        assert INJECTED not in response.headers
        is_page = response.get("Content-Type", "").startswith("text/html")
        assert not (is_page and SCRIPT in response.content.decode()), hostile
        if made := Answer(response.status_code, response.headers).stored(hostile):
            stored.append(made)

    assert Picture.objects.exclude(source="batch").count() == sum(what == "picture" for what, _ in stored)
    assert Batch.objects.count() == sum(what == "batch" for what, _ in stored)
    names = list(media.stored_names())
    assert list(media.orphans(names)) == []
    assert all(default_storage.open(name).read(8) == b"\x89PNG\r\n\x1a\n" for name in names if "pictures/" in name)
