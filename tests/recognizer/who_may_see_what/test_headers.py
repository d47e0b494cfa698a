"""Every answer of a public site tells browsers and proxies how to keep people safe: pages, files, refusals."""

import pytest
from django.http import HttpResponse
from django.test import Client

from recognizer.models import Picture
from tests.digitsite.test_settings import settings_under
from tests.recognizer.who_may_see_what.routes import address_of, routes

OF_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
HTTPS = ("SECURE_", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE")


@pytest.fixture(autouse=True)
def _public(settings, tmp_path):
    """Make the site as public as ALLOWED_HOSTS makes it; it has one static file."""
    for name, value in settings_under(ALLOWED_HOSTS="digits.example.org").items():
        if name.startswith(HTTPS):
            setattr(settings, name, value)
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "site.css").write_text("p { color: black }")


def lacking(answer: HttpResponse) -> list[str]:
    """Return what an answer does not say and should."""
    policy = answer.headers.get("Content-Security-Policy", "")
    cookies = answer.cookies.values()
    kept = {word.strip() for word in answer.headers.get("Cache-Control", "").split(",")}
    found = [name for name, value in OF_EVERY_ANSWER.items() if answer.headers.get(name) != value]
    found += ["policy"] * ("default-src" not in policy or "unsafe" in policy)
    found += ["frames"] * ("frame-ancestors 'none'" not in policy and answer.headers.get("X-Frame-Options") != "DENY")
    found += ["cache"] * ("private" not in kept or not kept & {"no-store", "no-cache"})
    found += [c.key for c in cookies if not (c.value == "" or (c["secure"] and c["httponly"] and c["samesite"]))]
    return found


@pytest.mark.parametrize("person", ["owner", "admin", "nobody"])
def test_every_address_does(clients, parts, person):
    answers = {
        route: clients[person].get(address_of(route, parts), secure=True)
        for route in routes()
        if person == "admin" or not route.startswith("/admin/")
    }

    assert {route: found for route, answer in answers.items() if (found := lacking(answer))} == {}


def test_every_refusal_does(clients, parts, monkeypatch):
    browser, strict = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    answers = {
        "not there": browser.get("/nothing/", secure=True),
        "not there in the API": browser.get("/api/v1/nothing/", secure=True),
        "not by this method": browser.delete("/", secure=True),
        "not from this host": browser.get("/", secure=True, headers={"Host": "elsewhere.example"}),
        "without a token": strict.post("/", secure=True),
        "no such token": browser.get("/api/v1/pictures/", secure=True, headers={"Authorization": "Token 1"}),
        "no picture": browser.post("/", secure=True),
        "not changed": clients["owner"].get(
            address := f"/p/{parts['picture_id']}/image/",
            secure=True,
            headers={"If-None-Match": clients["owner"].get(address, secure=True)["ETag"]},
        ),
    }
    monkeypatch.setattr(Picture.objects, "owned_by", lambda owner: 1 / 0)
    answers["a fault"] = browser.get("/history/", secure=True)

    assert [answer.status_code for answer in answers.values()] == [404, 404, 405, 400, 403, 401, 400, 304, 500]
    assert {name: found for name, answer in answers.items() if (found := lacking(answer))} == {}


def test_a_static_file_does_and_may_be_kept_by_everybody(db):
    answer = Client().get("/static/site.css", secure=True)

    assert answer.status_code == 200
    assert lacking(answer) == ["cache"]


def test_plain_http_is_led_to_https(db):
    answer = Client().get("/history/?digit=7")

    assert (answer.status_code, answer.url) == (301, "https://testserver/history/?digit=7")
