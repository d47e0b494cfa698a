"""What is not yours is answered as what is not there: the same page, after the same questions to the database."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date, urlencode

from recognizer.models import Picture
from recognizer.owners import Owner
from tests.recognizer.who_may_see_what.conftest import store_things, visitor_cookie
from tests.recognizer.who_may_see_what.routes import METHODS, PLACE, address_of, routes
from tests.recognizer.who_may_see_what.table import status_for

STRANGERS = ("user", "guest", "nobody", "staff", "reviewer")
PUBLIC = {"kind", "version", "position", "label", "answer", "file_format", "app_label", "url", "content_type_id"}
"""The parts of addresses that everybody may know; the others name what is somebody's."""
TOLD_BY_DJANGO = re.compile(r"/admin/(\w+/\w+/<object_id>/history/|r/|recognizer/glyph/<object_id>/)")
"""Here Django's admin looks for the row first: staff without a right learn whether there is one, and no more."""
FILES = ("/p/<picture_id>/image/", "/p/<picture_id>/thumbnail/", "/api/v1/pictures/<picture_id>/image/")
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
VALUE = re.compile(r"'[^']*'|\b[0-9a-f]{32}\b|\d+")


def body_of(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def nowhere(parts: dict[str, object]) -> dict[str, object]:
    """Return parts of the same sorts that stand for nothing."""
    return {name: part if name in PUBLIC else _nothing_like(part) for name, part in parts.items()}


def _nothing_like(part: object) -> object:
    return uuid.uuid4() if isinstance(part, uuid.UUID) else 10**9 if isinstance(part, int) else "0" * len(part)


def doors(person: str) -> list[tuple[str, str]]:
    """Return how and where this person can ask for what is not theirs; the admin takes every method for GET or POST."""
    return [
        (method, route)
        for route in routes()
        if {place[1] for place in PLACE.finditer(route)} - PUBLIC and not TOLD_BY_DJANGO.match(route)
        for method in (("GET", "POST") if route.startswith("/admin/") else METHODS)
        if status_for(person, method, route) in (401, 403, 404)
    ]


def told(client: Client, method: str, address: str, body: str = "", kind: str = "", **headers: str) -> tuple:
    """Return all that somebody can learn from an answer, but for the address that they asked for."""
    cache.clear()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        answer = client.generic(method, address, body, kind, headers=headers)
        page = FORM_TOKEN.sub("", body_of(answer).decode()).replace(address, "ADDRESS")
        transaction.set_rollback(True)
    said = {name: value.replace(address, "ADDRESS") for name, value in answer.headers.items()}
    for unlike in ("X-Request-ID", "Content-Length"):
        said.pop(unlike, None)
    return answer.status_code, page, said, [VALUE.sub("?", query["sql"]) for query in queries]


@pytest.mark.parametrize("person", STRANGERS)
def test_what_is_not_yours_is_answered_as_what_is_not_there(clients, parts, person):
    client, nothing = clients[person], nowhere(parts)

    different = [
        f"{method} {route}"
        for method, route in doors(person)
        if told(client, method, address_of(route, parts)) != told(client, method, address_of(route, nothing))
    ]

    assert doors(person)
    assert not different, "\n".join(different)


@pytest.mark.parametrize("person", STRANGERS)
@pytest.mark.parametrize("route", FILES)
def test_who_guesses_the_checksum_of_a_file_learns_nothing(clients, parts, person, route):
    etag = f'"{Picture.objects.get(pk=parts["picture_id"]).sha256}"'
    conditions = [{"If-None-Match": etag}, {"If-Match": etag}, {"If-None-Match": "*"}, {"If-Match": "*"}]
    conditions += [{"If-Modified-Since": http_date()}, {"Range": "bytes=0-0"}]

    for condition in conditions:
        theirs = told(clients[person], "GET", address_of(route, parts), **condition)

        assert theirs[0] == 404
        assert theirs == told(clients[person], "GET", address_of(route, nowhere(parts)), **condition)


@pytest.mark.parametrize("person", ["user", "guest", "nobody"])
def test_what_a_visitor_has_is_not_told_either(clients, parts, reader, person):
    parts |= store_things(Owner(visitor=uuid.uuid4()), reader)

    test_what_is_not_yours_is_answered_as_what_is_not_there(clients, parts, person)


@pytest.mark.parametrize("address", ["/history/delete/", "/history/training/", "/history/download/selected/"])
@pytest.mark.parametrize("person", STRANGERS)
def test_a_picture_of_another_that_a_form_names_is_none(clients, parts, person, address):
    def ask(picture: uuid.UUID) -> tuple:
        form = urlencode({"picture": picture, "confirmed": "on"})
        return told(clients[person], "POST", address, form, "application/x-www-form-urlencoded")

    assert ask(parts["picture_id"]) == ask(uuid.uuid4())


def test_a_mark_of_another_is_not_on_one_s_own_picture(clients, parts, reader):
    own = store_things(Owner(user=User.objects.get(username="user")), reader)

    def ask(glyph: int) -> tuple:
        address, form = f"/p/{own['picture_id']}/label/", urlencode({"glyph": glyph, "label": "3"})
        return told(clients["user"], "POST", address, form, "application/x-www-form-urlencoded")

    assert ask(parts["glyph_id"])[0] == 404
    assert ask(parts["glyph_id"]) == ask(10**9)


@pytest.mark.parametrize("body", ['{"label": 3}', '{"label": 11}', "{", "[" * 9000])
def test_a_label_for_a_mark_of_another_is_not_looked_at(clients, parts, body):
    def ask(glyph: int) -> tuple:
        return told(clients["user"], "PUT", f"/api/v1/glyphs/{glyph}/label/", body, "application/json")

    assert ask(parts["glyph_id"])[0] == 404
    assert ask(parts["glyph_id"]) == ask(10**9)


@pytest.mark.parametrize("person", ["user", "guest", "nobody", "staff"])
def test_nothing_of_another_stands_on_any_page_or_in_any_file(clients, parts, reader, person):
    """One has something of one's own there: the lists are not empty."""
    picture = Picture.objects.get(pk=parts["picture_id"])
    Picture.objects.filter(pk=picture.pk).update(name="my-bank-account.png")
    if person == "guest":
        clients[person].cookies["visitor"] = visitor_cookie(number := uuid.uuid4())
        own = store_things(Owner(visitor=number), reader)
    else:
        own = store_things(Owner(user=User.objects.get(username="owner" if person == "nobody" else person)), reader)
    secrets = [parts["picture_id"], parts["picture_id"].hex, parts["batch_id"], parts["batch_id"].hex]
    secrets += [picture.image.name, "my-bank-account", parts["token_key"]]

    found, shows_own = [], 0
    for route in routes():
        if not {place[1] for place in PLACE.finditer(route)} - PUBLIC and status_for(person, "GET", route) == 200:
            page = body_of(clients[person].get(address_of(route, parts))).decode(errors="replace")
            found += [f"{secret} {route}" for secret in secrets if str(secret) in page]
            shows_own += str(own["picture_id"]) in page

    assert not found, "\n".join(found)
    assert shows_own >= (0 if person == "nobody" else 4)
