"""What changes something is refused without the token of a form, unless a program asks with a token of its own."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

from recognizer.models import Picture
from tests.pictures import png_of
from tests.recognizer.who_may_see_what.routes import address_of, routes

API = "/api/v1/"


@pytest.mark.usefixtures("blank_pages")
@pytest.mark.parametrize("person", ["owner", "nobody"])
def test_nothing_that_changes_is_done_without_a_token(clients, parts, person):
    """To the API nobody has rights that another site could use: see below."""
    client, done = Client(enforce_csrf_checks=True), []
    client.cookies = clients[person].cookies
    for route in routes():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with transaction.atomic():
                status = client.generic(method, address_of(route, parts)).status_code
                transaction.set_rollback(True)
            if status not in (403, 405) and not (person == "nobody" and route.startswith(API)):
                done.append(f"{method} {route}: {status}")

    assert not done, "\n".join(done)


def test_a_program_with_a_token_needs_no_other(parts):
    _, token = AuthToken.objects.create(user=User.objects.get(username="owner"))
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {token}"})
    mark, picture = f"{API}glyphs/{parts['glyph_id']}/label/", f"{API}pictures/{parts['picture_id']}/"

    answers = [
        program.post(f"{API}pictures/", {"image": SimpleUploadedFile("7.png", png_of())}),
        program.put(mark, {"label": 3}, "application/json"),
        program.delete(picture),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 204]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://testserver"}, 201),
        ({"Origin": "http://testserver:8080"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
    ],
)
def test_another_site_does_not_make_a_browser_a_new_visitor(network, headers, status):
    """The visitor's own cookie, which is not sent along, would be replaced: their pictures would be nobody's."""
    browser = Client(headers=headers)

    answer = browser.post(f"{API}pictures/", {"image": SimpleUploadedFile("7.png", png_of())})

    assert answer.status_code == status
    assert ("visitor" in answer.cookies, Picture.objects.exists()) == (status == 201, status == 201)
