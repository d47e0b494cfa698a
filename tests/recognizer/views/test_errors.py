"""Answers that Django asks for by name: a page for a person, JSON under the API's addresses."""

import pytest
from django.test import Client

from recognizer.models import Picture


@pytest.mark.parametrize("address", ["/nothing/", "/p/7/", "/account/nothing/"])
def test_an_unknown_address_is_answered_with_a_page(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing/", "/api/v1/pictures/not-a-uuid/", "/api/v1/glyphs/-1/label/", "/api/v2/pictures/"]
)
def test_an_unknown_address_of_the_api_is_answered_with_json(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "not_found",
            "message": "There is nothing here, or it is not yours. Your own pictures are in the history.",
        }
    }


def test_a_host_that_is_not_ours_is_refused(client, db):
    answer = client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/", "/upload/", "/history/"])
def test_a_fault_of_ours_is_a_page_that_needs_no_database(monkeypatch, network, address):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Picture.objects, "owned_by", fail)

    answer = Client(raise_request_exception=False).get(address)

    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_a_fault_of_ours_in_the_api_is_json(monkeypatch, network):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Picture.objects, "owned_by", fail)

    answer = Client(raise_request_exception=False).get("/api/v1/pictures/")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server_error"
    assert "secret detail" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(db):
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {})

    assert answer.status_code == 403
    assert "This form has expired or did not come from this site." in answer.content.decode()
