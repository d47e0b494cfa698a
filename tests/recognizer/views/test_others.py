"""Whose a picture is: to everybody else it is not there."""

import uuid

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from recognizer.models import Picture

GET = ("/p/{}/", "/p/{}/image/", "/p/{}/thumbnail/", "/api/v1/pictures/{}/", "/api/v1/pictures/{}/image/")


def cookie_of(number: uuid.UUID, *, key: str = settings.SECRET_KEY, salt: str = "visitor") -> str:
    return signing.TimestampSigner(key="django.http.cookies" + key, salt=salt).sign(str(number))


@pytest.fixture(params=["anonymous", "another visitor", "user", "staff", "unsigned", "forged", "other salt"])
def stranger(request, picture, django_user_model) -> Client:
    """Make somebody who is not the picture's visitor, in every way of not being it."""
    client = Client()
    match request.param:
        case "another visitor":
            client.cookies["visitor"] = cookie_of(uuid.uuid4())
        case "user" | "staff":
            is_staff = request.param == "staff"
            user = django_user_model.objects.create_user("eve", is_staff=is_staff, is_superuser=is_staff)
            client.force_login(user)
        case "unsigned":
            client.cookies["visitor"] = str(picture.visitor)
        case "forged":
            client.cookies["visitor"] = cookie_of(picture.visitor, key="another key")
        case "other salt":
            client.cookies["visitor"] = cookie_of(picture.visitor, salt="sessionid")
    return client


def test_the_owner_sees_it(client, picture):
    client.cookies["visitor"] = cookie_of(picture.visitor)

    assert [client.get(address.format(picture.pk)).status_code for address in GET] == [200] * 5


def test_a_stranger_sees_nothing_of_it(stranger, picture):
    assert [stranger.get(address.format(picture.pk)).status_code for address in GET] == [404] * 5


def test_a_stranger_changes_nothing_of_it(stranger, picture):
    glyph = picture.glyphs.get()

    answers = [
        stranger.post(f"/p/{picture.pk}/label/", {"glyph": glyph.pk, "label": "1"}),
        stranger.post(f"/p/{picture.pk}/delete/"),
        stranger.delete(f"/api/v1/pictures/{picture.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert Picture.objects.filter(pk=picture.pk).exists()
    assert picture.glyphs.get().label is None


def test_a_stranger_has_it_in_no_list(stranger, picture):
    assert str(picture.pk) not in stranger.get("/history/").content.decode()
    assert str(picture.pk) not in stranger.get("/").content.decode()
    assert stranger.get("/api/v1/pictures/").json()["results"] == []


def test_what_is_not_yours_looks_like_what_is_not_there(client, other_picture):
    theirs = client.get(f"/api/v1/pictures/{other_picture.pk}/")
    nothing = client.get(f"/api/v1/pictures/{uuid.uuid4()}/")

    assert theirs.content == nothing.content


def test_a_users_picture_is_there_for_the_user_only(client, admin_client, admin_picture, visitor):
    assert admin_client.get(f"/p/{admin_picture.pk}/").status_code == 200
    assert client.get(f"/p/{admin_picture.pk}/").status_code == 404
    assert Client().get(f"/p/{admin_picture.pk}/").status_code == 404


def test_a_cookie_that_is_over_a_year_old_is_nobodys(client, picture, monkeypatch):
    monkeypatch.setattr("recognizer.owners.COOKIE_MAX_AGE_SECONDS", -1)

    assert client.get(f"/p/{picture.pk}/").status_code == 404
