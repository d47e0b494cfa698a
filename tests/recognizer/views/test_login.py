"""Logging in and out: `/account/login/`, `/account/logout/`."""

import pytest
from django.contrib.auth import get_user
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.models import Picture
from tests.pictures import png_of

ADMIN = {"username": "admin", "password": "password"}


def test_it_logs_in(client, admin_user):
    answer = client.post("/account/login/", ADMIN)

    assert answer.url == "/history/"
    assert get_user(client) == admin_user


def test_it_takes_the_visitors_pictures_along_and_no_others(client, admin_user, picture, other_picture):
    client.post("/account/login/", ADMIN)

    assert Picture.objects.get(user=admin_user) == picture
    assert Picture.objects.get(visitor__isnull=False) == other_picture


def test_after_logging_out_they_are_not_to_be_seen(client, admin_user, picture):
    client.post("/account/login/", ADMIN)
    assert client.get(f"/p/{picture.pk}/").status_code == 200

    answer = client.post("/account/logout/")

    assert answer.url == "/"
    assert answer["Clear-Site-Data"] == '"storage"'  # the drawing that was not read yet
    assert get_user(client).is_anonymous
    assert client.get(f"/p/{picture.pk}/").status_code == 404
    assert str(picture.pk) not in client.get("/history/").content.decode()


def test_what_is_drawn_after_logging_out_is_the_visitors_again(client, admin_user, picture, visitor, network):
    client.post("/account/login/", ADMIN)
    client.post("/account/logout/")

    client.post("/", {"image": SimpleUploadedFile("d.png", png_of("7"))})

    assert Picture.objects.get(user=None).visitor == visitor.visitor


def test_a_wrong_password_claims_nothing(client, admin_user, picture):
    answer = client.post("/account/login/", ADMIN | {"password": "wrong"})

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert get_user(client).is_anonymous
    assert not Picture.objects.filter(user=admin_user).exists()


@pytest.mark.parametrize(
    ("next_url", "goes_to"),
    [("/account/", "/account/"), ("https://evil.example/", "/history/"), ("//evil", "/history/")],
)
def test_it_goes_on_within_the_site_only(client, admin_user, next_url, goes_to):
    assert client.post("/account/login/", ADMIN | {"next": next_url}).url == goes_to


def test_logging_out_takes_more_than_a_link(admin_client, admin_user):
    assert admin_client.get("/account/logout/").status_code == 405
    assert get_user(admin_client) == admin_user
