"""Every error of the API in one form."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from knox.models import AuthToken
from rest_framework import exceptions

from recognizer.api.errors import exception_handler
from recognizer.models import Picture
from tests.pictures import png_of
from tests.recognizer.outages import lost_database, raise_disk_full


@pytest.mark.parametrize(
    "token", ["Token nonsense", "Token", "Token a b", "Token " + "0" * 500, "Token \xe9\xff", "Bearer abc"]
)
def test_a_bad_token_is_told_and_nothing_is_read(client, network, token):
    form = {"image": SimpleUploadedFile("7.png", png_of())}

    answer = client.post("/api/v1/pictures/", form, headers={"Authorization": token})

    assert answer.status_code == 401
    assert set(answer.json()["error"]) == {"code", "message"}
    assert answer.json()["error"]["code"] == "authentication_failed"
    assert answer["WWW-Authenticate"] == "Token"
    assert network.calls == 0
    assert not Picture.objects.exists()


def test_a_token_of_a_user_who_may_no_longer_log_in_is_refused(client, db):
    _, token = AuthToken.objects.create(user=User.objects.create_user("gone", is_active=False))

    assert client.get("/api/v1/pictures/", headers={"Authorization": f"Token {token}"}).status_code == 401


@pytest.mark.parametrize("address", ["/api/v1/pictures/", "/api/v1/models/"])
def test_a_lost_database_is_unavailable(client, network, visitor, address):
    with lost_database():
        answer = client.get(address)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["error"]["code"] == "storage_unavailable"


def test_a_locked_database_is_unavailable_and_nothing_is_stored(client, network, settings):
    with lost_database(only="INSERT"):
        answer = client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", png_of())})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["error"]["code"] == "storage_unavailable"
    assert "visitor" not in client.cookies
    assert not Picture.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.png"))


def test_a_full_disk_is_unavailable_for_pictures_and_not_for_guesses(client, network, monkeypatch):
    monkeypatch.setattr("recognizer.stores.folder.os.fsync", raise_disk_full)

    stored = client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", png_of())})
    guessed = client.post("/api/v1/guess/", {"image": SimpleUploadedFile("7.png", png_of())})

    assert (stored.status_code, stored["Retry-After"]) == (503, "5")
    assert stored.json()["error"]["code"] == "storage_unavailable"
    assert guessed.status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("locked"), 503, "storage_unavailable"),
        (InterfaceError("closed"), 503, "storage_unavailable"),
        (exceptions.Throttled(12.2), 429, "rate_limited"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.ValidationError({"label": ["This is none."]}), 400, "invalid"),
        (exceptions.ValidationError(["One.", "Two."]), 400, "invalid"),
    ],
)
def test_each_error_has_its_status_and_code(db, error, status, code):
    answer = exception_handler(error, {})

    assert answer.status_code == status
    assert answer.data["error"]["code"] == code
    assert isinstance(answer.data["error"]["message"], str)


def test_a_throttled_program_is_told_when_to_come_again(db):
    answer = exception_handler(exceptions.Throttled(12.2), {})

    assert answer["Retry-After"] == "13"
    assert "Wait 13 seconds" in answer.data["error"]["message"]


def test_a_forms_errors_are_one_sentence_with_their_fields(db):
    answer = exception_handler(exceptions.ValidationError({"label": ["Is none."], "at": ["Is late."]}), {})

    assert answer.data["error"]["message"] == "label: Is none. at: Is late."


def test_a_fault_of_ours_is_left_to_django(db):
    assert exception_handler(RuntimeError("a fault"), {}) is None
