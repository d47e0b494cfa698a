"""What happens around every view."""

import errno
import time
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from recognizer.middleware import OutageMiddleware, VisitorMiddleware
from recognizer.models import Picture
from recognizer.owners import new_owner_of
from tests.pictures import png_of
from tests.recognizer.outages import lost_database, raise_disk_full


def cookie_of(text: str) -> str:
    return signing.get_cookie_signer(salt="visitor").sign(text)


def visitor_answered(request, status: int = 200):
    """Send the request through the middleware to a view that wants an owner for a new picture."""
    request.user = AnonymousUser()

    def view(request):
        new_owner_of(request)
        return HttpResponse(status=status)

    return VisitorMiddleware(view)(request)


def test_a_new_visitor_gets_a_cookie_that_scripts_and_other_sites_do_not_see():
    answer = visitor_answered(RequestFactory().post("/"))

    cookie = answer.cookies["visitor"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 3600)
    assert not cookie["secure"]


def test_over_https_the_cookie_is_sent_over_https_only():
    assert visitor_answered(RequestFactory().post("/", secure=True)).cookies["visitor"]["secure"]


def test_a_known_visitor_keeps_the_cookie():
    request = RequestFactory().post("/")
    number = uuid.uuid4()
    request.COOKIES["visitor"] = cookie_of(str(number))

    answer = visitor_answered(request)

    assert request.visitor == number
    assert "visitor" not in answer.cookies


@pytest.mark.parametrize(("age_days", "is_sent_again"), [(29, False), (31, True), (364, True)])
def test_a_cookie_that_grows_old_is_sent_again(client, picture, monkeypatch, age_days, is_sent_again):
    old = client.cookies["visitor"].value
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + age_days * 24 * 3600)

    answer = client.get(f"/p/{picture.pk}/")

    assert answer.status_code == 200
    assert ("visitor" in answer.cookies) == is_sent_again
    assert (client.cookies["visitor"].value != old) == is_sent_again
    assert client.get(f"/p/{picture.pk}/").status_code == 200


@pytest.mark.parametrize("status", [400, 413, 422, 429, 503])
def test_a_refused_visitor_gets_none(status):
    assert "visitor" not in visitor_answered(RequestFactory().post("/"), status).cookies


@pytest.mark.parametrize(
    "value",
    ["", "garbage", str(uuid.UUID(int=7)), cookie_of("7"), cookie_of(""), ":::"],
    ids=["empty", "garbage", "unsigned", "signed 7", "signed nothing", "colons"],
)
def test_a_cookie_that_is_none_is_nobodys(value):
    request = RequestFactory().get("/")
    request.COOKIES["visitor"] = value

    VisitorMiddleware(lambda request: HttpResponse())(request)

    assert request.visitor is None


@pytest.mark.parametrize("address", ["/", "/upload/", "/history/", f"/p/{uuid.UUID(int=7)}/"])
def test_a_lost_database_is_told_with_a_503(client, network, visitor, address):
    with lost_database():
        answer = client.get(address)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Readings cannot be stored at the moment." in answer.content.decode()


def test_a_lost_database_is_told_to_who_is_logged_in(admin_client, network):
    with lost_database():
        assert admin_client.get("/history/").status_code == 503
        assert admin_client.get("/account/").status_code == 503
        assert admin_client.get("/admin/").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_is_told_to_who_labels_or_deletes(client, picture):
    with lost_database(only="UPDATE"):
        answer = client.post(f"/p/{picture.pk}/label/", {"glyph": picture.glyphs.get().pk, "label": "1"})
    with lost_database(only="DELETE"):
        deleted = client.post(f"/p/{picture.pk}/delete/")

    assert (answer.status_code, deleted.status_code) == (503, 503)
    assert picture.glyphs.get().label is None
    assert picture.image.storage.exists(picture.image.name)


@pytest.mark.parametrize(
    ("error", "is_outage"),
    [
        (OperationalError(), True),
        (InterfaceError(), True),
        (ProgrammingError(), False),
        (RuntimeError(), False),
        *((OSError(number, "disk"), True) for number in (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES)),
        (FileNotFoundError(errno.ENOENT, "no file"), False),
        (OSError(), False),
    ],
)
def test_only_an_outage_is_told_as_one(error, is_outage):
    answer = OutageMiddleware(None).process_exception(RequestFactory().get("/api/v1/pictures/"), error)

    assert (answer.status_code if answer else None) == (503 if is_outage else None)


def test_an_outage_in_the_api_is_told_in_json():
    answer = OutageMiddleware(None).process_exception(RequestFactory().get("/api/v1/models/"), OperationalError())

    assert answer["Content-Type"] == "application/json"
    assert b"storage_unavailable" in answer.content


def test_a_database_that_is_lost_before_the_view_is_told_as_well(admin_user, network):
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)

    with lost_database():
        assert client.post("/account/tokens/").status_code == 503


def test_a_database_that_is_locked_when_the_session_is_saved_is_told_as_well(admin_user, network):
    client = Client(raise_request_exception=False)

    with lost_database(only='INSERT INTO "django_session"'):
        answer = client.post("/account/login/", {"username": "admin", "password": "password"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Readings cannot be stored at the moment." in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/upload/", "/api/v1/pictures/", "/api/v1/guess/"])
def test_a_full_disk_while_an_upload_is_received_is_told_and_nothing_is_stored(network, settings, monkeypatch, address):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr("recognizer.uploads.tempfile.TemporaryFile", raise_disk_full)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.get("/")  # with its CSRF cookie the form is read before the view is called

    answer = client.post(address, {"image": SimpleUploadedFile("7.png", png_of("7"))})

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Readings cannot be stored at the moment." in answer.content.decode()
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/upload/", "/about/", "/account/signup/", "/account/password/", "/p/7/"),
        *("/api/v1/pictures/", "/api/v1/models/", "/api/v1/schema/", "/api/v1/nothing/"),
    ],
)
def test_no_answer_is_kept_by_a_cache(client, network, address):
    assert client.get(address)["Cache-Control"] == "private, no-store"


def test_a_rule_of_the_answers_own_stays(client, picture):
    assert client.get(f"/p/{picture.pk}/image/")["Cache-Control"] == "private, no-cache"


def test_an_outage_is_kept_by_no_cache(client, network, visitor):
    with lost_database():
        assert client.get("/history/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("method", "address"), [("delete", "/"), ("post", "/about/"), ("get", "/account/logout/"), ("put", "/history/")]
)
def test_a_wrong_method_is_told_with_a_page(client, network, method, address):
    answer = getattr(client, method)(address)

    assert answer.status_code == 405
    assert answer["Allow"]
    assert answer["X-Frame-Options"] == "DENY"
    assert int(answer["Content-Length"]) == len(answer.content)
    assert "This address cannot be asked for in that way." in answer.content.decode()


def test_a_wrong_method_in_the_api_is_told_in_json(client, network):
    answer = client.delete("/api/v1/pictures/")

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
