"""One own picture: `GET|DELETE /api/v1/pictures/<id>/`, `GET …/image/`."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from knox.models import AuthToken

from recognizer.models import Picture
from tests.pictures import png_of


def address_of(picture: Picture, rest: str = "") -> str:
    return f"/api/v1/pictures/{picture.pk}/{rest}"


def test_it_is_what_was_answered_when_it_was_stored(client, network):
    stored = client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("7.png", png_of("47"))}).json()

    assert client.get(f"/api/v1/pictures/{stored['id']}/").json() == stored


def test_it_holds_the_labels(client, picture, visitor):
    glyph = picture.glyphs.get()

    labels = []
    for label in (3, 10, None):
        glyph.set_label(label, owner=visitor, where="api")
        labels.append(client.get(address_of(picture)).json()["glyphs"][0]["label"])

    assert labels == [3, "not_a_digit", None]


def test_its_image_is_the_stored_png(client, picture):
    answer = client.get(address_of(picture, "image/"))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == picture.image.read()


def test_its_image_is_there_for_a_token(admin_picture, admin_user):
    _, token = AuthToken.objects.create(user=admin_user)

    answer = Client().get(address_of(admin_picture, "image/"), headers={"Authorization": f"Token {token}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("accept", ["image/png", "image/*", "text/html", "*/*"])
def test_its_image_may_be_asked_for_by_its_type(client, picture, accept):
    assert client.get(address_of(picture, "image/"), headers={"Accept": accept}).status_code == 200


def test_its_image_is_refused_in_json_whatever_was_asked_for(client, other_picture):
    answer = client.get(address_of(other_picture, "image/"), headers={"Accept": "image/png"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_missing_image_is_not_there_rather_than_a_fault(client, picture):
    picture.image.storage.delete(picture.image.name)

    answer = client.get(address_of(picture, "image/"))

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_deleting_removes_row_and_file(client, picture, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.delete(address_of(picture))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Picture.objects.exists()
    assert not picture.image.storage.exists(picture.image.name)
    assert client.get(address_of(picture)).status_code == 404


@pytest.mark.parametrize("rest", ["", "image/"])
def test_an_unknown_id_is_answered_in_the_error_form(client, db, rest):
    answer = client.get(f"/api/v1/pictures/{uuid.uuid4()}/{rest}")

    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(("method", "rest"), [("put", ""), ("post", ""), ("post", "image/"), ("delete", "image/")])
def test_another_method_is_refused(client, picture, method, rest):
    answer = getattr(client, method)(address_of(picture, rest))

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_deleting_in_a_session_needs_the_csrf_token(admin_picture, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert client.delete(address_of(admin_picture)).status_code == 403
    assert Picture.objects.exists()
