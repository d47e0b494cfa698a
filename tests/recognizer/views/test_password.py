"""Changing the password: `/account/password/`."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

NEW = {"old_password": "password", "new_password1": "analytical-9", "new_password2": "analytical-9"}


def test_it_changes_the_password_and_stays_logged_in(admin_client, admin_user):
    answer = admin_client.post("/account/password/", NEW, follow=True)

    admin_user.refresh_from_db()
    assert answer.status_code == 200
    assert "Password changed" in answer.content.decode()
    assert admin_user.check_password("analytical-9")
    assert get_user(admin_client) == admin_user


@pytest.mark.parametrize("mistake", [{"old_password": "wrong"}, {"new_password2": "other"}])
def test_it_keeps_the_old_one_on_a_mistake(admin_client, admin_user, mistake):
    answer = admin_client.post("/account/password/", NEW | mistake)

    admin_user.refresh_from_db()
    assert "errorlist" in answer.content.decode()
    assert admin_user.check_password("password")


def test_it_is_for_who_is_logged_in(client, db):
    assert client.get("/account/password/").url == "/account/login/?next=/account/password/"


@pytest.mark.parametrize("address", ["/account/password/", "/admin/password_change/"])
def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(admin_client, admin_user, address):
    wrong = [admin_client.post(address, NEW | {"old_password": f"wrong {n}"}).status_code for n in range(5)]

    answer = admin_client.post(address, NEW)

    assert wrong == [200] * 5
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "There were too many tries to log in to this account. Wait 15 minutes and try again." in (
        answer.content.decode()
    )
    admin_user.refresh_from_db()
    assert admin_user.check_password("password")


def test_tries_count_together_wherever_the_password_is_asked_for(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ada", password="password"))
    for _ in range(2):
        client.post("/account/password/", NEW | {"old_password": "wrong"})
        client.post("/account/delete/", {"password": "wrong"})
    Client().post("/account/login/", {"username": "Ada", "password": "wrong"})

    assert client.post("/account/password/", NEW).status_code == 429
    assert client.post("/account/delete/", {"password": "password"}).status_code == 429
    assert Client().post("/account/login/", {"username": "ada", "password": "password"}).status_code == 429


def test_the_right_password_ends_the_count(admin_client, admin_user):
    for _ in range(4):
        admin_client.post("/account/password/", NEW | {"old_password": "wrong"})
    assert admin_client.post("/account/password/", NEW).status_code == 302

    tries = [admin_client.post("/account/password/", NEW).status_code for _ in range(6)]

    assert tries == [200] * 5 + [429]  # it is the old one now


def test_a_new_password_that_will_not_do_counts_as_a_try(admin_client):
    """Otherwise the answer would tell whether the old one is right."""
    mistake = NEW | {"new_password2": "other"}

    assert [admin_client.post("/account/password/", mistake).status_code for _ in range(6)] == [200] * 5 + [429]
