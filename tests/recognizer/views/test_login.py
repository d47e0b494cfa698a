"""Logging in and out: `/account/login/`, `/account/logout/`."""

import re

import pytest
from django.contrib.auth import get_user
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.models import Picture
from tests.pictures import png_of
from tests.recognizer.rows import make_picture

ADMIN = {"username": "admin", "password": "password"}


def test_it_logs_in(client, admin_user):
    answer = client.post("/account/login/", ADMIN)

    assert answer.url == "/history/"
    assert get_user(client) == admin_user


def test_it_takes_the_visitors_pictures_along_and_no_others(client, admin_user, picture, other_picture):
    client.post("/account/login/", ADMIN)

    assert Picture.objects.get(user=admin_user) == picture
    assert Picture.objects.get(visitor__isnull=False) == other_picture


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "Welcome, admin.<"), (1, "The picture of this browser is"), (2, "Welcome, admin. The 2 pictures of this")],
)
def test_it_says_how_many_pictures_came_along(client, admin_user, visitor, other_picture, count, told):
    version = other_picture.model_version
    for _ in range(count):
        make_picture(version, visitor)

    answer = client.post("/account/login/", ADMIN, follow=True)

    assert told in answer.content.decode()


def test_a_guest_without_pictures_is_led_to_those_of_an_account(client, admin_client):
    told = "Log in to see your pictures."

    assert told in client.get("/history/").content.decode()
    assert told not in admin_client.get("/history/").content.decode()


def test_after_logging_out_they_are_not_to_be_seen(client, admin_user, picture):
    client.post("/account/login/", ADMIN)
    assert client.get(f"/p/{picture.pk}/").status_code == 200

    answer = client.post("/account/logout/")

    assert answer.url == "/"
    assert answer["Clear-Site-Data"] == '"storage"'  # the drawing that was not read yet
    assert "your pictures are kept in your account" in client.get("/").content.decode()
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
    assert re.findall(r'<input[^>]*name="(\w+)"[^>]*autofocus', answer.content.decode()) == ["password"]
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


@pytest.mark.parametrize("name", ["ADMIN", "Admin"])
def test_the_name_is_found_in_any_case(client, admin_user, name):
    client.post("/account/login/", ADMIN | {"username": name})

    assert get_user(client) == admin_user


@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/"])
def test_the_session_that_somebody_may_have_planted_is_not_gone_on_with(client, admin_user, address):
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key

    client.post(address, ADMIN | {"username": "grace", "password1": "cobol-9-engine", "password2": "cobol-9-engine"})
    client.post(address, ADMIN)

    assert get_user(client).is_authenticated
    assert client.session.session_key != planted


def test_the_admin_asks_to_log_in_by_the_same_door(client, admin_user, picture):
    asked = client.get("/admin/recognizer/glyph/", follow=True)
    assert asked.redirect_chain[-1][0] == "/account/login/?next=/admin/recognizer/glyph/"

    answer = client.post("/account/login/", ADMIN | {"next": "/admin/recognizer/glyph/"})

    assert answer.url == "/admin/recognizer/glyph/"
    picture.refresh_from_db()
    assert picture.user == admin_user


def test_the_admin_says_no_to_who_is_logged_in_and_not_staff(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("eve"))

    assert client.get("/admin/", follow=True).status_code == 403


def test_the_admins_login_leads_staff_on(admin_client):
    assert admin_client.get("/admin/login/").url == "/admin/"
    assert admin_client.get("/admin/login/?next=https://evil.example/").url == "/admin/"
    assert admin_client.post("/admin/login/", ADMIN).status_code == 405


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [("/admin/recognizer/glyph/", "/admin/recognizer/glyph/"), ("https://evil.example/", "/admin/"), ("", "/admin/")],
)
def test_staff_who_are_logged_in_already_go_on_to_where_they_wanted(admin_client, wanted, goes_to):
    assert admin_client.get("/admin/login/", {"next": wanted}).url == goes_to
