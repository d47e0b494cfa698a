"""Every address by every method, asked for by everybody."""

import json
from fnmatch import fnmatchcase
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

from recognizer.models import Batch, Glyph, Picture
from tests.recognizer.who_may_see_what.routes import METHODS, address_of, routes
from tests.recognizer.who_may_see_what.table import LINES, PEOPLE, status_for

SAFE = ("GET", "HEAD", "OPTIONS")
MAY_CHANGE = {"owner", "reviewer", "admin"}


@pytest.fixture(autouse=True)
def _prometheus_has_a_token(settings):
    settings.METRICS_TOKEN = "a token that nobody here has"


def owned() -> list[tuple]:
    """Return what there is of the owner's, so far as somebody could change it."""
    pictures = Picture.objects.filter(user__username="owner").order_by("pk").values_list("pk", "may_train")
    marks = Glyph.objects.filter(picture__user__username="owner").order_by("pk")
    batches = Batch.objects.filter(user__username="owner").values_list("pk", "may_train", "finished")
    tokens = AuthToken.objects.filter(user__username="owner").values_list("pk")
    return [*pictures, *marks.values_list("pk", "label", "is_usable", "is_excluded"), *batches, *tokens]


def ask(client: Client, method: str, address: str, parts: dict[str, object]) -> int:
    """Return the status of the answer; a form names the owner's picture and mark."""
    if method != "POST":
        return client.generic(method, address, json.dumps({"label": 3}), "application/json").status_code
    form = {"glyph": parts["glyph_id"], "label": "3", "picture": parts["picture_id"]}
    return client.post(address, form | {"answer": "3", "may_train": "no", "confirmed": "on"}).status_code


@pytest.mark.usefixtures("blank_pages")
@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_is_theirs_and_changes_nothing_else(clients, parts, person):
    client, before, wrong = clients[person], owned(), []
    for route in routes():
        for method in METHODS:
            cookies, client.cookies = client.cookies, SimpleCookie(client.cookies.output(header="", sep=";"))
            cache.clear()
            with transaction.atomic():
                status = ask(client, method, address_of(route, parts), parts)
                after = before if person in MAY_CHANGE or method in SAFE or status == 405 else owned()
                transaction.set_rollback(True)
            client.cookies = cookies
            if (status, after) != (status_for(person, method, route), before):
                wrong.append(f"{method} {route}: {status}" + ", and something changed" * (after != before))

    assert not wrong, "\n".join(wrong)


def test_every_line_of_the_table_is_about_an_address_that_there_is():
    unused = [pattern for _, pattern, *_ in LINES if not any(fnmatchcase(route, pattern) for route in routes())]

    assert unused == []
