"""Changing the password: `/account/password/`."""

import pytest
from django.contrib.auth import get_user

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
