"""Signing up: `/account/signup/`."""

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User

from recognizer.models import Picture
from recognizer.recognition import recognize
from tests.pictures import png_of

GOOD = {"username": "ada", "password1": "difference-engine-9", "password2": "difference-engine-9"}


def test_it_shows_the_form(client, db):
    answer = client.get("/account/signup/")

    assert answer.status_code == 200
    assert 'name="password2"' in answer.content.decode()


def test_it_creates_the_account_and_logs_in(client, db):
    answer = client.post("/account/signup/", GOOD)

    assert answer.url == "/history/"
    assert get_user(client).get_username() == "ada"
    assert not get_user(client).is_staff


def test_it_takes_the_visitors_pictures_along_and_no_others(client, picture, other_picture):
    client.post("/account/signup/", GOOD)

    picture.refresh_from_db()
    other_picture.refresh_from_db()
    assert (picture.user.get_username(), picture.visitor) == ("ada", None)
    assert other_picture.user is None
    assert client.get(f"/p/{picture.pk}/").status_code == 200


@pytest.mark.parametrize(
    "mistake",
    [
        {"username": ""},
        {"username": "Admin"},
        {"username": "a b"},
        {"password2": "another-engine-9"},
        {"password1": "7", "password2": "7"},
        {"password1": "password", "password2": "password"},
    ],
)
def test_it_refuses_a_mistake_and_says_which(client, admin_user, visitor, network, mistake):
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    answer = client.post("/account/signup/", GOOD | mistake)

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert get_user(client).is_anonymous
    assert Picture.objects.get(pk=picture.pk).user is None


def test_a_poor_password_is_told_where_it_was_entered(client, db):
    answer = client.post("/account/signup/", GOOD | {"password1": "7", "password2": "7"})

    assert "password1" in answer.context["form"].errors
    assert "password2" not in answer.context["form"].errors


def test_who_is_logged_in_goes_to_the_account(admin_client):
    assert admin_client.get("/account/signup/").url == "/account/"
    assert admin_client.post("/account/signup/", GOOD).url == "/account/"


def test_a_name_that_is_taken_while_the_form_is_checked_is_told_as_taken(client, db, monkeypatch):
    """Two clicks send the form twice; both find the name free."""
    is_valid = UserCreationForm.is_valid

    def be_second(form) -> bool:
        valid = is_valid(form)
        User.objects.create_user(GOOD["username"])
        return valid

    monkeypatch.setattr(UserCreationForm, "is_valid", be_second)

    answer = client.post("/account/signup/", GOOD)

    assert answer.status_code == 400
    assert "A user with that username already exists." in answer.content.decode()
    assert get_user(client).is_anonymous
    assert User.objects.count() == 1


def test_a_name_that_differs_by_case_alone_is_taken(client, db):
    User.objects.create_user("Ada")

    answer = client.post("/account/signup/", GOOD)

    assert answer.status_code == 400
    assert User.objects.count() == 1
