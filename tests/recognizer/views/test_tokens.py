"""The account's page and its API tokens: `/account/`, `/account/tokens/`."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken


def make_token(client) -> str:
    """Make a token by the page and return it as the page shows it."""
    return client.post("/account/tokens/").context["new_token"]


def test_a_new_token_is_shown_once(admin_client, admin_user):
    answer = admin_client.post("/account/tokens/")

    token = answer.context["new_token"]
    assert token in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    again = admin_client.get("/account/").content.decode()
    assert token not in again
    assert token[:15] in again


def test_only_its_hash_is_kept(admin_client, admin_user):
    token = make_token(admin_client)

    row = AuthToken.objects.values().get(user=admin_user)
    assert token not in str(row)
    assert token not in str(dict(admin_client.session))


def test_it_stands_for_the_user_in_the_api(admin_client, admin_picture):
    headers = {"Authorization": f"Token {make_token(admin_client)}"}

    answer = Client().get("/api/v1/pictures/", headers=headers)

    assert [picture["id"] for picture in answer.json()["results"]] == [str(admin_picture.pk)]


def test_a_revoked_token_is_worth_nothing(admin_client, admin_picture):
    token = make_token(admin_client)

    answer = admin_client.post(f"/account/tokens/{token[:15]}/revoke/")

    assert answer.url == "/account/"
    assert not AuthToken.objects.exists()
    assert Client().get("/api/v1/pictures/", headers={"Authorization": f"Token {token}"}).status_code == 401


def test_nobody_revokes_the_token_of_another(client, admin_client, django_user_model):
    token = make_token(admin_client)
    client.force_login(User.objects.create_user("eve"))

    assert client.post(f"/account/tokens/{token[:15]}/revoke/").status_code == 404
    assert AuthToken.objects.count() == 1


@pytest.mark.parametrize("address", ["/account/", "/account/tokens/", "/account/tokens/0/revoke/"])
def test_they_are_for_who_is_logged_in(client, db, address):
    answer = client.get(address) if address == "/account/" else client.post(address)

    assert answer.status_code == 302
    assert answer.url == "/account/login/?next=/account/"
    assert not AuthToken.objects.exists()


def test_tokens_are_made_and_revoked_by_post_only(admin_client):
    assert admin_client.get("/account/tokens/").status_code == 405
    assert admin_client.get("/account/tokens/0/revoke/").status_code == 405
